"""Text as people type it, without what a database, an e-mail or a screen cannot carry."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def plain_text(text: str) -> str:
    """Return the text with line feeds as line ends, and without NUL, other control characters and half characters.

    Invalid UTF-8 has become "\N{REPLACEMENT CHARACTER}" when the request was read; it stays, so that people see where.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode()
