"""Working time on dates worked out by hand: Madrid and Canarias, 2026 and 2027."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mostrador.organisations.errors import NoOpeningHours
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

MADRID = ZoneInfo("Europe/Madrid")
CANARIAS = ZoneInfo("Atlantic/Canary")
HOLIDAYS = frozenset({date(2026, 4, 2), date(2026, 4, 3), date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 25)})


def weekdays(*spans: tuple[time, time]) -> tuple[Shift, ...]:
    return tuple(Shift(weekday, *span) for weekday in range(1, 6) for span in spans)


def every_day(*spans: tuple[time, time]) -> tuple[Shift, ...]:
    return tuple(Shift(weekday, *span) for weekday in range(1, 8) for span in spans)


MORNINGS = WorkingCalendar(MADRID, (Timetable(weekdays((time(9), time(14)))),), HOLIDAYS)
TWO_SHIFTS = WorkingCalendar(MADRID, (Timetable(weekdays((time(9), time(14)), (time(16), time(18, 30)))),), HOLIDAYS)
NIGHTS = WorkingCalendar(MADRID, (Timetable(every_day((time(22), time(6)))),))
ALWAYS = WorkingCalendar(MADRID, (Timetable(every_day((time(0), time(0)))),))


def madrid(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=MADRID)  # type: ignore[misc, arg-type]  # year, month, day, hour, minute


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        pytest.param(madrid(2026, 5, 6, 10), timedelta(hours=2), madrid(2026, 5, 6, 12), id="within the morning"),
        pytest.param(madrid(2026, 5, 6, 7), timedelta(hours=1), madrid(2026, 5, 6, 10), id="from before opening"),
        pytest.param(madrid(2026, 5, 6, 10), timedelta(hours=4), madrid(2026, 5, 6, 14), id="until the very closing"),
        pytest.param(madrid(2026, 5, 6, 13), timedelta(minutes=61), madrid(2026, 5, 7, 9, 1), id="one minute more"),
        pytest.param(madrid(2026, 5, 8, 13), timedelta(hours=2), madrid(2026, 5, 11, 10), id="over a weekend"),
        pytest.param(madrid(2026, 4, 1, 13, 30), timedelta(hours=1), madrid(2026, 4, 6, 9, 30), id="over Easter"),
        pytest.param(madrid(2026, 12, 4, 13), timedelta(hours=2), madrid(2026, 12, 9, 10), id="over a long bridge"),
        pytest.param(madrid(2026, 12, 31, 13), timedelta(hours=3), madrid(2027, 1, 1, 11), id="over New Year"),
        pytest.param(madrid(2026, 5, 9, 12), timedelta(0), madrid(2026, 5, 11, 9), id="nothing, while closed"),
        pytest.param(madrid(2026, 5, 8, 14), timedelta(0), madrid(2026, 5, 8, 14), id="nothing, at closing"),
        pytest.param(madrid(2026, 5, 8, 9), timedelta(0), madrid(2026, 5, 8, 9), id="nothing, at opening"),
    ],
)
def test_working_time_is_added_inside_opening_hours(start: datetime, duration: timedelta, expected: datetime) -> None:
    end = add_working_time(start, duration, MORNINGS)

    assert (end, end.tzinfo) == (expected, UTC)


def test_second_shift_goes_on_where_the_first_one_stopped() -> None:
    end = add_working_time(madrid(2026, 5, 6, 13), timedelta(hours=2, minutes=15), TWO_SHIFTS)

    assert end == madrid(2026, 5, 6, 17, 15)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param(madrid(2026, 5, 6, 8), madrid(2026, 5, 6, 20), timedelta(hours=7, minutes=30), id="a whole day"),
        pytest.param(madrid(2026, 5, 6, 14), madrid(2026, 5, 6, 16), timedelta(0), id="the midday break"),
        pytest.param(madrid(2026, 5, 8, 18), madrid(2026, 5, 11, 9, 10), timedelta(minutes=40), id="a weekend"),
        pytest.param(madrid(2026, 4, 1), madrid(2026, 4, 7), timedelta(hours=15), id="two days around Easter"),
        pytest.param(madrid(2026, 5, 11, 10), madrid(2026, 5, 11, 9), timedelta(hours=-1), id="backwards"),
        pytest.param(madrid(2025, 1, 1), madrid(2028, 1, 1), timedelta(hours=7.5) * (261 + 261 - 5 + 261), id="years"),
    ],
)
def test_working_time_between_two_moments(start: datetime, end: datetime, expected: timedelta) -> None:
    assert working_time_between(start, end, TWO_SHIFTS) == expected


def test_moments_in_other_zones_mean_the_same() -> None:
    start = datetime(2026, 7, 1, 7, 30, tzinfo=UTC)  # 9:30 in Madrid

    assert add_working_time(start, timedelta(hours=1), MORNINGS) == madrid(2026, 7, 1, 10, 30)
    assert working_time_between(start, madrid(2026, 7, 1, 10, 30), MORNINGS) == timedelta(hours=1)


def test_canarias_opens_an_hour_after_madrid() -> None:
    calendar = WorkingCalendar(CANARIAS, (Timetable(weekdays((time(9), time(14)))),))

    assert next_opening(madrid(2026, 5, 6, 9), calendar) == madrid(2026, 5, 6, 10)


class TestAcrossMidnight:
    def test_night_shift_lasts_until_the_morning(self) -> None:
        assert is_open(madrid(2026, 5, 6, 23), NIGHTS)
        assert is_open(madrid(2026, 5, 7, 5, 59), NIGHTS)
        assert not is_open(madrid(2026, 5, 7, 6), NIGHTS)
        assert add_working_time(madrid(2026, 5, 6, 23), timedelta(hours=8), NIGHTS) == madrid(2026, 5, 7, 23)

    def test_night_shift_crosses_new_year(self) -> None:
        assert working_time_between(madrid(2026, 12, 31, 12), madrid(2027, 1, 1, 12), NIGHTS) == timedelta(hours=8)
        assert add_working_time(madrid(2026, 12, 31, 23), timedelta(hours=5), NIGHTS) == madrid(2027, 1, 1, 4)

    def test_shift_belongs_to_the_day_on_which_it_opens(self) -> None:
        closed_on_8th = WorkingCalendar(MADRID, NIGHTS.timetables, frozenset({date(2026, 12, 8)}))

        assert is_open(madrid(2026, 12, 8, 5), closed_on_8th)
        assert not is_open(madrid(2026, 12, 8, 23), closed_on_8th)
        assert not is_open(madrid(2026, 12, 9, 5), closed_on_8th)

    def test_midnight_as_closing_time_means_the_end_of_the_day(self) -> None:
        evenings = WorkingCalendar(MADRID, (Timetable(every_day((time(18), time(0)))),))

        assert working_time_between(madrid(2026, 5, 6), madrid(2026, 5, 7), evenings) == timedelta(hours=6)

    def test_overlapping_shifts_count_once(self) -> None:
        calendar = WorkingCalendar(MADRID, (Timetable(every_day((time(20), time(8)), (time(7), time(21)))),))

        assert working_time_between(madrid(2026, 5, 6), madrid(2026, 5, 7), calendar) == timedelta(hours=24)


class TestChangeOfClocks:
    def test_spring_night_is_an_hour_short(self) -> None:
        worked = working_time_between(madrid(2026, 3, 28, 22), madrid(2026, 3, 29, 6), NIGHTS)

        assert worked == timedelta(hours=7)

    def test_autumn_night_is_an_hour_long(self) -> None:
        worked = working_time_between(madrid(2026, 10, 24, 22), madrid(2026, 10, 25, 6), NIGHTS)

        assert worked == timedelta(hours=9)

    def test_days_of_23_and_25_hours(self) -> None:
        assert working_time_between(madrid(2026, 3, 29), madrid(2026, 3, 30), ALWAYS) == timedelta(hours=23)
        assert working_time_between(madrid(2026, 10, 25), madrid(2026, 10, 26), ALWAYS) == timedelta(hours=25)

    def test_time_is_added_in_real_hours(self) -> None:
        assert add_working_time(madrid(2026, 3, 29, 1), timedelta(hours=2), ALWAYS) == madrid(2026, 3, 29, 4)
        assert add_working_time(madrid(2026, 10, 25, 1), timedelta(hours=2), ALWAYS) == datetime(
            2026, 10, 25, 1, tzinfo=UTC
        )

    def test_the_two_halves_of_the_repeated_hour_are_an_hour_apart(self) -> None:
        first, second = madrid(2026, 10, 25, 2, 30), madrid(2026, 10, 25, 2, 30).replace(fold=1)

        assert working_time_between(first, second, ALWAYS) == timedelta(hours=1)

    def test_opening_time_that_is_skipped_means_the_change(self) -> None:
        calendar = WorkingCalendar(MADRID, (Timetable(every_day((time(2, 30), time(5)))),))

        assert next_opening(madrid(2026, 3, 29), calendar) == madrid(2026, 3, 29, 3)
        assert working_time_between(madrid(2026, 3, 29), madrid(2026, 3, 30), calendar) == timedelta(hours=2)

    def test_shift_wholly_skipped_does_not_take_place(self) -> None:
        calendar = WorkingCalendar(MADRID, (Timetable(every_day((time(2, 10), time(2, 50)))),))

        assert working_time_between(madrid(2026, 3, 29), madrid(2026, 3, 30), calendar) == timedelta(0)

    def test_time_that_happens_twice_means_the_first(self) -> None:
        calendar = WorkingCalendar(MADRID, (Timetable(every_day((time(1), time(2, 30)))),))

        assert is_open(madrid(2026, 10, 25, 2, 15), calendar)
        assert not is_open(madrid(2026, 10, 25, 2, 15).replace(fold=1), calendar)
        assert working_time_between(madrid(2026, 10, 25), madrid(2026, 10, 26), calendar) == timedelta(minutes=90)


class TestTimetables:
    USUAL = Timetable(weekdays((time(8), time(15))))
    SUMMER = Timetable(weekdays((time(9), time(14))), season=Season((6, 15), (9, 15)))
    CHRISTMAS = Timetable(weekdays((time(10), time(13))), season=Season((12, 24), (1, 6)))
    FAIR = Timetable(weekdays((time(9), time(11))), valid_from=date(2026, 8, 10), valid_to=date(2026, 8, 14))

    def test_summer_hours_hold_between_their_dates(self) -> None:
        calendar = WorkingCalendar(MADRID, (self.USUAL, self.SUMMER))

        assert next_opening(madrid(2026, 6, 12), calendar) == madrid(2026, 6, 12, 8)
        assert next_opening(madrid(2026, 6, 15), calendar) == madrid(2026, 6, 15, 9)
        assert next_opening(madrid(2027, 9, 15), calendar) == madrid(2027, 9, 15, 9)
        assert next_opening(madrid(2027, 9, 16), calendar) == madrid(2027, 9, 16, 8)

    def test_season_may_run_across_new_year(self) -> None:
        calendar = WorkingCalendar(MADRID, (self.CHRISTMAS, self.USUAL))

        assert working_time_between(madrid(2026, 12, 23), madrid(2026, 12, 25), calendar) == timedelta(hours=7 + 3)
        assert working_time_between(madrid(2027, 1, 6), madrid(2027, 1, 8), calendar) == timedelta(hours=3 + 7)

    def test_dated_hours_prevail_over_the_season(self) -> None:
        calendar = WorkingCalendar(MADRID, (self.FAIR, self.SUMMER, self.USUAL))

        week = working_time_between(madrid(2026, 8, 10), madrid(2026, 8, 15), calendar)

        assert week == timedelta(hours=5 * 2)

    def test_work_is_carried_over_a_change_of_timetable(self) -> None:
        calendar = WorkingCalendar(MADRID, (self.USUAL, self.SUMMER))

        assert add_working_time(madrid(2026, 6, 12, 14), timedelta(hours=3), calendar) == madrid(2026, 6, 15, 11)

    def test_newer_permanent_hours_replace_the_older_ones(self) -> None:
        newer = Timetable(weekdays((time(10), time(12))), valid_from=date(2026, 9, 1))
        calendar = WorkingCalendar(MADRID, (newer, self.USUAL))

        assert next_opening(madrid(2026, 8, 31), calendar) == madrid(2026, 8, 31, 8)
        assert next_opening(madrid(2026, 9, 1), calendar) == madrid(2026, 9, 1, 10)


class TestNoOpening:
    def test_calendar_without_hours_is_an_error(self) -> None:
        never = WorkingCalendar(MADRID)

        with pytest.raises(NoOpeningHours):
            next_opening(madrid(2026, 5, 6), never)
        with pytest.raises(NoOpeningHours):
            add_working_time(madrid(2026, 5, 6), timedelta(minutes=1), never)
        assert working_time_between(madrid(2026, 5, 6), madrid(2027, 5, 6), never) == timedelta(0)
        assert not is_open(madrid(2026, 5, 6), never)

    def test_hours_that_ended_are_an_error(self) -> None:
        until_may = Timetable(weekdays((time(9), time(14))), valid_from=date(2026, 1, 1), valid_to=date(2026, 5, 6))
        calendar = WorkingCalendar(MADRID, (until_may,))

        assert add_working_time(madrid(2026, 5, 6, 9), timedelta(hours=5), calendar) == madrid(2026, 5, 6, 14)
        with pytest.raises(NoOpeningHours):
            add_working_time(madrid(2026, 5, 6, 9), timedelta(hours=5, minutes=1), calendar)

    def test_closure_of_a_year_is_waited_for_and_of_more_is_not(self) -> None:
        one_day = Timetable(every_day((time(0), time(0))), date(2027, 5, 7), date(2027, 5, 7))
        calendar = WorkingCalendar(MADRID, (one_day,))

        assert next_opening(madrid(2026, 5, 6), calendar) == madrid(2027, 5, 7)
        with pytest.raises(NoOpeningHours):
            next_opening(madrid(2026, 5, 5, 23, 59), calendar)


def test_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        is_open(datetime(2026, 5, 6, 10), MORNINGS)


def test_working_time_cannot_be_taken_away() -> None:
    with pytest.raises(ValueError, match="not taken away"):
        add_working_time(madrid(2026, 5, 6), timedelta(minutes=-1), MORNINGS)


def test_result_is_official_only_when_every_year_is() -> None:
    calendar = WorkingCalendar(MADRID, known_years=frozenset({2026, 2027}), official_years=frozenset({2026}))

    assert calendar.is_official(madrid(2026, 1, 1), madrid(2026, 12, 31, 23, 59))
    assert not calendar.is_official(madrid(2026, 12, 31), madrid(2027, 1, 1))
