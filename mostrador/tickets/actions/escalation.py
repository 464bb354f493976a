"""What happens by itself as time passes: warnings before a clock runs out, what follows when it did, recounting."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import override

from mostrador.accounts.models import TeamMembership, User
from mostrador.notifications.actions import send_email
from mostrador.notifications.rules import about
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import kinds, service_levels, steps
from mostrador.tickets.choices import ClockStep, EventCode, Metric, Priority
from mostrador.tickets.models import Clock, ClockEvent, CountedWith, LegalTerm, ServiceLevel, Ticket
from mostrador.tickets.queries.people_at_the_desk import who_supervises
from mostrador.tickets.rules.priority import URGENT_BEFORE_ACT_BY, URGENT_BEFORE_LEGAL_END
from mostrador.tickets.rules.service_levels import raised

PORTION = 500


# --- Clocks -------------------------------------------------------------------------------------------


def watch_clocks() -> int:
    """Warn about clocks that run out soon and do what was decided for those that have; return how many were due.

    Each ticket in a transaction of its own; one that somebody is changing is looked at the next minute. Safe to run any
    number of times, and several at once: what was done is marked in the same transaction, with the ticket locked.
    """
    now = timezone.now()
    due = Clock.objects.filter(look_at__lte=now).order_by("look_at", "pk")
    keys = list(dict.fromkeys(due.values_list("ticket_id", flat=True)[:PORTION]))
    return sum(_watch_ticket(key, now) for key in keys)


@transaction.atomic
def _watch_ticket(key: int, now: datetime) -> int:
    ticket = _locked_unless_busy(key)
    if ticket is None:
        return 0
    service_levels.follow(ticket, now)  # calendars may have changed since the date was computed
    due = list(Clock.objects.filter(ticket=ticket, look_at__lte=now).select_related("level__passes_to__organisation"))
    for clock in due:
        if clock.due_at and clock.due_at <= now:
            _breach(ticket, clock, now)
        else:
            _warn(ticket, clock, now)
    _keep_dates(ticket)
    return len(due)


def _warn(ticket: Ticket, clock: Clock, now: datetime) -> None:
    clock.warned_at = now
    _note(clock, ClockStep.WARNED, now)
    _write(ticket, _who_has_it(ticket), clock, "clock_warning")
    steps.done("tickets.level_warned", ticket, details={"metric": clock.metric})


def _breach(ticket: Ticket, clock: Clock, now: datetime) -> None:
    clock.breached_at, clock.escalated_at = clock.due_at, now
    _note(clock, ClockStep.BREACHED, now)
    level = clock.level
    if level is not None:
        _write(ticket, _whom_to_tell(ticket, level), clock, "clock_breached")
    with override("es"):
        steps.note_event(ticket, EventCode.LEVEL_BREACHED, str(Metric(clock.metric).label), now=now)
        if level is not None:
            _escalate(ticket, level, now)
    steps.save(ticket, now)
    steps.done("tickets.level_breached", ticket, details={"metric": clock.metric, "level": clock.level_id})


def _escalate(ticket: Ticket, level: ServiceLevel, now: datetime) -> None:
    if level.raises_priority and raised(ticket.priority) != ticket.priority:
        ticket.priority = raised(ticket.priority)
        steps.note_event(ticket, EventCode.PRIORITIZED, str(Priority(ticket.priority).label), now=now)
    if level.passes_to is not None and level.passes_to_id != ticket.team_id and level.passes_to.is_active:
        names = [ticket.team.name if ticket.team else "—", level.passes_to.name]
        ticket.team, ticket.assigned_to = level.passes_to, None
        ticket.transfers += 1
        steps.note_event(ticket, EventCode.TRANSFERRED, *names, now=now)


def _note(clock: Clock, step: ClockStep, now: datetime) -> None:
    """Keep what was done about a clock before the ticket is saved, which follows its clocks again."""
    clock.look_at = service_levels.next_look(clock)
    clock.save(update_fields=["warned_at", "breached_at", "escalated_at", "look_at"])
    done = clock.target if step == ClockStep.BREACHED else service_levels.worked_so_far(clock, now)
    ClockEvent.objects.create(clock=clock, step=step, at=now, worked=done, target=clock.target, due_at=clock.due_at)


def _who_has_it(ticket: Ticket) -> QuerySet[User]:
    if ticket.assigned_to_id:
        return User.objects.filter(pk=ticket.assigned_to_id, is_active=True)
    return _team(ticket)


def _team(ticket: Ticket) -> QuerySet[User]:
    members = TeamMembership.objects.filter(team=ticket.team_id).values("user")
    return User.objects.filter(pk__in=members, is_active=True)


def _whom_to_tell(ticket: Ticket, level: ServiceLevel) -> QuerySet[User]:
    wanted = Q(pk__in=[])
    if level.tells_team:
        wanted |= Q(pk__in=_team(ticket).values("pk"))
        wanted |= Q(pk=ticket.assigned_to_id or 0)
    if level.tells_supervisors:
        wanted |= Q(pk__in=who_supervises(ticket.organisation).values("pk"))
    return User.objects.filter(wanted, is_active=True)


def _write(ticket: Ticket, to: Iterable[User], clock: Clock, template: str) -> None:
    """Write to people of the desk; of the person and their matter only the reference travels by e-mail."""
    for user in sorted(to, key=lambda each: each.pk):
        send_email(
            organisation=ticket.organisation,
            to=user.email,
            kind=f"tickets.{template}",
            template=f"tickets/email/{template}",
            context={
                "ticket": ticket,
                "name": user.name,
                "metric": Metric(clock.metric).label,
                "due_at": clock.due_at,
                "link": ticket.organisation.link("tickets:ticket_detail", reference=ticket.reference),
            },
            language=ticket.organisation.default_language,
            about=about(ticket),
        )


# --- Deadlines that come near, and suspensions that end -------------------------------------------------


def raise_urgent() -> int:
    """Make urgent what comes near its legal term or the person's own; return how many. At most 500 of each."""
    now = timezone.now()
    calm = Ticket.objects.open().filter(urgency__gt=1)
    near = [
        calm.filter(act_by__lte=now + URGENT_BEFORE_ACT_BY).order_by("act_by"),
        calm.filter(legal_due_at__lte=now + URGENT_BEFORE_LEGAL_END).order_by("legal_due_at"),
    ]
    keys = dict.fromkeys(key for rows in near for key in rows.values_list("pk", flat=True)[:PORTION])
    return sum(_raise(key, now) for key in keys)


