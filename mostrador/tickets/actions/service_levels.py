"""The clocks of service levels: what was promised to be done by when, in working time of the team."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.organisations.actions.changes import calendars_changed
from mostrador.organisations.models import Organisation
from mostrador.organisations.queries import working_calendar, working_calendars
from mostrador.organisations.rules.working_time import WorkingCalendar
from mostrador.shared.together import later, write_now
from mostrador.tickets.actions import legal_terms
from mostrador.tickets.choices import ClockStep, Metric, Priority, TicketKind
from mostrador.tickets.models import Clock, ClockEvent, ServiceLevel, Ticket
from mostrador.tickets.queries.levels import promises_for
from mostrador.tickets.rules import is_our_turn
from mostrador.tickets.rules.priority import priority_of, urgency_now
from mostrador.tickets.rules.service_levels import (
    NOTHING,
    Facts,
    Promise,
    Run,
    Ticking,
    ends_at,
    followed,
    recounted,
    worked,
)

_KEPT_OF_CLOCK = [
    *("level", "target", "started_at", "replies", "runs", "running_since", "team", "calendar_version", "due_at"),
    *("warn_at", "look_at", "warned_at", "breached_at", "escalated_at", "stopped_at", "worked"),
]


def follow(ticket: Ticket, now: datetime) -> None:
    """Start, pause, resume and stop the clocks of a ticket that is about to be kept, and set when it is due.

    A near deadline makes it urgent, and a legal term that waited for the person goes on when they have answered. At
    most three queries, unless calendars or levels have changed since.

    Args:
        ticket: Locked, changed, not saved yet; with its organisation and its team loaded.
        now: The moment of the change.
    """
    if ticket.legal_suspended_at is not None and is_our_turn(ticket.state):
        legal_terms.resume(ticket, now=now)
    write_now(_keep_all)
    _follow(ticket, now, list(Clock.objects.filter(ticket=ticket)))


def begin(ticket: Ticket, now: datetime) -> None:
    """Start the clocks of a ticket that was just kept for the first time. At most three queries."""
    before = (ticket.due_at, ticket.urgency, ticket.priority)
    _follow(ticket, now, [])
    if before != (ticket.due_at, ticket.urgency, ticket.priority):
        ticket.save(update_fields=["due_at", "urgency", "priority"])


def _follow(ticket: Ticket, now: datetime, clocks: list[Clock]) -> None:
    _raise_urgency(ticket, now)
    promised = promises_for(ticket)
    version = ticket.organisation.calendar_version
    by_metric = {clock.metric: clock for clock in clocks}
    calendars = _calendars(ticket, clocks, version_changed=any(_is_stale(clock, ticket) for clock in clocks))
    facts = Facts(ticket.state, ticket.first_reply_at is not None, ticket.public_replies)
    changed: list[Clock] = []
    events: list[ClockEvent] = []
    for metric in Metric:
        clock, promise = by_metric.get(metric), promised.get(metric)
        before = _ticking(clock) if clock else None
        if clock and before and _is_stale(clock, ticket):
            steps = ((ClockStep.RECOUNTED, now),) if before.stopped_at is None else ()
            before = replace(recounted(before, calendars), steps=steps)
        after = followed(
            before,
            promise,
            facts,
            metric=metric,
            team_id=ticket.team_id,
            now=now,
            since=_since(ticket, now),
            old_calendar=calendars.get(clock.team_id or 0) if clock else None,
        )
        if after is None:
            continue
        kept = clock or Clock(ticket=ticket, organisation=ticket.organisation, metric=metric, calendar_version=version)
        by_metric[metric] = kept
        if after != before or after.steps or kept.level_id != (promise.level_id if promise else kept.level_id):
            events += _wrote(kept, after, promise, now, calendars, version)
            changed.append(kept)
    ticket.due_at = min(
        (clock.due_at for clock in by_metric.values() if clock.running_since and clock.due_at), default=None
    )
    _keep(changed, events)


def _keep(changed: list[Clock], events: list[ClockEvent]) -> None:
    if not later(_keep_all, (changed, events)):
        _keep_all([(changed, events)])


def _keep_all(kept: list[tuple[list[Clock], list[ClockEvent]]]) -> None:
    changed = [clock for clocks, _events in kept for clock in clocks]
    events = [event for _clocks, events in kept for event in events]
    if changed:
        for clock in changed:
            clock.pk = None  # found by ticket and metric, so that new ones and old ones go in one query
        Clock.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["ticket", "metric"], update_fields=_KEPT_OF_CLOCK
        )
    for event in events:  # written before, and taken back with its clock, it points to one that is not
        event.pk, event.clock_id = None, event.clock.pk
    if events:
        ClockEvent.objects.bulk_create(events)


def _raise_urgency(ticket: Ticket, now: datetime) -> None:
    if not ticket.act_by and not ticket.legal_due_at:
        return
    urgency = urgency_now(ticket.urgency, act_by=ticket.act_by, legal_due_at=ticket.legal_due_at, now=now)
    if urgency != ticket.urgency:
        ticket.urgency = urgency
        ticket.priority = min(ticket.priority, priority_of(ticket.impact, urgency))


def _since(ticket: Ticket, now: datetime) -> datetime:
    """Return since when a clock counts that nobody had started: imported tickets wait since before."""
    return min(ticket.waiting_since or now, now)


def _is_stale(clock: Clock, ticket: Ticket) -> bool:
    """Tell whether a clock that goes, or may go on, was counted with other calendars than today's."""
    may_go_on = clock.stopped_at is None or clock.metric == Metric.RESOLUTION
    return may_go_on and clock.calendar_version != ticket.organisation.calendar_version


