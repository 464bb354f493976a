"""How words are compared: the same folding for articles and for questions, so that people's spelling finds ours."""

import re
import unicodedata

# PostgreSQL's text search configuration for each language; it has none for Galician, whose endings are nearest to
# the Portuguese ones.
CONFIGURATIONS = {"es": "spanish", "ca": "catalan", "gl": "portuguese", "eu": "basque", "en": "english"}

_ERROR_CODE = re.compile(r"\b(saf|af|as|err|aa|ai)[\s_\-.]*0*(\d{1,6})\b")
_KEPT_MARKS = {("n", "\u0303"), ("c", "\u0327")}  # ñ and ç are letters, not accented ones
_FINAL_ION = re.compile(r"ion\b")


def fold(text: str) -> str:
    """Return the text in lower case, without accents (ñ and ç stay), with error codes in one spelling.

    "SAF 9", "saf-09" and "SAF_09" become "saf9". The final -ión gets its accent back, because the Spanish stemmer
    joins *notificación* and *notificaciones* only with it.
    """
    folded = []
    for character in unicodedata.normalize("NFD", text.lower()):
        if not unicodedata.combining(character):
            folded.append(character)
        elif folded and (folded[-1], character) in _KEPT_MARKS:
            folded[-1] = unicodedata.normalize("NFC", folded[-1] + character)
    plain = _ERROR_CODE.sub(r"\1\2", "".join(folded))
    return _FINAL_ION.sub("ión", plain)


def language_order(reader: str, source: str = "es") -> list[str]:
    """Return in which languages to look for a text: the reader's, then Spanish, then the others."""
    return list(dict.fromkeys([reader, source, *CONFIGURATIONS]))
