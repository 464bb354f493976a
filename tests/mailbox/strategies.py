"""Hypothesis strategies that build mail, and that damage it."""

import base64
import quopri
import re
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

WORDS = ("firma", "certificado", "solicitud", "tasa", "Ana", "begin", "end", "From", "Nota")
LETTERS = "áéíóúüñç¿¡«»ÀÑ·€"
CHARSETS = ("utf-8", "iso-8859-15", "windows-1252", "us-ascii", "utf-16", "koi8-r", "gb18030", "iso-2022-jp")
CODINGS = ("7bit", "8bit", "base64", "quoted-printable")
BOUNDARIES = ("limite", "=_x y", "----=_Part_1.2", "a", "a1", "'(+)'")
ENDS = (b"\r\n", b"\n")


@dataclass(frozen=True)
class Built:
    """A message, and the words that its author wrote in it."""

    raw: bytes
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Piece:
    lines: bytes  # with line feeds
    words: tuple[str, ...]


def words() -> st.SearchStrategy[tuple[str, ...]]:
    """Words nobody else would write: whoever finds them has found the text."""
    one = st.builds("{}{}".format, st.sampled_from(WORDS), st.text("bcdfgh", min_size=6, max_size=12))
    return st.lists(one, min_size=1, max_size=12).map(tuple)


@st.composite
def _texts(draw: st.DrawFn, codings: tuple[str, ...]) -> _Piece:
    found = draw(words())
    between = draw(
        st.sampled_from(
            (" ", "\n", ". ", "\n\n", "\n> ", " = ", "\n--\n", " + ", f" {draw(st.text(LETTERS, max_size=4))} ")
        )
    )
    charset = draw(st.sampled_from(CHARSETS))
    coding = draw(st.sampled_from(codings))
    text = between.join(found)
    if charset == "utf-16" and coding in {"7bit", "8bit"}:
        charset = "utf-8"
    data = text.encode(charset, "ignore")
    if draw(st.booleans()) and charset != "utf-16":
        kind, data = "html", b"<p>" + data.replace(b"\n", b"<br>\n") + b"</p>"
    else:
        kind = "plain"
    if coding == "base64":
        data = base64.encodebytes(data)
    elif coding == "quoted-printable":
        data = quopri.encodestring(data)
    head = f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: {coding}\n\n"
    return _Piece(head.encode() + data, found)


@st.composite
def _files(draw: st.DrawFn) -> _Piece:
    found = draw(words())
    name = draw(st.sampled_from(("a.pdf", "=?utf-8?Q?a=C3=B1o?=.pdf", "")))
    data = base64.encodebytes(" ".join(found).encode() + draw(st.binary(max_size=80)))
    head = f'Content-Type: application/pdf; name="{name}"\nContent-Transfer-Encoding: base64\n\n'
    return _Piece(head.encode() + data, found)


@st.composite
def _messages(draw: st.DrawFn, inner: st.SearchStrategy[_Piece]) -> _Piece:
    piece = draw(inner)
    return _Piece(
        b"Content-Type: message/rfc822\n\nFrom: Eva <eva@x.example>\nSubject: Dentro\n" + piece.lines, piece.words
    )


@st.composite
def _several(draw: st.DrawFn, inner: st.SearchStrategy[_Piece]) -> _Piece:
    pieces = draw(st.lists(inner, min_size=1, max_size=4))
    kind = draw(st.sampled_from(("mixed", "alternative", "related", "signed", "report", "nadie")))
    boundary = draw(st.sampled_from(BOUNDARIES))
    # The same boundary inside and outside is a damage of its own.
    mark = b"--" + boundary.encode() + str(draw(st.integers(0, 999))).encode()
    lines = b"".join(mark + b"\n" + piece.lines.rstrip(b"\n") + b"\n" for piece in pieces) + mark + b"--\n"
    head = f'Content-Type: multipart/{kind}; boundary="{mark[2:].decode()}"\n\n'
    return _Piece(head.encode() + lines, tuple(word for piece in pieces for word in piece.words))


def _bodies(codings: tuple[str, ...], *, with_files: bool) -> st.SearchStrategy[_Piece]:
    leaves = st.one_of(_texts(codings), _files()) if with_files else _texts(codings)
    more: Callable[[st.SearchStrategy[_Piece]], st.SearchStrategy[_Piece]]
    more = (lambda inner: _several(inner) | _messages(inner)) if with_files else _several
    return st.recursive(leaves, more, max_leaves=6)


