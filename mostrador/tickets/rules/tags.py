"""How tags are written."""

import unicodedata

LONGEST = 40  # characters
MOST = 20  # on one ticket


def normalised(text: str) -> str:
    """Return a tag as it is stored and compared: in lower case, one blank between words, without "#"; may be empty."""
    words = unicodedata.normalize("NFC", text).replace("#", " ").replace(",", " ").lower().split()
    return " ".join(words)[:LONGEST].strip()
