"""Finding what answers a question, in people's own words.

Two stages. The first asks an index that keeps, for every term of every language, the documents about which it says
most, strongest first; only the first few of each are read, so that a search costs the same among sixty articles and
among ten thousand. The second compares the best of these word by word with the question (`rules.ranking`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from markupsafe import Markup

from mostrador.help_centre.choices import Audience, PublicationState, SearchScope
from mostrador.help_centre.models import Article, ArticleVersion, SynonymGroup
from mostrador.help_centre.rules.error_messages import code_in
from mostrador.help_centre.rules.marks import marked
from mostrador.help_centre.rules.questions import (
    SHORTEST_CORRECTED,
    Asked,
    Candidate,
    Term,
    Vocabulary,
    Way,
    add_synonyms,
    asked_of,
    content_words,
    corrections,
    joined,
    languages_of,
    parted,
    terms_of,
    weigh,
)
from mostrador.help_centre.rules.ranking import WEIGHTS, Text, Weights, ranked
from mostrador.help_centre.rules.synonyms import Group, Synonyms, compiled, shipped_groups, shipped_synonyms
from mostrador.help_centre.rules.words import LANGUAGES, common_words, fold, language_order, near_keys, words_of
from mostrador.organisations.models import Organisation, Procedure

LONGEST_QUERY = 10_000  # characters of a question that are read; whole logs fit
STRONGEST = 250  # documents of each term that are read
COMPARED = 40  # articles that the second stage compares
MOST_WAYS = 150  # terms, with their synonyms, that are looked for
SHORTEST_BEGINNING = 2  # letters of a half written word


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


@dataclass(frozen=True)
class Parts:
    """Parts of the search that can be left out, to see what each is worth."""

    synonyms: bool = True
    typos: bool = True
    second_stage: bool = True


EVERYTHING = Parts()


@dataclass(frozen=True)
class Question:
    """A question as it is searched."""

    organisation: Organisation
    languages: list[str]  # those that count fully, the reader's first
    asked: list[Asked]
    vocabulary: Vocabulary
    code: str | None
    did_you_mean: str

    @property
    def terms(self) -> set[Term]:
        """Every term that answers some word of it."""
        return {(way.language, term) for each in self.asked for way in each.ways for term in way.terms}


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
    scopes = [SearchScope.PUBLIC, *([SearchScope.INTERNAL] if with_internal else [])]
    visible = visible_articles(organisation, teams if with_internal else None)
    ids = _best(question, scopes, visible, parts)[:limit]
    return SearchResult(
        found=_shown(question, ids, language),
        procedures=_procedures(question, language) if with_procedures else [],
        code=question.code,
        did_you_mean=question.did_you_mean,
    )


def suggest(organisation: Organisation, typed: str, language: str, *, limit: int = 6) -> list[Found]:
    """Return the articles that somebody who is still typing may want, best first; the last word may be half written."""
    words = words_of(typed[:200], 12)
    if not words or len(words[-1]) < SHORTEST_BEGINNING:
        return []
    languages = languages_of(typed, language)
    vocabulary = Vocabulary()
    common = common_words(language) | common_words("es")
    whole = list(dict.fromkeys(word for word in words[:-1] if word not in common))
    code = code_in(typed)
    endings = [] if code else _endings(organisation, words[-1], languages)
    asked = asked_of(whole, languages, vocabulary, {}, {})
    last = Asked(words[-1])
    for place, (code_of_language, term) in enumerate(endings):
        last.add(Way(code_of_language, (term,), 1 - place * 0.05))
    if code:
        for each in LANGUAGES:
            last.add(Way(each, (fold(code),), 1.0))
    asked.append(last)
    look_up(
        organisation, vocabulary, {(way.language, term) for each in asked for way in each.ways for term in way.terms}
    )
    question = Question(organisation, languages, weigh(asked, vocabulary), vocabulary, code, "")
    if not question.asked:
        return []
    ids = _best(question, [SearchScope.PUBLIC], visible_articles(organisation, None), EVERYTHING)[:limit]
    return _shown(question, ids, language)


def visible_articles(organisation: Organisation, teams: Iterable[int] | None) -> QuerySet[Article]:
    """Return the articles that readers of the organisation may find now; None for teams: the public's."""
    articles = Article.objects.served_to(organisation).filter(superseded_by__isnull=True)
    articles = articles.filter(Q(visible_until__isnull=True) | Q(visible_until__gt=timezone.now()))
    if teams is None:
        return articles.public()
    own = Q(audience=Audience.TEAMS, pk__in=Article.objects.filter(audience_teams__in=list(teams)).values("pk"))
    return articles.filter(Q(audience__in=[Audience.PUBLIC, Audience.STAFF]) | own)


