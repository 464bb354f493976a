"""What the desk keeps about a person, for themselves and for the page of that person at the desk."""

from typing import Any

from django.core.files import File
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mostrador.accounts.permissions import Access
from mostrador.help_centre.queries.readers import words_of_search
from mostrador.people.models import Person
from mostrador.people.rules import Entry, Hold, PersonalData
from mostrador.shared.formats import day
from mostrador.tickets.choices import Channel, MessageKind, State, TicketKind
from mostrador.tickets.models import Attachment, Message, PendingReply, ReplyDraft, Task, ThirdPartyRequest, Ticket
from mostrador.tickets.queries.fields import answers_of
from mostrador.tickets.queries.third_parties import record_of

SHOWN_AT_THE_DESK = 50
# Matters that the law gives a term: their words are evidence until they are answered.
WITH_A_TERM = (
    TicketKind.COMPLAINT,
    TicketKind.ACCESSIBILITY_COMMUNICATION,
    TicketKind.ACCESSIBILITY_COMPLAINT,
    TicketKind.ACCESSIBILITY_CLAIM,
)
LABELS = {
    "reference": gettext_lazy("Referencia"),
    "opened_at": gettext_lazy("Recibida"),
    "subject": gettext_lazy("Asunto"),
    "state": gettext_lazy("Estado"),
    "messages": gettext_lazy("Mensajes"),
    "tasks": gettext_lazy("Tareas"),
    "author": gettext_lazy("Quién"),
    "written_at": gettext_lazy("Momento"),
    "text": gettext_lazy("Texto"),
    "role": gettext_lazy("Papel"),
    "unsent": gettext_lazy("Escrito y sin enviar"),
    "note": gettext_lazy("Nota interna"),
    "third_parties": gettext_lazy("Preguntas a terceros"),
    "name": gettext_lazy("Nombre"),
    "quoted": gettext_lazy("Lo que se les mostró"),
    "with_person": gettext_lazy("Con sus datos"),
    "kind": gettext_lazy("Clase"),
    "searched": gettext_lazy("Lo que buscó antes de escribir"),
}


def personal_data(person: Person) -> PersonalData:
    """Return every ticket of a person with what was said in it, internal notes too, and the files.

    Of tickets in which they only spoke for somebody else, it says that they did: the words are the other's. Also what
    the desk has written and not sent, and what third parties were asked. Eight queries.

    Source: RGPD, art. 15: the right of access covers what is written about a person.
    """
    known = Ticket.objects.filter(person=person).select_related("topic", "procedure", "organisation")
    tickets = list(known.order_by("opened_at", "pk"))
    said: dict[int, list[dict[str, Any]]] = {ticket.pk: [] for ticket in tickets}
    messages = Message.objects.filter(ticket__person=person).exclude(kind=MessageKind.EVENT)
    for message in messages.order_by("written_at", "pk"):
        said[message.ticket_id].append(
            {
                "author": message.author_kind,
                "author_name": message.author_name,
                "written_at": message.written_at,
                "text": message.text,
            }
        )
    attachments = Attachment.objects.filter(message__ticket__person=person).select_related("message__ticket")
    files: dict[str, File[Any]] = {
        f"{file.message.ticket.reference}/{file.pk}-{file.name}": file.file for file in attachments
    }
    spoken_for = Ticket.objects.filter(representative=person).exclude(person=person).order_by("opened_at", "pk")
    tasks: dict[int, list[str]] = {ticket.pk: [] for ticket in tickets}
    for ticket_id, text in Task.objects.filter(ticket__person=person).order_by("pk").values_list("ticket_id", "text"):
        tasks[ticket_id].append(text)
    unsent, asked = _unsent(person), _asked(person)
    records = [
        _record(ticket, said[ticket.pk], tasks[ticket.pk])
        | {"unsent": unsent.get(ticket.pk, []), "third_parties": asked.get(ticket.pk, [])}
        for ticket in tickets
    ]
    records += [
        {"reference": reference, "opened_at": opened_at, "role": _("Habló por otra persona")}
        for reference, opened_at in spoken_for.values_list("reference", "opened_at")
    ]
    return PersonalData(records, dict(LABELS), files)


def holds(person: Person) -> list[Hold]:
    """Return why the data of a person may not be erased now: matters with a legal term that are not answered yet.

    Source: RGPD, art. 17.3.e; Ley 39/2015, art. 21; RD 1112/2018, art. 12. One query.
    """
    open_ones = Ticket.objects.filter(person=person, kind__in=WITH_A_TERM).open()
    references = list(open_ones.order_by("opened_at", "pk").values_list("reference", flat=True)[:5])
    if not references:
        return []
    sentence = _("Tiene quejas o reclamaciones con un plazo legal en curso: %(references)s. Contéstelas antes.")
    return [Hold("legal_term", sentence % {"references": ", ".join(references)})]


def _unsent(person: Person) -> dict[int, list[dict[str, Any]]]:
    """Return what the desk has written in each ticket and not sent. Two queries."""
    found: dict[int, list[dict[str, Any]]] = {}
    for draft in ReplyDraft.objects.filter(ticket__person=person).exclude(text="", note="").order_by("pk"):
        kept = {"written_at": draft.changed_at, "text": draft.text, "note": draft.note}
        found.setdefault(draft.ticket_id, []).append(kept)
    for reply in PendingReply.objects.filter(ticket__person=person).exclude(text="").order_by("pk"):
        found.setdefault(reply.ticket_id, []).append({"written_at": reply.created_at, "text": reply.text})
    return found


def _asked(person: Person) -> dict[int, list[dict[str, Any]]]:
    """Return what third parties were asked about each ticket. One query."""
    found: dict[int, list[dict[str, Any]]] = {}
    for request in ThirdPartyRequest.objects.filter(ticket__person=person).order_by("pk"):
        found.setdefault(request.ticket_id, []).append(record_of(request))
    return found


def entries(person: Person, access: Access) -> list[Entry]:
    """Return the person's tickets, and those in which they speak for others, that this access may see. One query.

    Of all channels, newest first, at most 50.
    """
    theirs = Q(person=person) | Q(representative=person)
    tickets = Ticket.objects.visible_to(access).filter(theirs).order_by("-opened_at", "-pk")
    rows = tickets.values_list("reference", "subject", "state", "channel", "opened_at")[:SHOWN_AT_THE_DESK]
    return [
        Entry(
            text=subject or _("Consulta %(reference)s") % {"reference": reference},
            href=reverse("tickets:ticket_detail", args=[reference]),
            note=f"{State(state).label} · {Channel(channel).label} · {day(opened_at)}",
        )
        for reference, subject, state, channel, opened_at in rows
    ]


def _record(ticket: Ticket, messages: list[dict[str, Any]], tasks: list[str]) -> dict[str, Any]:
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
        "searched": words_of_search(ticket.organisation, ticket.search_key) if ticket.search_key else "",
        "kind": ticket.kind,
        "device": ticket.device,
        "component": ticket.component,
        "third_party": ticket.third_party,
        "other_data": {answer.name: answer.words for answer in answers_of(ticket)},
        "tags": ticket.tags,
        "person_deadline_on": ticket.person_deadline_on,
        "minutes_spent": ticket.minutes_spent,
        "resolved_at": ticket.resolved_at,
        "closed_at": ticket.closed_at,
        "messages": messages,
        "tasks": tasks,
    }
