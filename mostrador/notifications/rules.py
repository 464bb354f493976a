"""When to try again, and how words become headers."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

# Pauses after each failed attempt: greylisting is over after minutes, a weekend's outage after three days.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
LAST_ATTEMPT = len(PAUSES) + 1
_ADDRESS = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)\]])")


def pause_after(attempts: int) -> timedelta | None:
    """Return how long to wait after the given number of failed attempts (1 or more), or None to give up."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def new_message_id(host: str) -> str:
    """Return a fresh Message-ID, angle brackets included (RFC 5322, 3.6.4)."""
    return f"<{uuid4()}@{host}>"


def about(row: Any) -> str:
    """Return how a row is named in `OutgoingMessage.about`: "tickets.ticket:12"."""
    return f"{row._meta.label_lower}:{row.pk}"


def one_line(text: str) -> str:
    """Return the text without line breaks, which a header may not carry."""
    return " ".join(text.split())


def tidy_text(text: str) -> str:
    """Return the body without blanks at line ends and with at most one empty line in a row, as templates leave them.

    The line that separates the signature keeps its blank (RFC 3676, 4.3).
    """
    lines = "\n".join(line if line == "-- " else line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def thread_of(references: str, in_reply_to: str) -> str:
    """Return the References header: the thread so far, ending in the message that is answered (RFC 5322, 3.6.4)."""
    known = references.split()
    return " ".join([*known, in_reply_to] if in_reply_to and in_reply_to not in known else known)


def readable(text: str) -> list[list[list[tuple[str, bool]]]]:
    """Return paragraphs of lines of pieces, each piece with whether it is a web address."""
    paragraphs = [paragraph.split("\n") for paragraph in text.strip().split("\n\n")]
    return [[_pieces(line) for line in lines] for lines in paragraphs]


def _pieces(line: str) -> list[tuple[str, bool]]:
    return [(piece, bool(_ADDRESS.fullmatch(piece))) for piece in _ADDRESS.split(line) if piece]
