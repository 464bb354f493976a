"""Keeping the search true to what is published.

Whoever publishes writes only the rows of one document and adds to the counts of words, so that no two of them wait for
each other; jobs put right what changed without us (`help_centre.jobs`).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from mostrador.help_centre.choices import Audience, PublicationState, SearchScope
from mostrador.help_centre.models import (
    Adaptation,
    Article,
    ArticleVersion,
    SearchDocument,
    SearchPosting,
    SearchWord,
)
from mostrador.help_centre.rules.documents import Document, document_of, headings, plain_words
from mostrador.help_centre.rules.words import LANGUAGES, near_keys, stem
from mostrador.organisations.models import Named, Procedure

# Grows when the same text would be kept in another way: the nightly job then writes everything anew.
WAY_OF_INDEXING = 1
AT_ONCE = 200  # texts that are indexed together when everything is


def index_version(version: ArticleVersion) -> None:
    """Let the version be found by what it says now, or no longer when readers do not see it."""
    if version.state != PublicationState.PUBLISHED or version.article.superseded_by_id is not None:
        forget(SearchDocument.objects.filter(version=version))
        return
    known = SearchDocument.objects.filter(version=version).first()
    _write(_document(version, known), _fields(version), version.language)


def index_procedure(procedure: Procedure) -> None:
    """Let the procedure be found by its names and its code, or no longer when it is not in use."""
    if not procedure.is_active:
        forget(SearchDocument.objects.filter(procedure=procedure))
        return
    known = {document.language: document for document in SearchDocument.objects.filter(procedure=procedure)}
    for language in LANGUAGES:
        if procedure.names.get(language):
            document = known.pop(language, None) or SearchDocument(procedure=procedure)
            document.organisation_id, document.scope = procedure.organisation_id, SearchScope.PROCEDURE
            document.subject_id = procedure.pk
            _write(document, _names(procedure, language), language)
    forget(SearchDocument.objects.filter(pk__in=[document.pk for document in known.values()]))


def index_adaptation(adaptation: Adaptation) -> None:
    """Let an ancestor's article be found by what the body adds to it, or no longer when that is hidden or gone."""
    texts = {} if adaptation.is_hidden else adaptation.texts
    known = {document.language: document for document in SearchDocument.objects.filter(adaptation=adaptation)}
    for language, text in texts.items():
        document = known.pop(language, None) or SearchDocument(adaptation=adaptation)
        document.organisation_id, document.scope = adaptation.organisation_id, SearchScope.ADAPTED
        document.subject_id = adaptation.article_id
        _write(document, {"body": plain_words(text)}, language)
    forget(SearchDocument.objects.filter(pk__in=[document.pk for document in known.values()]))


@transaction.atomic
def forget(documents: QuerySet[SearchDocument]) -> None:
    """Let documents no longer be found."""
    for document in documents:
        _count_words(document, before=document.words.split(), after=[])
        document.delete()


def index_what_is_missing() -> int:
    """Index published versions, adaptations and procedures that cannot be found yet; return how many there were."""
    indexed = SearchDocument.objects.filter(version=OuterRef("pk"))
    versions = _published().filter(~Exists(indexed))
    procedures = Procedure.objects.filter(~Exists(SearchDocument.objects.filter(procedure=OuterRef("pk"))))
    adapted = _adapted().filter(~Exists(SearchDocument.objects.filter(adaptation=OuterRef("pk"))))
    return index_together(versions) + _index((), procedures.filter(is_active=True), adapted)


def index_together(versions: QuerySet[ArticleVersion]) -> int:
    """Index published versions that are not indexed yet, many at a time; return how many there were."""
    done = 0
    texts = versions.iterator(chunk_size=AT_ONCE)
    while several := list(islice(texts, AT_ONCE)):
        with transaction.atomic():
            _add_words(_write_many(several))
        done += len(several)
    return done


