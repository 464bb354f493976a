"""The error codes of signature programs: what each says, means, whose matter it is and what to do."""

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mostrador.help_centre.rules.words import DATA, fold

FAMILIES = ("SAF", "AF", "AS", "ERR")
SHORTEST_MESSAGE = 12  # letters: shorter ones stand in any text

_CODE = re.compile(r"\b(saf|err|af|as)[\s_.\-]*(\d{1,6})\b", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W_]+")
_MESSAGES = "message_"


@dataclass(frozen=True, eq=False)  # there is one of each: itself is its key
class ErrorCode:
    """One code.

    Attributes:
        code: As the programs write it: "SAF_09", "AF200005".
        family: One of `FAMILIES`.
        category: The kind of fault, a key of the texts.
        owner: Who can usually do something about it: "person", "sede" or "support".
        topic: Slug of the topic that helps best.
        older: The SAF code that stands for it in older versions, "" when there is none.
        versions: Where it was seen.
        messages: What the screen says, by language; Spanish is always there.
    """

    code: str
    family: str
    category: str
    owner: str
    topic: str
    older: str
    versions: tuple[str, ...]
    messages: Mapping[str, str]


@dataclass(frozen=True)
class Explanation:
    """What a code means, in one language."""

    means: str
    do: str
    whose: str
    language: str


@cache
def error_codes() -> dict[str, ErrorCode]:
    """Return every code that is known, by its own spelling, in the order of the list."""
    with (DATA / "error_codes.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: _error_code(row) for row in csv.DictReader(file)}


def code_spelled(spelling: str) -> ErrorCode | None:
    """Return the code that somebody means who writes only it, in any spelling: "saf 9", "SAF-09", "af200005"."""
    return _by_folded().get(_folded(spelling))


def codes_in(text: str) -> list[ErrorCode]:
    """Return the codes that a text names, or whose message it quotes; several have the same message."""
    named = [found for match in _CODE.finditer(text) if (found := _by_folded().get(_folded(match[0])))]
    if named:
        return list(dict.fromkeys(named))
    said = _spoken(text)
    return [code for code, messages in _spoken_messages().items() if any(message in said for message in messages)]


def explanation(code: ErrorCode, language: str) -> Explanation:
    """Return what a code means in `language`, else in Spanish: in its own words, or in those of its kind of fault."""
    texts = _texts()
    category = texts["categories"][code.category]
    known = language if language in category else "es"
    own = texts["codes"].get(code.code, {}).get(known)
    kind = category[known]
    return Explanation(
        means=own["means"] if own else kind["means"],
        do=own["do"] if own else kind["do"][code.owner],
        whose=texts["owners"][code.owner][known],
        language=known,
    )


def _error_code(row: dict[str, str]) -> ErrorCode:
    return ErrorCode(
        code=row["code"],
        family=row["family"],
        category=row["category"],
        owner=row["owner"],
        topic=row["topic"],
        older=row["saf_equivalent"],
        versions=tuple(row["versions"].split()),
        messages={
            name.removeprefix(_MESSAGES): text for name, text in row.items() if name.startswith(_MESSAGES) and text
        },
    )


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = json.loads((DATA / "error_texts.json").read_text(encoding="utf-8"))
    return texts


@cache
def _by_folded() -> dict[str, ErrorCode]:
    return {_folded(code): row for code, row in error_codes().items()}


def _folded(spelling: str) -> str:
    return re.sub(r"([a-z])0+(?=\d)", r"\1", re.sub(r"[\s_.\-]", "", spelling.lower()))


@cache
def _spoken_messages() -> dict[ErrorCode, list[str]]:
    spoken = {row: [_spoken(text) for text in row.messages.values()] for row in error_codes().values()}
    return {row: [text for text in texts if len(text) >= SHORTEST_MESSAGE] for row, texts in spoken.items()}


def _spoken(text: str) -> str:
    """Return the folded words of a text with one blank around each."""
    return f" {' '.join(_LETTERS.findall(fold(text)))} "
