"""Finding what answers a question, in people's own words.

Two stages. The first asks an index that keeps, for every term of every language, the documents about which it says
most, strongest first; only the first few of each are read, so that a search costs the same among sixty articles and
among ten thousand. The second compares the best of these word by word with the question (`rules.ranking`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from markupsafe import Markup

from mostrador.help_centre.choices import Audience, SearchScope
from mostrador.help_centre.queries.understanding import (
    EVERYTHING,
    Parts,
    Question,
    rows_of,
    understand,
    understand_beginning,
)
from mostrador.help_centre.rules.marks import marked
from mostrador.help_centre.rules.questions import LONGEST_QUESTION, Way
from mostrador.help_centre.rules.ranking import Text, Wanted, coverage, ranked
from mostrador.help_centre.rules.synonyms import Group
from mostrador.help_centre.rules.words import language_order
from mostrador.organisations.models import Organisation, Procedure

LONGEST_QUERY = LONGEST_QUESTION
LONGEST_TYPED = 100  # characters; nobody who has typed more waits for suggestions
STRONGEST = 120  # documents of the term that says most that are read; of others fewer, the less they say
FEWEST = 80  # with less, questions with typing errors lose more than the others
COMPARED = 20  # articles that the second stage compares
MOST_WAYS = 110  # terms, with their synonyms, that are looked for
MOST_PROCEDURES = 3
ENOUGH = 0.5  # of the question, in the name of a procedure


@dataclass(frozen=True)
class Found:
    """One article in a list, in the language in which it is shown.

    Attributes:
        marked_title: The title with the words that were found marked; safe HTML.
        marked_summary: The same of the answer in two lines.
    """

    article_id: int
    slug: str
    title: str
    summary: str
    language: str
    topic_slug: str
    kind: str = ""
    marked_title: Markup = field(default_factory=Markup)
    marked_summary: Markup = field(default_factory=Markup)


@dataclass(frozen=True)
class FoundProcedure:
    """One procedure of the sede."""

    procedure_id: int
    name: str
    sia_code: str
    url: str
    marked_name: Markup


@dataclass(frozen=True)
class SearchResult:
    """What answers a question.

    Attributes:
        found: Articles, best first.
        procedures: Procedures of the sede whose names the question has.
        code: The error code that the question names, or whose message it quotes.
        did_you_mean: The question with its mistyped words put right; empty when there is nothing to say.
    """

    found: list[Found] = field(default_factory=list)
    procedures: list[FoundProcedure] = field(default_factory=list)
    code: str | None = None
    did_you_mean: str = ""


def search(
    organisation: Organisation, text: str, language: str, *, limit: int = 10, groups: Sequence[Group] | None = None
) -> list[Found]:
    """Return the articles that answer a question best, best first.

    Args:
        organisation: Whose readers ask: its articles and those of its ancestors.
        text: The question, a few words, an error code or a whole pasted message.
        language: The reader's.
        limit: How many at most.
        groups: Synonyms to use instead of those of the organisation, to see what a change would do.
    """
    return find(organisation, text, language, limit=limit, groups=groups, with_procedures=False).found


def find(
    organisation: Organisation,
    text: str,
    language: str,
    *,
    limit: int = 10,
    with_internal: bool = False,
    teams: Iterable[int] = (),
    groups: Sequence[Group] | None = None,
    with_procedures: bool = True,
    parts: Parts = EVERYTHING,
) -> SearchResult:
    """Return everything that answers a question; a constant number of queries, few of them when nothing is asked.

    Args:
        organisation: Whose readers ask: its articles and those of its ancestors.
        text: The question, a few words, an error code or a whole pasted message.
        language: The reader's.
        limit: How many articles at most.
        with_internal: Whether a colleague asks: articles for the staff are found too.
        teams: The teams of that colleague, for articles that only some teams read.
        groups: Synonyms to use instead of those of the organisation, to see what a change would do.
        with_procedures: Whether procedures of the sede are wanted too.
        parts: What to leave out, to see what each part is worth.
    """
    question = understand(organisation, text, language, groups=groups, parts=parts)
    if not question.asked:
        return SearchResult(code=question.code)
    scopes = [*_scopes(organisation), *([SearchScope.INTERNAL] if with_internal else [])]
    audience = _Audience(with_internal=with_internal, teams=list(teams) if with_internal else [])
    with_those = [SearchScope.PROCEDURE] if with_procedures else []
    first = _first_stage(organisation, question, [*scopes, *with_those], audience)
    articles = _second_stage(question, first) if parts.second_stage else list(first.articles)
    return SearchResult(
        found=_shown(question, articles[:limit], language),
        procedures=_procedures(question, first, language),
        code=question.code,
        did_you_mean=question.did_you_mean,
    )


def suggest(organisation: Organisation, typed: str, language: str, *, limit: int = 6) -> SearchResult:
    """Return the articles and procedures that somebody who is still typing may want, best first.

    The last word may be half written.
    """
    question = understand_beginning(organisation, typed[:LONGEST_TYPED], language)
    if not question.asked:
        return SearchResult()
    scopes = [*_scopes(organisation), SearchScope.PROCEDURE]
    first = _first_stage(organisation, question, scopes, _Audience())
    return SearchResult(
        found=_shown(question, _second_stage(question, first)[:limit], language),
        procedures=_procedures(question, first, language),
    )


def _scopes(organisation: Organisation) -> list[SearchScope]:
    """Return what everybody finds; only what has ancestors can have added something to their articles."""
    return [SearchScope.PUBLIC, *([SearchScope.ADAPTED] if organisation.parent_id else [])]


@dataclass(frozen=True)
class _First:
    """What the first stage found.

    Attributes:
        articles: Those that the reader may see, best first, with what it says of each.
        topics: The topic of each.
        texts: What the second stage compares of articles.
        names: The same of procedures.
    """

    articles: dict[int, float]
    topics: dict[int, str]
    texts: list[Text]
    names: list[Text]


@dataclass(frozen=True)
class _Audience:
    """Who asks: anybody, or a colleague of some teams, who finds what is for the staff or for these too."""

    with_internal: bool = False
    teams: Sequence[int] = ()


def _visible(organisation: Organisation, articles: Iterable[int], audience: _Audience) -> dict[int, str]:
    """Return those articles that may be found now, each with its topic. One query."""
    values = {
        "own": organisation.pk,
        "organisations": organisation.lineage,
        "articles": list(articles),
        "now": timezone.now(),
        "audiences": [Audience.PUBLIC, *([Audience.STAFF] if audience.with_internal else [])],
        "teams": list(audience.teams),
    }
    return dict(rows_of(_VISIBLE, values))


def _first_stage(organisation: Organisation, question: Question, scopes: Sequence[str], audience: _Audience) -> _First:
    """Find what says most about the words of a question. Three queries."""
    found = _strongest(organisation, question, scopes)
    scores = {key: score for is_procedure, key, score in found if not is_procedure}
    topics = _visible(organisation, scores, audience)
    compared = {key: score for key, score in scores.items() if key in topics}
    articles = dict(list(compared.items())[:COMPARED])
    procedures = [key for is_procedure, key, _score in found if is_procedure]
    values = {
        "own": organisation.pk,
        "scopes": [scope for scope in scopes if scope != SearchScope.PROCEDURE],
        "articles": list(articles),
        "procedures": procedures[:COMPARED],
        "languages": question.languages,
    }
    texts: dict[bool, dict[tuple[int, str], Text]] = {True: {}, False: {}}
    for is_procedure, key, language, title, text, popularity in rows_of(_TEXTS, values):
        whole = texts[is_procedure].setdefault((key, language), Text(key, language, [], [], popularity))
        whole.title_terms.extend(title.split())
        whole.text_terms.extend(text.split())  # after an article's own words, what the organisation adds to it
    return _First(articles, topics, [*texts[False].values()], [*texts[True].values()])


def _second_stage(question: Question, first: _First) -> list[int]:
    return ranked(first.articles, first.texts, question.asked, first.topics, question.languages)


def _strongest(organisation: Organisation, question: Question, scopes: Sequence[str]) -> list[tuple[bool, int, float]]:
    """Return whether it is a procedure, its key and its score, best first."""
    rarity = question.vocabulary.rarity
    rows = sorted(
        (
            (worth, number, way, language, term)
            for number, each in enumerate(question.asked)
            for way, ((language, terms), weight) in enumerate(each.ways.items())
            for term in terms
            if (worth := weight * rarity(language, term) / len(terms)) > 0
        ),
        reverse=True,
    )[:MOST_WAYS]
    most = rows[0][0]
    names = ("weights", "asked", "ways", "languages", "terms")
    values: dict[str, Any] = {
        "own": organisation.pk,
        "organisations": organisation.lineage,
        "scopes": list(scopes),
        **{name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)},
        "strongest": [max(FEWEST, round(STRONGEST * row[0] / most)) for row in rows],
        "limit": COMPARED * 2,
    }
    return rows_of(_STRONGEST, values)


def _shown(question: Question, articles: Sequence[int], language: str) -> list[Found]:
    """Return articles as they are listed, in the language in which the reader gets each. One query."""
    rows = rows_of(_SHOWN, {"articles": list(articles), "order": language_order(language)})
    nearest = {row[0]: row for row in rows}
    ways = question.ways
    return [_found(nearest[key], ways) for key in articles if key in nearest]


def _found(row: tuple[int, str, str, str, str, str, str], ways: set[Way]) -> Found:
    key, language, title, summary, slug, topic, kind = row
    return Found(
        article_id=key,
        slug=slug,
        title=title,
        summary=summary,
        language=language,
        topic_slug=topic,
        kind=kind,
        marked_title=marked(title, language, ways),
        marked_summary=marked(summary, language, ways),
    )


def _procedures(question: Question, first: _First, language: str) -> list[FoundProcedure]:
    """Return the procedures whose names say at least half of what is asked. One query when there are any."""
    wanted = {each: Wanted(question.asked, each) for each in question.languages}
    said: dict[int, float] = {}
    for text in first.names:
        share = coverage(wanted[text.language].said([*text.title_terms, *text.text_terms]), question.asked)
        said[text.subject] = max(said.get(text.subject, 0.0), share)
    keys = sorted((key for key in said if said[key] >= ENOUGH), key=lambda key: (-said[key], key))[:MOST_PROCEDURES]
    rows = Procedure.objects.filter(is_active=True).in_bulk(keys) if keys else {}
    return [
        FoundProcedure(
            procedure_id=key,
            name=rows[key].name_in(language),
            sia_code=rows[key].sia_code,
            url=rows[key].url,
            marked_name=marked(rows[key].name_in(language), language, question.ways),
        )
        for key in keys
        if key in rows
    ]


# Of each way to say a word of the question the best counts; of a way of several words, all of them together.
_STRONGEST = """
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest(
        %(asked)s::int[], %(ways)s::int[], %(languages)s::text[], %(terms)s::text[], %(weights)s::float8[],
        %(strongest)s::int[]
    ) AS asked(number, way, language, term, weight, strongest)
), said AS (
    SELECT reach.scope = 'procedure' AS is_procedure, strongest.subject_id, asked.number, asked.way,
           sum(asked.weight * strongest.impact) AS worth
    FROM asked
    CROSS JOIN unnest(%(organisations)s::bigint[]) AS owner(id)
    JOIN unnest(%(scopes)s::text[]) AS reach(scope) ON reach.scope <> 'adapted' OR owner.id = %(own)s
    CROSS JOIN LATERAL (
        SELECT subject_id, impact
        FROM help_centre_searchposting
        WHERE organisation_id = owner.id AND scope = reach.scope
          AND language = asked.language AND term = asked.term
        ORDER BY impact DESC
        LIMIT asked.strongest
    ) AS strongest
    GROUP BY 1, 2, 3, 4
), best AS (
    SELECT is_procedure, subject_id, number, max(worth) AS worth FROM said GROUP BY 1, 2, 3
), summed AS (
    SELECT is_procedure, subject_id, sum(worth) AS score,
           row_number() OVER (PARTITION BY is_procedure ORDER BY sum(worth) DESC, subject_id) AS place
    FROM best
    GROUP BY 1, 2
)
SELECT is_procedure, subject_id, score FROM summed WHERE place <= %(limit)s ORDER BY place
"""

# What `models.ArticleQuerySet.served_to` and its companions say, for the few articles that the first stage found.
_VISIBLE = """
SELECT article.id, topic.slug
FROM help_centre_article AS article
JOIN organisations_topic AS topic ON topic.id = article.topic_id
WHERE article.id = ANY (%(articles)s::bigint[])
  AND (article.organisation_id = %(own)s
       OR article.organisation_id = ANY (%(organisations)s::bigint[]) AND article.for_descendants)
  AND article.superseded_by_id IS NULL AND (article.visible_until IS NULL OR article.visible_until > %(now)s)
  AND (article.audience = ANY (%(audiences)s::text[]) OR article.audience = 'teams' AND EXISTS (
      SELECT FROM help_centre_article_audience_teams AS reader
      WHERE reader.article_id = article.id AND reader.team_id = ANY (%(teams)s::bigint[])
  ))
  AND NOT EXISTS (
      SELECT FROM help_centre_adaptation AS adaptation
      WHERE adaptation.organisation_id = %(own)s AND adaptation.article_id = article.id AND adaptation.is_hidden
  )
"""

# Each in the first of the languages in which it is published.
_SHOWN = """
SELECT DISTINCT ON (article.id)
       article.id, version.language, version.title, version.summary, article.slug, topic.slug, article.kind
FROM help_centre_articleversion AS version
JOIN help_centre_article AS article ON article.id = version.article_id
JOIN organisations_topic AS topic ON topic.id = article.topic_id
WHERE version.article_id = ANY (%(articles)s::bigint[]) AND version.state = 'published'
ORDER BY article.id, array_position(%(order)s::text[], version.language::text)
"""

_TEXTS = """
SELECT scope = 'procedure', subject_id, language, title_terms, text_terms, popularity
FROM help_centre_searchdocument
WHERE language = ANY (%(languages)s::text[]) AND (scope <> 'adapted' OR organisation_id = %(own)s)
  AND (scope = ANY (%(scopes)s::text[]) AND subject_id = ANY (%(articles)s::bigint[])
       OR scope = 'procedure' AND subject_id = ANY (%(procedures)s::bigint[]))
ORDER BY subject_id, language, scope = 'adapted'
"""