@st.composite
def mails(draw: st.DrawFn, codings: tuple[str, ...] = CODINGS, *, with_files: bool = True) -> Built:
    """Build a sound message."""
    piece = draw(_bodies(codings, with_files=with_files))
    subject = draw(st.sampled_from(("Consulta", "=?utf-8?B?Y29uc3VsdGE=?=", "=?utf-8?Q?a=C3?= =?utf-8?Q?=B1o?=", "")))
    head = f"From: Ana <ana@x.example>\nTo: ayuda@x.example\nSubject: {subject}\nDate: Tue, 3 Mar 2026 10:15:00 +0100\n"
    raw = (head + "MIME-Version: 1.0\n").encode() + piece.lines
    end = draw(st.sampled_from(ENDS))
    return Built(raw.replace(b"\n", end), piece.words)


def _cut(raw: bytes, at: int, size: int) -> bytes:
    return raw[:at] + raw[at + size :]


def _doubled(raw: bytes, at: int, size: int) -> bytes:
    return raw[: at + size] + raw[at:]


def _ended(raw: bytes, at: int, size: int) -> bytes:
    return raw[:at]


def _zeroed(raw: bytes, at: int, size: int) -> bytes:
    return raw[:at] + bytes(size) + raw[at + size :]


def _high(raw: bytes, at: int, size: int) -> bytes:
    return raw[:at] + bytes(byte | 128 for byte in raw[at : at + size]) + raw[at + size :]


def _turned(raw: bytes, at: int, size: int) -> bytes:
    return raw[:at] + raw[at : at + size][::-1] + raw[at + size :]


DAMAGES = (_cut, _doubled, _ended, _zeroed, _high, _turned)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Damage a sound message in up to six places."""
    raw = draw(mails()).raw
    for _ in range(draw(st.integers(1, 6))):
        damage = draw(st.sampled_from(DAMAGES))
        raw = damage(raw, draw(st.integers(0, len(raw))), draw(st.integers(1, 60)))
    return raw


LABELS = (b"base64", b"x-uuencode", b"binary", b"x-nadie", b"")
LIES = (b"utf-16", b"utf-7", b"cp037", b"iso-2022-jp", b"gb2312", b"utf-32", b"hz", b"base64", b"")
_CHARSET = re.compile(rb"charset=\S+")
_STRUCTURE = re.compile(rb"^(?:--|content-|mime-|from:|to:|subject:|date:)", re.IGNORECASE)


@st.composite
def disordered(draw: st.DrawFn) -> Built:
    """Damage only what holds a message together: fields, boundaries, empty lines. Every word is still there."""
    mail = draw(mails(("7bit", "8bit"), with_files=False))
    lines = mail.raw.split(b"\n")
    for _ in range(draw(st.integers(1, 5))):
        places = [at for at, line in enumerate(lines) if _STRUCTURE.match(line) or not line.strip()]
        if not places:
            break
        at = draw(st.sampled_from(places))
        if draw(st.booleans()):
            lines[at] = _mislabelled(lines[at], draw(st.sampled_from(LABELS)), draw(st.sampled_from(LIES)))
            continue
        change = draw(st.sampled_from(("drop", "double", "indent", "cut", "capitals", "colon", "blank")))
        lines[at : at + 1] = _changed(lines[at], change)
    return Built(b"\n".join(lines), mail.words)


def _mislabelled(line: bytes, coding: bytes, charset: bytes) -> bytes:
    """Say that a part is in another encoding than it is."""
    if b"Transfer" in line:
        return b"Content-Transfer-Encoding: " + coding + b"\r"
    return _CHARSET.sub(b"charset=" + charset, line)


def _changed(line: bytes, change: str) -> list[bytes]:
    ways: dict[str, list[bytes]] = {
        "drop": [],
        "double": [line, line],
        "indent": [b" " + line],
        "cut": [line[: len(line) // 2]],
        "capitals": [line.upper()],
        "colon": [line.replace(b":", b" ")],
        "blank": [b"", line, b""],
    }
    return ways[change]
