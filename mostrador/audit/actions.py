"""Write to the audit record, and seal it."""

import json
import logging
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, models, transaction
from django.utils import timezone

from mostrador.audit import queries
from mostrador.audit.models import ChainCheck, Event, Seal
from mostrador.audit.rules import EVENT_FIELDS, FIRST_PREVIOUS_HASH, link_hash
from mostrador.shared.together import later

logger = logging.getLogger(__name__)

SEALING_LOCK = 0x5EA1  # one sealer at a time, for all organisations
BATCH = 1000
# Events are numbered when written and seen when committed, so a lower number may turn up after a higher one was
# sealed. The job looks this far back each minute, and at everything once a day.
LOOK_BACK = 10_000


# Written out: each page that shows a person's data adds a line, and Django puts an INSERT together anew every time.
_COLUMNS = ("organisation_id", "at", "actor_id", "actor_name", "verb", "subject_type", "subject_id", "subject_label")
_VALUES = f"({', '.join(['%s'] * len(_COLUMNS))}, %s)"
_RECORD = f"""
INSERT INTO audit_event ({", ".join(_COLUMNS)}, details) VALUES %s RETURNING id
"""  # noqa: S608 - the words are those above


class Actor(Protocol):
    """Whoever acts: a user of the accounts app, which stands above this one."""

    pk: Any
    name: Any


def record(
    verb: str,
    subject: models.Model,
    *,
    actor: Actor | None = None,
    organisation: models.Model | None = None,
    details: dict[str, Any] | None = None,
) -> Event:
    """Add one line, in the caller's transaction; a job seals it into the chain within a minute.

    Args:
        verb: Past tense with its app in front: "tickets.replied".
        subject: The row acted upon; its `organisation_id` owns the line unless `organisation` is given.
        actor: Who did it; None means the system itself or the public.
        organisation: For rows that belong to no organisation, or are one.
        details: Values worth keeping; never personal data of the public.

    Returns:
        The line; where many things are done together (`shared.together`) it has its key at their end.
    """
    owner = organisation.pk if organisation else getattr(subject, "organisation_id", subject.pk)
    event = Event(
        organisation_id=owner,
        at=timezone.now(),
        actor_id=actor.pk if actor else None,
        actor_name=str(actor.name) if actor else "",
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_label=str(getattr(subject, "reference", "") or getattr(subject, "name", ""))[:200],
        details=details or {},
    )
    if not later(_insert, event):
        _insert([event])
    return event


def _insert(events: list[Event]) -> None:
    values = [[*(getattr(event, name) for name in _COLUMNS), json.dumps(event.details)] for event in events]
    with connection.cursor() as cursor:
        cursor.execute(_RECORD % ", ".join([_VALUES] * len(events)), [value for row in values for value in row])
        for event, (key,) in zip(events, cursor.fetchall(), strict=True):
            event.pk = key


def seal_events(*, everything: bool = False) -> int:
    """Put every event that has none yet into its organisation's chain, in order; return how many.

    Two at once take turns, a second call finds nothing to do, and one that is killed loses at most its batch, which the
    next call seals.

    Args:
        everything: Look for unsealed events in the whole record, not only among the latest.
    """
    total = 0
    while sealed := _seal_batch(everything=everything):
        total += sealed
        if sealed < BATCH:
            break
    return total


def check_chain(organisation_id: int) -> ChainCheck:
    """Follow an organisation's chain to its end and keep what was found, for the page of the record."""
    walk, broken = queries.follow_chain(organisation_id)
    if broken:
        logger.error(
            "audit chain broken organisation=%s position=%s event=%s reason=%s",
            *(organisation_id, broken.position, broken.event_id, broken.reason.value),
        )
    check, _created = ChainCheck.objects.update_or_create(
        organisation_id=organisation_id,
        defaults={
            "checked_at": timezone.now(),
            "length": walk.position,
            "head_hash": walk.hash,
            "broken_position": broken.position if broken else None,
            "broken_event_id": broken.event_id if broken else None,
            "reason": broken.reason if broken else "",
        },
    )
    return check


@transaction.atomic
def _seal_batch(*, everything: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALING_LOCK])
    latest = Seal.objects.order_by("-event_id").values_list("event_id", flat=True).first() or 0
    after = 0 if everything else latest - LOOK_BACK
    events = list(queries.unsealed_events().filter(pk__gt=after).order_by("pk").values(*EVENT_FIELDS)[:BATCH])
    heads: dict[int, tuple[int, str]] = {}
    Seal.objects.bulk_create([_seal(event, heads, timezone.now()) for event in events])
    return len(events)


def _seal(event: dict[str, Any], heads: dict[int, tuple[int, str]], now: datetime) -> Seal:
    """Return the next link of the event's chain and move that chain's head to it."""
    owner = event["organisation_id"]
    position, previous_hash = heads.get(owner) or queries.chain_head(owner) or (0, FIRST_PREVIOUS_HASH)
    position += 1
    own_hash = link_hash(position=position, previous_hash=previous_hash, sealed_at=now, event=event)
    heads[owner] = position, own_hash
    return Seal(
        event_id=event["id"],
        organisation_id=owner,
        position=position,
        previous_hash=previous_hash,
        hash=own_hash,
        sealed_at=now,
    )