def synonym_groups(organisation: Organisation) -> list[Group]:
    """Return the synonyms that count for the organisation's readers: the product's, changed and joined by its own."""
    own, replaced = _own_groups(organisation)
    return [*(group for group in shipped_groups() if group.key not in replaced), *own]


def understand(
    organisation: Organisation,
    text: str,
    language: str,
    *,
    groups: Sequence[Group] | None = None,
    parts: Parts = EVERYTHING,
) -> Question:
    """Return what a question asks for among the words of the organisation's articles."""
    text = text[:LONGEST_QUERY]
    words, languages, code = content_words(text, language), languages_of(text, language), code_in(text)
    if code and fold(code) not in words:
        words.append(fold(code))
    vocabulary = Vocabulary()
    if not words:
        return Question(organisation, languages, [], vocabulary, code, "")
    look_up(organisation, vocabulary, terms_of([*words, *joined(words)]))
    meant, halves = _meant(organisation, words, languages, vocabulary) if parts.typos else ({}, {})
    asked = asked_of(words, languages, vocabulary, meant, halves)
    if parts.synonyms:
        add_synonyms(asked, languages, compiled(groups) if groups is not None else synonyms_of(organisation))
    ways = {(way.language, term) for each in asked for way in each.ways for term in way.terms}
    look_up(organisation, vocabulary, ways)
    better = {word: found[0][0].word for word, found in meant.items() if found}
    return Question(organisation, languages, weigh(asked, vocabulary), vocabulary, code, _corrected(text, better))


def synonyms_of(organisation: Organisation) -> Synonyms:
    """Return the synonyms of the organisation ready to be found. One query."""
    own, replaced = _own_groups(organisation)
    shipped = shipped_synonyms()
    return compiled(own, below=shipped, replaced=replaced) if replaced else shipped


def look_up(organisation: Organisation, vocabulary: Vocabulary, terms: set[Term]) -> None:
    """Learn in how many documents terms stand, if it is not known yet. One query."""
    wanted = sorted(terms - vocabulary.standing.keys())
    if not wanted:
        return
    values = {
        "organisations": organisation.lineage,
        "languages": [language for language, _term in wanted],
        "terms": [term for _language, term in wanted],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, values)
        rows = cursor.fetchall()
    vocabulary.standing.update(dict.fromkeys(wanted, 0))
    for language, term, documents in rows:
        if term:
            vocabulary.standing[language, term] = documents
        else:
            vocabulary.documents[language] = documents


def _own_groups(organisation: Organisation) -> tuple[list[Group], set[str]]:
    """Return the organisation's own groups in use and its ancestors', and every key that they change."""
    rows = SynonymGroup.objects.filter(organisation__in=organisation.lineage)
    nearest: dict[str, Any] = {}
    for row in rows.order_by("organisation__path", "key").values("key", "words", "is_active"):
        nearest[row["key"]] = row
    return [Group(row["key"], row["words"]) for row in nearest.values() if row["is_active"]], set(nearest)


def _meant(
    organisation: Organisation, words: Sequence[str], languages: Sequence[str], vocabulary: Vocabulary
) -> tuple[dict[str, list[tuple[Candidate, float]]], dict[str, tuple[str, str]]]:
    """Return what unknown words may mean: others that are like them, or two words written as one."""
    unknown = [
        word
        for word in words
        if len(word) >= SHORTEST_CORRECTED
        and word.isalpha()
        and not any(vocabulary.knows(*term) for term in terms_of([word]))
    ][:30]
    if not unknown:
        return {}, {}
    pieces = {word: parted(word) for word in unknown}
    look_up(organisation, vocabulary, terms_of({half for pairs in pieces.values() for pair in pairs for half in pair}))
    halves = {}
    for word, pairs in pieces.items():
        known = [pair for pair in pairs if all(any(vocabulary.knows(*t) for t in terms_of([half])) for half in pair)]
        if known:
            halves[word] = max(known, key=lambda pair: min(len(pair[0]), len(pair[1])))
    like = _words_like(organisation, unknown, languages)
    return {word: corrections(word, like) for word in unknown}, halves