def index_what_changed() -> int:
    """Index what says something else than when it was indexed (a topic's name, a procedure's); return how much."""
    known = dict(SearchDocument.objects.filter(version__isnull=False).values_list("version_id", "fingerprint"))
    versions = (
        version
        for version in _published().iterator(chunk_size=200)
        if known.get(version.pk) != fingerprint(_fields(version), version.language)
    )
    names: dict[int, set[str]] = {}
    for key, mark in SearchDocument.objects.filter(procedure__isnull=False).values_list("procedure_id", "fingerprint"):
        names.setdefault(key, set()).add(mark)
    procedures = (
        procedure
        for procedure in Procedure.objects.iterator()
        if names.get(procedure.pk, set())
        != {fingerprint(_names(procedure, code), code) for code in _languages_of(procedure)}
    )
    adapted = (each for each in _adapted().iterator() if _marks_of(each) != _marks_known(each))
    return _index(versions, procedures, adapted)


def index_everything() -> Iterator[int]:
    """Write everything anew, many texts at a time; say how many are done, as it goes."""
    with transaction.atomic():
        SearchPosting.objects.all().delete()
        SearchDocument.objects.all().delete()
        SearchWord.objects.all().delete()
    counts: Counter[tuple[int, str, str]] = Counter()
    done = 0
    texts = _published().iterator(chunk_size=AT_ONCE)
    while versions := list(islice(texts, AT_ONCE)):
        counts.update(_write_many(versions))
        done += len(versions)
        yield done
    _add_words(counts)
    for procedure in Procedure.objects.filter(is_active=True).iterator():
        index_procedure(procedure)
        done += 1
    done += _index((), (), _adapted().iterator())
    yield done


def count_again() -> None:
    """Put the counts of words right where documents went away with their article."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_AGAIN)


def merge_counts() -> None:
    """Make one row of the rows of each word. Only one job does it at a time; whoever publishes meanwhile only adds."""
    with connection.cursor() as cursor:
        cursor.execute(_MERGE_COUNTS)


def refresh_popularity() -> None:
    """Note how much each article was read and chosen among results in 90 days, how useful it was found, and its age."""
    with connection.cursor() as cursor:
        cursor.execute(_POPULARITY)


def fingerprint(fields: dict[str, str], language: str) -> str:
    """Return what tells whether a text is indexed as it is now."""
    said = "\x1f".join([str(WAY_OF_INDEXING), language, *(f"{name}\x1e{text}" for name, text in fields.items())])
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _published() -> QuerySet[ArticleVersion]:
    articles = Article.objects.select_related("topic").prefetch_related("also_in", "procedures")
    return ArticleVersion.objects.filter(
        state=PublicationState.PUBLISHED, article__superseded_by__isnull=True
    ).prefetch_related(Prefetch("article", articles))


def _adapted() -> QuerySet[Adaptation]:
    return Adaptation.objects.filter(is_hidden=False).exclude(texts={})


def _marks_of(adaptation: Adaptation) -> set[str]:
    texts = adaptation.texts.items()
    return {fingerprint({"body": plain_words(text)}, language) for language, text in texts}


def _marks_known(adaptation: Adaptation) -> set[str]:
    return set(SearchDocument.objects.filter(adaptation=adaptation).values_list("fingerprint", flat=True))


def _index(
    versions: Iterable[ArticleVersion], procedures: Iterable[Procedure], adaptations: Iterable[Adaptation]
) -> int:
    done = 0
    for version in versions:
        index_version(version)
        done += 1
    for procedure in procedures:
        index_procedure(procedure)
        done += 1
    for adaptation in adaptations:
        index_adaptation(adaptation)
        done += 1
    return done


def _fields(version: ArticleVersion) -> dict[str, str]:
    article, language = version.article, version.language
    named: list[Named] = [article.topic, *article.also_in.all(), *article.procedures.all()]
    body = plain_words(version.body)
    return {
        "title": version.title,
        "codes": "\n".join([*article.codes, *article.affects]),
        "summary": version.summary,
        "names": "\n".join(each.name_in(language) for each in named),
        "headings": headings(body),
        "parts": plain_words("\n".join(version.parts.values())),
        "body": body,
    }


def _names(procedure: Procedure, language: str) -> dict[str, str]:
    return {"title": procedure.names[language], "codes": procedure.sia_code}


def _languages_of(procedure: Procedure) -> list[str]:
    return [code for code in LANGUAGES if procedure.is_active and procedure.names.get(code)]


def _document(version: ArticleVersion, document: SearchDocument | None = None) -> SearchDocument:
    """Return the version's document, the one given or a new one, with whose it is and who may find it."""
    article, document = version.article, document or SearchDocument(version=version)
    document.scope = SearchScope.PUBLIC if article.audience == Audience.PUBLIC else SearchScope.INTERNAL
    document.organisation_id, document.subject_id = article.organisation_id, article.pk
    return document


