"""Terms of answers: the clocks of a ticket in words, its legal term, and when an answer is due by default."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from mostrador.organisations.errors import NoOpeningHours
from mostrador.organisations.models import Team
from mostrador.organisations.queries import working_calendar
from mostrador.organisations.rules.working_time import WorkingCalendar, add_working_time, working_time_between
from mostrador.tickets.choices import ClockStep, Metric
from mostrador.tickets.models import Clock, ClockEvent, LegalTerm, Ticket
from mostrador.tickets.queries.desk import term_kind_of
from mostrador.tickets.rules import ANSWER_WITHIN, term_words, working_words
from mostrador.tickets.rules.kinds import KindRule, rule_of


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A clock in words.

    Attributes:
        left: What is left or how it ended: "quedan 2 h", "en espera", "cumplida".
        mark: Of the badge: bad, warning, good, neutral.
        due_at: When it runs out, while it runs.
        used: Working time used of the target: "1 h de 8 h".
        history: What happened to it, oldest first: text and moment.
    """

    name: str
    left: str
    mark: str
    due_at: datetime | None
    used: str
    history: list[tuple[str, datetime]]


@dataclass(frozen=True, slots=True)
class LegalTermShown:
    """The legal term of a ticket as its pages say it.

    Attributes:
        rule: What holds for its kind.
        last_day: The last day of the term; of a suspended one as it was before.
        is_over: The last day has passed.
        may_extend: The law allows it and it was not done; only before the term ends.
    """

    rule: KindRule
    last_day: date
    is_provisional: bool
    is_suspended: bool
    resumes_by: datetime | None
    is_over: bool
    may_extend: bool


def answer_due_at(team: Team | None, since: datetime) -> datetime | None:
    """Return when an answer that is owed since `since` (aware) is due, in UTC: after eight hours of the team's work.

    None when no team has the ticket or the team has no opening hours.
    """
    if team is None:
        return None
    try:
        return add_working_time(since, ANSWER_WITHIN, working_calendar(team))
    except NoOpeningHours:
        return None


def legal_term(ticket: Ticket) -> LegalTermShown | None:
    """Return the legal term of a ticket, None for kinds without one. One query where the kind has one, none else."""
    rule = rule_of(ticket.kind)
    row = LegalTerm.objects.filter(ticket=ticket).first() if rule.term else None
    if row is None:
        return None
    return LegalTermShown(
        rule=rule,
        last_day=row.last_day,
        is_provisional=row.is_provisional,
        is_suspended=row.suspended_on is not None,
        resumes_by=row.resumes_by,
        is_over=row.suspended_on is None and timezone.localdate() > row.last_day,
        may_extend=rule.extension is not None
        and row.extended_at is None
        and ticket.legal_due_at is not None
        and timezone.now() < ticket.legal_due_at,
    )


def clocks_of(ticket: Ticket) -> list[ClockShown]:
    """Return the clocks of a ticket with their history. One query."""
    events: dict[Clock, list[ClockEvent]] = {}
    for event in ClockEvent.objects.filter(clock__ticket=ticket).select_related("clock").order_by("pk"):
        events.setdefault(event.clock, []).append(event)
    order = list(Metric.values)
    now = timezone.now()
    calendar = working_calendar(ticket.team) if ticket.team else None
    return [
        _shown(row, events[row], now, calendar) for row in sorted(events, key=lambda each: order.index(each.metric))
    ]


def _shown(row: Clock, events: list[ClockEvent], now: datetime, calendar: WorkingCalendar | None) -> ClockShown:
    used = row.worked
    if row.running_since and calendar:
        used += max(working_time_between(row.running_since, now, calendar), timedelta(0))
    left, mark = _left(row, now, calendar)
    return ClockShown(
        name=capfirst(str(Metric(row.metric).label)),
        left=left,
        mark=mark,
        due_at=row.due_at if row.running_since else None,
        used=_("%(used)s de %(target)s") % {"used": working_words(used), "target": working_words(row.target)},
        history=[
            (
                _("%(what)s, con %(time)s de trabajo")
                % {"what": capfirst(str(ClockStep(event.step).label)), "time": working_words(event.worked)},
                event.at,
            )
            for event in events
        ],
    )


def _left(row: Clock, now: datetime, calendar: WorkingCalendar | None) -> tuple[str, str]:
    if row.stopped_at is not None:
        return (_("fuera de plazo"), "bad") if row.breached_at else (_("cumplida"), "good")
    if row.running_since is None:
        return _("en espera"), "neutral"
    if row.due_at is None or calendar is None:
        return _("sin horario de atención"), "neutral"
    left = working_time_between(now, row.due_at, calendar)
    return term_words(left), term_kind_of(left) or "neutral"
