"""Marking in a text the words that answer a question."""

import re
from collections.abc import Set

from markupsafe import Markup, escape

from mostrador.help_centre.rules.words import stem, words_of

_WRITTEN = re.compile(r"\w+(?:[@·]\w+)*")


def marked(text: str, language: str, terms: Set[tuple[str, str]]) -> Markup:
    """Return safe HTML of a text, with `<mark>` around the words whose stem is one of the terms of its language."""
    pieces, last = [], 0
    for match in _WRITTEN.finditer(text):
        if any((language, stem(word, language)) in terms for word in words_of(match[0])):
            pieces += [escape(text[last : match.start()]), Markup("<mark>"), escape(match[0]), Markup("</mark>")]
            last = match.end()
    return Markup().join([*pieces, escape(text[last:])])
