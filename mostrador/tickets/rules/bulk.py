"""The same act on many tickets: which columns it changes, and whether it can be undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mostrador.tickets.choices import BulkKind

# Up to so many at once while the person waits; more in the background.
AT_ONCE = 20
MOST = 1000

# The columns that each act changes and that undoing it brings back. An answer that was sent cannot be undone.
CHANGES: dict[str, tuple[str, ...]] = {
    BulkKind.ASSIGN: ("assigned_to_id",),
    BulkKind.TRANSFER: ("team_id", "assigned_to_id", "transfers"),
    BulkKind.STATE: ("state", "third_party", "due_at", "waiting_since"),
    BulkKind.ADD_TAG: ("tags",),
    BulkKind.REMOVE_TAG: ("tags",),
    BulkKind.PRIORITY: ("priority", "impact", "urgency"),
    BulkKind.TOPIC: ("topic_id",),
    BulkKind.INCIDENT: ("incident_id",),
    BulkKind.MERGE: ("merged_into_id",),
    BulkKind.SPAM: ("state", "closed_at", "due_at", "waiting_since"),
    BulkKind.RESOLVE: (),
}
# Clocks move by themselves: that they differ does not mean that somebody has changed the ticket.
MOMENTS = {"due_at", "waiting_since", "closed_at"}


def can_be_undone(kind: str) -> bool:
    """Tell whether what an act did can be taken back."""
    return bool(CHANGES[kind])


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns as they are stored with the act: moments as text."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def restored(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored columns as the ticket has them."""
    return {
        name: datetime.fromisoformat(value) if value and name in MOMENTS else value for name, value in stored.items()
    }


def is_as_left(now: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether the columns are still as the act left them."""
    return all(now[name] == value for name, value in after.items() if name not in MOMENTS)
