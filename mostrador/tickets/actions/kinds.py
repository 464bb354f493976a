"""What kind of matter a ticket is, the term that the law sets for it, and how soon it has to be dealt with."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.organisations.actions.changes import calendars_changed
from mostrador.organisations.models import Organisation, Team
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import exact_date
from mostrador.tickets.actions import legal_terms, steps
from mostrador.tickets.choices import AuthorKind, EventCode, Impact, Priority, TicketKind, Urgency
from mostrador.tickets.models import KindSettings, LegalTerm, Message, Ticket
from mostrador.tickets.queries.levels import handling
from mostrador.tickets.rules.kinds import rule_of
from mostrador.tickets.rules.priority import act_by, priority_of, said_for, urgency_now

# --- Opening ------------------------------------------------------------------------------------------


def prepare(ticket: Ticket, now: datetime) -> LegalTerm | None:
    """Set what follows from the kind and the person's own term on a ticket that is about to be opened.

    Its team where the kind has one, who may see it, until when to act, and its legal term, which is returned to be kept
    once the ticket is. No query for a support query.
    """
    handled = handling(ticket.organisation, ticket.kind)
    if handled.team_id:
        ticket.team = Team.objects.select_related("organisation").get(pk=handled.team_id)
    ticket.is_restricted = rule_of(ticket.kind).is_restricted
    ticket.act_by = act_by(ticket.person_deadline_on, ZoneInfo(ticket.organisation.time_zone))
    term = legal_terms.count(ticket)
    _prioritize(ticket, ticket.impact, ticket.urgency, now)
    return term


def _prioritize(ticket: Ticket, impact: int, urgency: int, now: datetime) -> None:
    ticket.impact = impact
    ticket.urgency = urgency_now(urgency, act_by=ticket.act_by, legal_due_at=ticket.legal_due_at, now=now)
    ticket.priority = priority_of(ticket.impact, ticket.urgency)


# --- What the desk says of it -------------------------------------------------------------------------


@transaction.atomic
def change_kind(ticket: Ticket, *, author: User, kind: TicketKind, reason: str) -> None:
    """Say that it is another kind of matter: its term is counted again from the day on which it came.

    A kind with a team of its own takes the ticket there; one that only some may see hides it from the rest.

    Raises:
        ActionRefused: It is that kind already, or no reason is given.
    """
    ticket = steps.locked(ticket)
    reason = _reason(reason)
    if ticket.kind == kind:
        raise ActionRefused(_("Ya es de esa clase. Elija otra o vuelva a la consulta."))
    now = timezone.now()
    before, ticket.kind = ticket.kind, kind
    ticket.is_restricted = rule_of(kind).is_restricted
    LegalTerm.objects.filter(ticket=ticket).delete()
    term = legal_terms.count(ticket)
    if term is not None:
        term.save()
    with override("es"):
        steps.note_event(ticket, EventCode.KIND_CHANGED, str(kind.label), reason, now=now, author=author)
    _to_its_team(ticket, author=author, now=now)
    steps.save(ticket, now)
    steps.done("tickets.kind_changed", ticket, actor=author, details={"from": before, "to": kind.value})


def _to_its_team(ticket: Ticket, *, author: User, now: datetime) -> None:
    team_id = handling(ticket.organisation, ticket.kind).team_id
    if not team_id or team_id == ticket.team_id:
        return
    before, ticket.team = ticket.team, Team.objects.select_related("organisation").get(pk=team_id)
    ticket.assigned_to, ticket.transfers = None, ticket.transfers + 1
    names = [before.name if before else "—", ticket.team.name]
    steps.note_event(ticket, EventCode.TRANSFERRED, *names, now=now, author=author)


@transaction.atomic
def set_priority(
    ticket: Ticket,
    *,
    author: User | None,
    impact: Impact,
    urgency: Urgency,
    details: Mapping[str, object] | None = None,
) -> Priority:
    """Say how many people it touches and how soon it harms; a near deadline makes it urgent whatever is said.

    Args:
        ticket: Open.
        author: Who does; None is a rule.
        impact: How many.
        urgency: How soon.
        details: More for the audit record.

    Raises:
        ActionRefused: The ticket is not open.
    """
    ticket = steps.locked(ticket)
    steps.refuse_unless_open(ticket)
    before = (ticket.impact, ticket.urgency, ticket.priority)
    now = timezone.now()
    _prioritize(ticket, impact, urgency, now)
    priority = Priority(ticket.priority)
    if before == (ticket.impact, ticket.urgency, ticket.priority):
        return priority
    with override("es"):
        steps.note_event(ticket, EventCode.PRIORITIZED, str(priority.label), now=now, author=author)
    steps.save(ticket, now)
    made = {"impact": ticket.impact, "urgency": ticket.urgency, "priority": ticket.priority}
    steps.done("tickets.prioritized", ticket, actor=author, details={**made, **(details or {})})
    return priority


@transaction.atomic
def fix_priority(
    ticket: Ticket, *, author: User | None, priority: Priority, details: Mapping[str, object] | None = None
) -> Priority:
    """Give a ticket a priority through the impact and urgency that make it; arguments and refusal of `set_priority`."""
    ticket = steps.locked(ticket)
    impact, urgency = said_for(priority, ticket.impact, ticket.urgency)
    return set_priority(ticket, author=author, impact=impact, urgency=urgency, details=details)


@transaction.atomic
def set_deadline(ticket: Ticket, *, author: User, on: date | None) -> None:
    """Note the last day of the term that the person says they have, or that they have none.

    One in the past is kept too: what they can still do depends on it.

    Raises:
        ActionRefused: The ticket is not open.
    """
    ticket = steps.locked(ticket)
    steps.refuse_unless_open(ticket)
    if ticket.person_deadline_on == on:
        return
    now = timezone.now()
    ticket.person_deadline_on = on
    ticket.act_by = act_by(on, ZoneInfo(ticket.organisation.time_zone))
    _prioritize(ticket, ticket.impact, ticket.urgency, now)
    if on is None:
        steps.note_event(ticket, EventCode.DEADLINE_REMOVED, now=now, author=author)
    else:
        with override("es"):
            steps.note_event(ticket, EventCode.DEADLINE_NOTED, exact_date(on), now=now, author=author)
    steps.save(ticket, now)
    steps.done("tickets.deadline_noted", ticket, actor=author, details={"on": on.isoformat() if on else None})


# --- The legal term -----------------------------------------------------------------------------------


@transaction.atomic
def suspend_term(ticket: Ticket, *, author: User, reason: str, question: str, idempotency_key: str = "") -> Message:
    """Ask the person to clarify, and stop the legal term meanwhile: until they answer, ten working days at most.

    The question goes to the person as an answer does.

    Args:
        reason: Why, for the record.
        question: What the person is asked, in their language.
        idempotency_key: Of the form that was sent.

    Raises:
        ActionRefused: The law does not allow it for this kind, the term does not run, or the ticket is not open.
    """
    ticket = steps.locked(ticket)
    if already := steps.said_before(ticket, idempotency_key):
        return already
    steps.refuse_unless_open(ticket)
    reason = _reason(reason)
    _refuse_unless_term_runs(ticket)
    if not rule_of(ticket.kind).suspension:
        raise ActionRefused(_("El plazo de esta clase de consulta no se puede suspender. Responda dentro de él."))
    now = timezone.now()
    legal_terms.suspend(ticket, reason=reason, now=now)
    steps.note_event(ticket, EventCode.TERM_SUSPENDED, reason, now=now, author=author)
    message = steps.reply(ticket, author=author, text=question, idempotency_key=idempotency_key, now=now)
    steps.done("tickets.term_suspended", ticket, actor=author)
    return message


@transaction.atomic
def resume_term(ticket: Ticket, *, author: User | None, reason: str = "") -> None:
    """Let the legal term go on; the person is told its new last day.

    Args:
        author: Who does; None when the ten days have passed.
        reason: Why before the person has answered.

    Raises:
        ActionRefused: The term is not suspended.
    """
    ticket = steps.locked(ticket)
    if ticket.legal_suspended_at is None:
        raise ActionRefused(_("El plazo no está suspendido."))
    now = timezone.now()
    row = legal_terms.resume(ticket, now=now, author=author, reason=" ".join(reason.split()))
    with override(ticket.organisation.offered(ticket.language)):
        words = _("El plazo para responderle vuelve a contar. Le responderemos como tarde el %(day)s.")
        text = words % {"day": exact_date(row.last_day)}
    _tell(ticket, text, author=author, now=now)
    steps.save(ticket, now)
    steps.done("tickets.term_resumed", ticket, actor=author, details={"until": row.last_day.isoformat()})


@transaction.atomic
def extend_term(ticket: Ticket, *, author: User, reason: str, text: str) -> None:
    """Extend the legal term as far as the law allows, once, before it ends; the person is told and why.

    Source: RGPD, art. 12.3: two months more, told within the first month; Ley 39/2015, art. 32.3.

    Args:
        reason: Why, for the record.
        text: What the person is told.

    Raises:
        ActionRefused: The law does not allow it for this kind, it was done before, or the term has ended.
    """
    ticket = steps.locked(ticket)
    steps.refuse_unless_open(ticket)
    reason = _reason(reason)
    if not text.strip():
        raise ActionRefused(_("Escriba lo que se le dice a la persona: tiene que saberlo antes de que acabe el plazo."))
    _refuse_unless_term_runs(ticket)
    extension = rule_of(ticket.kind).extension
    if extension is None:
        raise ActionRefused(_("El plazo de esta clase de consulta no se puede ampliar."))
    if ticket.legal_term.extended_at is not None:
        raise ActionRefused(_("El plazo ya se amplió una vez y la ley no permite más."))
    now = timezone.now()
    if ticket.legal_due_at and now >= ticket.legal_due_at:
        raise ActionRefused(_("El plazo ya ha terminado y no se puede ampliar. Responda cuanto antes."))
    row = legal_terms.extend(ticket, extension, reason=reason, now=now)
    with override("es"):
        steps.note_event(ticket, EventCode.TERM_EXTENDED, exact_date(row.last_day), reason, now=now, author=author)
    _tell(ticket, text, author=author, now=now)
    steps.save(ticket, now)
    steps.done("tickets.term_extended", ticket, actor=author, details={"until": row.last_day.isoformat()})


def _tell(ticket: Ticket, text: str, *, author: User | None, now: datetime) -> None:
    """Say something to the person that is no answer: whose turn it is stays."""
    kind = AuthorKind.STAFF if author else AuthorKind.SYSTEM
    message = steps.say(ticket, text, author_kind=kind, author=author, now=now)
    if author and steps.may_be_emailed(ticket):
        run_later("tickets.tell_person", message_id=message.pk)


def _refuse_unless_term_runs(ticket: Ticket) -> None:
    if ticket.legal_suspended_at is not None:
        raise ActionRefused(_("El plazo ya está suspendido. Espere a la persona o reanúdelo."))
    if ticket.legal_due_at is None or not LegalTerm.objects.filter(ticket=ticket).exists():
        raise ActionRefused(_("Esta consulta no tiene un plazo legal que corra."))


def _reason(written: str) -> str:
    reason = " ".join(written.split())
    if not reason:
        raise ActionRefused(_("Escriba el motivo: queda en la consulta."))
    return reason


# --- Settings -----------------------------------------------------------------------------------------


@transaction.atomic
def save_kind(organisation: Organisation, kind: TicketKind, values: dict[str, object], *, actor: User | None) -> None:
    """Say how the organisation handles a kind of ticket: team, whether it is offered, texts."""
    row, _is_new = KindSettings.objects.update_or_create(organisation=organisation, kind=kind, defaults=values)
    calendars_changed(organisation)
    team = values.get("team")
    details = {"kind": kind.value, "team": getattr(team, "pk", None), "is_offered": values.get("is_offered")}
    record("tickets.kind_saved", row, actor=actor, organisation=organisation, details=details)


def set_up_kinds(organisation: Organisation) -> None:
    """Nothing has to be set up: every kind is offered and goes to the team that takes new tickets.

    Here so that the wizard calls the same for every part.
    """