@transaction.atomic
def _write(document: SearchDocument, fields: dict[str, str], language: str) -> None:
    before = document.words.split() if document.pk else None
    kept = _fill(document, fields, language)
    document.save()
    SearchPosting.objects.filter(document=document).delete()
    _write_postings([(document, kept)])
    _count_words(document, before=before, after=sorted(kept.words))


@transaction.atomic
def _write_many(versions: Sequence[ArticleVersion]) -> Counter[tuple[int, str, str]]:
    """Index versions that are not indexed yet; return in how many of them each word stands."""
    done = set(SearchDocument.objects.filter(version__in=versions).values_list("version_id", flat=True))
    documents = [_document(version) for version in versions if version.pk not in done]
    kept = [
        _fill(document, _fields(version), version.language)
        for document in documents
        if (version := document.version) is not None
    ]
    SearchDocument.objects.bulk_create(documents)
    _write_postings(list(zip(documents, kept, strict=True)))
    return Counter(
        (document.organisation_id, document.language, word)
        for document, one in zip(documents, kept, strict=True)
        for word in ("", *one.words)
    )


def _add_words(counts: Counter[tuple[int, str, str]]) -> None:
    """Count words that stand in more documents than before; their rows are merged at night."""
    SearchWord.objects.bulk_create((_word(*key, count) for key, count in counts.items()), batch_size=5000)


def _fill(document: SearchDocument, fields: dict[str, str], language: str) -> Document:
    """Write into a document what the search keeps of a text."""
    kept = document_of(fields, language)
    document.language, document.indexed_at = language, timezone.now()
    document.fingerprint = fingerprint(fields, language)
    document.title_terms, document.text_terms = " ".join(kept.title_terms), " ".join(kept.text_terms)
    document.words = " ".join(sorted(kept.words))
    return kept


def _write_postings(written: Iterable[tuple[SearchDocument, Document]]) -> None:
    rows = [
        (document.pk, document.organisation_id, document.scope, document.language, document.subject_id, term, impact)
        for document, kept in written
        for term, impact in kept.impacts.items()
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT_POSTINGS, [list(column) for column in zip(*rows, strict=True)])


def _count_words(document: SearchDocument, *, before: list[str] | None, after: list[str]) -> None:
    """Add rows for the words that came and those that went; None before: the document is new."""
    came, went = set(after) - set(before or ()), set(before or ()) - set(after)
    changes = [*((word, 1) for word in sorted(came)), *((word, -1) for word in sorted(went))]
    if before is None:
        changes.append(("", 1))
    elif not after:
        changes.append(("", -1))
    owner = {"organisation": document.organisation_id, "language": document.language}
    known = set(SearchWord.objects.filter(**owner, word__in=came).values_list("word", flat=True))
    SearchWord.objects.bulk_create(
        _word(document.organisation_id, document.language, word, change, is_new=word in came - known)
        for word, change in changes
    )


def _word(organisation_id: int, language: str, word: str, documents: int, *, is_new: bool = True) -> SearchWord:
    return SearchWord(
        organisation_id=organisation_id,
        language=language,
        word=word,
        term=stem(word, language),
        documents=documents,
        near=near_keys(word) if word and is_new else [],
    )


_INSERT_POSTINGS = """
INSERT INTO help_centre_searchposting (document_id, organisation_id, scope, language, subject_id, term, impact)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::float8[])
"""

