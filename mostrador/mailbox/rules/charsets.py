"""Bytes into letters, whatever their charset was said to be: declared wrongly, unknown, missing or mixed.

No letter is lost: a byte that fits nowhere is read as Windows-1252, in which most broken mail was written.
Labels mean what browsers take them for (WHATWG Encoding): Latin-1 is Windows-1252, GB2312 is GB18030, and so on.
"""

import codecs
import re
from functools import lru_cache

from charset_normalizer import from_bytes

MISSING, UNKNOWN, WRONG, MIXED = "charset-missing", "charset-unknown", "charset-wrong", "charset-mixed"

# What a label means when it is taken at less than its word. Keys without punctuation.
_MEANT = {
    **dict.fromkeys(("ascii", "usascii", "ansix341968", "iso88591", "latin1", "l1", "iso646us", "8859"), "cp1252"),
    **dict.fromkeys(("88591", "isolatin1", "latin", "ansi", "windows1252", "western", "isoir100"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "gb231280", "cp936", "ms936", "xgbk", "euccn", "chinese", "gb"), "gb18030"),
    **dict.fromkeys(("big5", "xxbig5", "big5eten", "cnbig5"), "big5hkscs"),
    **dict.fromkeys(("ksc56011987", "ksc5601", "ksc56011989", "euckr", "windows949", "korean"), "cp949"),
    **dict.fromkeys(("shiftjis", "sjis", "xsjis", "shiftjisx0213", "windows31j", "mskanji"), "cp932"),
    **dict.fromkeys(("iso88599", "latin5", "isoir148"), "cp1254"),
    **dict.fromkeys(("tis620", "iso885911", "windows874"), "cp874"),
    **dict.fromkeys(("iso88598i", "iso88598e", "visual", "logical"), "iso8859_8"),
    **dict.fromkeys(("iso88596i", "iso88596e"), "iso8859_6"),
    **dict.fromkeys(("utf8", "utf8mb4", "unicode", "unicode11utf8", "xutf8", "utf8mac"), "utf_8"),
    **dict.fromkeys(("unicode11utf7", "utf7", "csunicode11utf7", "u7"), "utf_7"),
    **dict.fromkeys(("macintosh", "xmacroman", "mac", "xmac", "csmacintosh"), "mac_roman"),
    **dict.fromkeys(("xmaccyrillic", "xmacukrainian"), "mac_cyrillic"),
    **dict.fromkeys(("utf16", "ucs2", "iso10646ucs2"), "utf_16"),
    **dict.fromkeys(("iso2022jp", "csiso2022jp"), "iso2022_jp_ext"),
    **dict.fromkeys(("hz", "hzgb2312"), "hz"),
    **dict.fromkeys(("koi8", "cskoi8r"), "koi8_r"),
}
# Codecs of Python that are no charset: reading with them would change letters.
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "utf_8_sig"}
_SHIFTING = {"utf_7", "iso2022_jp_ext", "hz"}
_WESTERN = {"cp1252", "iso8859-15", "iso8859-1", "mac-roman", "cp850", "cp1254"}
_SEVERAL_BYTES = {"gb18030", "big5hkscs", "cp949", "cp932", "euc_jp", "euc_jis_2004", "johab", "big5", "gbk", "gb2312"}
_ASIAN = {"gb18030", "big5hkscs", "cp949", "euc_jp", "cp932"}
# What a text consists of in its one right charset (elsewhere capitals come out small, or signs), and what is rare.
_ALPHABETS = {
    "koi8_u": (re.compile("[а-яёіїєґ]"), re.compile("[ъщ]")),
    "cp1251": (re.compile("[а-яёіїєґ]"), re.compile("[ъщ]")),
    "cp1253": (re.compile("[ά-ώ]"), re.compile("[ΰ]")),
    "cp1255": (re.compile("[א-ת]"), re.compile("[ׯ]")),
    "cp1256": (re.compile("[ء-ي،؟]"), re.compile("[گچ]")),
}
_SAMPLE_BYTES = 4096
_MOST_LETTERS, _FEW_LETTERS = 0.75, 0.04
_FOLDED = re.compile(r"[^a-z0-9]+")
_TAG = re.compile(rb"<[^<>]*>")
_C1 = re.compile("[\x80-\x9f]")
_C1_MEANT = {0x80 + at: letter for at, letter in enumerate("€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ")}
# A Latin letter or a sign of punctuation in UTF-8, as it stands between bytes of another charset.
_UTF8_PAIR = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa1-\xbf]|\xe2\x80[\x90-\xbf]|\xe2\x82\xac")
_UTF7_RUN = re.compile(r"\+([A-Za-z0-9+/]*)-?")
_ESCAPES = re.compile(rb"\x1b\$[@AB()]|\x1b\([JI]")
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def _byte_for_byte(error: UnicodeError) -> tuple[str, int]:
    """Read the first byte that does not fit as Windows-1252 and go on behind it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    code = error.object[error.start]
    return _C1_MEANT.get(code, chr(code)), error.start + 1


codecs.register_error("mostrador.byte_for_byte", _byte_for_byte)


def decode(data: bytes, declared: str = "", hint: str = "") -> tuple[str, str]:
    """Return the text of some bytes and the code of what was wrong, "" where nothing was.

    Args:
        data: What came.
        declared: The label that came with it, "" without one.
        hint: A label found elsewhere (the page's own, the body's for a header), used when `declared` is none.
    """
    codec = codec_of(declared)
    if data.isascii() and codec not in _SHIFTING and b"\0" not in data and b"\x1b" not in data:
        return data.decode("ascii"), ""
    text, defect = _decode(data, declared, codec, hint)
    return clean(text), defect


def clean(text: str) -> str:
    """Return text that a database and UTF-8 can hold: without NUL, without halves of characters."""
    if not _NO_TEXT.search(text):
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "")


@lru_cache(maxsize=512)
def codec_of(label: str) -> str:
    """Return the name of Python's codec for a label, "" where nobody knows it."""
    folded = _FOLDED.sub("", label.strip().strip("'\"").lower().removeprefix("3d").removeprefix("charset="))
    if folded in _MEANT:
        return _MEANT[folded]
    tidy = re.split(r"[\s;,\"'<>=]", label.strip().strip("'\"").lower())[0]
    for name in (tidy, folded, tidy.removeprefix("x-"), f"cp{folded}", _inside(folded)):
        found = _known(name)
        if found:
            return found
    return ""


