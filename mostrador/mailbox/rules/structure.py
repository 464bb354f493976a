"""How a message is put together (MIME, RFC 2046), with boundaries missing, wrong, not closed or undeclared.

Parts are places in the raw bytes, not copies: a message of 50 MB is held once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from mostrador.mailbox.rules import headers, transfer

_DEEPEST = 50
_LONGEST_MARK_BYTES = 1000
_LONGEST_NAME = 200
_GUESSED = re.compile(
    rb"^--(\S[^\r\n]{0,199}?)[ \t]*\r?\n(?:content-[a-z-]+|mime-version):", re.IGNORECASE | re.MULTILINE
)
_PLAIN_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+;=-]+")
# What readers of mail without MIME are told before the first part; nobody wrote it to be read.
_BOILERPLATE = re.compile(rb"multi-?part|\bMIME\b|mail reader", re.IGNORECASE)
# Control characters, and those that turn the direction of writing: `gpj.exe` would look like a picture.
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SHORT_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "pdf": "application/pdf"}


@dataclass(slots=True)
class Part:
    """One part: what its header says, and from where to where its body goes in `raw`."""

    raw: bytes
    start: int
    end: int
    fields: list[headers.Field] = field(default_factory=list)
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    name: str = ""
    content_id: str = ""
    coding: str = ""
    is_typed: bool = False  # whether a Content-Type stood there
    children: list["Part"] = field(default_factory=list)
    defects: set[str] = field(default_factory=set)

    @property
    def body(self) -> memoryview:
        """The body as it was sent, without a copy."""
        return memoryview(self.raw)[self.start : self.end]


def read_parts(raw: bytes) -> Part:
    """Return the tree of parts of a whole message."""
    return _part(raw, first_byte(raw), len(raw), "text/plain", 0)


def first_section(part: Part) -> memoryview | None:
    """Return the first part inside as it was sent, its header included: what a signature is about (RFC 8551, 3.5.3)."""
    boundary = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape")
    marks = _marks(part, b"--" + boundary) if boundary else iter(())
    first, following = next(marks, None), next(marks, None)
    return memoryview(part.raw)[first.end : following.start] if first and following else None


def first_byte(raw: bytes) -> int:
    """Skip a byte order mark and empty lines before the header."""
    at = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while raw[at : at + 1] in (b"\r", b"\n"):
        at += 1
    return at


def _part(raw: bytes, start: int, end: int, default_type: str, depth: int) -> Part:
    block = headers.split(raw, start, end, is_part=depth > 0)
    part = Part(raw, block.body_at, end, block.fields, default_type, defects=set(block.defects))
    _read_fields(part)
    if depth == 0 and not block.fields:
        part.defects.add("header-missing")
    if depth < _DEEPEST:
        _divide(part, depth)
    elif part.content_type.startswith("multipart/"):
        part.defects.add("too-deep")
        part.content_type = "text/plain"
    return part


def _read_fields(part: Part) -> None:
    """Take from the fields what says how the body is to be read; the first of several counts."""
    found: dict[bytes, str] = {}
    for name, value in part.fields:
        lower = name.lower()
        if lower.startswith(b"content-") and lower not in found:
            found[lower] = headers.unfolded(value)[0]
    if b"content-type" in found:
        _read_type(part, found[b"content-type"])
    kind = headers.structured(found.get(b"content-disposition", ""))
    part.disposition = kind.main
    part.coding = re.sub(r"\(.*?\)", "", found.get(b"content-transfer-encoding", "")[:200])
    part.content_id = found.get(b"content-id", "").strip().strip("<>")
    written = kind.parameters.get("filename") or part.parameters.get("name") or kind.parameters.get("name") or ""
    part.name = file_name(written)


def _read_type(part: Part, written: str) -> None:
    value = headers.structured(re.sub(r"\([^()]*\)", "", written) if "(" in written else written)
    kind = _SHORT_TYPES.get(value.main, value.main)
    part.parameters = value.parameters
    part.is_typed = True
    if _PLAIN_TYPE.fullmatch(kind):
        part.content_type = kind
        return
    part.defects.add("type-broken")
    if "boundary" in value.parameters:
        part.content_type = "multipart/mixed"
    elif "name" in value.parameters:
        part.content_type = "application/octet-stream"
    elif kind.startswith("multipart"):
        part.content_type = "multipart/mixed"


def file_name(written: str) -> str:
    """Return the last part of a path, without what no file system wants."""
    name = re.split(r"[/\\]", written.strip().rstrip("/\\"))[-1]
    tidy = _UNSEEN.sub("", name).strip()
    return tidy if len(tidy) <= _LONGEST_NAME else tidy[: _LONGEST_NAME - 20] + tidy[-20:]


def _divide(part: Part, depth: int) -> None:
    """Find the parts inside, whatever became of the boundary."""
    is_several = part.content_type.startswith("multipart/")
    if not is_several and (part.is_typed or depth):
        return
    if is_several and part.coding.strip().lower() in {"base64", "quoted-printable"}:
        _decode_whole(part)
    declared = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape") if is_several else b""
    for boundary in filter(None, (declared, declared.strip())):
        if _cut(part, boundary, depth):
            return
    guessed = _GUESSED.search(part.raw, part.start, part.end)
    if guessed and (is_several or _closes(part, guessed[1])) and _cut(part, guessed[1], depth):
        part.defects.add("boundary-wrong" if declared else "boundary-missing")
        if not is_several:
            part.content_type = "multipart/mixed"
    elif is_several:
        part.defects.add("boundary-missing")
        part.content_type = "text/plain"


def _decode_whole(part: Part) -> None:
    """Undo a transfer encoding that no container may have, when its parts can be seen only behind it."""
    if b"\n--" in part.raw[part.start : part.end] or part.raw.startswith(b"--", part.start):
        return
    part.defects.add("encoded-multipart")
    part.raw = transfer.decode(part.body, part.coding).content
    part.start, part.end = 0, len(part.raw)


def _closes(part: Part, boundary: bytes) -> bool:
    return part.raw.find(b"\n--" + boundary + b"--", part.start, part.end) != -1


def _cut(part: Part, boundary: bytes, depth: int) -> bool:
    """Make a child of every section between boundaries; whether there was one."""
    marks = list(_marks(part, b"--" + boundary))
    if not marks:
        return False
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    before = _outside(part, part.start, marks[0].start)
    if before:
        part.children.append(before)
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        finish = following.start if following else part.end
        if not mark.is_last:
            part.children.append(_part(part.raw, mark.end, finish, default, depth + 1))
        elif outside := _outside(part, mark.end, finish):
            part.children.append(outside)
    if not marks[-1].is_last:
        part.defects.add("boundary-not-closed")
    return True


class _Mark(NamedTuple):
    """A boundary: where it begins, its line break included, where it ends, and whether it says that it is the last."""

    start: int
    end: int
    is_last: bool


def _marks(part: Part, line: bytes) -> Iterator[_Mark]:
    """Find every boundary, also those behind the last one: the same boundary is sometimes used inside too."""
    raw, end = part.raw, part.end
    at = raw.find(line, part.start, end)
    while at != -1:
        behind = at + len(line)
        if at == part.start or raw[at - 1] in b"\r\n":
            line_end = raw.find(b"\n", behind, end)
            next_line = end if line_end == -1 else line_end + 1
            rest = raw[behind:next_line].strip() if next_line - behind < _LONGEST_MARK_BYTES else b"x"
            if rest in (b"", b"--"):
                yield _Mark(_line_break_before(raw, at, part.start), next_line, rest == b"--")
        at = raw.find(line, behind, end)


def _line_break_before(raw: bytes, at: int, start: int) -> int:
    for line_break in (b"\r\n", b"\n", b"\r"):
        if at - len(line_break) >= start and raw.startswith(line_break, at - len(line_break)):
            return at - len(line_break)
    return at


def _outside(part: Part, start: int, end: int) -> Part | None:
    """Return text before the first or behind the last boundary as a part: nobody's words are thrown away."""
    text = bytes(part.raw[start : min(end, start + 2000)]).strip()
    if not text or re.fullmatch(rb"--\S+--", text):
        return None
    is_boilerplate = len(text) < 400 and start == part.start and _BOILERPLATE.search(text)
    kind = "text/x-preamble" if is_boilerplate else "text/plain"
    return Part(part.raw, start, end, content_type=kind, defects=set() if is_boilerplate else {"text-outside-parts"})
