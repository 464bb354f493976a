"""When tickets may be joined or divided, and who a note names."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

UNDO_MERGE_WITHIN = timedelta(days=1)
PRESENT_FOR = timedelta(seconds=45)  # since the page last said that it is there; it says so every 20 seconds
# Until then an answer to everybody can be taken back.
UNDO_REPLY_WITHIN = timedelta(seconds=10)
LONGEST_DAY = 24 * 60  # minutes


def may_undo_merge(merged_at: datetime, now: datetime) -> bool:
    """Tell whether joining two tickets can still be taken back: for a day."""
    return now - merged_at < UNDO_MERGE_WITHIN


def topic_of_presence(ticket_id: int) -> str:
    """Return the name under which open pages hear who else has the ticket in front of them."""
    return f"presence-ticket-{ticket_id}"


def mentioned(text: str, names: Mapping[int, str]) -> set[int]:
    """Return the keys of those whom a text names with "@": by the whole name, or by the first when only one has it.

    Accents and case do not matter. The longest name that fits counts, so that "@Ana María" is not Ana.

    Args:
        text: Of an internal note.
        names: Key and name of whoever may be meant.
    """
    whole: dict[str, set[int]] = {}
    first: dict[str, set[int]] = {}
    for key, name in names.items():
        whole.setdefault(folded(name), set()).add(key)
        first.setdefault(folded(name).partition(" ")[0], set()).add(key)
    known = first | whole
    by_length = sorted((name for name in known if name), key=len, reverse=True)
    found: set[int] = set()
    for piece in _after_signs(folded(text)):
        meant = next((known[name] for name in by_length if _begins_with(piece, name)), set())
        if len(meant) == 1:
            found |= meant
    return found


def folded(text: str) -> str:
    """Return a text for comparing: without accents, in lower case, one blank between words."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(sign))
    return " ".join(plain.split())


def _after_signs(text: str) -> Iterable[str]:
    """Return what follows each "@" that is not in the middle of a word, as it is in addresses of e-mail."""
    before, *pieces = text.split("@")
    for piece in pieces:
        if not before[-1:].isalnum():
            yield piece
        before = piece


def _begins_with(piece: str, name: str) -> bool:
    return piece.startswith(name) and not piece[len(name) : len(name) + 1].isalnum()
