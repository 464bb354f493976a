"""Tables of the help centre: articles, the work on them, what their readers say, and the search."""

from mostrador.help_centre.models.articles import (
    Adaptation,
    Article,
    ArticlePicture,
    ArticleQuerySet,
    ArticleVersion,
)
from mostrador.help_centre.models.editing import ArticleDraft, ArticleRevision, ReviewComment
from mostrador.help_centre.models.exchange import Exchange
from mostrador.help_centre.models.readers import ArticleVote, DailyReading
from mostrador.help_centre.models.search import (
    DailySearch,
    SearchDocument,
    SearchLog,
    SearchPosting,
    SearchWord,
    SynonymGroup,
)

__all__ = [
    "Adaptation",
    "Article",
    "ArticleDraft",
    "ArticlePicture",
    "ArticleQuerySet",
    "ArticleRevision",
    "ArticleVersion",
    "ArticleVote",
    "DailyReading",
    "DailySearch",
    "Exchange",
    "ReviewComment",
    "SearchDocument",
    "SearchLog",
    "SearchPosting",
    "SearchWord",
    "SynonymGroup",
]
