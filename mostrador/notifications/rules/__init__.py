"""When to try again, how words become headers, and the tokens by which answers and bounces find their message."""

import base64
import hmac
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings

from mostrador.shared.sealing import derived, secret_keys

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
# What a token stands behind in an address: answers to a message, and what became of it (VERP).
ANSWER, BOUNCE = "r", "b"
_MAC_BYTES, _KEY_BYTES = 10, 5
_TOKEN_LETTERS = 24
_TOKENS = "notifications.tokens"
_LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
_TOKEN = re.compile(
    rf"(?:(?:[+-]|%2b)[{ANSWER}{BOUNCE}]\.|\bref:)([a-z2-7]{{{_TOKEN_LETTERS}}})(?![a-z0-9])", re.IGNORECASE
)
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


def text_with_mark(text: str, mark: str) -> str:
    """Return the text of an e-mail with its mark as the last line, where answers that quote the whole bring it back."""
    return f"{text.rstrip()}\n\n{mark}\n"


def html_with_mark(html: str, mark: str) -> str:
    """Return an HTML document with its mark at the end, which nobody sees and no screen reader says.

    Not `display: none`: programs leave that out of what they quote.
    """
    hidden = (
        '<div aria-hidden="true" style="max-height:0;overflow:hidden;opacity:0;color:transparent;'
        f'font-size:1px;line-height:1px">{mark}</div>'
    )
    before, end, after = html.rpartition("</body>")
    return f"{before}{hidden}{end}{after}" if end else html + hidden


def turn_after(turn: datetime, per_minute: int) -> datetime:
    """Return when the next message of a sender may leave, after one whose turn was at `turn`.

    A tenth longer than the limit asks: turns that are taken some seconds late never crowd into one minute.
    """
    return turn + timedelta(minutes=1) / per_minute * 1.1


def fit_in_email(sizes: Iterable[int]) -> bool:
    """Tell whether files of these sizes (bytes) go with an e-mail: together at most EMAIL_FILES_MAX_BYTES."""
    return sum(sizes) <= settings.EMAIL_FILES_MAX_BYTES


def same_address(one: str, other: str) -> bool:
    """Tell whether two addresses are one, for all that we know: servers do not tell capitals apart."""
    return one.lower() == other.lower()


def is_among(address: str, addresses: Iterable[str]) -> bool:
    """Tell whether an address is one of these."""
    return any(same_address(address, other) for other in addresses)


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


def token_of(pk: int) -> str:
    """Return what names an outgoing message in addresses and in the hidden part of its body.

    24 lower-case letters and digits that nobody without the secret key can make, that tell neither the key nor how
    many messages there are, and that survive programs which change the case of addresses.

    Raises:
        OverflowError: The key is 2⁴⁰ or more.
    """
    secret = derived(settings.SECRET_KEY, _TOKENS)
    key = pk.to_bytes(_KEY_BYTES, "big")
    mac = _mac(secret, b"mac", key, _MAC_BYTES)
    return base64.b32encode(mac + _masked(secret, mac, key)).decode().lower()


def pk_of(token: str) -> int | None:
    """Return the key of the message that a token names, None for what is no token of ours.

    Tokens made under an earlier secret key (SECRET_KEY_FALLBACKS) are still read.
    """
    try:
        sealed = base64.b32decode(token.strip().upper())
    except ValueError:
        return None
    if len(sealed) != _MAC_BYTES + _KEY_BYTES:
        return None
    mac = sealed[:_MAC_BYTES]
    for written_under in secret_keys():
        secret = derived(written_under, _TOKENS)
        key = _masked(secret, mac, sealed[_MAC_BYTES:])
        if hmac.compare_digest(mac, _mac(secret, b"mac", key, _MAC_BYTES)):
            return int.from_bytes(key, "big")
    return None


def plus_address(address: str, token: str, purpose: str = ANSWER) -> str:
    """Return the address that brings a token back: `soporte+r.TOKEN@…`, or with BOUNCE `soporte+b.TOKEN@…`.

    Returns:
        The address as it was when it would become longer than servers have to take.
    """
    local_part, _, domain = address.rpartition("@")
    marked = f"{local_part}+{purpose}.{token}"
    return f"{marked}@{domain}" if len(marked) <= _LONGEST_LOCAL_PART else address


def hidden_mark(token: str) -> str:
    """Return how a token is written into the part of a body that is not shown; quotes of the body bring it back."""
    return f"ref:{token}"


def tokens_in(text: str) -> tuple[str, ...]:
    """Return what may be tokens in addresses or in a body, each once, in order; `pk_of` tells which are ours."""
    return tuple(dict.fromkeys(found.lower() for found in _TOKEN.findall(text)))


def _mac(secret: bytes, purpose: bytes, data: bytes, length: int) -> bytes:
    return hmac.digest(secret, purpose + data, "sha256")[:length]


def _masked(secret: bytes, mac: bytes, key: bytes) -> bytes:
    """Hide or show a key: its mask hangs on its MAC, so neighbouring keys do not look alike."""
    mask = _mac(secret, b"mask", mac, len(key))
    return bytes(one ^ other for one, other in zip(key, mask, strict=True))
