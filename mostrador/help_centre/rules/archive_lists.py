"""What an archive of articles says besides their texts, as JSON: counts of opinions, adaptations, words that mean the
same. Each file is a list of objects with the names of a class's attributes here."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from mostrador.help_centre.choices import NotUsefulReason
from mostrador.help_centre.errors import NotAnArticleFile
from mostrador.help_centre.rules.words import LANGUAGES

VOTES, ADAPTATIONS, SYNONYMS = "opiniones.json", "adaptaciones.json", "sinonimos.json"
MOST_VOTES = 100_000  # of all articles together
Entry = TypeVar("Entry")


@dataclass(frozen=True)
class VoteCount:
    """How many readers of a text answered the same on one day; what they wrote is not kept."""

    article: str  # its address
    language: str
    on: str  # ISO 8601
    useful: bool
    reason: str
    count: int


@dataclass(frozen=True)
class AdaptationEntry:
    """What a body does with an article of one of its ancestors."""

    article: str  # its address
    is_hidden: bool
    texts: dict[str, str]  # language to CommonMark


@dataclass(frozen=True)
class SynonymEntry:
    """A group of words that mean the same, as a body has changed or added it."""

    key: str
    words: dict[str, list[str]]
    is_active: bool


@dataclass
class Lists:
    """The three lists of an archive; empty where it says nothing."""

    votes: list[VoteCount]
    adaptations: list[AdaptationEntry]
    synonyms: list[SynonymEntry]


def list_written(entries: Iterable[Any]) -> str:
    """Return the text of a list's file."""
    return json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=1) + "\n"


def votes_in(text: str) -> list[VoteCount]:
    """Return the counts of opinions that a file says.

    Raises:
        NotAnArticleFile: It says something else.
    """
    votes = _entries(text, _vote)
    if sum(vote.count for vote in votes) > MOST_VOTES:
        raise NotAnArticleFile(0, _("Es demasiado grande."))
    return votes


def adaptations_in(text: str) -> list[AdaptationEntry]:
    """Return the adaptations that a file says.

    Raises:
        NotAnArticleFile: It says something else.
    """
    return _entries(text, _adaptation)


def synonyms_in(text: str) -> list[SynonymEntry]:
    """Return the groups that a file says.

    Raises:
        NotAnArticleFile: It says something else.
    """
    return _entries(text, _group)


def _entries(text: str, entry_of: Callable[[Mapping[str, Any]], Entry]) -> list[Entry]:
    try:
        return [entry_of(row) for row in json.loads(text)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        words = _("No está escrito como en una exportación: expórtelo otra vez en lugar de cambiarlo.")
        raise NotAnArticleFile(0, words) from None


def _vote(row: Mapping[str, Any]) -> VoteCount:
    reason = NotUsefulReason(row["reason"]).value if row["reason"] else ""
    on = date.fromisoformat(row["on"]).isoformat()
    return VoteCount(_text(row["article"]), _language(row["language"]), on, _flag(row["useful"]), reason, _count(row))


def _adaptation(row: Mapping[str, Any]) -> AdaptationEntry:
    texts = {_language(code): _text(text) for code, text in row["texts"].items()}
    return AdaptationEntry(_text(row["article"]), _flag(row["is_hidden"]), texts)


def _group(row: Mapping[str, Any]) -> SynonymEntry:
    words = {_language(code): [_text(phrase) for phrase in phrases] for code, phrases in row["words"].items()}
    key = _text(row["key"])
    if len(key) > 60 or not key.replace("-", "").replace("_", "").isalnum() or not key.isascii():
        raise ValueError(key)
    return SynonymEntry(key, words, _flag(row["is_active"]))


def _count(row: Mapping[str, Any]) -> int:
    count = row["count"]
    if type(count) is not int or count < 1:
        raise ValueError(count)
    return count


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise TypeError(value)
    return value


def _language(value: Any) -> str:
    if value not in LANGUAGES:
        raise ValueError(value)
    return str(value)
