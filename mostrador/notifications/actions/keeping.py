"""Copies of what was written: who read them, whose they are, and when they go."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.notifications.choices import WAITING_STATES
from mostrador.notifications.models import AddressHealth, OutgoingMessage
from mostrador.notifications.queries import messages_to
from mostrador.people.models import Person
from mostrador.people.rules import Moved


def note_reading(message: OutgoingMessage, *, by: User) -> None:
    """Record that an administrator read a person's e-mail (RD 311/2022, op.exp.8)."""
    record("notifications.read", message, actor=by)


def erase_personal_data(person: Person) -> dict[str, int]:
    """Delete the copies of what was written to a person, what still waits included, and what came back from there.

    In the caller's transaction.
    """
    if person.email:
        AddressHealth.objects.filter(organisation=person.organisation_id, address=person.email.lower()).delete()
    return {"messages": messages_to(person).delete()[0]}


def move_to_person(source: Person, target: Person, only: Mapping[str, list[int]] | None) -> Moved:
    """Give what was written to one person to another, when records are joined; return the keys of what was moved."""
    theirs = OutgoingMessage.objects.filter(person=source)
    if only is not None:
        theirs = theirs.filter(pk__in=only.get("messages", []))
    keys = list(theirs.order_by("pk").values_list("pk", flat=True))
    OutgoingMessage.objects.filter(pk__in=keys).update(person=target)
    return {"messages": keys}


def forget_old_messages() -> int:
    """Delete what is settled and older than OUTBOX_RETENTION_DAYS; return how many messages.

    What came back from an address goes when nothing has for as long, unless because of it, or of a complaint, not
    everything is sent there.
    """
    limit = timezone.now() - timedelta(days=settings.OUTBOX_RETENTION_DAYS)
    passed = AddressHealth.objects.filter(last_bounce_at__lt=limit, blocked_at=None, complained_at=None)
    passed.delete()
    settled = OutgoingMessage.objects.filter(created_at__lt=limit).exclude(state__in=WAITING_STATES)
    return sum(_deleted_in_portions(settled.values_list("pk", flat=True)[:1000]))


def _deleted_in_portions(keys: Any) -> Iterator[int]:
    # Short transactions: nobody waits for a long deletion.
    while portion := list(keys.all()):
        yield OutgoingMessage.objects.filter(pk__in=portion).delete()[0]