@transaction.atomic
def _raise(key: int, now: datetime) -> int:
    ticket = _locked_unless_busy(key)
    if ticket is None:
        return 0
    before = ticket.urgency
    service_levels.follow(ticket, now)
    if ticket.urgency == before:
        return 0
    with override("es"):
        steps.note_event(ticket, EventCode.PRIORITIZED, str(Priority(ticket.priority).label), now=now)
    steps.save(ticket, now)
    steps.done("tickets.prioritized", ticket, details={"urgency": ticket.urgency, "priority": ticket.priority})
    return 1


def resume_terms() -> int:
    """Let the legal terms go on whose ten days for clarifying have passed; return how many. At most 500."""
    over = LegalTerm.objects.filter(resumes_by__lte=timezone.now()).order_by("resumes_by", "pk")
    rows = list(over.select_related("ticket")[:PORTION])
    for row in rows:
        try:
            kinds.resume_term(row.ticket, author=None)
        except ActionRefused:
            continue  # somebody has resumed it meanwhile
    return len(rows)


# --- Counting again -----------------------------------------------------------------------------------


def recount_clocks() -> int:
    """Count the clocks again of organisations whose calendars or levels have changed; return how many tickets.

    Safe to run any number of times: an organisation is done with when no clock is counted with an older version.
    """
    counted = dict(CountedWith.objects.values_list("organisation_id", "calendar_version"))
    rows = Organisation.objects.order_by("pk").only("pk", "calendar_version")
    return sum(_recount(row) for row in rows if counted.get(row.pk) != row.calendar_version)


def _recount(organisation: Organisation) -> int:
    version = organisation.calendar_version
    going = Clock.objects.filter(organisation=organisation, stopped_at__isnull=True)
    stale = going.exclude(calendar_version=version).order_by("pk")
    tickets, last = 0, 0
    while rows := list(stale.filter(pk__gt=last).values_list("pk", "ticket_id")[:PORTION]):
        last = rows[-1][0]
        tickets += sum(_recount_ticket(key) for key in dict.fromkeys(ticket for _pk, ticket in rows))
    if not stale.exists():
        CountedWith.objects.update_or_create(organisation=organisation, defaults={"calendar_version": version})
    return tickets


@transaction.atomic
def _recount_ticket(key: int) -> int:
    ticket = _locked_unless_busy(key)
    if ticket is None:
        return 0
    service_levels.follow(ticket, timezone.now())
    _keep_dates(ticket)
    return 1


def _keep_dates(ticket: Ticket) -> None:
    ticket.save(update_fields=["due_at", "urgency", "priority"])


def _locked_unless_busy(key: int) -> Ticket | None:
    tickets = Ticket.objects.select_for_update(of=("self",), skip_locked=True)
    return tickets.select_related("organisation", "team__organisation", "person").filter(pk=key).first()
