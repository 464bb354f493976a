"""The second stage of the search: what the first one found, compared word by word with the question."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mostrador.help_centre.rules.questions import Asked
from mostrador.help_centre.rules.words import is_code


@dataclass(frozen=True)
class Text:
    """One document of something that was found: its stems in their order, and how much it is read."""

    subject: int
    language: str
    title_terms: list[str]
    text_terms: list[str]
    popularity: float


@dataclass(frozen=True)
class Weights:
    """How much each thing that is compared adds to what the first stage says, which is at most 1."""

    coverage: float = 0.7  # the share of the question that is said anywhere
    title: float = 0.4  # the share of the question that is said in the title
    exact_title: float = 0.7  # and of the title that is said in the question
    neighbours: float = 1.0  # words that stand together in both
    code: float = 1.0
    language: float = 0.02
    popularity: float = 0.06
    topic: float = 0.12


WEIGHTS = Weights()
NEAR = 3  # places between two words that stand together
VOTING = 12  # of the first, that speak for their topic


class Wanted:
    """What a question wants of the texts of one language."""

    def __init__(self, asked: Sequence[Asked], language: str) -> None:
        self.ways = [
            (number, weight, terms)
            for number, each in enumerate(asked)
            for (spoken, terms), weight in each.ways.items()
            if spoken == language
        ]
        self.by_term: dict[str, list[int]] = {}
        self.words: dict[str, set[int]] = {}  # of each term alone: which words of the question it says
        for place, (number, _weight, terms) in enumerate(self.ways):
            for term in terms:
                self.by_term.setdefault(term, []).append(place)
            if len(terms) == 1:
                self.words.setdefault(terms[0], set()).add(number)

    def said(self, terms: Iterable[str]) -> dict[int, float]:
        """Return how fully some terms say each word of the question: 1 by itself, less by a synonym or a correction."""
        counts: dict[int, int] = {}
        for term in terms:
            for place in self.by_term.get(term, ()):
                counts[place] = counts.get(place, 0) + 1
        said: dict[int, float] = {}
        for place, count in counts.items():
            number, weight, wanted = self.ways[place]
            said[number] = max(said.get(number, 0.0), min(1.0, weight * count / len(wanted)))
        return said

    def together(self, sequence: Sequence[str]) -> set[int]:
        """Return the words of the question next to whose place in a text the following word of the question stands."""
        places = [(place, self.words[term]) for place, term in enumerate(sequence) if term in self.words]
        close = set()
        for number, (place, first) in enumerate(places):
            for other, second in places[number + 1 : number + 1 + NEAR]:
                if other - place > NEAR:
                    break
                close |= {one for one in first if one + 1 in second} | {one for one in second if one + 1 in first}
        return close


def ranked(
    scores: Mapping[int, float],
    texts: Sequence[Text],
    asked: Sequence[Asked],
    topics: Mapping[int, str],
    languages: Sequence[str],
    weights: Weights = WEIGHTS,
) -> list[int]:
    """Return what was found, best first.

    Args:
        scores: What the first stage says of each article.
        texts: Their documents in the languages that count.
        asked: The words of the question.
        topics: The topic of each article: one among many of its topic is likelier than a stray one.
        languages: The reader's first.
    """
    best = max(scores.values(), default=0.0) or 1.0
    wanted = {language: Wanted(asked, language) for language in languages}
    gains: dict[int, float] = {}
    for text in texts:
        gain = _gain(text, wanted[text.language], asked, weights)
        gain += weights.language if text.language == languages[0] else 0
        gains[text.subject] = max(gains.get(text.subject, 0), gain)
    final = {subject: score / best + gains.get(subject, 0) for subject, score in scores.items()}
    support = _support(final, topics)
    for subject in final:
        final[subject] += weights.topic * support.get(topics[subject], 0)
    return sorted(final, key=lambda each: (-final[each], each))


def coverage(said: Mapping[int, float], asked: Sequence[Asked]) -> float:
    """Return the share of a question that is said, its words weighed by how much they say."""
    total = sum(each.importance for each in asked) or 1.0
    return sum(asked[number].importance * share for number, share in said.items()) / total


def _gain(text: Text, wanted: Wanted, asked: Sequence[Asked], weights: Weights) -> float:
    title = wanted.by_term.keys() & set(text.title_terms)
    anywhere = wanted.said(title | (wanted.by_term.keys() & set(text.text_terms)))
    in_title = coverage(wanted.said(title), asked)
    exact = len(title) / len(set(text.title_terms)) if title else 0.0
    together = wanted.together([*text.title_terms, *[""] * NEAR, *text.text_terms])
    return (
        weights.coverage * coverage(anywhere, asked)
        + weights.title * in_title
        + weights.exact_title * in_title * exact
        + weights.neighbours * _neighbours(together, asked)
        + weights.code * any(is_code(asked[number].word) for number in anywhere)
        + weights.popularity * text.popularity
    )


def _neighbours(together: set[int], asked: Sequence[Asked]) -> float:
    """Return the share of the question's pairs of neighbours that stand together, by how much both words say."""
    pairs = [first.importance + second.importance for first, second in pairwise(asked)]
    return sum(pairs[number] for number in together) / (sum(pairs) or 1.0)


def _support(final: Mapping[int, float], topics: Mapping[int, str]) -> dict[str, float]:
    """Return how much the first articles speak for each topic, 1 for the one that they speak for most."""
    support: dict[str, float] = {}
    first = sorted(final, key=lambda each: (-final[each], each))[:VOTING]
    for place, subject in enumerate(first):
        support[topics[subject]] = support.get(topics[subject], 0) + final[subject] / (place + 2)
    most = max(support.values(), default=0.0) or 1.0
    return {topic: value / most for topic, value in support.items()}
