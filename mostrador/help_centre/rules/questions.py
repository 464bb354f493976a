"""What a question asks for: each of its words with everything that would answer it as well."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from types import MappingProxyType

from rapidfuzz.distance import OSA

from mostrador.help_centre.rules.synonyms import LONGEST_PHRASE, Synonyms
from mostrador.help_centre.rules.words import LANGUAGES, common_words, fold, is_code, sound, spoken_language, stem

_SAID = re.compile(r"[^\W_]+")
Term = tuple[str, str]  # language and stem
LONGEST_QUESTION = 10_000  # characters that are read; whole logs fit
MOST_READ = 150  # words of a question that are looked at
LONGEST_SAID = 200  # characters of a question that is said again
MOST_ASKED = 24  # of these, the rarest, that are searched
OTHER_LANGUAGE = 0.5  # what a word counts in a language that is neither the reader's nor Spanish
SYNONYM = 0.7
JOINED = 0.9
MOST_CORRECTIONS = 3
LESS_LIKELY = 0.7  # what a word counts that is meant less likely than another
SHORTEST_CORRECTED = 4  # letters
CODE = 2.5  # how much an error code is worth against the rarest word


Way = tuple[str, tuple[str, ...]]  # one way to say something: all these terms of one language


@dataclass
class Asked:
    """One word of a question.

    Attributes:
        ways: Every way to say it, with how much it counts: 1 for the word itself.
        importance: How much it says.
    """

    word: str
    ways: dict[Way, float] = field(default_factory=dict)
    importance: float = 0

    def add(self, language: str, terms: tuple[str, ...], weight: float) -> None:
        """Add a way, unless it is known with at least this weight."""
        self.ways[language, terms] = max(weight, self.ways.get((language, terms), 0))


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


def read_words(words: Sequence[str]) -> Sequence[str]:
    """Return the words of a question that are looked at: of a long log its beginning and its end."""
    half = MOST_READ // 2
    return words if len(words) <= MOST_READ else [*words[:half], *words[-half:]]


def content_words(words: Sequence[str], languages: Iterable[str]) -> list[str]:
    """Return the words that say something in any of the languages, each once, in their order."""
    common = frozenset().union(*(common_words(language) for language in languages))
    return list(dict.fromkeys(word for word in words if word not in common))


def languages_of(words: Sequence[str], reader: str) -> list[str]:
    """Return the languages whose texts count fully: the reader's, Spanish, and the one that the question uses."""
    return list(dict.fromkeys([reader, "es", spoken_language(words, reader)]))


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
    by_term: dict[Term, tuple[float, Candidate]] = {}
    for cost, each in likely:
        by_term.setdefault((each.language, each.term), (cost, each))
    near = [(cost, each) for cost, each in by_term.values() if cost <= likely[0][0] + 0.3][:MOST_CORRECTIONS]
    return [
        (each, (0.95 - 0.1 * cost) * (1.0 if place == 0 else LESS_LIKELY)) for place, (cost, each) in enumerate(near)
    ]


def asked_of(words: Iterable[str], languages: Sequence[str]) -> list[Asked]:
    """Return each word with its own forms in every language."""
    found = [Asked(word) for word in words]
    for asked in found:
        for language in LANGUAGES:
            asked.add(language, (stem(asked.word, language),), weight_of(language, languages))
    return found


def add_joined(asked: Sequence[Asked], languages: Sequence[str], vocabulary: Vocabulary) -> None:
    """Add to two neighbours the word that they are together, where it is known: "auto firma" is "autofirma"."""
    for first, second in pairwise(asked):
        for language in languages:
            whole = stem(first.word + second.word, language)
            if vocabulary.knows(language, whole):
                for each in (first, second):
                    each.add(language, (whole,), JOINED * weight_of(language, languages))


def add_meant(
    asked: Iterable[Asked],
    languages: Sequence[str],
    meant: Mapping[str, Sequence[tuple[Candidate, float]]],
    halves: Mapping[str, tuple[str, str]],
) -> None:
    """Add to unknown words what they may mean: other words, or two that were written as one."""
    for each in asked:
        for candidate, weight in meant.get(each.word, ()):
            each.add(candidate.language, (candidate.term,), weight * weight_of(candidate.language, languages))
        for language in languages if each.word in halves else ():
            parts = tuple(stem(half, language) for half in halves[each.word])
            each.add(language, parts, JOINED * weight_of(language, languages))


def add_synonyms(
    asked: Sequence[Asked],
    languages: Sequence[str],
    synonyms: Synonyms,
    better: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Add what means the same as each phrase of the question, as it is written or with its words put right."""
    words = [better.get(each.word, each.word) for each in asked]
    for language in languages:
        stems = [stem(word, language) for word in words]
        for start in range(len(asked)):
            for stop in range(start + 1, min(start + LONGEST_PHRASE, len(asked)) + 1):
                for member in synonyms.of(language, tuple(stems[start:stop])):
                    for each in asked[start:stop]:
                        each.add(member.language, member.stems, SYNONYM * weight_of(member.language, languages))


def put_right(text: str, better: Mapping[str, str]) -> str:
    """Return the question with its mistyped words put right, empty when there are none, or too many words to say."""
    if not better or len(text) > LONGEST_SAID:
        return ""
    return _SAID.sub(lambda match: better.get(fold(match[0]), match[0]), text)


def weigh(asked: Iterable[Asked], vocabulary: Vocabulary) -> list[Asked]:
    """Return the words that can be answered, the most telling ones when there are too many, in their order."""
    kept = []
    for each in asked:
        times = CODE if is_code(each.word) else 1.0
        each.ways = {
            (language, terms): weight * times
            for (language, terms), weight in each.ways.items()
            if any(vocabulary.knows(language, term) for term in terms)
        }
        each.importance = max((weight * rarity_of(way, vocabulary) for way, weight in each.ways.items()), default=0)
        if each.ways:
            kept.append(each)
    strongest = sorted(kept, key=lambda each: -each.importance)[:MOST_ASKED]
    return [each for each in kept if each in strongest]


def rarity_of(way: Way, vocabulary: Vocabulary) -> float:
    """Return how much a way says: the mean of its terms."""
    language, terms = way
    return sum(vocabulary.rarity(language, term) for term in terms) / len(terms)


def weight_of(language: str, languages: Sequence[str]) -> float:
    """Return how much the texts of a language count."""
    return 1.0 if language in languages else OTHER_LANGUAGE


def _cost(written: str, meant: str) -> float:
    by_letter = OSA.distance(written, meant, score_cutoff=3)
    by_sound = 0.4 + OSA.distance(sound(written), sound(meant), score_cutoff=3)
    first = 0.3 if written[0] != meant[0] and sound(written)[:1] != sound(meant)[:1] else 0.0
    return float(min(by_letter, by_sound)) + first
