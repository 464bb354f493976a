"""Error codes and the messages that programs show with them, recognised in what people type or paste."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from mostrador.help_centre.rules.error_codes import error_codes
from mostrador.help_centre.rules.words import fold, is_code, words_of

_ENOUGH = 0.6  # of the message, as runs of three words
_SHORTEST_MESSAGE = 3  # words


def code_in(words: Sequence[str]) -> str | None:
    """Return the error code that the words of a text name, or whose message they quote whole or nearly so.

    A code that is not in the list is none.
    """
    for word in words:
        if is_code(word) and word in _codes():
            return _codes()[word]
    return _quoted(words)


def _quoted(words: Sequence[str]) -> str | None:
    runs = set(zip(words, words[1:], words[2:], strict=False))
    found: dict[int, int] = defaultdict(int)
    for run in runs:
        for number in _runs().get(run, ()):
            found[number] += 1
    messages = _messages()
    enough = [
        (count, -number) for number, count in found.items() if count >= _ENOUGH * max(1, len(messages[number][1]) - 2)
    ]
    return messages[-max(enough)[1]][0] if enough else None


@cache
def _codes() -> dict[str, str]:
    """Return every code by its folded spelling."""
    return {fold(code): code for code in error_codes()}


@cache
def _messages() -> list[tuple[str, list[str]]]:
    """Return every message that is long enough to be recognised, as words, with its code."""
    said = [(row.code, words_of(text)) for row in error_codes().values() for text in row.messages.values()]
    return [(code, words) for code, words in said if len(words) >= _SHORTEST_MESSAGE]


@cache
def _runs() -> dict[tuple[str, str, str], list[int]]:
    """Return in which messages each run of three words stands."""
    runs: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, (_code, words) in enumerate(_messages()):
        for run in dict.fromkeys(zip(words, words[1:], words[2:], strict=False)):
            runs[run].append(number)
    return dict(runs)