def _words_like(organisation: Organisation, words: Sequence[str], languages: Sequence[str]) -> list[Candidate]:
    values = {
        "organisations": organisation.lineage,
        "languages": list(languages),
        "keys": sorted({key for word in words for key in near_keys(word)}),
        "words": [word for word in words if len(word) > 6],
    }
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, values)
        return [Candidate(*row) for row in cursor.fetchall()]


def _endings(organisation: Organisation, begun: str, languages: Sequence[str]) -> list[Term]:
    """Return the stems of the words that begin so, those of most documents first."""
    values = {
        "organisations": organisation.lineage,
        "languages": list(languages),
        "first": begun,
        "last": begun + "\uffff",
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENDINGS, values)
        return list(cursor.fetchall())


def _corrected(text: str, better: Mapping[str, str]) -> str:
    """Return the question with its mistyped words put right, empty when none is."""
    if not better or len(text) > 200:
        return ""
    return " ".join(better.get(fold(word).strip(".,;:¿?¡!«»\"'()"), word) for word in text.split())


def _best(
    question: Question, scopes: Sequence[str], visible: QuerySet[Article], parts: Parts, weights: Weights = WEIGHTS
) -> list[int]:
    scores = _scores(question, scopes)
    topics = dict(visible.filter(pk__in=list(scores)).values_list("pk", "topic__slug"))
    scores = {subject: score for subject, score in scores.items() if subject in topics}
    if not parts.second_stage:
        return list(scores)
    compared = dict(list(scores.items())[:COMPARED])
    texts = _texts(list(compared), scopes, question.languages)
    return ranked(compared, texts, question.asked, topics, question.languages, weights)


def _scores(question: Question, scopes: Sequence[str]) -> dict[int, float]:
    """Return what the first stage finds, best first."""
    rows = [
        (
            number,
            place,
            way.language,
            term,
            way.weight * question.vocabulary.rarity(way.language, term) / len(way.terms),
        )
        for number, each in enumerate(question.asked)
        for place, way in enumerate(each.ways)
        for term in way.terms
    ]
    rows = sorted(rows, key=lambda row: (-row[4], row[:4]))[:MOST_WAYS]
    columns = list(zip(*rows, strict=True))
    values = {
        "organisations": question.organisation.lineage,
        "scopes": list(scopes),
        **dict(zip(("asked", "ways", "languages", "terms", "weights"), map(list, columns), strict=True)),
        "strongest": STRONGEST,
        "limit": COMPARED * 2,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STRONGEST, values)
        return dict(cursor.fetchall())


def _texts(subjects: list[int], scopes: Sequence[str], languages: Sequence[str]) -> list[Text]:
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, {"subjects": subjects, "scopes": list(scopes), "languages": list(languages)})
        return [
            Text(subject, language, title.split(), text.split(), popularity)
            for subject, language, title, text, popularity in cursor.fetchall()
        ]


def _shown(question: Question, ids: Sequence[int], language: str) -> list[Found]:
    """Return articles as they are listed, in the language in which the reader gets each. One query."""
    order = {code: place for place, code in enumerate(language_order(language))}
    versions: dict[int, ArticleVersion] = {}
    published = ArticleVersion.objects.filter(article__in=ids, state=PublicationState.PUBLISHED)
    for version in published.select_related("article__topic").defer("body", "html", "parts", "parts_html"):
        shown = versions.get(version.article_id)
        if shown is None or order.get(version.language, 9) < order.get(shown.language, 9):
            versions[version.article_id] = version
    terms = question.terms
    return [_found(versions[key], terms) for key in ids if key in versions]


def _found(version: ArticleVersion, terms: set[Term]) -> Found:
    article = version.article
    return Found(
        article_id=article.pk,
        slug=article.slug,
        title=version.title,
        summary=version.summary,
        language=version.language,
        topic_slug=article.topic.slug,
        kind=article.kind,
        marked_title=marked(version.title, version.language, terms),
        marked_summary=marked(version.summary, version.language, terms),
    )