_COUNT_AGAIN = """
INSERT INTO help_centre_searchword (organisation_id, language, word, term, documents, near)
SELECT organisation_id, language, word, max(term), sum(counted - noted), '{}'
FROM (
    SELECT organisation_id, language, word, '' AS term, count(*) AS counted, 0 AS noted
    FROM help_centre_searchdocument, unnest(string_to_array(words, ' ')) AS word
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT organisation_id, language, '', '', count(*), 0 FROM help_centre_searchdocument GROUP BY 1, 2
    UNION ALL
    SELECT organisation_id, language, word, max(term), 0, sum(documents) FROM help_centre_searchword GROUP BY 1, 2, 3
) AS both_ways
GROUP BY 1, 2, 3
HAVING sum(counted - noted) <> 0
"""

_MERGE_COUNTS = """
WITH many AS MATERIALIZED (
    SELECT organisation_id, language, word
    FROM help_centre_searchword
    GROUP BY 1, 2, 3
    HAVING count(*) > 1 OR sum(documents) <= 0
), gone AS (
    DELETE FROM help_centre_searchword AS old
    USING many
    WHERE old.organisation_id = many.organisation_id AND old.language = many.language AND old.word = many.word
    RETURNING old.*
)
INSERT INTO help_centre_searchword (organisation_id, language, word, term, documents, near)
SELECT organisation_id, language, word, max(term), sum(documents), max(near)
FROM gone
GROUP BY 1, 2, 3
HAVING sum(documents) > 0
"""

# Readings on a logarithmic scale on which 1000 in 90 days are 1; opinions and choices count once there are some.
# A result is chosen more than others when it is opened oftener than is usual at its place, and nobody asks us after it.
# What was written within three months is fresh, what is two years old is not; by quarters, so that few rows change.
_POPULARITY = """
WITH read AS (
    SELECT article_id, sum(readings) AS readings
    FROM help_centre_dailyreading
    WHERE "on" > current_date - 90
    GROUP BY 1
), said AS (
    SELECT version.article_id, count(*) FILTER (WHERE vote.useful) AS useful, count(*) AS votes
    FROM help_centre_articlevote AS vote
    JOIN help_centre_articleversion AS version ON version.id = vote.version_id
    WHERE vote.voted_at > now() - interval '90 days'
    GROUP BY 1
), offered AS (
    SELECT articles[place] AS article_id, place, (opened_id = articles[place]) IS TRUE AS is_opened,
           opened_id = articles[place] AND next_step <> 'asked' AS is_chosen
    FROM help_centre_searchlog, generate_subscripts(articles, 1) AS place
    WHERE at > now() - interval '90 days'
), usual AS (
    SELECT place, avg(is_opened::int) AS share FROM offered GROUP BY 1
), chosen AS (
    SELECT article_id, (count(*) FILTER (WHERE is_chosen) - sum(usual.share)) / (count(*) + 20.0) AS gain
    FROM offered
    JOIN usual USING (place)
    GROUP BY 1
), now_is AS (
    SELECT document.id,
           round((0.4 * least(1, ln(1 + coalesce(read.readings, 0)) / ln(1000))
                  + 0.3 * (2 * coalesce(said.useful, 0) - coalesce(said.votes, 0)) / (coalesce(said.votes, 0) + 10.0)
                  + 0.2 * coalesce(chosen.gain, 0)
                  + 0.1 * (1 - least(1, floor(extract(day FROM now() - version.updated_at) / 91) / 8))
                 )::numeric, 3)::float8 AS popularity
    FROM help_centre_searchdocument AS document
    JOIN help_centre_articleversion AS version ON version.id = document.version_id
    LEFT JOIN read ON read.article_id = document.subject_id
    LEFT JOIN said ON said.article_id = document.subject_id
    LEFT JOIN chosen ON chosen.article_id = document.subject_id
)
UPDATE help_centre_searchdocument AS document
SET popularity = now_is.popularity
FROM now_is
WHERE now_is.id = document.id AND now_is.popularity <> document.popularity
"""
