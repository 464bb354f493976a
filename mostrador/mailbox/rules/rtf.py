"""Rich text as Outlook sends it: unpacked ([MS-OXRTFCP]) and as the page or the text that it carries ([MS-OXRTFEX])."""

import re
import struct
from typing import NamedTuple

from mostrador.mailbox.rules import charsets

_WINDOW_BYTES = 4096
_BEGINNING = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_MOST_BYTES = 4 * 1024 * 1024
_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
# Groups that hold no words.
_SILENT = {
    b"fonttbl",
    b"colortbl",
    b"stylesheet",
    b"info",
    b"pict",
    b"object",
    b"themedata",
    b"generator",
    b"datastore",
}
_SIGNS = {b"par": "\n", b"line": "\n", b"tab": "\t", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“"}
_SIGNS |= {b"rdblquote": "”", b"bullet": "•", b"endash": "–", b"emdash": "—"}


class Written(NamedTuple):
    """What rich text says."""

    text: str
    is_page: bool


def unpacked(data: bytes) -> bytes:
    """Undo the compression; what follows a damaged place is lost to nobody: the file is kept."""
    if len(data) < 16:
        return b""
    _, size, kind = struct.unpack_from("<III", data)
    if kind == 0x414C454D:  # "MELA": not compressed
        return data[16 : 16 + size]
    return _inflated(data[16:], min(size, _MOST_BYTES))


def _inflated(data: bytes, size: int) -> bytes:
    window = bytearray(_BEGINNING.ljust(_WINDOW_BYTES, b"\0"))
    write, out, at = len(_BEGINNING), bytearray(), 0
    while at < len(data) and len(out) < size:
        control = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data):
                break
            if not control >> bit & 1:
                letters = data[at : at + 1]
                at += 1
            else:
                where, count = divmod(int.from_bytes(data[at : at + 2], "big"), 16)
                at += 2
                if where == write:
                    return bytes(out)
                letters = _repeated(window, where, write, count + 2)
            for one in letters:
                window[write] = one
                write = (write + 1) % _WINDOW_BYTES
            out += letters
    return bytes(out)


def _repeated(window: bytearray, where: int, write: int, count: int) -> bytes:
    """Return letters that were written before; they may run into those being written."""
    distance = (write - where) % _WINDOW_BYTES or _WINDOW_BYTES
    known = bytes(window[(where + step) % _WINDOW_BYTES] for step in range(min(count, distance)))
    return (known * (count // len(known) + 1))[:count]


class _State(NamedTuple):
    """What counts inside a group."""

    is_silent: bool = False
    is_hidden: bool = False  # \htmlrtf: rich text for those who cannot show the page
    unicode_skip: int = 1


def read(data: bytes) -> Written:
    """Return the page that the rich text was made from, or its text."""
    is_page = b"\\fromhtml" in data[:1000]
    charset = re.search(rb"\\ansicpg(\d{3,5})", data[:1000])
    codec = f"cp{charset[1].decode()}" if charset else "cp1252"
    text = "".join(_Reader(is_page=is_page, codec=codec).pieces(data))
    return Written(text.strip(), is_page)


class _Reader:
    """Walks rich text token by token."""

    def __init__(self, *, is_page: bool, codec: str) -> None:
        self._is_page = is_page
        self._codec = codec
        self._state = _State()
        self._groups: list[_State] = []
        self._skip = 0
        self._is_new_group = False
        self._is_optional = False
        self._bytes = bytearray()

    def pieces(self, data: bytes) -> list[str]:
        written: list[str] = []
        for word, number, code, sign, brace, letters in _TOKEN.findall(data):
            if not code:
                written.append(self._flushed())
            if brace:
                self._brace(brace)
                continue
            if word:
                written.append(self._word(word, number))
            elif code:
                self._letters(bytes.fromhex(code.decode()))
            elif sign:
                written.append(self._sign(sign))
            elif letters:
                self._letters(letters)
            self._is_new_group = bool(sign == b"*")
        written.append(self._flushed())
        return written

    def _brace(self, brace: bytes) -> None:
        if brace == b"{":
            self._groups.append(self._state)
            self._is_new_group, self._is_optional = True, False
        else:
            self._state = self._groups.pop() if self._groups else self._state
            self._is_new_group = False

    @property
    def _is_heard(self) -> bool:
        return not (self._state.is_silent or self._state.is_hidden)

    def _letters(self, letters: bytes) -> None:
        if self._skip:
            letters, self._skip = letters[self._skip :], max(self._skip - len(letters), 0)
        if self._is_heard:
            self._bytes += letters

    def _flushed(self) -> str:
        if not self._bytes:
            return ""
        text, _ = charsets.decode(bytes(self._bytes), self._codec)
        self._bytes.clear()
        return text

    def _sign(self, sign: bytes) -> str:
        if sign == b"*":
            self._is_optional = True
            return ""
        if not self._is_heard:
            return ""
        return {b"~": "\u00a0", b"_": "\u2011", b"-": ""}.get(sign, sign.decode("cp1252", "replace"))

    def _word(self, word: bytes, number: bytes) -> str:
        if self._is_new_group and self._opens(word):
            return ""
        if word == b"htmlrtf":
            self._state = self._state._replace(is_hidden=number != b"0")
        elif word == b"uc":
            self._state = self._state._replace(unicode_skip=int(number or 1))
        elif word == b"u" and number:
            self._skip = self._state.unicode_skip
            return chr(int(number) % 0x10000) if self._is_heard else ""
        elif word in _SIGNS and self._is_heard:
            return _SIGNS[word]
        return ""

    def _opens(self, word: bytes) -> bool:
        """Judge a group by its first word; whether that word says nothing else."""
        is_tag = word in {b"htmltag", b"mhtmltag"}
        if word in _SILENT or word == b"mhtmltag" or (self._is_optional and not is_tag):
            self._state = self._state._replace(is_silent=True)
        self._is_optional = False
        return is_tag or self._state.is_silent
