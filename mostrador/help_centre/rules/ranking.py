"""The second stage of the search: what the first one found, compared word by word with the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mostrador.help_centre.rules.questions import Asked, Way
from mostrador.help_centre.rules.words import is_code


@dataclass(frozen=True)
class Text:
    """One document of something that was found."""

    subject: int
    language: str
    title_terms: list[str]
    text_terms: list[str]
    popularity: float


@dataclass(frozen=True)
class Weights:
    """How much each thing that is compared adds to what the first stage says."""

    coverage: float = 1.2
    title: float = 0.8
    exact_title: float = 0.5
    neighbours: float = 0.4
    language: float = 0.05
    popularity: float = 0.06
    topic: float = 0.25
    code: float = 1.0


WEIGHTS = Weights()
NEAR = 3  # words between two that stand together


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
    total = sum(each.importance for each in asked) or 1.0
    best = max(scores.values(), default=0.0) or 1.0
    worth = {subject: score / best for subject, score in scores.items()}
    gains: dict[int, float] = {}
    for text in texts:
        gain = _gain(text, asked, total, weights) + (weights.language if text.language == languages[0] else 0)
        gains[text.subject] = max(gains.get(text.subject, 0), gain)
    final = {subject: value + gains.get(subject, 0) for subject, value in worth.items()}
    support: dict[str, float] = {}
    for place, subject in enumerate(sorted(final, key=lambda each: (-final[each], each))[:12]):
        support[topics[subject]] = support.get(topics[subject], 0) + final[subject] / (place + 2)
    most = max(support.values(), default=0.0) or 1.0
    for subject in final:
        final[subject] += weights.topic * support.get(topics[subject], 0) / most
    return sorted(final, key=lambda each: (-final[each], each))


def _gain(text: Text, asked: Sequence[Asked], total: float, weights: Weights) -> float:
    title, everything = set(text.title_terms), {*text.title_terms, *text.text_terms}
    in_title = sum(each.importance * _said(each, text.language, title) for each in asked) / total
    anywhere = sum(each.importance * _said(each, text.language, everything) for each in asked) / total
    meant = {term for each in asked for way in each.ways if way.language == text.language for term in way.terms}
    exact = len(title & meant) / len(title) if title else 0
    return (
        weights.coverage * anywhere
        + weights.title * in_title
        + weights.exact_title * in_title * exact
        + weights.neighbours * _together(text, asked)
        + weights.popularity * text.popularity
        + weights.code * any(is_code(each.word) and _said(each, text.language, everything) for each in asked)
    )


def _said(asked: Asked, language: str, terms: set[str]) -> float:
    """Return how fully a word of the question is said by some terms: 1 by itself, less by a synonym or a correction."""
    return min(1.0, max((_share(way, terms) for way in asked.ways if way.language == language), default=0.0))


def _share(way: Way, terms: set[str]) -> float:
    return way.weight * sum(term in terms for term in way.terms) / len(way.terms)


def _together(text: Text, asked: Sequence[Asked]) -> float:
    """Return how many neighbours of the question stand close to each other in the text too."""
    if len(asked) < 2:
        return 0.0
    sequence = [*text.title_terms, *[""] * NEAR, *text.text_terms]
    places: dict[str, list[int]] = {}
    for place, term in enumerate(sequence):
        places.setdefault(term, []).append(place)
    stands = [
        sorted(
            place
            for way in each.ways
            if way.language == text.language and len(way.terms) == 1
            for place in places.get(way.terms[0], ())
        )
        for each in asked
    ]
    close = sum(_is_close(first, second) for first, second in pairwise(stands))
    return close / (len(asked) - 1)


def _is_close(first: Sequence[int], second: Sequence[int]) -> bool:
    others = set(second)
    return any(place + distance in others for place in first for distance in range(-NEAR, NEAR + 1) if distance)
