"""Keeping the roll-ups up to date."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from mostrador.metrics import queries
from mostrador.metrics.models import DailyRollup, DailyUse, Progress
from mostrador.metrics.rules import (
    PROVISIONAL,
    Sums,
    is_provisional,
    minutes_of,
    was_answered,
    was_solved_at_first_contact,
)
from mostrador.organisations.models import Organisation
from mostrador.organisations.queries import working_calendars
from mostrador.organisations.rules.working_time import WorkingCalendar, working_time_between
from mostrador.tickets.choices import State

# Messages commit out of the order of their keys: each run looks again at the last ones of the run before.
OVERLAP = 1000
SURVEY_OVERLAP = timedelta(minutes=10)
_Key = tuple[int | None, str]  # team and channel


def roll_up_what_changed() -> int:
    """Compute again the days that something has happened to, and those still provisional; return how many.

    Safe to run any number of times and at the same time: each day is computed whole, under a lock.
    """
    progress, _is_new = Progress.objects.get_or_create(pk=1)
    begun_at = timezone.now()
    touched, last = queries.days_touched(
        after_message=max(0, progress.last_message_id - OVERLAP), surveys_since=progress.surveys_until
    )
    recent = [timezone.localdate() - timedelta(days=days) for days in range(PROVISIONAL.days + 2)]
    count = 0
    for organisation in Organisation.objects.order_by("pk"):
        for on in sorted(touched.get(organisation.pk, set()).union(recent)):
            roll_up_day(organisation, on)
            count += 1
    Progress.objects.filter(pk=1).update(last_message_id=last, surveys_until=begun_at - SURVEY_OVERLAP)
    return count


@transaction.atomic
def roll_up_day(organisation: Organisation, on: date) -> None:
    """Compute one day of one organisation from its tickets, readings and surveys, in the place of what was there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"metrics:{organisation.pk}:{on}"])
    sums: defaultdict[_Key, Sums] = defaultdict(Sums)
    _add_received(sums, queries.received_on(organisation, on))
    _add_resolved(sums, queries.resolved_on(organisation, on))
    DailyRollup.objects.filter(organisation=organisation, on=on).delete()
    DailyRollup.objects.bulk_create(_rollup(organisation, on, key, part) for key, part in sums.items())
    DailyUse.objects.filter(organisation=organisation, on=on).delete()
    DailyUse.objects.bulk_create(
        DailyUse(organisation=organisation, on=on, procedure_id=procedure, readings=readings, tickets=tickets)
        for procedure, (readings, tickets) in queries.used_on(organisation, on).items()
    )


def _add_received(sums: defaultdict[_Key, Sums], rows: Iterable[queries.ReceivedRow]) -> None:
    rows = list(rows)
    calendars = working_calendars({row.answering_team for row in rows if row.answering_team})
    durations: defaultdict[_Key, list[tuple[timedelta, timedelta]]] = defaultdict(list)
    for row in rows:
        if row.is_joined:
            sums[row.team, row.channel].joined += 1
        elif row.state == State.SPAM:
            sums[row.team, row.channel].spam += 1
        elif row.first_reply_at is None:
            part = sums[row.team, row.channel]
            part.received += 1
            part.unanswered += not _was_answered_in_speech(row)
        else:
            key = (row.answering_team, row.channel)
            sums[key].received += 1
            durations[key].append(_response(row, calendars))
    for key, pairs in durations.items():
        part = sums[key]
        part.responded = len(pairs)
        part.elapsed = minutes_of(elapsed for elapsed, _ in pairs)
        part.working = minutes_of(working for _, working in pairs)
        part.elapsed_seconds = round(sum(elapsed.total_seconds() for elapsed, _ in pairs))
        part.working_seconds = round(sum(working.total_seconds() for _, working in pairs))


def _was_answered_in_speech(row: queries.ReceivedRow) -> bool:
    """Tell whether a call or visit ended it: nobody wrote an answer, and nobody knows how long the first one took."""
    return row.state in {State.RESOLVED, State.CLOSED} and was_answered(channel=row.channel, public_replies=0)


def _response(row: queries.ReceivedRow, calendars: dict[int, WorkingCalendar]) -> tuple[timedelta, timedelta]:
    """Return elapsed and working time of the team that answered; a team without hours is taken to work always."""
    if row.first_reply_at is None:
        raise ValueError("not answered")
    elapsed = row.first_reply_at - row.opened_at
    calendar = calendars.get(row.answering_team or 0)
    if calendar is None or not calendar.timetables:
        return elapsed, elapsed
    return elapsed, working_time_between(row.opened_at, row.first_reply_at, calendar)


def _add_resolved(sums: defaultdict[_Key, Sums], rows: Iterable[queries.ResolvedRow]) -> None:
    now = timezone.now()
    for row in rows:
        part = sums[row.team, row.channel]
        part.surveyed += row.surveyed
        if row.score:
            part.scores[row.score] += 1
        if not was_answered(channel=row.channel, public_replies=row.public_replies):
            continue  # counted beside, among the unanswered of the day on which it was received
        part.resolved += 1
        part.provisional += is_provisional(row.resolved_at, now)
        part.resolved_at_first_contact += was_solved_at_first_contact(
            channel=row.channel,
            public_replies=row.public_replies,
            transfers=row.transfers,
            reopenings=row.reopenings,
            came_back=row.came_back,
        )


def _rollup(organisation: Organisation, on: date, key: _Key, part: Sums) -> DailyRollup:
    team, channel = key
    return DailyRollup(
        organisation=organisation,
        on=on,
        team_id=team,
        channel=channel,
        received=part.received,
        responded=part.responded,
        unanswered=part.unanswered,
        spam=part.spam,
        joined=part.joined,
        response_elapsed=_stored(part.elapsed),
        response_working=_stored(part.working),
        response_elapsed_seconds=part.elapsed_seconds,
        response_working_seconds=part.working_seconds,
        resolved=part.resolved,
        resolved_at_first_contact=part.resolved_at_first_contact,
        provisional=part.provisional,
        surveyed=part.surveyed,
        scores=_stored(part.scores),
    )


def _stored(histogram: Counter[int]) -> dict[str, int]:
    return {str(value): count for value, count in sorted(histogram.items())}
