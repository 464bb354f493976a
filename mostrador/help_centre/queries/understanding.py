"""What a question asks for: its words among those of the articles, put right and joined by what means the same."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from mostrador.help_centre.rules.error_messages import code_in
from mostrador.help_centre.rules.questions import (
    JOINED,
    LONGEST_QUESTION,
    MOST_READ,
    SHORTEST_CORRECTED,
    Asked,
    Candidate,
    Term,
    Vocabulary,
    Way,
    add_joined,
    add_meant,
    add_synonyms,
    asked_of,
    content_words,
    corrections,
    joined,
    languages_of,
    parted,
    put_right,
    read_words,
    terms_of,
    weigh,
)
from mostrador.help_centre.rules.synonyms import Group, Synonyms, compiled, shipped_synonyms
from mostrador.help_centre.rules.words import fold, near_keys, words_of
from mostrador.organisations.models import Organisation

MOST_UNKNOWN = 30  # words of a question for which others like them are looked for
SHORTEST_ALIKE = 8  # letters of a word that may have more than one mistake
SHORTEST_BEGINNING = 2  # letters of a half written word


@dataclass(frozen=True)
class Parts:
    """Parts of the search that can be left out, to see what each is worth."""

    synonyms: bool = True
    typos: bool = True
    second_stage: bool = True


EVERYTHING = Parts()


@dataclass(frozen=True)
class Question:
    """A question as it is searched.

    Attributes:
        languages: Those that count fully, the reader's first.
        asked: Its words that something can answer.
        vocabulary: How rare each of their terms is.
        code: The error code that it names, or whose message it quotes.
        did_you_mean: The question with its mistyped words put right; empty when none is.
    """

    languages: list[str]
    asked: list[Asked] = field(default_factory=list)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    code: str | None = None
    did_you_mean: str = ""

    @property
    def ways(self) -> set[Way]:
        """Every way to say some word of it."""
        return {way for each in self.asked for way in each.ways}


def understand(
    organisation: Organisation,
    text: str,
    language: str,
    *,
    groups: Sequence[Group] | None = None,
    parts: Parts = EVERYTHING,
) -> Question:
    """Return what a question asks for. Two queries, up to five more for words that no article has."""
    text = text[:LONGEST_QUESTION]
    everything = words_of(text)
    read, code = read_words(everything), code_in(everything)
    languages = languages_of(read, language)
    words = content_words(read, languages)
    if code and fold(code) not in words:
        words.append(fold(code))
    if not words:
        return Question(languages, code=code)
    asked, vocabulary = asked_of(words, languages), Vocabulary()
    synonyms = _synonyms(organisation, groups) if parts.synonyms else Synonyms()
    add_synonyms(asked, languages, synonyms)
    look_up(organisation, vocabulary, _terms(asked) | terms_of(joined(words)))
    better: dict[str, str] = {}
    if parts.typos:
        add_joined(asked, languages, vocabulary)
        if unknown := _unknown(words, vocabulary):
            halves = _halves(organisation, unknown, vocabulary)
            meant = _meant(organisation, unknown, languages)
            better = {word: " ".join(pair) for word, pair in halves.items()}
            better |= {word: found[0][0].word for word, found in meant.items() if found}
            add_meant(asked, languages, meant, halves)
            add_synonyms(asked, languages, synonyms, better)
            look_up(organisation, vocabulary, _terms(asked))
    asked = weigh(asked, vocabulary)
    better = {each.word: better[each.word] for each in asked if each.word in better}
    return Question(languages, asked, vocabulary, code, put_right(text, better))


def understand_beginning(organisation: Organisation, typed: str, language: str) -> Question:
    """Return what somebody asks for who is still typing: the last word stands for all that begin so. Two queries.

    So do the last two written as one: "auto fir" may become "autofirma".
    """
    words = words_of(typed, MOST_READ)
    languages = languages_of(words, language)
    if not words or len(words[-1]) < SHORTEST_BEGINNING:
        return Question(languages)
    asked, last = asked_of(content_words(words[:-1], languages), languages), Asked(words[-1])
    both = [each for each in asked[-1:] if each.word == words[-2]]  # the word before, unless it says nothing
    begun = [words[-1], *(each.word + words[-1] for each in both)]
    for number, place, spoken, term in _endings(organisation, begun, languages):
        weight = (JOINED if number else 1) * (1 - place * 0.05)
        for each in (*both, last) if number else (last,):
            each.add(spoken, (term,), weight)
    asked.append(last)
    vocabulary = Vocabulary()
    look_up(organisation, vocabulary, _terms(asked))
    return Question(languages, weigh(asked, vocabulary), vocabulary, code_in(words))


def rows_of(sql: str, values: Mapping[str, Any]) -> list[Any]:
    """Return what a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Any] = cursor.fetchall()
        return rows


def look_up(organisation: Organisation, vocabulary: Vocabulary, terms: set[Term]) -> None:
    """Learn in how many documents terms stand, if it is not known yet. One query at most."""
    new = terms - vocabulary.standing.keys()
    if not new:
        return
    wanted = sorted(new | {(language, "") for language, _term in new if language not in vocabulary.documents})
    values = {
        "organisations": organisation.lineage,
        "languages": [language for language, _term in wanted],
        "terms": [term for _language, term in wanted],
    }
    vocabulary.standing.update(dict.fromkeys(wanted, 0))
    for language, term, documents in rows_of(_STANDING, values):
        if term:
            vocabulary.standing[language, term] = documents
        else:
            vocabulary.documents[language] = documents