def _calendars(ticket: Ticket, clocks: list[Clock], *, version_changed: bool) -> dict[int, WorkingCalendar]:
    """Return the calendars that the clocks count with, by team. Usually no query."""
    found: dict[int, WorkingCalendar] = {}
    if ticket.team is not None:
        if ticket.team.organisation_id == ticket.organisation_id:
            ticket.team.organisation = ticket.organisation  # loaded already
        found[ticket.team.pk] = working_calendar(ticket.team)
    others = {clock.team_id for clock in clocks if clock.running_since and clock.team_id}
    if version_changed:
        others |= {run.team_id for clock in clocks for run in _ticking(clock).runs if run.team_id}
    if missing := {team for team in others if team} - found.keys():
        found |= working_calendars(missing)
    return found


def _ticking(clock: Clock) -> Ticking:
    return Ticking(
        metric=Metric(clock.metric),
        target=clock.target,
        started_at=clock.started_at,
        replies=clock.replies,
        runs=tuple(Run.read(run) for run in clock.runs),
        running_since=clock.running_since,
        team_id=clock.team_id,
        stopped_at=clock.stopped_at,
    )


def _wrote(
    clock: Clock,
    after: Ticking,
    promise: Promise | None,
    now: datetime,
    calendars: dict[int, WorkingCalendar],
    version: object,
) -> list[ClockEvent]:
    """Write into the clock what it should be, and return the lines of its history."""
    is_new_round = any(step == ClockStep.STARTED for step, _at in after.steps)
    if is_new_round:
        clock.warned_at = clock.breached_at = clock.escalated_at = clock.due_at = None
    was_due = clock.due_at if clock.running_since else None
    calendar = calendars.get(after.team_id or 0)
    if promise is not None:
        clock.level_id = promise.level_id
    clock.target, clock.started_at, clock.replies = after.target, after.started_at, after.replies
    clock.runs, clock.worked = [run.written() for run in after.runs], after.finished
    clock.running_since, clock.team_id, clock.stopped_at = after.running_since, after.team_id, after.stopped_at
    clock.calendar_version = version  # type: ignore[assignment]
    steps = list(after.steps)
    if was_due and was_due < now and clock.breached_at is None and after.running_since is None:
        clock.breached_at = was_due
        steps.insert(0, (ClockStep.BREACHED, was_due))
    if after.stopped_at is None:
        _set_dates(clock, after, promise, now, calendar)
    else:
        clock.warn_at = clock.look_at = None
    done = worked(after, now, calendar)
    return [
        ClockEvent(clock=clock, step=step, at=at, worked=done, target=after.target, due_at=clock.due_at or was_due)
        for step, at in steps
    ]


