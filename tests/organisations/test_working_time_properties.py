"""What must hold for every calendar, with a minute-by-minute count as the judge."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mostrador.organisations.rules.working_time import (
    Season,
    Shift,
    Timetable,
    WorkingCalendar,
    add_working_time,
    is_open,
    next_opening,
    working_time_between,
)

MINUTE = timedelta(minutes=1)
YEARS = range(2025, 2029)
CHANGES_OF_CLOCKS = [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]

clock_times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
shifts = st.builds(Shift, st.integers(1, 7), clock_times, clock_times)
weeks = st.lists(shifts, min_size=1, max_size=10).map(tuple)
month_days = st.tuples(st.integers(1, 12), st.integers(1, 28))
days = st.dates(date(2025, 12, 20), date(2027, 1, 10))
seasonal = st.builds(Timetable, weeks, season=st.builds(Season, month_days, month_days))
dated = st.builds(
    lambda week, start, length: Timetable(week, start, start + timedelta(days=length)), weeks, days, st.integers(0, 60)
)
calendars = st.builds(
    lambda zone, usual, others, holidays: WorkingCalendar(ZoneInfo(zone), (Timetable(usual), *others), holidays),
    st.sampled_from(["Europe/Madrid", "Atlantic/Canary"]),
    weeks,
    st.lists(st.one_of(seasonal, dated), max_size=2),
    st.frozensets(days, max_size=20),
)
anywhere = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)
near_a_change = st.builds(
    lambda change, minutes: change + minutes * MINUTE, st.sampled_from(CHANGES_OF_CLOCKS), st.integers(-1500, 1500)
)
moments = st.one_of(anywhere, near_a_change)
durations = st.integers(0, 5000).map(lambda minutes: minutes * MINUTE)
spans = st.integers(0, 5000).map(lambda minutes: minutes * MINUTE)

thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
counting_minutes = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def looks_open(moment: datetime, calendar: WorkingCalendar) -> bool:
    """Judge one minute by the clock on the wall, sharing no code with what is tested.

    In the second run of the repeated hour every boundary of that hour has passed already.
    """
    local = moment.astimezone(calendar.zone)
    clock = local.time().replace(minute=59) if local.fold else local.time()
    yesterday = local.date() - timedelta(days=1)
    return any(
        shift.opens <= clock < shift.closes or (shift.closes <= shift.opens <= clock)
        for shift in shifts_judged(local.date(), calendar)
    ) or any(clock < shift.closes <= shift.opens for shift in shifts_judged(yesterday, calendar))


def shifts_judged(day: date, calendar: WorkingCalendar) -> list[Shift]:
    if day in calendar.non_working_days:
        return []
    covering = [timetable for timetable in calendar.timetables if holds(timetable, day)]
    ranked = sorted(covering, key=lambda timetable: (rank(timetable), timetable.valid_from or date.min))
    best = next(each for each in ranked if (rank(each), each.valid_from) == (rank(ranked[-1]), ranked[-1].valid_from))
    return [shift for shift in best.shifts if shift.weekday == day.weekday() + 1]


def holds(timetable: Timetable, day: date) -> bool:
    if timetable.season is not None:
        first, last = (date(day.year, *edge) for edge in (timetable.season.starts, timetable.season.ends))
        return first <= day <= last if first <= last else not last < day < first
    if timetable.valid_from is None or timetable.valid_to is None:
        return True
    return timetable.valid_from <= day <= timetable.valid_to


def rank(timetable: Timetable) -> int:
    return 2 if timetable.valid_to else 1 if timetable.season else 0


@counting_minutes
@given(calendars, moments, spans)
def test_every_minute_is_judged_as_the_clock_on_the_wall_would(
    calendar: WorkingCalendar, start: datetime, span: timedelta
) -> None:
    minutes = [start + n * MINUTE for n in range(span // MINUTE)]

    judged = [looks_open(minute, calendar) for minute in minutes]

    assert [is_open(minute, calendar) for minute in minutes] == judged
    assert working_time_between(start, start + span, calendar) == sum(judged) * MINUTE


@thorough
@given(calendars, moments, durations)
def test_measuring_undoes_adding(calendar: WorkingCalendar, start: datetime, duration: timedelta) -> None:
    end = add_working_time(start, duration, calendar)

    assert working_time_between(start, end, calendar) == duration


@thorough
@given(calendars, moments, spans)
def test_adding_undoes_measuring_for_moments_worked(
    calendar: WorkingCalendar, start: datetime, span: timedelta
) -> None:
    end = start + span
    assume(span and is_open(end - MINUTE, calendar))

    assert add_working_time(start, working_time_between(start, end, calendar), calendar) == end


@thorough
@given(calendars, moments, durations, durations)
def test_adding_twice_is_adding_the_sum(
    calendar: WorkingCalendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    in_two_steps = add_working_time(add_working_time(start, first, calendar), second, calendar)

    assert in_two_steps == add_working_time(start, first + second, calendar)


@thorough
@given(calendars, moments, durations, durations)
def test_more_work_never_ends_earlier(
    calendar: WorkingCalendar, start: datetime, duration: timedelta, more: timedelta
) -> None:
    assert add_working_time(start, duration, calendar) <= add_working_time(start, duration + more, calendar)


@thorough
@given(calendars, moments, durations, spans)
def test_a_later_start_never_ends_earlier(
    calendar: WorkingCalendar, start: datetime, duration: timedelta, later: timedelta
) -> None:
    assert add_working_time(start, duration, calendar) <= add_working_time(start + later, duration, calendar)


@thorough
@given(calendars, moments, spans, spans)
def test_measures_add_up(calendar: WorkingCalendar, start: datetime, first: timedelta, second: timedelta) -> None:
    middle, end = start + first, start + first + second

    whole = working_time_between(start, end, calendar)

    assert whole == working_time_between(start, middle, calendar) + working_time_between(middle, end, calendar)
    assert timedelta(0) <= whole <= end - start
    assert working_time_between(end, start, calendar) == -whole


@thorough
@given(calendars, moments, durations)
def test_result_is_never_while_closed(calendar: WorkingCalendar, start: datetime, duration: timedelta) -> None:
    end = add_working_time(start, duration, calendar)

    assert looks_open(end, calendar) or looks_open(end - MINUTE, calendar)
    assert end >= start


@thorough
@given(calendars, moments)
def test_next_opening_is_the_first_open_moment(calendar: WorkingCalendar, moment: datetime) -> None:
    opening = next_opening(moment, calendar)

    assert looks_open(opening, calendar)
    assert working_time_between(moment, opening, calendar) == timedelta(0)
    assert opening == moment or not looks_open(opening - MINUTE, calendar)
