"""Outlook's winmail.dat (TNEF, [MS-OXTNEF]): the files and the text that it hides.

Own, because the library there is gives nothing at all of a damaged file, and has not been kept up for years. Every read
is a slice within the data and every loop moves forward: what is damaged ends the reading, and what was read counts.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from mimetypes import MimeTypes
from typing import Any, NamedTuple

from mostrador.mailbox.rules import charsets, rtf
from mostrador.mailbox.rules.mail import File

_SIGNATURE = 0x223E9F78
# Attributes of the stream.
_SUBJECT_BODY, _CODE_PAGE, _MESSAGE_PROPERTIES = 0x0002800C, 0x00069007, 0x00069003
_NEXT_FILE, _FILE_NAME, _FILE_DATA, _FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
# MAPI properties ([MS-OXPROPS]).
_BODY, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_LONG_NAME, _NAME, _TYPE, _CONTENT_ID, _DATA, _DISPLAY_NAME = 0x3707, 0x3704, 0x370E, 0x3712, 0x3701, 0x3001
_FIXED_BYTES = {1: 0, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_SIZED = {13, 30, 31, 258}
_SEVERAL = 0x1000
_MOST_VALUES = 4096
_DEEPEST = 3
_TYPES = MimeTypes()


class Opened(NamedTuple):
    """What a winmail.dat held."""

    text: str
    html: str
    files: list[File]
    is_damaged: bool


@dataclass(slots=True)
class _Stream:
    """What has been read so far."""

    code_page: str = "cp1252"
    text: bytes = b""
    properties: dict[int, Any] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    is_damaged: bool = False


def opened(data: bytes, depth: int = 0) -> Opened | None:
    """Return what a winmail.dat holds, None when it is none or nothing could be taken out of it."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return None
    stream = _Stream()
    for identifier, value in _attributes(data, stream):
        _take(stream, identifier, value)
    files = [file for found in stream.files if found.get("data") for file in _files(found, stream.code_page, depth)]
    text, html = _body(stream)
    if not (files or text or html):
        return None
    return Opened(text, html, files, stream.is_damaged)


def _attributes(data: bytes, stream: _Stream) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + 9 <= len(data):
        level, identifier, size = struct.unpack_from("<BII", data, at)
        if level not in (1, 2):
            break
        value = data[at + 9 : at + 9 + size]
        yield identifier, value
        at += 9 + size + 2
        stream.is_damaged = stream.is_damaged or at > len(data)
    stream.is_damaged = stream.is_damaged or at < len(data)


def _take(stream: _Stream, identifier: int, value: bytes) -> None:
    if identifier == _CODE_PAGE and len(value) >= 4:
        stream.code_page = f"cp{struct.unpack_from('<I', value)[0]}"
    elif identifier == _SUBJECT_BODY:
        stream.text = value
    elif identifier == _MESSAGE_PROPERTIES:
        stream.properties = _properties(value, stream)
    elif identifier == _NEXT_FILE or (identifier in {_FILE_NAME, _FILE_DATA, _FILE_PROPERTIES} and not stream.files):
        stream.files.append({})
    if identifier == _FILE_NAME:
        stream.files[-1]["name"] = value
    elif identifier == _FILE_DATA:
        stream.files[-1]["data"] = value
    elif identifier == _FILE_PROPERTIES:
        found = _properties(value, stream)
        stream.files[-1]["properties"] = found
        if isinstance(found.get(_DATA), bytes) and not stream.files[-1].get("data"):
            stream.files[-1]["data"] = found[_DATA][16:]  # behind the interface's identifier


def _properties(data: bytes, stream: _Stream) -> dict[int, Any]:
    """Read a list of MAPI properties as far as it can be read."""
    found: dict[int, Any] = {}
    try:
        (count,) = struct.unpack_from("<I", data)
        at = 4
        for _ in range(min(count, _MOST_VALUES)):
            kind, name = struct.unpack_from("<HH", data, at)
            at = _behind_name(data, at + 4) if name >= 0x8000 else at + 4
            value, at = _value(data, at, kind)
            found.setdefault(name, value)
    except (struct.error, KeyError):
        stream.is_damaged = True
    return found


def _behind_name(data: bytes, at: int) -> int:
    """Skip the name of a named property: its set, then a number or some letters."""
    (kind,) = struct.unpack_from("<I", data, at + 16)
    if kind == 0:
        return at + 24
    size: int = struct.unpack_from("<I", data, at + 20)[0]
    return at + 24 + size + -size % 4


def _value(data: bytes, at: int, kind: int) -> tuple[Any, int]:
    """Return one value, or the first of several, and where the next property begins."""
    base = kind & ~_SEVERAL
    if base in _SIZED:
        count, at = struct.unpack_from("<I", data, at)[0], at + 4
        values = []
        for _ in range(min(count, _MOST_VALUES)):
            (size,) = struct.unpack_from("<I", data, at)
            values.append(data[at + 4 : at + 4 + size])
            at += 4 + size + -size % 4
        first = values[0] if values else b""
        return (first.decode("utf-16-le", "replace") if base == 31 else first), at
    size = _FIXED_BYTES[base]
    count = 1
    if kind & _SEVERAL:
        count, at = struct.unpack_from("<I", data, at)[0], at + 4
    return data[at : at + size], at + max(size, 4) * count


def _letters(value: Any, code_page: str) -> str:
    if isinstance(value, bytes):
        value = charsets.decode(value.rstrip(b"\0"), code_page)[0]
    return charsets.clean(str(value or "").rstrip("\0"))


def _files(found: dict[str, Any], code_page: str, depth: int) -> Iterator[File]:
    """Return one file, or what an enclosed message holds."""
    file = _file(found, code_page)
    inside = opened(file.content, depth + 1) if depth < _DEEPEST else None
    if inside is None:
        yield file
        return
    yield from inside.files
    for words, kind in ((inside.text, "plain"), (inside.html, "html")):
        if words:
            ending = ".txt" if kind == "plain" else ".html"
            yield File((file.name or "message") + ending, f"text/{kind}", words.encode())


def _file(found: dict[str, Any], code_page: str) -> File:
    properties = found.get("properties", {})
    names = (properties.get(_LONG_NAME), found.get("name"), properties.get(_NAME), properties.get(_DISPLAY_NAME))
    name = next((text for text in (_letters(value, code_page) for value in names) if text), "")
    name = name.replace("\\", "/").rpartition("/")[2].strip()
    kind = _letters(properties.get(_TYPE), code_page) or _TYPES.guess_type(name)[0] or "application/octet-stream"
    content_id = _letters(properties.get(_CONTENT_ID), code_page).strip("<>")
    return File(name, kind.lower(), found["data"], content_id)


def _body(stream: _Stream) -> tuple[str, str]:
    """Return text and page: the page as it is, or out of the RTF that Outlook wraps around it."""
    page = stream.properties.get(_HTML)
    html = _letters(page, "") if page else ""
    text = _letters(stream.properties.get(_BODY) or stream.text, stream.code_page)
    packed = stream.properties.get(_RTF)
    if isinstance(packed, bytes) and not html:
        written = rtf.read(rtf.unpacked(packed))
        html = written.text if written.is_page else html
        text = text if written.is_page or text.strip() else written.text
    return text, html
