"""The same questions as other people write them: without accents, in capitals, with a mistake in each long word."""

import random
import re
import unicodedata

LONG = 7  # letters


def without_accents(text: str) -> str:
    """Write it without any accent; ñ and ç stay."""
    marks = unicodedata.normalize("NFD", text)
    plain = re.sub(r"(?<![nc])[\u0300-\u036f]|(?<=n)[\u0300-\u0302\u0304-\u036f]|(?<=c)[\u0300-\u0326]", "", marks)
    return unicodedata.normalize("NFC", plain)


def in_capitals(text: str) -> str:
    """Shout it."""
    return text.upper()


def mistyped(text: str) -> str:
    """Make the same mistake always in each long word: a letter lost, doubled or changed, or two in the wrong order."""
    return re.sub(r"[^\W\d_]+", lambda match: _mistaken(match[0]), text)


def _mistaken(word: str) -> str:
    if len(word) < LONG:
        return word
    chance = random.Random(word)  # noqa: S311 - nothing secret
    place = chance.randrange(1, len(word) - 2)
    here, following = word[place], word[place + 1]
    mistakes = ["", here * 2, chance.choice("aeiorsnt"), following + here]
    kind = chance.randrange(4)
    return word[:place] + mistakes[kind] + word[place + (2 if kind == 3 else 1) :]