def _procedures(question: Question, language: str, *, limit: int = 3) -> list[FoundProcedure]:
    """Return the procedures that answer at least half of what is asked. Two queries."""
    texts = _texts(
        list(_scores(question, [SearchScope.PROCEDURE]))[:COMPARED], [SearchScope.PROCEDURE], question.languages
    )
    total = sum(each.importance for each in question.asked)
    said: dict[int, float] = {}
    for text in texts:
        terms = {(text.language, term) for term in (*text.title_terms, *text.text_terms)}
        known = sum(
            each.importance
            for each in question.asked
            if any(way.weight >= 0.6 and all((way.language, term) in terms for term in way.terms) for way in each.ways)
        )
        said[text.subject] = max(said.get(text.subject, 0), known)
    ids = sorted((key for key in said if said[key] >= total / 2), key=lambda key: (-said[key], key))[:limit]
    rows = Procedure.objects.in_bulk(ids) if ids else {}
    return [
        FoundProcedure(
            key,
            rows[key].name_in(language),
            rows[key].sia_code,
            rows[key].url,
            marked(rows[key].name_in(language), language, question.terms),
        )
        for key in ids
        if key in rows
    ]


_STANDING = """
SELECT language, term, sum(documents)::int
FROM help_centre_searchword
WHERE organisation_id = ANY (%(organisations)s::bigint[])
  AND (language, term) IN (
      SELECT * FROM unnest(%(languages)s::text[], %(terms)s::text[])
      UNION ALL
      SELECT language, '' FROM unnest(%(languages)s::text[]) AS language GROUP BY language
  )
GROUP BY 1, 2
"""

_LIKE = """
SELECT word, language, term, sum(documents)::int AS documents
FROM (
    SELECT word, language, term, documents
    FROM help_centre_searchword
    WHERE near && %(keys)s::text[] AND organisation_id = ANY (%(organisations)s::bigint[])
      AND language = ANY (%(languages)s::text[])
    UNION ALL
    SELECT known.word, known.language, known.term, known.documents
    FROM unnest(%(words)s::text[]) AS asked(word)
    JOIN help_centre_searchword AS known ON known.word %% asked.word
    WHERE known.organisation_id = ANY (%(organisations)s::bigint[]) AND known.language = ANY (%(languages)s::text[])
) AS known
GROUP BY word, language, term
HAVING sum(documents) > 0
"""

_ENDINGS = """
SELECT language, term
FROM help_centre_searchword
WHERE organisation_id = ANY (%(organisations)s::bigint[]) AND language = ANY (%(languages)s::text[])
  AND word ~>=~ %(first)s AND word ~<~ %(last)s
GROUP BY 1, 2
HAVING sum(documents) > 0
ORDER BY sum(documents) DESC, language, term
LIMIT 8
"""

# Of each way to say a word of the question the best counts; of a way of several words, all of them together.
_STRONGEST = """
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest(
        %(asked)s::int[], %(ways)s::int[], %(languages)s::text[], %(terms)s::text[], %(weights)s::float8[]
    ) AS asked(number, way, language, term, weight)
), said AS (
    SELECT strongest.subject_id, asked.number, asked.way, sum(asked.weight * strongest.impact) AS worth
    FROM asked
    CROSS JOIN unnest(%(organisations)s::bigint[]) AS owner(id)
    CROSS JOIN unnest(%(scopes)s::text[]) AS reach(scope)
    CROSS JOIN LATERAL (
        SELECT subject_id, impact
        FROM help_centre_searchposting
        WHERE organisation_id = owner.id AND scope = reach.scope
          AND language = asked.language AND term = asked.term
        ORDER BY impact DESC
        LIMIT %(strongest)s
    ) AS strongest
    GROUP BY 1, 2, 3
), best AS (
    SELECT subject_id, number, max(worth) AS worth FROM said GROUP BY 1, 2
)
SELECT subject_id, sum(worth)
FROM best
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT %(limit)s
"""

_TEXTS = """
SELECT subject_id, language, title_terms, text_terms, popularity
FROM help_centre_searchdocument
WHERE scope = ANY (%(scopes)s::text[]) AND subject_id = ANY (%(subjects)s::bigint[])
  AND language = ANY (%(languages)s::text[])
ORDER BY subject_id, language
"""
