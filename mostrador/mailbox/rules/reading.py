"""Read any message: never an exception, never a lost letter.

What is broken is repaired where it can only have meant one thing, and named in `Mail.defects`; what cannot be told is
kept as a file, so that a person can look at it.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from mimetypes import MimeTypes
from typing import NamedTuple

from mostrador.mailbox.rules import addresses, charsets, cms, dates, headers, structure, tnef, transfer
from mostrador.mailbox.rules.html_text import text_of
from mostrador.mailbox.rules.mail import Address, File, Mail
from mostrador.mailbox.rules.structure import Part

_EXTENSIONS = MimeTypes()
_MESSAGE_ID = re.compile(r"<[^<>]+>")
_PAGE = re.compile(r"\s*(?:<!doctype html|<html[\s>]|<head[\s>]|<body[\s>])", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
# Types of text that people write to be read; any other text is a file.
_PLAIN = {"text/plain", "text/unspecified", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown"}
_ENRICHED = {"text/enriched", "text/richtext"}
_ENRICHMENT = re.compile(r"(?<!<)</?[A-Za-z][A-Za-z-]{0,59}>")
_PAGES = {"text/html", "application/xhtml+xml", "text/xhtml"}
# What machines read: kept as text beside the file.
_FOR_MACHINES = re.compile(
    r"message/(?:global-)?(?:delivery-status|disposition-notification|feedback-report|rfc822|headers)"
    r"|message/global|text/rfc822-headers|text/calendar|application/ics|text/x-preamble"
)
_NAMES = {
    "text/calendar": "invite.ics",
    "application/ics": "invite.ics",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "pgp-encrypted.txt",
    "application/ms-tnef": "winmail.dat",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
}
_LINE_END = re.compile("\r*\n|\r")
_SAMPLE_BYTES = 1 << 20
_LONGEST_MACHINE_TEXT_BYTES = 256 * 1024
_DEEPEST_ENVELOPE = 5


class Words(NamedTuple):
    """A piece of the body: as plain text, as a page, or as both."""

    text: str | None = None
    html: str | None = None


def read(raw: bytes) -> Mail:
    """Return what a message says.

    Args:
        raw: The message as it came, byte for byte; anything at all.

    Returns:
        Every letter of the body in `text`, `html`, `files` or `parts`. The bytes stay as they are kept.
    """
    try:
        return read_openly(raw)
    except Exception:  # noqa: BLE001 - the promise to callers: a message that we fail at still reaches a person
        return Mail(headers=(), text=charsets.decode(raw)[0], defects=("reader-failed",))


def read_openly(raw: bytes, depth: int = 0) -> Mail:
    """Do the same, and let errors of the reader be seen: for tests and fuzzing. `depth` counts enclosed messages."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    root = structure.read_parts(raw)
    reader = _Reader()
    words = reader.words(root)
    text, page = _text_of(words), _page_of(words)
    if not (text or page) and depth < _DEEPEST_ENVELOPE:
        text = _enclosed_text(reader.files, depth)
    fields = _Fields(root, reader.charset)
    mail = fields.mail()
    defects = reader.defects | _defects_of_header(mail, fields)
    if b"\0" in raw[:_SAMPLE_BYTES]:
        defects.add("nul")
    return replace(
        mail,
        text=text,
        html=page,
        files=tuple(_placed(reader.files, page)),
        parts=tuple(reader.parts),
        defects=tuple(sorted(defects)),
    )


def _enclosed_text(files: list[File], depth: int) -> str:
    """Return the words of enclosed messages: of a mail that was forwarded whole, by somebody who wrote nothing."""
    texts = (read_openly(file.content, depth + 1).text for file in files if file.content_type == "message/rfc822")
    return "\n\n".join(text for text in texts if text)


def _defects_of_header(mail: Mail, fields: "_Fields") -> set[str]:
    """Return the codes of what is wrong with the header."""
    found = {"header-8-bit"} if fields.has_8_bit else set()
    if len(mail.senders) != 1:
        found.add("several-senders" if mail.senders else "sender-missing")
    if mail.sent_at is None:
        found.add("date-broken" if fields.first("date").strip() else "date-missing")
    return found


def _text_of(words: list[Words]) -> str:
    """Put the pieces one under the other as text."""
    texts = (text_of(piece.html or "") if piece.text is None else piece.text for piece in words)
    return "\n\n".join(tidy for tidy in map(_tidied, texts) if tidy)