def _inside(folded: str) -> str:
    """Find a label that something was glued to: `windows1252httpequivcontenttype`."""
    found = re.search(r"utf8|iso8859\d{1,2}|windows\d{3,4}|koi8[ru]|gb2312|big5|cp\d{3,4}", folded)
    name = found[0] if found else ""
    return _MEANT.get(name, name.replace("windows", "cp").replace("iso8859", "iso8859_"))


def _known(name: str) -> str:
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if info.name in _NO_CHARSETS or not getattr(info, "_is_text_encoding", True):
        return ""
    if info.name.replace("-", "_") in {"utf_8", "utf_16", "utf_7"}:
        return info.name.replace("-", "_")
    return info.name


def _decode(data: bytes, declared: str, codec: str, hint: str) -> tuple[str, str]:
    marked = _by_mark(data)
    if marked is not None:
        return marked, ""
    if not codec:
        return _undeclared(data, UNKNOWN if declared.strip() else MISSING, codec_of(hint) if hint else "")
    if codec in _SHIFTING:
        return _shifting(data, codec)
    if codec.startswith(("utf_16", "utf-16", "utf-32", "utf_32")):
        return _wide(data, codec)
    if codec == "utf_8":
        return _utf8(data)
    if data.isascii():
        return _seven_bits(data)
    return _one_or_several_bytes(data, codec)


def _by_mark(data: bytes) -> str | None:
    """Read what begins with a byte order mark."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf_8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _leniently(data[len(mark) :], codec)
    return None


def _seven_bits(data: bytes) -> tuple[str, str]:
    """Read bytes below 128 that were not said to shift; some do all the same."""
    if _ESCAPES.search(data):
        text = _strictly(data, "iso2022_jp_ext")
        if text is not None:
            return text, WRONG
    if _looks_wide(data):
        return _wide(data, "utf_16")
    return data.decode("ascii"), ""


def _undeclared(data: bytes, defect: str, hint: str) -> tuple[str, str]:
    if data.isascii():
        return _seven_bits(data)[0], defect
    text = _strictly(data, "utf_8")
    if text is not None:
        return text, defect
    if _looks_wide(data):
        return _wide(data, "utf_16")[0], defect
    if _is_mostly_utf8(data):
        return _leniently(data, "utf_8"), defect
    if hint and hint != "utf_8" and hint not in _WESTERN:
        text = _strictly(data, hint)
        if text is not None:
            return text, defect
    guessed = _guessed(data)
    return (guessed, defect) if guessed is not None else (_mixed(data), defect)


def _utf8(data: bytes) -> tuple[str, str]:
    text = _strictly(data, "utf_8")
    if text is not None:
        return text, ""
    guessed = None if _is_mostly_utf8(data) else _guessed(data)
    if guessed is not None:
        return guessed, WRONG
    return _leniently(data, "utf_8"), MIXED if _UTF8_PAIR.search(data) else WRONG


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether nearly all of what is above ASCII is UTF-8: damaged or cut, but no other charset."""
    sample = data[:_SAMPLE_BYTES]
    above = len(sample) - len(sample.decode("ascii", "ignore"))
    lost = len(sample) - len(sample.decode("utf_8", "ignore").encode())
    return lost * 5 < above


