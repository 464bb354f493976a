"""What a question asks for: each of its words with everything that would answer it as well."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import log

from rapidfuzz.distance import OSA

from mostrador.help_centre.rules.synonyms import LONGEST_PHRASE, Synonyms
from mostrador.help_centre.rules.words import LANGUAGES, common_words, is_code, sound, spoken_language, stem, words_of

Term = tuple[str, str]  # language and stem
MOST_READ = 400  # words of a question that are looked at
MOST_ASKED = 24  # of these, the rarest, that are searched
OTHER_LANGUAGE = 0.5  # what a word counts in a language that is neither the reader's nor Spanish
SYNONYM = 0.6
JOINED = 0.9
MOST_CORRECTIONS = 3
SHORTEST_CORRECTED = 4  # letters
CODE = 2.5  # how much an error code is worth against the rarest word


@dataclass(frozen=True)
class Way:
    """One way to say a word of the question: all these terms, in one language."""

    language: str
    terms: tuple[str, ...]
    weight: float


@dataclass
class Asked:
    """One word of a question and the ways to say it."""

    word: str
    ways: list[Way] = field(default_factory=list)
    importance: float = 0

    def add(self, way: Way) -> None:
        """Add a way, unless it is known with at least this weight."""
        for place, known in enumerate(self.ways):
            if (known.language, known.terms) == (way.language, way.terms):
                if known.weight < way.weight:
                    self.ways[place] = way
                return
        self.ways.append(way)


@dataclass
class Vocabulary:
    """How many documents there are and in how many each term stands, by language."""

    documents: dict[str, int] = field(default_factory=dict)
    standing: dict[Term, int] = field(default_factory=dict)

    def knows(self, language: str, term: str) -> bool:
        """Tell whether a term stands in any document."""
        return self.standing.get((language, term), 0) > 0

    def rarity(self, language: str, term: str) -> float:
        """Return how much a term says: 0 when it stands nowhere, little when it stands everywhere."""
        standing = self.standing.get((language, term), 0)
        return log(1 + self.documents.get(language, standing) / (standing + 0.5)) if standing > 0 else 0


@dataclass(frozen=True)
class Candidate:
    """A word of the articles that may be meant."""

    word: str
    language: str
    term: str
    documents: int


def content_words(text: str, language: str) -> list[str]:
    """Return the words of a question that say something, each once, in their order."""
    said = words_of(text, MOST_READ)
    spoken = spoken_language(said, language)
    common = common_words(language) | common_words("es") | common_words(spoken)
    return list(dict.fromkeys(word for word in said if word not in common))


def languages_of(text: str, language: str) -> list[str]:
    """Return the languages whose texts count fully: the reader's, Spanish, and the one that the question uses."""
    return list(dict.fromkeys([language, "es", spoken_language(words_of(text, MOST_READ), language)]))


def terms_of(words: Iterable[str]) -> set[Term]:
    """Return everything that has to be looked up for words: their stems in every language."""
    return {(language, stem(word, language)) for word in words for language in LANGUAGES}


def joined(words: Sequence[str]) -> list[str]:
    """Return each two neighbours as one word: "auto firma" may be "autofirma"."""
    return [first + second for first, second in pairwise(words)]


def parted(word: str) -> list[tuple[str, str]]:
    """Return a word as each two that it may be: "autofirma" may be "auto firma"."""
    return [(word[:place], word[place:]) for place in range(3, len(word) - 2)] if word.isalpha() else []


def corrections(word: str, candidates: Iterable[Candidate]) -> list[tuple[Candidate, float]]:
    """Return what a mistyped word may mean, the likeliest first, with how much it counts (at most 1).

    Letters that sound the same, and two in the wrong order, are smaller mistakes than others.
    """
    room = 1.1 if len(word) < 6 else 1.6 if len(word) < 9 else 2.1
    costs = [(_cost(word, each.word), each) for each in candidates]
    likely = sorted(
        ((cost, each) for cost, each in costs if cost <= room),
        key=lambda found: (found[0], -found[1].documents, found[1].word, found[1].language),
    )
    if not likely:
        return []
    best = likely[0][0]
    near = [(each, 0.9 - 0.15 * cost) for cost, each in likely if cost <= best + 0.3]
    return near[:MOST_CORRECTIONS]


