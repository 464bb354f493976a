"""How words are compared: the same folding and the same stems for articles and for questions."""

import csv
import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import snowballstemmer

from mostrador.help_centre.rules.galician import stem_galician

LANGUAGES = ("es", "ca", "gl", "eu", "en")
DATA = Path(__file__).parent.parent / "data"
LONGEST_WORD = 40  # characters; what is longer is no word (a key, a line without spaces)

_STEMMERS = {"es": "spanish", "ca": "catalan", "eu": "basque", "en": "english"}
# SAF_09 and ERR-7 are numbers, whose zeros in front say nothing; AF200109 is a word of six digits.
_ERROR_CODE = re.compile(r"(?<![a-z0-9])(?:(saf|err)[\s_.\-]*0*(\d{1,3})|(af|as|aa|ai)[\s_.\-]*(\d{6}))(?![a-z0-9])")
_WORD = re.compile(r"[^\W_]+")
_SPELLINGS = (("cl@ve", "clave"), ("l·l", "ll"), ("l.l", "ll"), ("’", "'"))
# The stemmers know these endings only with the accent that people leave out.
_ENDINGS = {
    "es": ((re.compile(r"ion$"), "ión"),),
    "ca": ((re.compile(r"cio$"), "ció"),),
}
# What people confuse when they write as it sounds, first what depends on the next letter.
_SOUNDS = (
    (re.compile(r"qu(?=[ei])"), "k"),
    (re.compile(r"gu(?=[ei])"), "g"),
    (re.compile(r"g(?=[ei])"), "j"),
    (re.compile(r"c(?=[ei])|ç|z|x"), "s"),
    (re.compile(r"ll"), "y"),
    (re.compile(r"(?<!c)h"), ""),
    (re.compile(r"(.)\1"), r"\1"),
)
_SAME_SOUND = str.maketrans("vwckq", "bbkkk")


def fold(text: str) -> str:
    """Return the text in lower case, without accents (ñ and ç stay), with error codes in one spelling.

    "SAF 9", "saf-09" and "SAF_09" become "saf9".
    """
    return _ERROR_CODE.sub(_one_spelling, _without_accents(text.lower()))


def words_of(text: str, longest: int | None = None) -> list[str]:
    """Return the folded words of a text in their order; letters alone are none.

    Args:
        text: Anything.
        longest: How many words at most.
    """
    found = []
    for match in _WORD.finditer(fold(text)):
        if len(match[0]) > 1 and len(match[0]) <= LONGEST_WORD:
            found.append(match[0])
            if len(found) == longest:
                break
    return found


def is_code(word: str) -> bool:
    """Tell whether a folded word is an error code."""
    return _ERROR_CODE.fullmatch(word) is not None


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """Return what the forms of a folded word have in common, without accents; words with digits are left alone."""
    if not word.isalpha():
        return word
    if language == "gl":
        return stem_galician(word)
    for ending, written in _ENDINGS.get(language, ()):
        word = ending.sub(written, word)
    return _without_accents(_stemmers.of(language).stemWord(word))


def stems_of(text: str, language: str) -> list[str]:
    """Return the stems of the words that say something, in their order."""
    common = common_words(language)
    return [stem(word, language) for word in words_of(text) if word not in common]


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """Return a folded word as somebody writes it who writes by ear: b is v, h is nothing, z is s, ll is y."""
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word.translate(_SAME_SOUND)


def near_keys(word: str) -> list[str]:
    """Return a folded word, its sound, and what is left of each without each of its letters.

    Two words that differ by one letter more, less or different, or by two letters in the wrong order, share a key.
    """
    wholes = {word, sound(word)}
    return sorted(wholes | {whole[:place] + whole[place + 1 :] for whole in wholes for place in range(len(whole))})


@cache
def common_words(language: str) -> frozenset[str]:
    """Return the folded words of speech that say nothing about a matter: articles, greetings, courtesy, "not"."""
    with (DATA / "common_words.csv").open(encoding="utf-8", newline="") as file:
        rows = [row["word"] for row in csv.DictReader(file) if row["language"] == language]
    return frozenset(word for row in rows for word in _WORD.findall(fold(row)))


def spoken_language(words: Iterable[str], reader: str) -> str:
    """Return the language whose common words the text uses most; the reader's unless another is clearly ahead."""
    listed = list(words)
    counts = {language: sum(word in common_words(language) for word in listed) for language in LANGUAGES}
    best = max(LANGUAGES, key=lambda language: (counts[language], language == reader))
    return best if counts[best] >= counts.get(reader, 0) + 2 else reader


def language_order(reader: str, source: str = "es") -> list[str]:
    """Return in which languages to look for a text: the reader's, then Spanish, then the others."""
    return list(dict.fromkeys([reader, source, *LANGUAGES]))


def _without_accents(text: str) -> str:
    for written, meant in _SPELLINGS:
        text = text.replace(written, meant)
    return text if text.isascii() else unicodedata.normalize("NFC", text).translate(_plain_letters())


@cache
def _plain_letters() -> dict[int, str]:
    """Return the Latin letters with marks, and what each is without them; ñ and ç are letters of their own."""
    letters = (chr(number) for number in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    plain = {ord(letter): unicodedata.normalize("NFD", letter)[0] for letter in letters if letter not in "ñç"}
    return plain | dict.fromkeys(range(0x300, 0x370), "")


def _one_spelling(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}" if match[1] else f"{match[3]}{match[4]}"


class _Stemmers(threading.local):
    """The stemmers of one thread: a stemmer keeps the word that it works on, so two threads must not share one."""

    def __init__(self) -> None:
        self.made: dict[str, snowballstemmer.stemmer] = {}

    def of(self, language: str) -> "snowballstemmer.stemmer":
        name = _STEMMERS.get(language, "spanish")
        if name not in self.made:
            self.made[name] = snowballstemmer.stemmer(name)
        return self.made[name]


_stemmers = _Stemmers()
