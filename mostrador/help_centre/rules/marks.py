"""Marking in a text the words that answer a question."""

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape

from markupsafe import Markup

from mostrador.help_centre.rules.questions import Way
from mostrador.help_centre.rules.words import stem, words_of

_WRITTEN = re.compile(r"\w+(?:[@·]\w+)*")


def marked(text: str, language: str, ways: Iterable[Way]) -> Markup:
    """Return safe HTML of a text, with `<mark>` around the words that say what is asked in any of some ways.

    Of a way of several words all must be there.
    """
    stems = {match[0]: _stems(match[0], language) for match in _WRITTEN.finditer(text)}
    there = {each for found in stems.values() for each in found}
    found = {term for spoken, terms in ways if spoken == language and there.issuperset(terms) for term in terms}
    pieces, last = [], 0
    for match in _WRITTEN.finditer(text):
        if not found.isdisjoint(stems[match[0]]):
            pieces += [escape(text[last : match.start()]), "<mark>", escape(match[0]), "</mark>"]
            last = match.end()
    return Markup("".join([*pieces, escape(text[last:])]))  # noqa: S704 - every piece of the text is escaped


@lru_cache(maxsize=50_000)
def _stems(written: str, language: str) -> tuple[str, ...]:
    return tuple(stem(word, language) for word in words_of(written))
