"""What the desk keeps about a person, for themselves and for the page of that person at the desk."""

from typing import Any

from django.core.files import File
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mostrador.accounts.permissions import Access
from mostrador.people.models import Person
from mostrador.people.rules import Entry, PersonalData
from mostrador.shared.formats import day
from mostrador.tickets.choices import MessageKind, State
from mostrador.tickets.models import Attachment, Message, Ticket

SHOWN_AT_THE_DESK = 50
LABELS = {
    "reference": gettext_lazy("Referencia"),
    "opened_at": gettext_lazy("Recibida"),
    "subject": gettext_lazy("Asunto"),
    "state": gettext_lazy("Estado"),
    "messages": gettext_lazy("Mensajes"),
    "author": gettext_lazy("Quién"),
    "written_at": gettext_lazy("Momento"),
    "text": gettext_lazy("Texto"),
}


def personal_data(person: Person) -> PersonalData:
    """Return every ticket of a person with what was said in it, internal notes too, and the files. Three queries.

    Source: RGPD, art. 15: the right of access covers what is written about a person.
    """
    known = Ticket.objects.filter(person=person).select_related("topic", "procedure")
    tickets = list(known.order_by("opened_at", "pk"))
    said: dict[int, list[dict[str, Any]]] = {ticket.pk: [] for ticket in tickets}
    messages = Message.objects.filter(ticket__person=person).exclude(kind=MessageKind.EVENT)
    for message in messages.order_by("written_at", "pk"):
        said[message.ticket_id].append(
            {"author": message.author_kind, "written_at": message.written_at, "text": message.text}
        )
    attachments = Attachment.objects.filter(message__ticket__person=person).select_related("message__ticket")
    files: dict[str, File[Any]] = {
        f"{file.message.ticket.reference}/{file.pk}-{file.name}": file.file for file in attachments
    }
    return PersonalData([_record(ticket, said[ticket.pk]) for ticket in tickets], dict(LABELS), files)


def entries(person: Person, access: Access) -> list[Entry]:
    """Return the person's tickets that this access may see, newest first, at most 50. One query."""
    tickets = Ticket.objects.visible_to(access).filter(person=person).order_by("-opened_at", "-pk")
    rows = tickets.values_list("reference", "subject", "state", "opened_at")[:SHOWN_AT_THE_DESK]
    return [
        Entry(
            text=subject or _("Consulta %(reference)s") % {"reference": reference},
            href=reverse("tickets:ticket_detail", args=[reference]),
            note=f"{State(state).label} · {day(opened_at)}",
        )
        for reference, subject, state, opened_at in rows
    ]


def _record(ticket: Ticket, messages: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "reference": ticket.reference,
        "opened_at": ticket.opened_at,
        "channel": ticket.channel,
        "state": ticket.state,
        "language": ticket.language,
        "subject": ticket.subject,
        "topic": ticket.topic.name if ticket.topic else "",
        "procedure": ticket.procedure.name if ticket.procedure else "",
        "error_code": ticket.error_code,
        "page_url": ticket.page_url,
        "resolved_at": ticket.resolved_at,
        "closed_at": ticket.closed_at,
        "messages": messages,
    }
