"""How good a search is, from questions whose answers are known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

DEEPEST = 10  # results that are looked at


@dataclass(frozen=True)
class Asked:
    """A question and the topic of the articles that answer it.

    Attributes:
        is_counted: Whether the goals count it: Spanish, and what should be answered is not a guess.
    """

    id: str
    question: str
    language: str
    topic: str
    is_counted: bool


@dataclass(frozen=True)
class Answered:
    """What came for a question.

    Attributes:
        topics: Of each of the first articles, its topics.
        slugs: Their addresses.
        milliseconds: How long it took.
    """

    asked: Asked
    topics: list[set[str]]
    slugs: list[str]
    milliseconds: float

    @property
    def place(self) -> int:
        """Place of the first article that answers, from 1; 0 when none of them does."""
        places = (number for number, topics in enumerate(self.topics, start=1) if self.asked.topic in topics)
        return next(places, 0)


def question_of(line: Mapping[str, Any], number: int) -> Asked:
    """Read one line: question, lang and topic; what else there may be: id and fix_basis.

    Raises:
        KeyError: One of the three is missing.
    """
    language = str(line["lang"])
    return Asked(
        id=str(line.get("id", number)),
        question=str(line["question"]),
        language=language,
        topic=str(line["topic"]),
        is_counted=language == "es" and line.get("fix_basis") != "inferida",
    )


def figures(answers: Sequence[Answered]) -> dict[str, Any]:
    """Return the share of questions answered by the first, the first three and the first five articles, the mean
    reciprocal rank of the first ten, the share without any result, and times in milliseconds.
    """
    if not answers:
        return {"questions": 0}
    places = [answer.place for answer in answers]
    times = [answer.milliseconds for answer in answers]
    hits = {f"hit@{first}": _share(0 < place <= first for place in places) for first in (1, 3, 5)}
    return {
        "questions": len(answers),
        **hits,
        "mrr@10": round(sum(1 / place for place in places if place) / len(places), 3),
        "without_result": _share(not answer.topics for answer in answers),
        "median_ms": round(median(times), 1),
        "p95_ms": round(quantiles(times, n=20)[-1] if len(times) > 1 else times[0], 1),
    }


def report_of(answers: Sequence[Answered]) -> dict[str, Any]:
    """Return the figures of what the goals count and of the rest, by language and by topic, and every miss."""
    counted = [answer for answer in answers if answer.asked.is_counted]
    return {
        "counted": figures(counted),
        "not_counted": figures([answer for answer in answers if not answer.asked.is_counted]),
        "all": figures(answers),
        "by_language": _by(answers, "language"),
        "by_topic": _by(answers, "topic"),
        "misses": [
            {
                "id": answer.asked.id,
                "question": answer.asked.question,
                "language": answer.asked.language,
                "topic": answer.asked.topic,
                "place": answer.place,
                "came": answer.slugs[:3],
            }
            for answer in answers
            if answer.place != 1
        ],
    }


def _by(answers: Sequence[Answered], name: str) -> dict[str, Any]:
    values = sorted({getattr(answer.asked, name) for answer in answers})
    return {value: figures([each for each in answers if getattr(each.asked, name) == value]) for value in values}


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return round(sum(listed) / len(listed), 3)
