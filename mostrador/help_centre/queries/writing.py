"""What the editor of articles asks: the text that is being written, what it translates, and where it may lead."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, When
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.models import Article, ArticleDraft, ArticleRevision, ArticleVersion
from mostrador.help_centre.rules.differences import Piece, word_difference
from mostrador.help_centre.rules.texts import SHOWN_FIELDS, TEXT_FIELDS, ArticleText, text_of, words_of

MOST_LINKS, MOST_OFFERED = 12, 200


@dataclass(frozen=True, slots=True)
class Writing:
    """The text of an article in one language, as it is being written.

    Attributes:
        draft: What is saved; one without key when nobody has begun to change what is published.
        text: The words to go on with: those of the draft, else the published ones, else none.
        has_draft: Whether there are words that readers do not see yet.
    """

    draft: ArticleDraft
    text: ArticleText
    has_draft: bool


@dataclass(frozen=True, slots=True)
class Source:
    """What a translation translates.

    Attributes:
        text: The words in the article's first language: the published ones, or the draft until there are any.
        changes: By the name of the part, what has changed in it since the revision that was translated.
    """

    text: ArticleText
    changes: dict[str, list[Piece]]


@dataclass(frozen=True, slots=True)
class PutPicture:
    """A picture of an article and how it is put into a text.

    Attributes:
        key: Of the picture.
        mark: What stands for it in CommonMark, with the words that say what it shows.
        is_new: Whether it has just been added.
    """

    key: str
    mark: str
    is_new: bool


def draft_of(version: ArticleVersion) -> ArticleDraft:
    """Return the draft of a version, or a new one that is not saved, with the published words."""
    saved = ArticleDraft.objects.filter(version=version).select_related("written_by").first()
    if saved:
        saved.version = version
        return saved
    published = {name: getattr(version, name) for name in SHOWN_FIELDS}
    return ArticleDraft(version=version, **published)


def writing_of(article: Article, language: str) -> Writing:
    """Return the text of an article in one language, empty when there is none yet."""
    version = article.versions.filter(language=language).first() or ArticleVersion(article=article, language=language)
    draft = draft_of(version) if version.pk else ArticleDraft(version=version)
    return Writing(draft, text_of(draft, TEXT_FIELDS), has_draft=draft.pk is not None)


def name_of(article: Article) -> str:
    """Return the title of the text that was written first, or the article's address while there is none."""
    first = article.versions.exclude(title="").order_by("pk").values_list("title", flat=True).first()
    return first or article.slug


def language_states(article: Article) -> dict[str, str]:
    """Return in words how far each language has come that has a text."""
    rows = article.versions.values_list("language", "state", "draft", "stale_since").order_by("language")
    return {
        code: str(
            _("desfasado")
            if stale_since
            else _("con cambios")
            if draft and state == PublicationState.PUBLISHED
            else PublicationState(state).label
        )
        for code, state, draft, stale_since in rows
    }


def source_of(article: Article, draft: ArticleDraft) -> Source | None:
    """Return what the draft translates; None for the article's first language, or while that has no text."""
    version = article.versions.filter(language=article.source_language).first()
    if version is None or draft.version.language == article.source_language:
        return None
    if not version.revision:
        return Source(text_of(draft_of(version)), {})
    text, number = text_of(version), draft.version.source_revision
    before = ArticleRevision.objects.filter(version=version, number=number).first()
    if before is None or number == version.revision:
        return Source(text, {})
    was, now = words_of(text_of(before)), words_of(text)
    return Source(text, {name: word_difference(was[name], now[name]) for name in now if was[name] != now[name]})


def pictures_to_put(article: Article, *, new: str, words: str) -> list[PutPicture]:
    """Return the article's pictures, the newest first. One query.

    Args:
        article: Whose pictures.
        new: The key of the one just added.
        words: What that one shows.
    """
    keys = article.pictures.order_by("-added_at", "-pk").values_list("key", flat=True)
    shown = re.sub(r"([\[\]\\])", r"\\\1", " ".join(words.split()))
    return [PutPicture(key, f"![{shown if key == new else ''}](imagen:{key})", key == new) for key in keys]


def linkable_articles(article: Article) -> QuerySet[Article]:
    """Return the other articles that readers of this one may be led to."""
    return Article.objects.served_to(article.organisation).exclude(pk=article.pk)


def articles_to_link(article: Article, text: str) -> list[ArticleVersion]:
    """Return versions of other articles whose title has all the words, published ones first, at most `MOST_LINKS`."""
    found = _one_version_of_each(article)
    for word in text.split()[:8]:  # the address has neither accents nor capitals
        found = found.filter(Q(title__icontains=word) | Q(article__slug__contains=slugify(word) or word))
    return sorted(found[:MOST_OFFERED], key=lambda row: (row.state != PublicationState.PUBLISHED, row.title))[
        :MOST_LINKS
    ]


def related_choices(article: Article, chosen: Collection[int]) -> list[ArticleVersion]:
    """Return versions of the articles chosen and of others of the same topic, by title."""
    found = _one_version_of_each(article)
    offered = [*found.filter(article__topic=article.topic_id)[:MOST_OFFERED], *found.filter(article__in=chosen)]
    return sorted({row.pk: row for row in offered}.values(), key=lambda row: row.title)


def _one_version_of_each(article: Article) -> QuerySet[ArticleVersion]:
    """Return a version of each article that this one may lead to, newest first, in its own first language if it can."""
    versions = ArticleVersion.objects.filter(article__in=linkable_articles(article))
    is_other = Case(When(language=article.source_language, then=0), default=1)
    found = versions.exclude(state=PublicationState.ARCHIVED).select_related("article__topic")
    found = found.defer("body", "html", "parts", "parts_html")
    return found.order_by("-article_id", is_other, "language").distinct("article_id")
