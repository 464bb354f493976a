"""Content-Transfer-Encodings, damaged or not, and files that stand inside a text (uuencode, yEnc)."""

import binascii
import re
from typing import NamedTuple

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BASE64 = _LETTERS + b"\r\n\t "
_CHUNK_BYTES = 1 << 20
_TAIL_BYTES = 400
_SHORT_LINE = 40
_WORD = re.compile(rb"[A-Z]?[a-z]{2,}|[A-Z]{3,}")
_NOT_BASE64 = bytes(set(range(256)) - set(_LETTERS))
_SOFT_BREAK = re.compile(rb"=[ \t]*+(?:\r*+\n|\r)")
# Possessive, so that a text full of beginnings without an end costs no more than its length.
_UU = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]+)\r?\n((?:[ -`]*+\r?\n)*+)end[ \t]*\r?$\n?", re.MULTILINE)
_UU_BASE64 = re.compile(
    rb"^begin-base64 [0-7]{3,4} ([^\r\n]+)\r?\n((?:[A-Za-z0-9+/][A-Za-z0-9+/=]*+\r?\n)*+)====[ \t]*\r?$\n?",
    re.MULTILINE,
)
_Y_BEGIN, _Y_PART, _Y_END = b"=ybegin ", b"=ypart ", b"\n=yend"
_Y_NAME = re.compile(rb"name=(.+)")
_Y_CODED = re.compile(rb"=(.)", re.DOTALL)
_Y_TABLE = bytes((byte - 42) % 256 for byte in range(256))


class Decoded(NamedTuple):
    """Bytes as their author had them; `stray` is text that stood between the lines of base64."""

    content: bytes
    defect: str = ""
    stray: bytes = b""


class Enclosed(NamedTuple):
    """A file that stood inside a text."""

    name: bytes
    content: bytes


def decode(data: memoryview, coding: str) -> Decoded:
    """Undo a transfer encoding, named as in its header."""
    words = coding.strip().strip("\"'").lower().split()
    name = words[0].rstrip(";") if words else ""
    if name in {"base64", "base-64", "x-base64", "b"}:
        return _base64(data)
    if name in {"quoted-printable", "quoted_printable", "quotedprintable", "qp", "q"}:
        return _quoted(bytes(data))
    if name in {"x-uuencode", "uuencode", "x-uue", "uue", "x-uu"}:
        rest, files = without_uuencoded(bytes(data))
        return Decoded(files[0].content, stray=rest.strip()) if files else Decoded(bytes(data), "uuencode-bad")
    known = {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "identity", "text"}
    return Decoded(bytes(data), "" if name in known else "encoding-unknown")


def _quoted(data: bytes) -> Decoded:
    if b"=" not in data:
        return Decoded(data)
    # Python keeps soft breaks with blanks behind "=", and drops everything from a lone carriage return to a line feed.
    return Decoded(binascii.a2b_qp(_SOFT_BREAK.sub(b"", data)))


def _base64(data: memoryview) -> Decoded:
    tail = bytes(data[-_TAIL_BYTES:])
    letters = len(data) - len(tail) + len(tail.rstrip(b"\r\n\t ="))
    if not _is_clean(data[:letters]) or _ends_in_words(tail):
        return _among_text(bytes(data))
    if len(data) == len(tail) and _is_word(tail):
        return Decoded(tail, "base64-none")
    try:
        return Decoded(binascii.a2b_base64(data))
    except binascii.Error:
        return Decoded(from_base64(bytes(data)), "base64-bad")


def _is_word(data: bytes) -> bool:
    """Whether what was said to be base64 is nothing but a word or two, which would come out as rubbish."""
    words = data.split()
    return bool(words) and all(_WORD.fullmatch(word) for word in words) and not from_base64(data).isascii()


def _ends_in_words(tail: bytes) -> bool:
    """Whether the last lines, letters only, are words: a footer that was put behind the code."""
    return any(b" " in line.strip() and not _is_code(line.strip()) for line in tail.splitlines()[-4:])


def _is_clean(data: memoryview) -> bool:
    """Whether there is nothing but base64, in pieces so that a large file is not held twice."""
    return all(
        not bytes(data[at : at + _CHUNK_BYTES]).translate(None, _BASE64) for at in range(0, len(data), _CHUNK_BYTES)
    )


def _among_text(data: bytes) -> Decoded:
    """Tell lines of base64 from lines that somebody wrote between them."""
    coded: list[bytes] = []
    stray: list[bytes] = []
    for line in data.splitlines():
        is_coded = _is_code(line.strip()) and not (stray and len(line) < _SHORT_LINE)
        (coded if is_coded else stray).append(line)
    if stray and not any(len(line) > _SHORT_LINE for line in coded) and len(stray) * 2 >= len(coded):
        return Decoded(data, "base64-none")
    return Decoded(from_base64(b"\n".join(coded)), "base64-bad", b"\n".join(stray).strip())


def _is_code(line: bytes) -> bool:
    """Whether a line is base64, perhaps with some damage; words between blanks are none."""
    odd = len(line.translate(None, _LETTERS + b"="))
    if b" " not in line:
        return not odd or (len(line) > _SHORT_LINE and odd * 8 < len(line))
    return not odd and any(len(word) > _SHORT_LINE for word in line.split())


def from_base64(data: bytes) -> bytes:
    """Decode what can be decoded: pieces that each end in "=", a wrong length, foreign characters."""
    pieces = re.split(rb"=+", data)
    return b"".join(_piece(piece.translate(None, _NOT_BASE64)) for piece in pieces)


def _piece(letters: bytes) -> bytes:
    rest = len(letters) % 4
    if rest == 1:
        letters, rest = letters[:-1], 0
    return binascii.a2b_base64(letters + b"=" * (-rest % 4))


def without_uuencoded(data: bytes) -> tuple[bytes, list[Enclosed]]:
    """Take uuencoded files out of a text; one that cannot be decoded whole stays in it."""
    files: list[Enclosed] = []

    def taken(found: re.Match[bytes]) -> bytes:
        content = from_base64(found[2]) if found.re is _UU_BASE64 else _uu_lines(found[2])
        if content is None:
            return found[0]
        files.append(Enclosed(found[1].strip(), content))
        return b""

    return _UU_BASE64.sub(taken, _UU.sub(taken, data)), files


def _uu_lines(lines: bytes) -> bytes | None:
    decoded = []
    for line in lines.splitlines():
        if line.strip(b" `") == b"":
            continue
        whole = -(-((line[0] - 32) & 63) // 3) * 4 + 1
        if not 32 <= line[0] <= 96 or len(line) > whole + 2:
            return None
        try:
            decoded.append(binascii.a2b_uu(line[:whole]))
        except binascii.Error:
            return None
    return b"".join(decoded)


def without_yencoded(data: bytes) -> tuple[bytes, list[Enclosed]]:
    """Take yEnc files out of a text."""
    files: list[Enclosed] = []
    kept: list[bytes] = []
    at = 0
    while True:
        begin = data.find(_Y_BEGIN, at)
        end = data.find(_Y_END, begin) if begin != -1 else -1
        if end == -1:
            return b"".join([*kept, data[at:]]), files
        head, _, lines = data[begin:end].partition(b"\n")
        files.append(Enclosed(_y_name(head), _y_content(lines)))
        kept.append(data[at:begin])
        at = data.find(b"\n", end + 1) + 1 or len(data)


def _y_name(head: bytes) -> bytes:
    name = _Y_NAME.search(head)
    return name[1].strip() if name else b""


def _y_content(lines: bytes) -> bytes:
    if lines.startswith(_Y_PART):
        lines = lines.partition(b"\n")[2]
    whole = b"".join(line[1:] if line.startswith(b"..") else line for line in lines.removesuffix(b"\r").split(b"\r\n"))
    plain = _Y_CODED.sub(lambda code: bytes(((code[1][0] - 64) % 256,)), whole.replace(b"\n", b""))
    return plain.translate(_Y_TABLE)
