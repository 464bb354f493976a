"""Header fields: where they end, what they say, and their parameters (RFC 5322, 2045, 2047, 2231), damaged or not."""

import binascii
import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from mostrador.mailbox.rules import charsets
from mostrador.mailbox.rules.transfer import from_base64

_NAME = re.compile(rb"[!-9;-~]+[ \t]*:")
_KNOWN = (
    rb"from|to|cc|bcc|subject|date|sender|reply-to|message-id|in-reply-to|references|mime-version|content-[a-z-]+"
    rb"|received|return-path|delivered-to|resent-[a-z-]+|list-[a-z-]+|dkim-signature|authentication-results"
    rb"|auto-submitted|precedence|organization|user-agent|importance|priority|x-[a-z0-9-]+|thread-[a-z]+|status"
    rb"|arc-[a-z-]+|envelope-to|envelope-from|comments|keywords|errors-to|disposition-notification-to"
)
_KNOWN_NAME = re.compile(rb"(?:" + _KNOWN + rb")[ \t]*:", re.IGNORECASE)
_PART_NAME = re.compile(rb"(?:content-|mime-version|x-)", re.IGNORECASE)
_KNOWN_LATER = re.compile(rb"\n(?:" + _KNOWN + rb")[ \t]*:", re.IGNORECASE)
_BLANK = re.compile(rb"\n\r?\n")
_FOLD = re.compile(r"[\r\n]+(?=[ \t])|[\r\n]+")
_LOOK_AHEAD_BYTES = 8192
_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?(.*?)(?:\?=|\Z)", re.DOTALL)
_CODED = re.compile(r"(?:=[0-9A-Fa-f]{2})+")
_BREAKS = re.compile(r"[\r\n]+")  # a coded line break would begin another field where the text is sent on
_MAIN = re.compile(r"[\s;]*([^\s;]*)")
_PARAMETER = re.compile(r"(?:^|[;\s])([A-Za-z0-9_*.-]+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"?|[^;]*)", re.DOTALL)
_PIECE = re.compile(r"(.+?)\*(\d{1,4})?(\*)?\Z")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")

Field = tuple[bytes, bytes]


class Block(NamedTuple):
    """The fields of a message or part, as bytes, and where its body begins."""

    fields: list[Field]
    body_at: int
    defects: frozenset[str]


def split(raw: bytes, start: int, end: int, *, is_part: bool = False) -> Block:
    """Tell header from body. A block without any field that mail, or a part, has is no header: all of it is body."""
    fields: list[tuple[bytes, list[bytes]]] = []
    defects = set()
    at = body_at = start
    known_at = -1
    while at < end:
        next_at = raw.find(b"\n", at, end) + 1 or end
        line = raw[at:next_at]
        if _is_end(line, raw, next_at, end):
            body_at = next_at
            break
        if _NAME.match(line):
            name, _, value = line.partition(b":")
            fields.append((name.rstrip(), [value]))
        elif line[:1] in b" \t" and fields:
            fields[-1][1].append(line)
        elif at == start and line.startswith((b"From ", b">From ")):
            pass  # the separator of a mailbox file
        elif fields and (at < known_at or (known_at := _next_known(raw, at, end)) != -1):
            fields[-1][1].append(b" " + line)
            defects.add("header-broken")
        else:
            defects.add("header-without-end")
            body_at = at
            break
        at = body_at = next_at
    known = _PART_NAME if is_part else _KNOWN_NAME
    if not any(known.match(name + b":") for name, _ in fields):
        return Block([], start if fields else body_at, frozenset(defects))
    return Block([(name, b"".join(lines)) for name, lines in fields], body_at, frozenset(defects))


def _is_end(line: bytes, raw: bytes, next_at: int, end: int) -> bool:
    if line.strip(b" \t\r\n"):
        return False
    if line[:1] not in b" \t":
        return True
    following = raw[next_at : min(next_at + 200, end)]
    return not (_KNOWN_NAME.match(following) or following[:1] in (b" ", b"\t"))


def _next_known(raw: bytes, at: int, end: int) -> int:
    """Return where a field follows after a line that is none, before the next empty line; -1 without one."""
    limit = min(end, at + _LOOK_AHEAD_BYTES)
    blank = _BLANK.search(raw, at, limit)
    found = _KNOWN_LATER.search(raw, at, blank.start() + 1 if blank else limit)
    return found.start() + 1 if found else -1


