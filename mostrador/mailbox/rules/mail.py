"""A message as it was read: plain values, without a database."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """Whoever a message names; `address` has its domain in lower case, "" where none could be read."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment or an inline picture."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """What a message says."""

    headers: tuple[tuple[str, str], ...]  # decoded, in order, names as written
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    senders: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None  # aware; None without a date that can be true
    text: str = ""  # of text/plain parts, else made from the HTML
    html: str = ""  # as it came, decoded; cleaned only when shown
    files: tuple[File, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()  # content type and text of what machines read: delivery status, calendar…
    defects: tuple[str, ...] = ()  # codes of what was wrong

    def header(self, name: str) -> str:
        """Return the first value of a header, "" without one."""
        wanted = name.lower()
        return next((value for written, value in self.headers if written.lower() == wanted), "")

    def all(self, name: str) -> list[str]:
        """Return every value of a header, in order."""
        wanted = name.lower()
        return [value for written, value in self.headers if written.lower() == wanted]
