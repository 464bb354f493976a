"""Asking the search, and simpler ones, questions whose answers are known."""

import time
from collections.abc import Callable, Iterable

from django.db import connection

from mostrador.help_centre.models import Article
from mostrador.help_centre.queries.search import find
from mostrador.help_centre.queries.understanding import Parts
from mostrador.help_centre.rules.evaluation import DEEPEST, Answered, Asked
from mostrador.organisations.models import Organisation

Way = Callable[[Organisation, str, str], list[int]]  # organisation, question, language: keys of articles, best first


def answers(organisation: Organisation, questions: Iterable[Asked], way: Way) -> list[Answered]:
    """Ask every question of one way to search."""
    topics, slugs = _articles(organisation)
    found = []
    for asked in questions:
        begun = time.perf_counter()
        ids = way(organisation, asked.question, asked.language)[:DEEPEST]
        spent = (time.perf_counter() - begun) * 1000
        found.append(Answered(asked, [topics[key] for key in ids], [slugs[key] for key in ids], spent))
    return found


def _articles(organisation: Organisation) -> tuple[dict[int, set[str]], dict[int, str]]:
    """Return the topics and the address of every article that the organisation's readers may see."""
    topics: dict[int, set[str]] = {}
    slugs: dict[int, str] = {}
    for article in Article.objects.served_to(organisation).select_related("topic").prefetch_related("also_in"):
        topics[article.pk] = {article.topic.slug, *(topic.slug for topic in article.also_in.all())}
        slugs[article.pk] = article.slug
    return topics, slugs


def our_search(organisation: Organisation, text: str, language: str) -> list[int]:
    """Return what readers get."""
    return _ours(organisation, text, language, Parts())


def without_synonyms(organisation: Organisation, text: str, language: str) -> list[int]:
    """Return what readers would get if nothing meant the same."""
    return _ours(organisation, text, language, Parts(synonyms=False))


def without_typos(organisation: Organisation, text: str, language: str) -> list[int]:
    """Return what readers would get if nobody mistyped."""
    return _ours(organisation, text, language, Parts(typos=False))


def without_second_stage(organisation: Organisation, text: str, language: str) -> list[int]:
    """Return what readers would get without the comparison word by word."""
    return _ours(organisation, text, language, Parts(second_stage=False))


def full_text(organisation: Organisation, text: str, language: str) -> list[int]:
    """Return what PostgreSQL's text search finds in Spanish, all words wanted."""
    return _rows(_FULL_TEXT, organisation, text)


def like(organisation: Organisation, text: str, language: str) -> list[int]:
    """Return articles that have the whole question in their text."""
    return _rows(_LIKE, organisation, text)


def trigrams(organisation: Organisation, text: str, language: str) -> list[int]:
    """Return the articles with whose text the question shares most runs of three letters."""
    return _rows(_TRIGRAMS, organisation, text)


WAYS: dict[str, Way] = {
    "ours": our_search,
    "without synonyms": without_synonyms,
    "without typos": without_typos,
    "without second stage": without_second_stage,
    "websearch_to_tsquery": full_text,
    "LIKE": like,
    "trigrams": trigrams,
}


def _ours(organisation: Organisation, text: str, language: str, parts: Parts) -> list[int]:
    result = find(organisation, text, language, limit=DEEPEST, with_procedures=False, parts=parts)
    return [found.article_id for found in result.found]


def _rows(sql: str, organisation: Organisation, text: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"organisations": organisation.lineage, "text": text.replace("\x00", " ")})
        return [row[0] for row in cursor.fetchall()]


_TEXTS = """
WITH texts AS (
    SELECT article.id, concat_ws(' ', version.title, version.summary, version.body) AS said
    FROM help_centre_articleversion AS version
    JOIN help_centre_article AS article ON article.id = version.article_id
    WHERE article.organisation_id = ANY (%(organisations)s::bigint[]) AND version.state = 'published'
      AND article.audience = 'public' AND version.language = 'es'
)
"""

_FULL_TEXT = (
    _TEXTS
    + """
SELECT id
FROM texts, websearch_to_tsquery('spanish', %(text)s) AS question
WHERE to_tsvector('spanish', said) @@ question
ORDER BY ts_rank(to_tsvector('spanish', said), question) DESC, id
LIMIT 10
"""
)

_LIKE = (
    _TEXTS
    + """
SELECT id FROM texts WHERE said ILIKE '%%' || %(text)s || '%%' ORDER BY id LIMIT 10
"""
)

_TRIGRAMS = (
    _TEXTS
    + """
SELECT id FROM texts ORDER BY word_similarity(%(text)s, said) DESC, id LIMIT 10
"""
)
