"""Who a header names: lists of addresses as people and programs really write them (RFC 5322, and much that is not)."""

import re
from collections.abc import Iterator

from mostrador.mailbox.rules.headers import decoded
from mostrador.mailbox.rules.mail import Address

# What must not be cut at a comma: encoded words, quoted strings, comments, addresses in angle brackets.
_TOKEN = re.compile(
    r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?="
    r"|\"(?:[^\"\\]|\\.){0,250}+\""
    r"|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.){0,99}+\)){0,250}+\)"
    r"|<[^<>]*>"
    r"|[,;:]"
    r"|[^\"(<,;:=]+|.",
    re.DOTALL,
)
_BARE = re.compile(r"(?<![^\s<>()\[\],;:\"])[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")
_QUOTED_LOCAL = re.compile(r"\"(?:[^\"\\]|\\.){0,99}+\"@[^\s<>,;]+")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.){0,250}+)\"")
_MAILTO = re.compile(r"\A(?:mailto|smtp):", re.IGNORECASE)
_ROUTE = re.compile(r"\A@[^:]*:")
_LONGEST_LIST = 200_000
_MOST_WAITING = 20


def read_list(text: str) -> tuple[Address, ...]:
    """Return the addresses of an unfolded field, encoded words still in it; a group counts as its members."""
    return tuple(_each(text[:_LONGEST_LIST]))


def _each(text: str) -> Iterator[Address]:
    waiting: list[str] = []  # words before a comma that are no address yet: `García, Ana <ana@…>`
    for words in _split(text):
        found = _read(waiting + words)
        if found is None:
            waiting = [*waiting, *words, ","]
            if len(waiting) > _MOST_WAITING:
                yield Address(_name("".join(waiting)), "")
                waiting = []
            continue
        yield found
        waiting = []
    left = _name("".join(waiting).strip(" ,"))
    if left:
        yield Address(left, "")


def _split(text: str) -> Iterator[list[str]]:
    """Cut a field at the commas and semicolons between addresses, names of groups left out."""
    words: list[str] = []
    for piece in _TOKEN.findall(text):
        if piece in ",;":
            if any(word.strip() for word in words):
                yield words
            words = []
        elif piece == ":" and not any("<" in word or "@" in word for word in words) and not _is_scheme(words):
            words = []
        else:
            words.append(piece)
    if any(word.strip() for word in words):
        yield words


def _is_scheme(words: list[str]) -> bool:
    return "".join(words).strip().lower() in {"mailto", "smtp"}


def _read(words: list[str]) -> Address | None:
    """Read one address, None when these words name none."""
    angled = [word for word in words if word.startswith("<") and word.endswith(">")]
    if angled:
        address = angled[-1]
        named = [word for word in words if word is not address]
        comments = [word for word in named if word.startswith("(")]
        plain = "".join(word for word in named if word not in comments)
        return Address(_name(plain) or _name("".join(comments)), _address(address[1:-1]))
    whole = "".join(words)
    quoted = _QUOTED_LOCAL.search(whole)
    if quoted:
        return Address("", _address(quoted[0]))
    outside = "".join(word for word in words if not word.startswith("("))
    found = _BARE.search(outside) or _BARE.search(whole)
    if not found:
        return None
    comments = [word for word in words if word.startswith("(")]
    rest = outside.replace(found[0], " ")
    return Address(_name(rest) or _name("".join(comments)), _address(found[0]))


def _address(written: str) -> str:
    tidy = _ROUTE.sub("", _MAILTO.sub("", decoded(written).strip().strip("'")))
    tidy = "".join(tidy.split()) if not tidy.startswith('"') else tidy
    local, at, domain = tidy.rpartition("@")
    return f"{local}{at}{domain.lower().rstrip('.>')}" if at else tidy


def _name(written: str) -> str:
    """Return a display name without its quotes, comments' brackets and encoded words."""
    text = decoded(written).strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    text = _QUOTED.sub(lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), text)
    text = " ".join(text.strip("<>").split()).strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        text = text[1:-1]
    return decoded(text).strip(' ,"')
