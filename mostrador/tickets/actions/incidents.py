"""Tickets that an incident of the service causes: say so, and answer them all at once."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.service_status.actions import end_incident, open_incident
from mostrador.service_status.models import Incident
from mostrador.shared.background import run_at, run_later
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import steps
from mostrador.tickets.choices import EventCode, ReplyOutcome
from mostrador.tickets.models import IncidentReply, IncidentReplyTicket, Ticket
from mostrador.tickets.queries.incidents import running_incidents_for, unfinished_replies
from mostrador.tickets.rules import is_open
from mostrador.tickets.rules.together import UNDO_REPLY_WITHIN


@transaction.atomic
def open_incident_from(ticket: Ticket, *, author: User, title: str, description: str = "") -> Incident:
    """Say that something of the sede fails for many, since the ticket came, and that it causes this ticket.

    Raises:
        ActionRefused: There is no title, or the ticket has an incident or was joined to another one.
    """
    ticket = steps.locked(ticket)
    _refuse_attaching(ticket)
    incident = open_incident(
        ticket.organisation, title=title, description=description, author=author, began_at=ticket.opened_at
    )
    _set(ticket, incident, author)
    return incident


@transaction.atomic
def attach(ticket: Ticket, incident: Incident, *, author: User) -> None:
    """Say which running incident causes a ticket.

    Raises:
        ActionRefused: It has ended or is another organisation's, or the ticket has one or was joined to another one.
    """
    ticket = steps.locked(ticket)
    if ticket.incident_id == incident.pk:
        return
    _refuse_attaching(ticket)
    if not running_incidents_for(ticket).filter(pk=incident.pk).exists():
        raise ActionRefused(_("Esa incidencia ya terminó o es de otra entidad. Elija otra."))
    _set(ticket, incident, author)


@transaction.atomic
def detach(ticket: Ticket, *, author: User) -> None:
    """Say that a ticket is not due to its incident after all."""
    ticket = steps.locked(ticket)
    if ticket.incident is None:
        return
    now, title, key = timezone.now(), ticket.incident.title, ticket.incident_id
    ticket.incident = None
    steps.note_event(ticket, EventCode.INCIDENT_CLEARED, title, now=now, author=author)
    steps.save(ticket, now)
    steps.done("tickets.incident_cleared", ticket, actor=author, details={"incident": key})


def _refuse_attaching(ticket: Ticket) -> None:
    if ticket.merged_into_id is not None:
        steps.refuse_unless_open(ticket)
    if ticket.incident is not None:
        raise ActionRefused(
            _("Ya se debe a la incidencia «%(title)s». Quítela antes.") % {"title": ticket.incident.title}
        )


def _set(ticket: Ticket, incident: Incident, author: User) -> None:
    now = timezone.now()
    ticket.incident = incident
    steps.note_event(ticket, EventCode.INCIDENT_SET, incident.title, now=now, author=author)
    steps.save(ticket, now)
    steps.done("tickets.incident_set", ticket, actor=author, details={"incident": incident.pk})


# --- An answer to everybody ---------------------------------------------------------------------------


@transaction.atomic
def ask_reply(
    incident: Incident,
    *,
    author: User,
    tickets: Iterable[Ticket],
    texts: dict[str, str],
    resolves: bool,
    ends_incident: bool,
    idempotency_key: str,
) -> IncidentReply:
    """Have each of these tickets answered, each person in their language, once for each key. It begins in 10 seconds.

    Args:
        tickets: Open ones of the incident that the author may handle.
        texts: What to say, by language; one for each language of the tickets.
        resolves: Whether they are resolved too.
        ends_incident: Whether the incident is ended when it begins.

    Raises:
        ActionRefused: There is nobody to answer.
    """
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    already = IncidentReply.objects.filter(incident=incident, idempotency_key=idempotency_key).first()
    if already is not None:
        return already
    chosen = sorted({ticket.pk for ticket in tickets})
    if not chosen and not ends_incident:
        raise ActionRefused(_("No queda ninguna consulta abierta de esta incidencia."))
    now = timezone.now()
    reply = IncidentReply.objects.create(
        incident=incident,
        author=author,
        texts=texts,
        resolves=resolves,
        ends_incident=ends_incident,
        written_at=now,
        starts_at=now + UNDO_REPLY_WITHIN,
        idempotency_key=idempotency_key,
    )
    IncidentReplyTicket.objects.bulk_create([IncidentReplyTicket(reply=reply, ticket_id=key) for key in chosen])
    record("tickets.incident_reply_asked", incident, actor=author, details={"reply": reply.pk, "tickets": len(chosen)})
    run_at(reply.starts_at, "tickets.answer_incident", reply_id=reply.pk)
    return reply


@transaction.atomic
def cancel_reply(reply: IncidentReply, *, author: User) -> None:
    """Take an answer to everybody back before it begins.

    Raises:
        ActionRefused: It has begun.
    """
    reply = IncidentReply.objects.select_for_update(of=("self",)).select_related("incident").get(pk=reply.pk)
    if reply.cancelled_at is not None:
        return
    now = timezone.now()
    if now >= reply.starts_at:
        raise ActionRefused(_("Ya se está enviando. Escriba otra respuesta para corregirla."))
    reply.cancelled_at = now
    reply.save(update_fields=["cancelled_at"])
    record("tickets.incident_reply_cancelled", reply.incident, actor=author, details={"reply": reply.pk})


def answer_incident(reply_id: int) -> None:
    """Answer every ticket that is left, each in a transaction of its own and once, whatever stops it in between."""
    if not _has_begun(reply_id):
        return
    left = IncidentReplyTicket.objects.filter(reply=reply_id, outcome=ReplyOutcome.PENDING)
    for key in list(left.order_by("ticket").values_list("pk", flat=True)):
        _answer_one(key)
    if not left.exists():
        IncidentReply.objects.filter(pk=reply_id, finished_at__isnull=True).update(finished_at=timezone.now())


def resume_replies() -> None:
    """Go on with what a worker left half done."""
    for key in unfinished_replies(timezone.now()):
        run_later("tickets.answer_incident", reply_id=key)


@transaction.atomic
def _has_begun(reply_id: int) -> bool:
    reply = IncidentReply.objects.select_for_update(of=("self",)).select_related("incident", "author").get(pk=reply_id)
    is_over = reply.cancelled_at is not None or reply.finished_at is not None
    if is_over or timezone.now() < reply.starts_at:
        return False
    if reply.ends_incident:
        end_incident(reply.incident, author=reply.author)
    return True


@transaction.atomic
def _answer_one(key: int) -> None:
    row = (
        IncidentReplyTicket.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("reply__author", "ticket")
        .filter(pk=key, outcome=ReplyOutcome.PENDING)
        .first()
    )
    if row is None:
        return
    row.outcome, row.done_at = _outcome(row), timezone.now()
    row.save(update_fields=["outcome", "done_at"])


def _outcome(row: IncidentReplyTicket) -> ReplyOutcome:
    """Answer the ticket unless it should not be, and return what became of it."""
    reply = row.reply
    ticket = steps.locked_where_it_goes_on(row.ticket)
    once = f"incident-reply-{reply.pk}-"
    was_joined = ticket.pk != row.ticket_id
    if was_joined and reply.tickets.filter(ticket=ticket).exists():
        return ReplyOutcome.MERGED  # that one is answered by itself
    if ticket.messages.filter(idempotency_key__startswith=once).exists():
        return ReplyOutcome.MERGED  # what was joined to it was answered before
    if ticket.incident_id != reply.incident_id:
        return ReplyOutcome.DETACHED
    if not is_open(ticket.state):
        return ReplyOutcome.NOT_OPEN
    now = timezone.now()
    text = reply.texts.get(ticket.language) or next(iter(reply.texts.values()))
    steps.reply(ticket, author=reply.author, text=text, idempotency_key=f"{once}{ticket.pk}", now=now)
    if reply.resolves:
        steps.resolve(ticket, author=reply.author, article=None, now=now)
    return ReplyOutcome.TOLD if steps.may_be_emailed(ticket) else ReplyOutcome.WRITTEN
