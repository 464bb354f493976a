"""How a line of the record becomes a link of the chain."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mostrador.audit.choices import Break

FORMAT = b"mostrador-audit-1\n"  # in front of every hashed line: another serialisation will have another name
FIRST_PREVIOUS_HASH = "0" * 64
EVENT_FIELDS = (
    *("id", "organisation_id", "at", "actor_id", "actor_name"),
    *("verb", "subject_type", "subject_id", "subject_label", "details"),
)
# A line may be this much older than one before it in the chain: transactions that were open for long commit late.
LATE_COMMIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Link:
    """One seal together with the event that it seals (None when the event is gone)."""

    organisation_id: int
    position: int
    previous_hash: str
    hash: str
    sealed_at: datetime
    event_id: int
    event: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """Where a chain is broken and why. `position` is None for an event that has no place in the chain."""

    organisation_id: int
    position: int | None
    event_id: int | None
    reason: Break


@dataclass(slots=True)
class Walk:
    """How far a chain has been followed; begins before its first line."""

    organisation_id: int
    position: int = 0
    hash: str = FIRST_PREVIOUS_HASH
    latest_at: datetime | None = None


def link_hash(*, position: int, previous_hash: str, sealed_at: datetime, event: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hexadecimal) of one line, its place in the chain and the line before it.

    Hashed is `FORMAT` followed by a JSON object in UTF-8: keys sorted, no blanks, no escapes but the necessary ones,
    moments in UTC with six decimals of a second and a Z. Its keys are `EVENT_FIELDS`, `position`, `previous_hash` and
    `sealed_at`. docs/adr/0005-audit-chain.md describes it so that others can check a copy.
    """
    content = {name: _plain(event[name]) for name in EVENT_FIELDS}
    content |= {"position": position, "previous_hash": previous_hash, "sealed_at": _plain(sealed_at)}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(FORMAT + text.encode()).hexdigest()


def follow(walk: Walk, links: Iterable[Link]) -> BrokenLink | None:
    """Go on along a chain, link by link in order of position; return the first broken one, else None.

    `walk` ends at the last sound link.
    """
    for link in links:
        if reason := _fault(walk, link):
            expected = walk.position + 1
            event_id = link.event_id if link.position == expected else None
            return BrokenLink(walk.organisation_id, expected, event_id, reason)
        assert link.event is not None  # noqa: S101 - for types; `_fault` has answered already
        at: datetime = link.event["at"]
        walk.position, walk.hash = link.position, link.hash
        walk.latest_at = max(walk.latest_at or at, at)
    return None


def _fault(walk: Walk, link: Link) -> Break | None:
    if link.position != walk.position + 1:
        return Break.SEAL_MISSING
    if link.event is None:
        return Break.EVENT_MISSING
    if link.previous_hash != walk.hash:
        return Break.NOT_FOLLOWING
    if link.event["organisation_id"] != link.organisation_id or link.hash != link_hash(
        position=link.position, previous_hash=link.previous_hash, sealed_at=link.sealed_at, event=link.event
    ):
        return Break.CHANGED
    if walk.latest_at and link.event["at"] < walk.latest_at - LATE_COMMIT:
        return Break.BACKDATED
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return value
