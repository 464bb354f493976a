"""What goes by itself after some time."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from mostrador.audit.actions import record
from mostrador.people.models import Person
from mostrador.tickets.actions.tickets import close
from mostrador.tickets.choices import AuthorKind, EventCode, MessageKind, State
from mostrador.tickets.models import Attachment, LegalTerm, Message, Ticket, TicketLink
from mostrador.tickets.rules import event_text

PORTION = 500


def close_resolved() -> int:
    """Close what was resolved more than TICKETS_CLOSE_AFTER_DAYS ago; return how many. At most 500 in one run."""
    limit = timezone.now() - timedelta(days=settings.TICKETS_CLOSE_AFTER_DAYS)
    resolved = Ticket.objects.filter(state=State.RESOLVED, resolved_at__lt=limit)
    due = list(resolved.order_by("resolved_at", "pk")[:PORTION])
    for ticket in due:
        _close_unless_reopened(ticket, limit)
    return len(due)


@transaction.atomic
def _close_unless_reopened(ticket: Ticket, limit: datetime) -> None:
    still = Ticket.objects.select_for_update(skip_locked=True).filter(
        pk=ticket.pk, state=State.RESOLVED, resolved_at__lt=limit
    )
    if still.exists():
        close(ticket)


def forget_expired_links() -> int:
    """Delete private links that have expired; return how many."""
    return TicketLink.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def erase_old_tickets() -> int:
    """Erase the words and files of what was closed more than TICKETS_RETENTION_DAYS ago; the figures stay.

    Returns how many. At most 500 in one run.

    Source: RGPD art. 5.1.e: no longer than necessary; the term is the organisation's decision.
    """
    limit = timezone.now() - timedelta(days=settings.TICKETS_RETENTION_DAYS)
    old = Ticket.objects.filter(closed_at__lt=limit, erased_at__isnull=True)
    due = list(old.order_by("closed_at", "pk")[:PORTION])
    for ticket in due:
        erase_words(ticket)
    return len(due)


def erase_person(person: Person) -> dict[str, int]:
    """Erase the words and files of everything that a person brought to the desk; return how much of each.

    In the transaction of `people.actions.erase_person`, which clears who the person is.
    """
    erased = [erase_words(ticket) for ticket in Ticket.objects.filter(person=person).order_by("pk")]
    return {
        "tickets": sum(1 for done in erased if done),
        "messages": sum(done["messages"] for done in erased if done),
        "files": sum(done["files"] for done in erased if done),
    }


@transaction.atomic
def erase_words(ticket: Ticket) -> dict[str, int] | None:
    """Erase what was said in a ticket and its files; dates, states, counts and topic stay.

    Returns how many messages and files, or None when it was done before. Who the person is stays with `people`.
    """
    ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if ticket.erased_at is not None:
        return None
    now = timezone.now()
    attachments = Attachment.objects.filter(message__ticket=ticket)
    _delete_files(attachments.values_list("file", flat=True))
    files = attachments.delete()[0]
    ticket.links.all().delete()
    messages = ticket.messages.exclude(kind=MessageKind.EVENT).update(text="")
    ticket.subject = ticket.error_code = ticket.page_url = ""
    ticket.custom = {}
    LegalTerm.objects.filter(ticket=ticket).update(reason="")
    ticket.erased_at = now
    ticket.save(update_fields=["subject", "error_code", "page_url", "custom", "erased_at"])
    Message.objects.create(
        ticket=ticket,
        kind=MessageKind.EVENT,
        author_kind=AuthorKind.SYSTEM,
        text=event_text(EventCode.ERASED),
        written_at=now,
    )
    record("tickets.erased", ticket)
    return {"messages": messages, "files": files}


def _delete_files(names: Iterable[str]) -> None:
    """Delete files once the surrounding transaction is certain, so that a row never points to nothing."""
    for name in list(names):
        transaction.on_commit(partial(default_storage.delete, name))
