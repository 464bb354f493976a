"""Build Outlook's winmail.dat, for tests."""

import struct


def stream(*attributes: bytes) -> bytes:
    """Put attributes together; the code page of Western Europe comes first."""
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + _attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
        + b"".join(attributes)
    )


def attachment(name: str, content: bytes, kind: str) -> bytes:
    """Return a file with its long name and type."""
    properties = [_text(0x3707, name), _text(0x370E, kind)]
    return (
        _attribute(2, 0x00069002, bytes(14))
        + _attribute(2, 0x00018010, b"CORTO~1.DAT\0")
        + _attribute(2, 0x0006800F, content)
        + _attribute(2, 0x00069005, struct.pack("<I", len(properties)) + b"".join(properties))
    )


def page(html: str) -> bytes:
    """Return a body as HTML."""
    data = html.encode()
    return _message(struct.pack("<HHII", 258, 0x1013, 1, len(data)) + data + bytes(-len(data) % 4))


def text(words: str) -> bytes:
    """Return a body as text, behind properties of every shape."""
    named = struct.pack("<HH", 3, 0x8001) + bytes(16) + struct.pack("<II", 0, 7) + struct.pack("<I", 1)
    lettered = (
        struct.pack("<HH", 11, 0x8002) + bytes(16) + struct.pack("<II", 1, 6) + b"a\0b\0\0\0\0\0" + struct.pack("<I", 1)
    )
    several = struct.pack("<HHIQQ", 0x1014, 0x6666, 2, 1, 2)
    return _message(named, lettered, several, _text(0x1000, words))


def rich_text(data: bytes) -> bytes:
    """Return a body as rich text, compressed as far as single letters go."""
    pieces = [data[at : at + 8] for at in range(0, len(data), 8)]
    packed = b"".join(b"\0" + piece for piece in pieces)
    head = struct.pack("<IIII", len(packed) + 12, len(data), 0x75465A4C, 0)
    whole = head + packed
    return _message(struct.pack("<HHII", 258, 0x1009, 1, len(whole)) + whole + bytes(-len(whole) % 4))


def _message(*properties: bytes) -> bytes:
    return _attribute(1, 0x00069003, struct.pack("<I", len(properties)) + b"".join(properties))


def _text(name: int, words: str) -> bytes:
    data = words.encode("utf-16-le") + b"\0\0"
    return struct.pack("<HHII", 31, name, 1, len(data)) + data + bytes(-len(data) % 4)


def _attribute(level: int, identifier: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, identifier, len(value)) + value + struct.pack("<H", sum(value) % 65536)