def _set_dates(
    clock: Clock, after: Ticking, promise: Promise | None, now: datetime, calendar: WorkingCalendar | None
) -> None:
    clock.due_at = ends_at(after, calendar)
    before = promise.warn_before if promise else NOTHING
    clock.warn_at = ends_at(after, calendar, before=before) if before and before < after.target else None
    if clock.due_at and clock.due_at > now:
        clock.breached_at = clock.escalated_at = None
        if clock.warn_at and clock.warn_at > now:
            clock.warned_at = None
    clock.look_at = next_look(clock)


def next_look(clock: Clock) -> datetime | None:
    """Return the next moment at which something has to be done about a clock: a warning, or its end."""
    if clock.running_since is None:
        return None
    pending = [
        clock.warn_at if clock.warned_at is None and clock.escalated_at is None else None,
        clock.due_at if clock.escalated_at is None else None,
    ]
    return min((moment for moment in pending if moment), default=None)


def worked_so_far(clock: Clock, now: datetime) -> timedelta:
    """Return how long has been worked towards a clock's promise until `now`. Usually no query, one at most."""
    calendars = working_calendars([clock.team_id]) if clock.team_id and clock.running_since else {}
    return worked(_ticking(clock), now, calendars.get(clock.team_id or 0))


# --- Setting levels -----------------------------------------------------------------------------------


@transaction.atomic
def save_level(organisation: Organisation, values: Mapping[str, Any], *, actor: User | None) -> ServiceLevel:
    """Promise something for some tickets, in place of what was promised for the same ones. Clocks are counted again.

    Args:
        organisation: Whose level; those below it inherit it.
        values: Fields of `ServiceLevel`; `kind`, `priority` and `team` say for which tickets.
        actor: Who says so; None is the program.
    """
    about = {name: values.get(name) for name in ("kind", "priority", "team")}
    about["kind"] = about["kind"] or ""
    rest = {name: value for name, value in values.items() if name not in about}
    level, _is_new = ServiceLevel.objects.update_or_create(organisation=organisation, **about, defaults=rest)
    calendars_changed(organisation)
    record("tickets.level_saved", level, actor=actor, organisation=organisation, details=_plain(values))
    return level


@transaction.atomic
def remove_level(level: ServiceLevel, *, actor: User) -> None:
    """Promise it no more: the next more general level holds. Clocks are counted again."""
    organisation = level.organisation
    record("tickets.level_removed", level, actor=actor, organisation=organisation, details={"level": level.pk})
    level.delete()
    calendars_changed(organisation)


def set_up_service_levels(organisation: Organisation) -> None:
    """Promise what a small town hall can keep, unless something is promised already. Safe to run again.

    An answer within a working day (of eight hours), half a day when it is of high priority, an hour when critical;
    five working days for a solution. What has a legal term has it besides.
    """
    if ServiceLevel.objects.filter(organisation=organisation).exists():
        return
    hour = 60
    everything: dict[str, object] = {
        "first_response_minutes": 8 * hour,
        "next_response_minutes": 8 * hour,
        "resolution_minutes": 40 * hour,
        "warn_minutes": hour,
    }
    save_level(organisation, everything, actor=None)
    more: Iterable[dict[str, object]] = (
        {"priority": Priority.HIGH, "first_response_minutes": 4 * hour, "next_response_minutes": 4 * hour},
        {"priority": Priority.CRITICAL, "first_response_minutes": hour, "next_response_minutes": 2 * hour},
        {"kind": TicketKind.PHISHING, "first_response_minutes": 2 * hour},
    )
    for each in more:
        save_level(organisation, {"warn_minutes": 30} | each, actor=None)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (str, int, bool, type(None))) else getattr(value, "pk", str(value))
        for name, value in values.items()
    }