def _one_or_several_bytes(data: bytes, codec: str) -> tuple[str, str]:
    """Read a charset that has ASCII below and something else above."""
    text = _strictly(data, codec)
    if codec in _SEVERAL_BYTES:
        if text is not None:
            return text, ""
        text = _strictly(data, "utf_8")
        return (text, WRONG) if text is not None else (_leniently(data, codec), MIXED)
    as_utf8 = _strictly(data, "utf_8")
    if as_utf8 is not None:
        return as_utf8, WRONG
    if codec in _WESTERN and len(_UTF8_PAIR.findall(data)) > 1:
        return _mixed(data), MIXED
    if text is None:
        return _leniently(data, codec), "" if codec == "cp1252" else MIXED
    return _C1.sub(lambda found: _C1_MEANT[ord(found[0])], text), ""


def _mixed(data: bytes) -> str:
    """Read Windows-1252 with letters of UTF-8 in between."""
    if not _UTF8_PAIR.search(data):
        return _leniently(data, "cp1252")
    return _leniently(data, "utf_8")


def _shifting(data: bytes, codec: str) -> tuple[str, str]:
    if codec == "utf_7":
        return _utf7(data)
    text = _strictly(data, codec)
    if text is not None:
        return text, ""
    if not data.isascii():
        return _undeclared(data, WRONG, "")
    return _leniently(data, codec), MIXED


def _utf7(data: bytes) -> tuple[str, str]:
    """Read UTF-7 run by run: one that is none stays as it was written."""
    if not data.isascii():
        return _undeclared(data, WRONG, "")

    def letters(found: re.Match[str]) -> str:
        if not found[1]:
            return "+" if found[0] == "+-" else found[0]
        return _strictly(found[0].encode(), "utf_7") or found[0]

    text = _UTF7_RUN.sub(letters, data.decode("ascii"))
    return text, ""


def _wide(data: bytes, codec: str) -> tuple[str, str]:
    """Read two or four bytes for each letter, when that is what they are."""
    if "32" in codec:
        text = _strictly(data, codec)
        return (text, "") if text is not None else _undeclared(data.replace(b"\0", b""), WRONG, "")
    if b"\0" not in data and _strictly(data, "utf_8") is not None:
        return data.decode("utf_8"), WRONG
    if data.count(0) * 3 < len(data) and b"\0" in data and not _looks_wide(data):
        return _undeclared(data.replace(b"\0", b""), WRONG, "")
    if codec == "utf_16":
        codec = "utf-16-be" if data[0::2].count(0) >= data[1::2].count(0) else "utf-16-le"
    return _leniently(data, codec), ""


def _looks_wide(data: bytes) -> bool:
    """Whether nearly every second byte is zero, as in Latin letters of UTF-16."""
    zeros, half = data.count(0), len(data) // 2
    if half < 2 or zeros < half * 0.7:
        return False
    return max(data[0::2].count(0), data[1::2].count(0)) > zeros * 0.95


def _guessed(data: bytes) -> str | None:
    """Recognise Greek, Cyrillic, Chinese…: text in which letters above ASCII are the rule, not the exception."""
    sample = _TAG.sub(b"", data[: _SAMPLE_BYTES * 4])[:_SAMPLE_BYTES]
    high = sum(1 for byte in sample if byte > 127)
    letters = sum(1 for byte in sample if 65 <= byte <= 122)
    if high < 8 or high < letters:
        return None
    share, codec = max(
        (_share(_strictly(sample, codec) or "", *letters), codec) for codec, letters in _ALPHABETS.items()
    )
    if share <= _MOST_LETTERS:
        best = from_bytes(sample, cp_isolation=sorted(_ASIAN)).best()
        codec = best.encoding if best else ""
    return _strictly(data, codec) if codec else None


def _share(text: str, usual: re.Pattern[str], unusual: re.Pattern[str]) -> float:
    """Return how much of what is above ASCII is usual in this alphabet."""
    above = sum(1 for letter in text if letter > "\x7f")
    if not above or len(unusual.findall(text)) > _FEW_LETTERS * above:
        return 0
    return len(usual.findall(text)) / above


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _leniently(data: bytes, codec: str) -> str:
    return data.decode(codec, "mostrador.byte_for_byte")
