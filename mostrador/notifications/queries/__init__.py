"""What is asked about the outbox."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Exists, Model, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.accounts.models import Membership
from mostrador.accounts.permissions import Access
from mostrador.notifications.choices import DeliveryState, Folder
from mostrador.notifications.models import OutgoingMessage
from mostrador.notifications.permissions import ABOUT_ACCOUNTS
from mostrador.notifications.rules import about
from mostrador.organisations.models import Organisation
from mostrador.people.models import Person
from mostrador.people.rules import PersonalData

# A job that was queued in time has begun by then, unless workers are behind, which another job would not help.
GRACE = timedelta(minutes=2)
PORTION = 500
PAGE = 50


def forgotten_in_the_queue(now: datetime) -> list[int]:
    """Return keys of messages that are due since two minutes and that no queued job is about; at most 500."""
    queued = (
        ProcrastinateJob.objects.filter(task_name="notifications.deliver", status="todo")
        .annotate(message_id=Cast(KeyTextTransform("message_id", "args"), BigIntegerField()))
        .filter(message_id=OuterRef("pk"))
    )
    due = OutgoingMessage.objects.due(now - GRACE).filter(~Exists(queued))
    return list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:PORTION])


@dataclass(frozen=True)
class OutboxPage:
    """A page of the outbox, newest first, and the keys from which its neighbours continue."""

    messages: list[OutgoingMessage]
    newer: int | None
    older: int | None


def outbox_page(access: Access, *, folder: Folder, before: int | None = None, after: int | None = None) -> OutboxPage:
    """Return fifty messages that this user may see, without their words: older than `before`, or newer than `after`."""
    messages = OutgoingMessage.objects.visible_to(access).select_related("organisation")
    messages = messages.defer("text", "html", "headers", "references")
    match folder:
        case Folder.WAITING:
            messages = messages.waiting()
        case Folder.DEAD:
            messages = messages.dead()
        case Folder.RETURNED:
            messages = messages.returned()
        case Folder.HELD:
            messages = messages.held()
    if after is not None:
        rows = list(messages.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        shown = rows[:PAGE][::-1]
        has_newer, has_older = len(rows) > PAGE, True
    else:
        rows = list((messages.filter(pk__lt=before) if before else messages).order_by("-pk")[: PAGE + 1])
        shown = rows[:PAGE]
        has_newer, has_older = before is not None, len(rows) > PAGE
    return OutboxPage(
        messages=shown,
        newer=shown[0].pk if shown and has_newer else None,
        older=shown[-1].pk if shown and has_older else None,
    )


def letters_that_wait(access: Access) -> dict[Folder, int]:
    """Return how many messages of each folder wait for this user to do something; counts to a hundred. One query."""
    visible = OutgoingMessage.objects.visible_to(access)
    rows = {
        Folder.DEAD: visible.dead(),
        Folder.RETURNED: visible.filter(state__in=[DeliveryState.BOUNCED, DeliveryState.BLOCKED]),
        Folder.HELD: visible.held(),
    }
    portions = [
        found.order_by("-pk").annotate(folder=Value(folder.value)).values_list("folder", flat=True)[:100]
        for folder, found in rows.items()
    ]
    counts = Counter(portions[0].union(*portions[1:], all=True))
    return {folder: counts[folder.value] for folder in rows}


def messages_to(person: Person) -> QuerySet[OutgoingMessage]:
    """Return what was written to a person: as such, or to their address in the name of the same organisation.

    Letters about accounts are left out: they are of somebody who works here, and lead into the account.
    """
    theirs = Q(person=person)
    if person.email:
        theirs |= Q(organisation=person.organisation_id, to__iexact=person.email) & ~Q(kind=ABOUT_ACCOUNTS)
    return OutgoingMessage.objects.filter(theirs)


def personal_data_of(person: Person) -> PersonalData:
    """Return every e-mail that was written to a person and is still kept."""
    messages = messages_to(person).order_by("created_at", "pk")
    return PersonalData(records=[_record(message) for message in messages], labels=LABELS)


LABELS = {
    "to": _("Para"),
    "subject": _("Asunto"),
    "written_at": _("Escrito"),
    "sent_at": _("Enviado"),
    "text": _("Texto"),
}


def _record(message: OutgoingMessage) -> dict[str, Any]:
    return {
        "to": message.to,
        "subject": message.subject,
        "written_at": message.created_at,
        "sent_at": message.sent_at,
        "text": message.text,
    }


def organisation_of_address(email: str) -> Organisation | None:
    """Return where the user with this address works (the first of several), or None."""
    membership = (
        Membership.objects.filter(user__email__iexact=email).select_related("organisation").order_by("pk").first()
    )
    return membership.organisation if membership else None


def thread_about(row: Model) -> list[str]:
    """Return the Message-IDs of what was sent about a row, oldest first: at most the last twenty."""
    sent = OutgoingMessage.objects.filter(about=about(row)).order_by("-pk")
    return list(sent.values_list("message_id", flat=True)[:20])[::-1]