def asked_of(
    words: Sequence[str],
    languages: Sequence[str],
    vocabulary: Vocabulary,
    meant: Mapping[str, Sequence[tuple[Candidate, float]]],
    halves: Mapping[str, tuple[str, str]],
) -> list[Asked]:
    """Return each word with its own forms, its likely corrections, and how it is written together or apart."""
    found = [Asked(word) for word in words]
    for asked in found:
        for language in LANGUAGES:
            asked.add(Way(language, (stem(asked.word, language),), _weight(language, languages)))
        for candidate, weight in meant.get(asked.word, ()):
            asked.add(Way(candidate.language, (candidate.term,), weight * _weight(candidate.language, languages)))
        if asked.word in halves:
            for language in languages:
                parts = tuple(stem(half, language) for half in halves[asked.word])
                asked.add(Way(language, parts, JOINED * _weight(language, languages)))
    for first, second in pairwise(found):
        for language in languages:
            whole = stem(first.word + second.word, language)
            if vocabulary.knows(language, whole):
                for asked in (first, second):
                    asked.add(Way(language, (whole,), JOINED * _weight(language, languages)))
    return found


def add_synonyms(asked: Sequence[Asked], languages: Sequence[str], synonyms: Synonyms) -> None:
    """Add what means the same as each phrase of the question; a phrase of several words shares its weight."""
    added: list[tuple[Asked, Way]] = []
    for start in range(len(asked)):
        for length in range(1, min(LONGEST_PHRASE, len(asked) - start) + 1):
            phrase = asked[start : start + length]
            for language in languages:
                for stems, certainty in _phrases(phrase, language):
                    for member in synonyms.of(language, stems):
                        weight = SYNONYM * certainty * _weight(member.language, languages)
                        added += [(each, Way(member.language, member.stems, weight)) for each in phrase]
    for each, way in added:
        each.add(way)


def weigh(asked: Iterable[Asked], vocabulary: Vocabulary) -> list[Asked]:
    """Return the words that can be answered, the most telling ones when there are too many, in their order."""
    kept = []
    for each in asked:
        each.ways = [way for way in each.ways if any(vocabulary.knows(way.language, term) for term in way.terms)]
        each.importance = max((way.weight * rarity_of(way, vocabulary) for way in each.ways), default=0)
        if is_code(each.word):
            each.importance *= CODE
            each.ways = [replace(way, weight=way.weight * CODE) for way in each.ways]
        if each.ways:
            kept.append(each)
    strongest = sorted(kept, key=lambda each: -each.importance)[:MOST_ASKED]
    return [each for each in kept if each in strongest]


def rarity_of(way: Way, vocabulary: Vocabulary) -> float:
    """Return how much a way says: the mean of its terms."""
    return sum(vocabulary.rarity(way.language, term) for term in way.terms) / len(way.terms)


def _weight(language: str, languages: Sequence[str]) -> float:
    return 1.0 if language in languages else OTHER_LANGUAGE


def _phrases(phrase: Sequence[Asked], language: str) -> list[tuple[tuple[str, ...], float]]:
    """Return the stems of a phrase as it is written, and of one word as it may be meant."""
    own = tuple(stem(each.word, language) for each in phrase)
    if len(phrase) > 1:
        return [(tuple(_likeliest(each, language) for each in phrase), 1.0)]
    meant = [
        (way.terms, way.weight)
        for way in phrase[0].ways
        if way.language == language and way.terms != own and way.weight > SYNONYM
    ]
    return [(own, 1.0), *meant[:1]]


def _likeliest(asked: Asked, language: str) -> str:
    """Return the stem of a word, or of its correction when it has one."""
    for way in asked.ways:
        if way.language == language and len(way.terms) == 1 and SYNONYM < way.weight < JOINED:
            return way.terms[0]
    return stem(asked.word, language)


def _cost(written: str, meant: str) -> float:
    by_letter = OSA.distance(written, meant, score_cutoff=3)
    by_sound = 0.4 + OSA.distance(sound(written), sound(meant), score_cutoff=3)
    first = 0.3 if written[0] != meant[0] and sound(written)[:1] != sound(meant)[:1] else 0.0
    return float(min(by_letter, by_sound)) + first