def _page_of(words: list[Words]) -> str:
    """Put the pieces one under the other as a page, "" when none of them is one."""
    if not any(piece.html for piece in words):
        return ""
    pages = (_as_page(piece.text or "") if piece.html is None else piece.html for piece in words)
    return "\n".join(page for page in pages if page.strip())


def _tidied(text: str) -> str:
    return (_LINE_END.sub("\n", text) if "\r" in text else text).strip("\n").rstrip()


def _as_page(text: str) -> str:
    tidy = _tidied(text)
    return "<div>" + html.escape(tidy).replace("\n", "<br>\n") + "</div>" if tidy else ""


def _placed(files: list[File], page: str) -> Iterator[File]:
    """Give every file a name, and tell inline pictures that the page shows from attachments."""
    for number, file in enumerate(files, 1):
        is_inline = file.is_inline or bool(file.content_id and f"cid:{file.content_id}" in page)
        yield replace(file, name=file.name or _default_name(file, number), is_inline=is_inline)


def _default_name(file: File, number: int) -> str:
    known = _NAMES.get(file.content_type)
    if known:
        return known
    main = file.content_type.partition("/")[0]
    return f"{main}-{number}{_EXTENSIONS.guess_extension(file.content_type) or '.bin'}"


class _Reader:
    """Walks the parts once and keeps what it meets."""

    def __init__(self) -> None:
        self.files: list[File] = []
        self.parts: list[tuple[str, str]] = []
        self.defects: set[str] = set()
        self.charset = ""  # of the first text: a hint for headers without one
        self._has_words = False
        self._envelopes = 0

    def words(self, part: Part, *, is_choice: bool = False) -> list[Words]:
        """Return the pieces of the body in a part; its files are kept apart."""
        self.defects |= part.defects
        if part.children:
            if part.content_type == "multipart/alternative":
                return self._chosen(part)
            return [piece for child in part.children for piece in self.words(child, is_choice=is_choice)]
        if self._is_body(part, is_choice=is_choice):
            return self._written(part)
        return self._kept(part)

    def _chosen(self, part: Part) -> list[Words]:
        """Join ways of saying the same: all that is only text, and all that has a page."""
        texts: list[str] = []
        pages: list[str] = []
        for child in part.children:
            pieces = self.words(child, is_choice=True)
            page = _page_of(pieces)
            if page and page not in pages:
                pages.append(page)
            is_written = not page or any(piece.text is not None and piece.html is not None for piece in pieces)
            text = _text_of(pieces) if is_written else ""
            if text and text not in texts:
                texts.append(text)
        if not texts and not pages:
            return []
        return [Words("\n\n".join(texts) if texts else None, "\n".join(pages) if pages else None)]

    def _is_body(self, part: Part, *, is_choice: bool) -> bool:
        if part.content_type not in _PLAIN | _PAGES:
            return False
        if part.disposition == "attachment":
            return not (part.name or self._has_words)
        return not part.name or is_choice or not self._has_words

    def _written(self, part: Part) -> list[Words]:
        data, stray = self._content(part)
        is_page = part.content_type in _PAGES
        if not is_page:
            data = self._without_files(data)
        declared = part.parameters.get("charset", "")
        meta = _META_CHARSET.search(data, 0, 4096) if is_page and not declared else None
        text, defect = charsets.decode(data, declared, meta[1].decode() if meta else "")
        self._note_charset(declared, defect, is_meta=bool(meta))
        if not is_page and _PAGE.match(text):
            is_page = True
            self.defects.add("page-as-plain")
        if part.content_type in _ENRICHED:
            text = _ENRICHMENT.sub("", text).replace("<<", "<")
        pieces = [Words(html=text) if is_page else Words(text=text)] if text.strip() else []
        self._has_words = self._has_words or bool(pieces)
        return pieces + stray

    def _note_charset(self, declared: str, defect: str, *, is_meta: bool) -> None:
        if defect and not (is_meta and defect == charsets.MISSING):
            self.defects.add(defect)
        if declared and not self.charset and defect in {"", charsets.MIXED}:
            self.charset = declared

    def _without_files(self, data: bytes) -> bytes:
        """Take out the files that stand inside a text."""
        takes: list[tuple[bytes, Callable[[bytes], tuple[bytes, list[transfer.Enclosed]]]]] = [
            (b"begin", transfer.without_uuencoded),
            (b"=ybegin ", transfer.without_yencoded),
        ]
        for mark, take in takes:
            if mark in data:
                data, found = take(data)
                self.files += [_enclosed(file) for file in found]
        return data

    def _content(self, part: Part) -> tuple[bytes, list[Words]]:
        """Return the bytes of a part, and what somebody wrote between the lines of their code."""
        found = transfer.decode(part.body, part.coding)
        if found.defect:
            self.defects.add(found.defect)
        stray = charsets.decode(found.stray)[0] if found.stray else ""
        return found.content, [Words(text=stray)] if stray.strip() else []

    def _kept(self, part: Part) -> list[Words]:
        """Keep a part as a file; open what wraps other parts."""
        content, stray = self._content(part)
        kind = part.content_type
        if _FOR_MACHINES.fullmatch(kind):
            declared = part.parameters.get("charset", "")
            self.parts.append((kind, charsets.decode(content[:_LONGEST_MACHINE_TEXT_BYTES], declared)[0]))
        if kind == "text/x-preamble":
            return stray
        if kind == "application/ms-tnef" or part.name.lower() == "winmail.dat":
            opened = self._opened_tnef(content)
            if opened is not None:
                return opened + stray
        if kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
            stray = self._opened_signature(content) + stray
        is_inline = part.disposition == "inline" and kind.startswith("image/")
        name = part.name or (_message_name(content) if kind == "message/rfc822" else "")
        self.files.append(File(charsets.clean(name), kind, content, charsets.clean(part.content_id), is_inline))
        return stray

    def _opened_tnef(self, content: bytes) -> list[Words] | None:
        """Take the files out of a winmail.dat; None when it has to be kept as it is."""
        found = tnef.opened(content)
        if found is None:
            self.defects.add("tnef-bad")
            return None
        self.files += found.files
        if found.is_damaged:
            self.defects.add("tnef-bad")
            self.files.append(File("winmail.dat", "application/ms-tnef", content))
        if self._has_words or not (found.text or found.html):
            return []
        return [Words(found.text or None, found.html or None)]

    def _opened_signature(self, content: bytes) -> list[Words]:
        """Read what a signature encloses (S/MIME signed-data); the envelope stays as a file."""
        inside = cms.signed_content(content)
        if not inside or self._envelopes >= _DEEPEST_ENVELOPE:
            return []
        self._envelopes += 1
        return self.words(structure.read_parts(inside))


