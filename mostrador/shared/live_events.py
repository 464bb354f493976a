"""Live events: small things that happened, told whole, and kept for a while for pages whose stream was cut.

An event is a row and a notification of the same transaction. Its number does not say when it became visible: numbers
are given out before the commit, and commits overtake each other. A **position** does: "every transaction before this
one has ended", PostgreSQL's own `pg_snapshot_xmin`, with the second at which that was true. Whoever begins again at a
position hears everything that was not over then: what was missed and a little of what was not, which the page drops by
its id.

PostgreSQL delivers notifications in the order of commits. So whoever has heard an event (or a mark) has heard
everything that had ended before its position was taken.
"""

import json
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import close_old_connections, connection

CHANNEL = "mostrador_live"
SIGN = "~"  # begins a notification that is more than a topic; no topic has it
LONGEST_DATA_BYTES = 6000  # of JSON; PostgreSQL takes notifications below 8000 bytes
KEPT_SECONDS = 2 * 60 * 60
# Older positions are not honoured. The difference is what a transaction may last whose events are still found.
LONGEST_ABSENCE_SECONDS = 60 * 60
MOST_AT_ONCE = 500  # events told to one stream that begins again; who missed more looks at everything anew

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_POSITION = re.compile(r"(\d{1,19})-(\d{1,11})")
_NOW = "pg_snapshot_xmin(pg_current_snapshot())::text || '-' || extract(epoch FROM clock_timestamp())::bigint"
# What the page gets. A number can come back with a restored copy, so its transaction's stands before it.
_BODY = "json_build_object('id', transaction::text || '.' || id, 'topic', topic, 'event', event, 'data', data)::text"
_KEEP_AND_TELL = (
    "WITH kept AS (INSERT INTO shared_live_event (topic, event, data) VALUES (%s, %s, %s::json) RETURNING *)"  # noqa: S608 - only constants
    f" SELECT pg_notify('{CHANNEL}', '{SIGN}' || position || ' ' || {_BODY}) FROM kept"
)
_MISSED = (
    f"SELECT position, {_BODY} FROM shared_live_event WHERE transaction >= %s::xid8"  # noqa: S608 - only constants
    f" AND at > now() - interval '{KEPT_SECONDS} s'"
)
MISSED = f"{_MISSED} AND topic = ANY(%s) ORDER BY id LIMIT {MOST_AT_ONCE + 1}"
MISSED_BY_ALL = f"{_MISSED} ORDER BY id LIMIT {MOST_AT_ONCE + 1}"
# Heard by every hub after everything that had ended before: how far they have come although nothing happens.
MARK = f"SELECT pg_notify('{CHANNEL}', '{SIGN}' || {_NOW})"


class Event(NamedTuple):
    """One event as it is passed on; all streams share it.

    Attributes:
        id: Unique; empty for what is not kept.
        position: From where on to begin again after it; empty for what is not kept.
        frame: The lines of the stream.
    """

    id: str
    topic: str
    position: str
    frame: bytes


def keep_and_tell(topic: str, event: str, data: Mapping[str, Any]) -> None:
    """Write an event down and tell it when the surrounding transaction commits.

    Raises:
        ValueError: The name or the data cannot be told.
    """
    refuse_bad_name(event)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_AND_TELL, [topic, event, encoded(data)])


def tell_without_keeping(topic: str, event: str, data: Mapping[str, Any]) -> None:
    """Tell an event to whoever listens when the surrounding transaction commits; nobody hears it later.

    Raises:
        ValueError: The name or the data cannot be told.
    """
    refuse_bad_name(event)
    body = f'{{"topic": {json.dumps(topic)}, "event": "{event}", "data": {encoded(data)}}}'
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{SIGN} {body}"])


def refuse_bad_name(event: str) -> None:
    """Refuse what is not a short lower-case name, or is taken.

    Raises:
        ValueError: With the name.
    """
    if not _NAME.fullmatch(event) or event == "change":
        raise ValueError(f"not an event's name: {event[:80]!r}")


def encoded(data: Mapping[str, Any]) -> str:
    """Return the data as JSON.

    Raises:
        ValueError: It is no JSON or longer than a notification can carry.
    """
    text = json.dumps(dict(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if len(text.encode()) > LONGEST_DATA_BYTES:
        raise ValueError(f"an event carries at most {LONGEST_DATA_BYTES} bytes; send a key and let the page ask")
    return text


def position_now() -> str:
    """Return the position of this moment, for a page to begin at: read it before what the page shows. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_NOW}")
        position: str = cursor.fetchone()[0]
    return position


def from_notification(payload: str) -> Event:
    """Return the event that a notification carries; a mark is an event without topic."""
    position, _, body = payload.removeprefix(SIGN).partition(" ")
    return as_event(position, body) if body else Event("", "", position, b"")


def as_event(position: str, body: str) -> Event:
    """Return an event as streams tell it."""
    content = json.loads(body)
    number = f"id: {position}\n" if position else ""
    return Event(content.get("id", ""), content["topic"], position, f"{number}event: live\ndata: {body}\n\n".encode())


def age_of(position: str) -> int:
    """Return the number of the oldest transaction that had not ended at a position."""
    return int(position.partition("-")[0] or 0)


def is_kept_since(position: str) -> bool:
    """Tell whether everything after this position can still be found. What is no position is older than all."""
    parts = _POSITION.fullmatch(position)
    return parts is not None and time.time() - int(parts[2]) < LONGEST_ABSENCE_SECONDS


def as_missed(rows: Iterable[tuple[str, str]]) -> list[Event] | None:
    """Return the events of rows that `MISSED` found, None when they are too many."""
    events = [as_event(position, body) for position, body in rows]
    return events if len(events) <= MOST_AT_ONCE else None


def missed(topics: list[str], position: str) -> list[Event] | None:
    """Return what happened to the topics after a position, the oldest first; None when that cannot be said.

    Runs in a thread. One query.
    """
    if not is_kept_since(position):
        return None
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute(MISSED, [str(age_of(position)), topics])
            return as_missed(cursor.fetchall())
    finally:
        close_old_connections()


def forget_old() -> None:
    """Remove the events that nobody can ask for any more."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM shared_live_event WHERE at < now() - make_interval(secs => %s)", [KEPT_SECONDS])
