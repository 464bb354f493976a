"""What a third party gets to read of a conversation."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta

REQUESTS_LAST = timedelta(days=30)
HIDDEN = "[…]"

_MAIL = re.compile(r"(?<![^\s<(\[@:,;])[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
# Telephones, identity numbers and accounts: six digits or more, in one word or in groups.
_NUMBER = re.compile(r"\b(?:[A-Za-z][ .-]?)?\d(?:[ .-]{0,2}\d){5,}(?:[ .-]?[A-Za-z]\b)?")
_LINK_KEY = re.compile(r"[\w-]{32,}")


def without_person(text: str, names: Iterable[str]) -> str:
    """Return a text without the addresses, numbers and names that tell who the person is.

    Names are those that the person gave, each word of three letters or more of them; other names that the person wrote
    cannot be told from other words, which is why the sender sees the text before it leaves.
    """
    for pattern in (_MAIL, _LINK_KEY, _NUMBER):
        text = pattern.sub(HIDDEN, text)
    words = sorted({word for name in names for word in re.findall(r"\w{3,}", _plain(name))}, key=len, reverse=True)
    if words:
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
        for found in reversed(list(pattern.finditer(_plain(text)))):
            text = text[: found.start()] + HIDDEN + text[found.end() :]
    return re.sub(rf"{re.escape(HIDDEN)}(?:\s+{re.escape(HIDDEN)})+", HIDDEN, text)


def _plain(text: str) -> str:
    """Return a text in small letters without accents, letter by letter: its places are those of the text."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] or letter for letter in text)
