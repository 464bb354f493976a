"""Letters as they are compared: without case and without accents."""

import re
import unicodedata

_WORD = re.compile(r"[^\W\d_]+(?:['’·-][^\W\d_]+)*")


def folded(text: str) -> str:
    """Return a text without case, accents and differences of width; ñ counts as n and ç as c."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return _WORD.findall(folded(text))