def unfolded(value: bytes, hint: str = "") -> tuple[str, str]:
    """Return the letters of a field, encoded words left as they are, and the code of what was wrong."""
    text, defect = charsets.decode(value.strip(), hint="" if value.isascii() else hint)
    if "\n" in text or "\r" in text:
        text = _FOLD.sub(lambda found: "" if found.end() < len(text) and text[found.end()] in " \t" else " ", text)
    return text, "" if value.isascii() else "header-8-bit" if defect else ""


def decoded(text: str) -> str:
    """Replace encoded words by what they say; words that were split in the middle of a letter are joined first."""
    if "=?" not in text:
        return text
    pieces: list[str | tuple[str, str, str]] = []
    at = 0
    for found in _WORD.finditer(text):
        gap = text[at : found.start()]
        if gap and not (gap.isspace() and at):
            pieces.append(gap)
        pieces.append((found[1].partition("*")[0].lower(), found[2].lower(), found[3]))
        at = found.end()
    pieces.append(text[at:])
    return _BREAKS.sub(" ", charsets.clean("".join(_said(pieces))))


def _said(pieces: list[str | tuple[str, str, str]]) -> Iterator[str]:
    for charset, group in groupby(pieces, key=lambda piece: "" if isinstance(piece, str) else piece[0]):
        if not charset:
            yield from (piece for piece in group if isinstance(piece, str))
            continue
        words = [piece for piece in group if not isinstance(piece, str)]
        if any(not word[2].isascii() for word in words):
            yield from (_half_coded(word) for word in words)
        else:
            yield charsets.decode(b"".join(_bytes_of(words)), charset)[0]


def _bytes_of(words: list[tuple[str, str, str]]) -> Iterator[bytes]:
    for coding, group in groupby(words, key=lambda word: word[1]):
        if coding == "q":
            yield from (binascii.a2b_qp(word[2].encode(), header=True) for word in group)
            continue
        pending = ""
        for word in group:
            pending += "".join(word[2].split())
            if len(pending) % 4 == 0 or pending.endswith("="):
                yield from_base64(pending.encode())
                pending = ""
        yield from_base64(pending.encode())


def _half_coded(word: tuple[str, str, str]) -> str:
    """Read a word in which some letters stand as they are."""
    charset, coding, text = word
    if coding == "b":
        return text
    return _CODED.sub(
        lambda run: charsets.decode(bytes.fromhex(run[0].replace("=", "")), charset)[0], text.replace("_", " ")
    )


class Value(NamedTuple):
    """A structured field: `text/plain; charset=utf-8`."""

    main: str
    parameters: dict[str, str]


def structured(text: str) -> Value:
    """Read the main value, in lower case, and its parameters: quoted or not, in pieces, percent-coded (RFC 2231)."""
    main = _MAIN.match(text)
    assert main is not None  # noqa: S101 - it matches nothing at least
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, written in _PARAMETER.findall(text, main.end()):
        value = _unquoted(written)
        piece = _PIECE.match(name)
        if piece:
            pieces.setdefault(piece[1].lower(), []).append((int(piece[2] or 0), bool(piece[3]) or not piece[2], value))
        else:
            found.setdefault(name.lower(), decoded(value))
    for name, parts in pieces.items():
        found[name] = _joined(sorted(parts))
    return Value(main[1].strip("\"'").lower(), found)


def _unquoted(written: str) -> str:
    if not written.startswith('"'):
        return written.strip()
    inside = written[1:-1] if written.endswith('"') and len(written) > 1 else written[1:]
    return inside.replace('\\"', '"').replace("\\\\", "\\")


def _joined(parts: list[tuple[int, bool, str]]) -> str:
    charset, data = "utf-8", b""
    for at, (_, is_coded, value) in enumerate(parts):
        if is_coded and at == 0 and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        letters = value.encode("utf-8", "surrogateescape")
        data += _PERCENT.sub(lambda code: bytes.fromhex(code[1].decode()), letters) if is_coded else letters
    text, _ = charsets.decode(data, charset or "utf-8")
    return decoded(text)