def _terms(asked: Iterable[Asked]) -> set[Term]:
    return {(language, term) for each in asked for language, terms in each.ways for term in terms}


def _synonyms(organisation: Organisation, groups: Sequence[Group] | None) -> Synonyms:
    """Return the groups given, else the product's with the changes of the organisation and its ancestors. One query."""
    if groups is not None:
        return compiled(groups)
    rows = rows_of(_SYNONYMS, {"organisations": organisation.lineage})
    nearest = {key: (words, is_active) for key, words, is_active in rows}
    if not nearest:
        return shipped_synonyms()
    own = [Group(key, json.loads(words)) for key, (words, is_active) in nearest.items() if is_active]
    return compiled(own, below=shipped_synonyms(), replaced=nearest)


def _unknown(words: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """Return the words that no article has in any language."""
    return [
        word for word in words if len(word) >= SHORTEST_CORRECTED and word.isalpha() and not _is_known(word, vocabulary)
    ][:MOST_UNKNOWN]


def _is_known(word: str, vocabulary: Vocabulary) -> bool:
    return any(vocabulary.knows(*term) for term in terms_of([word]))


def _halves(organisation: Organisation, words: Iterable[str], vocabulary: Vocabulary) -> dict[str, tuple[str, str]]:
    """Return the two words that each was written from, both known; the shorter as long as possible. One query."""
    pairs = {word: parted(word) for word in words}
    look_up(organisation, vocabulary, terms_of({half for each in pairs.values() for pair in each for half in pair}))
    known = {
        word: [pair for pair in each if all(_is_known(half, vocabulary) for half in pair)]
        for word, each in pairs.items()
    }
    return {word: max(each, key=lambda pair: min(map(len, pair))) for word, each in known.items() if each}


def _meant(
    organisation: Organisation, words: Sequence[str], languages: Sequence[str]
) -> dict[str, list[tuple[Candidate, float]]]:
    """Return the words of the articles that mistyped ones may be: by one letter, else by most of them. Two queries."""
    owner = {"organisations": organisation.lineage, "languages": list(languages)}
    keys = sorted({key for word in words for key in near_keys(word)})
    like = [Candidate(*row) for row in rows_of(_NEAR, owner | {"keys": keys})]
    meant = {word: corrections(word, like) for word in words}
    if others := [word for word, found in meant.items() if not found and len(word) >= SHORTEST_ALIKE]:
        like = [Candidate(*row) for row in rows_of(_ALIKE, owner | {"words": others})]
        meant |= {word: corrections(word, like) for word in others}
    return meant


def _endings(
    organisation: Organisation, begun: Sequence[str], languages: Sequence[str]
) -> list[tuple[int, int, str, str]]:
    """Return the stems of the words that begin so, those of most documents first. One query.

    Each with the number of its beginning and its place among the stems of that one, both from 0, and its language.
    """
    values = {
        "organisations": organisation.lineage,
        "languages": list(languages),
        "firsts": list(begun),
        "lasts": [each + "\uffff" for each in begun],
    }
    return rows_of(_ENDINGS, values)


_SYNONYMS = """
SELECT changed.key, changed.words::text, changed.is_active
FROM help_centre_synonymgroup AS changed
JOIN organisations_organisation AS owner ON owner.id = changed.organisation_id
WHERE changed.organisation_id = ANY (%(organisations)s::bigint[])
ORDER BY owner.path, changed.id
"""

_STANDING = """
SELECT asked.language, asked.term, known.documents::int
FROM unnest(%(languages)s::text[], %(terms)s::text[]) AS asked(language, term)
CROSS JOIN LATERAL (
    SELECT sum(documents) AS documents
    FROM help_centre_searchword
    WHERE organisation_id = ANY (%(organisations)s::bigint[]) AND language = asked.language AND term = asked.term
) AS known
WHERE known.documents > 0
"""

# Each is looked for by itself (OFFSET 0), or the words of the organisation would be compared one by one.
_NEAR = """
SELECT known.word, known.language, known.term, sum(known.documents)::int
FROM unnest(%(keys)s::text[]) AS asked(key)
CROSS JOIN LATERAL (SELECT * FROM help_centre_searchword WHERE near @> ARRAY[asked.key] OFFSET 0) AS known
WHERE known.organisation_id = ANY (%(organisations)s::bigint[]) AND known.language = ANY (%(languages)s::text[])
GROUP BY 1, 2, 3
"""

_ALIKE = """
SELECT known.word, known.language, known.term, sum(known.documents)::int
FROM unnest(%(words)s::text[]) AS asked(word)
CROSS JOIN LATERAL (SELECT * FROM help_centre_searchword WHERE word %% asked.word OFFSET 0) AS known
WHERE known.organisation_id = ANY (%(organisations)s::bigint[]) AND known.language = ANY (%(languages)s::text[])
GROUP BY 1, 2, 3
"""

_ENDINGS = """
SELECT begun.number::int - 1, found.place::int - 1, found.language, found.term
FROM unnest(%(firsts)s::text[], %(lasts)s::text[]) WITH ORDINALITY AS begun(first, last, number)
CROSS JOIN LATERAL (
    SELECT language, term, row_number() OVER (ORDER BY sum(documents) DESC, language, term) AS place
    FROM help_centre_searchword
    WHERE organisation_id = ANY (%(organisations)s::bigint[]) AND language = ANY (%(languages)s::text[])
      AND word ~>=~ begun.first AND word ~<~ begun.last
    GROUP BY 1, 2
    HAVING sum(documents) > 0
    ORDER BY place
    LIMIT 8
) AS found
ORDER BY 1, 2
"""