def _enclosed(file: transfer.Enclosed) -> File:
    name = charsets.clean(structure.file_name(charsets.decode(file.name)[0]))
    kind = _EXTENSIONS.guess_type(name)[0] if name else None
    return File(name, kind or "application/octet-stream", file.content)


def _message_name(content: bytes) -> str:
    """Name an enclosed message after its subject."""
    for name, value in headers.split(content, structure.first_byte(content), len(content)).fields:
        if name.lower() == b"subject":
            subject = headers.decoded(headers.unfolded(value)[0])
            return re.sub(r"[\x00-\x1f/\\:*?\"<>|]+", " ", subject).strip()[:100] + ".eml"
    return "message.eml"


class _Fields:
    """The header of a message."""

    def __init__(self, root: Part, hint: str) -> None:
        self._fields: list[tuple[str, str]] = []
        self.has_8_bit = False
        for name, value in root.fields:
            text, defect = headers.unfolded(value, hint)
            self.has_8_bit = self.has_8_bit or bool(defect)
            self._fields.append((name.decode("ascii"), text))

    def first(self, name: str) -> str:
        return next((text for written, text in self._fields if written.lower() == name), "")

    def _addresses(self, name: str) -> tuple[Address, ...]:
        lists = [addresses.read_list(text) for written, text in self._fields if written.lower() == name]
        return tuple(dict.fromkeys(one for found in lists for one in found))

    def _identifiers(self, name: str) -> tuple[str, ...]:
        text = headers.decoded(self.first(name))
        found = ["".join(one.split()) for one in _MESSAGE_ID.findall(text)]
        return tuple(dict.fromkeys(found or [word for word in text.split() if "@" in word]))

    def mail(self) -> Mail:
        """Return the message without its body."""
        return Mail(
            headers=tuple((name, headers.decoded(text)) for name, text in self._fields),
            message_id=next(iter(self._identifiers("message-id")), headers.decoded(self.first("message-id"))),
            in_reply_to=self._identifiers("in-reply-to"),
            references=self._identifiers("references"),
            senders=self._addresses("from"),
            reply_to=self._addresses("reply-to"),
            to=self._addresses("to"),
            cc=self._addresses("cc"),
            subject=headers.decoded(self.first("subject")).replace("\t", " ").strip(),
            sent_at=dates.read_date(headers.decoded(self.first("date"))),
        )
