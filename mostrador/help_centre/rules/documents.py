"""What the search keeps of a text: each of its terms with how much it says about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mostrador.help_centre.rules.words import common_words, stem, words_of

LONGEST_TERM = 60
MOST_WORDS = 5000  # of one field that are read

_LINK_TARGET = re.compile(r"\]\([^)]*\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Field:
    """How much the words of a part of a text count.

    Attributes:
        boost: Against a word of the body.
        usual_length: In words: a constant, so that the terms of a text never depend on other texts.
    """

    boost: float
    usual_length: int


FIELDS = {
    "title": Field(4.0, 8),
    "codes": Field(3.0, 12),
    "summary": Field(2.5, 24),
    "names": Field(1.2, 10),  # of its topics and procedures
    "headings": Field(1.2, 15),
    "parts": Field(1.0, 60),
    "body": Field(1.0, 200),
}
SATURATION = 2.0  # a term that is worth this much has half of the strength that it can have
LENGTH_MATTERS = 0.6  # 0: a long field's words count as much as a short one's; 1: in proportion


@dataclass(frozen=True)
class Document:
    """A text as it is found.

    Attributes:
        impacts: Of each term, between 0 and 1.
        title_terms: Stems of the title in their order.
        text_terms: Stems of all the rest in their order.
        words: Each folded word with its stem.
    """

    impacts: dict[str, float]
    title_terms: list[str]
    text_terms: list[str]
    words: dict[str, str]


def document_of(fields: Mapping[str, str], language: str) -> Document:
    """Return what the search keeps of a text.

    Args:
        fields: Text by its name in `FIELDS`; the body is CommonMark.
        language: Whose stems.
    """
    common = common_words(language)
    worth: dict[str, float] = {}
    terms: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    for name, text in fields.items():
        said = [word for word in words_of(text, MOST_WORDS) if word not in common]
        terms[name] = [stem(word, language)[:LONGEST_TERM] for word in said]
        words.update(zip(said, terms[name], strict=True))
        field = FIELDS[name]
        length = 1 - LENGTH_MATTERS + LENGTH_MATTERS * len(said) / field.usual_length
        for term in terms[name]:
            worth[term] = worth.get(term, 0) + field.boost / length
    return Document(
        impacts={term: value / (value + SATURATION) for term, value in worth.items()},
        title_terms=terms.get("title", []),
        text_terms=[term for name in ("summary", "codes", "headings", "parts", "body") for term in terms.get(name, ())],
        words=words,
    )


def plain_words(text: str) -> str:
    """Return CommonMark without the addresses of its links and pictures."""
    return _LINK_TARGET.sub("] ", text)


def headings(text: str) -> str:
    """Return the headings of a text in CommonMark."""
    return "\n".join(_HEADING.findall(text))
