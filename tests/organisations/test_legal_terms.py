"""Terms of Ley 39/2015 on dates worked out by hand, with the days of 2026 to 2029 that matter."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mostrador.organisations.errors import CalendarMissing, ExtensionNotAllowed, TermNotAllowed
from mostrador.organisations.rules.legal_terms import (
    CountedTerm,
    Term,
    Unit,
    count_from_filing,
    count_from_notification,
    extend,
    is_working_day,
    legal_moment_of_filing,
)
from mostrador.organisations.rules.working_time import Shift, Timetable, WorkingCalendar

MADRID = ZoneInfo("Europe/Madrid")
NON_WORKING = frozenset(
    {
        *(date(2026, 1, 1), date(2026, 1, 6), date(2026, 4, 2), date(2026, 4, 3), date(2026, 5, 1), date(2026, 10, 12)),
        *(date(2026, 11, 2), date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 25)),
        *(date(2027, 1, 1), date(2027, 1, 6), date(2027, 3, 26), date(2027, 10, 12)),
    }
)
SEDE = WorkingCalendar(
    MADRID,
    non_working_days=NON_WORKING,
    known_years=frozenset({2026, 2027, 2028, 2029}),
    official_years=frozenset({2026}),
)
DAYS, NATURAL, MONTHS, YEARS, HOURS = (
    Unit.WORKING_DAYS,
    Unit.NATURAL_DAYS,
    Unit.MONTHS,
    Unit.YEARS,
    Unit.HOURS,
)


def madrid(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


@pytest.mark.parametrize(
    ("term", "notified_at", "last_day"),
    [
        pytest.param(Term(10, DAYS), "2026-03-25 10:00", "2026-04-10", id="ten days over Easter"),
        pytest.param(Term(10, DAYS), "2026-05-02 10:00", "2026-05-15", id="notified on a Saturday"),
        pytest.param(Term(10, DAYS), "2026-10-11 10:00", "2026-10-26", id="notified on a Sunday before a holiday"),
        pytest.param(Term(1, DAYS), "2026-12-04 23:59", "2026-12-09", id="one day over a bridge"),
        pytest.param(Term(3, DAYS), "2026-12-30 09:00", "2027-01-05", id="over New Year"),
        pytest.param(Term(10, NATURAL), "2026-04-20 10:00", "2026-04-30", id="natural days"),
        pytest.param(Term(10, NATURAL), "2026-04-21 10:00", "2026-05-04", id="natural days, last one a holiday Friday"),
        pytest.param(Term(1, MONTHS), "2026-01-31 10:00", "2026-03-02", id="no 31 February; the 28th is a Saturday"),
        pytest.param(Term(1, MONTHS), "2026-05-31 10:00", "2026-06-30", id="no 31 June"),
        pytest.param(Term(1, MONTHS), "2026-04-30 10:00", "2026-06-01", id="date to date: the 30th is a Saturday"),
        pytest.param(Term(1, MONTHS), "2026-11-25 10:00", "2026-12-28", id="last day at Christmas"),
        pytest.param(Term(3, MONTHS), "2026-11-30 10:00", "2027-03-01", id="over New Year to a Sunday"),
        pytest.param(Term(1, MONTHS), "2026-12-01 10:00", "2027-01-04", id="last day on New Year"),
        pytest.param(Term(1, YEARS), "2028-02-29 10:00", "2029-02-28", id="from a leap day"),
        pytest.param(Term(1, YEARS), "2026-10-12 10:00", "2027-10-13", id="a year later it is a holiday again"),
        pytest.param(Term(12, MONTHS), "2026-10-13 10:00", "2027-10-13", id="twelve months are a year"),
    ],
)
def test_terms_count_from_the_day_after_the_notification(term: Term, notified_at: str, last_day: str) -> None:
    counted = count_from_notification(term, madrid(notified_at), SEDE)

    expires_on = date.fromisoformat(last_day)
    first_day = madrid(notified_at).date() + timedelta(days=1)
    assert (counted.counts_from, counted.last_day, counted.expires_at) == (
        datetime(first_day.year, first_day.month, first_day.day, tzinfo=MADRID),
        expires_on,
        datetime(expires_on.year, expires_on.month, expires_on.day, tzinfo=MADRID) + timedelta(days=1),
    )


def test_days_are_those_of_the_sede_and_not_of_utc() -> None:
    late_in_london = datetime.fromisoformat("2026-05-05T22:30:00+00:00")  # 00:30 of the 6th in Madrid

    assert count_from_notification(Term(1, DAYS), late_in_london, SEDE).last_day == date(2026, 5, 7)


@pytest.mark.parametrize(
    ("hours", "notified_at", "counts_from", "expires_at", "last_day"),
    [
        ("2", "2026-05-06 10:20:40", "2026-05-06 10:20", "2026-05-06 12:20", "2026-05-06"),
        ("24", "2026-10-23 15:30", "2026-10-23 15:30", "2026-10-26 15:30", "2026-10-26"),  # 25 October has 25 hours
        ("3", "2026-05-01 09:00", "2026-05-04 00:00", "2026-05-04 03:00", "2026-05-04"),
        ("24", "2026-05-02 09:00", "2026-05-04 00:00", "2026-05-05 00:00", "2026-05-04"),
        ("5", "2026-04-30 22:00", "2026-04-30 22:00", "2026-05-04 03:00", "2026-05-04"),
    ],
)
def test_hours_count_from_the_minute_through_whole_working_days(
    hours: str, notified_at: str, counts_from: str, expires_at: str, last_day: str
) -> None:
    counted = count_from_notification(Term(int(hours), HOURS), madrid(notified_at), SEDE)

    assert counted == CountedTerm(
        term=Term(int(hours), HOURS),
        counts_from=madrid(counts_from),
        last_day=date.fromisoformat(last_day),
        expires_at=madrid(expires_at),
        unofficial_years=frozenset(),
    )


def test_opening_hours_of_the_office_play_no_part() -> None:
    mondays = Timetable((Shift(1, datetime.min.time().replace(hour=9), datetime.min.time().replace(hour=14)),))
    calendar = WorkingCalendar(MADRID, (mondays,), NON_WORKING, SEDE.known_years, SEDE.official_years)

    assert count_from_notification(Term(3, DAYS), madrid("2026-05-04 10:00"), calendar).last_day == date(2026, 5, 7)


@pytest.mark.parametrize(("amount", "unit"), [(25, HOURS), (0, DAYS), (-1, MONTHS)])
def test_law_knows_no_such_term(amount: int, unit: Unit) -> None:
    with pytest.raises(TermNotAllowed):
        Term(amount, unit)


class TestFiling:
    def test_filed_on_a_working_day_counts_at_its_own_minute(self) -> None:
        filed_at = madrid("2026-05-06 23:59")

        assert legal_moment_of_filing(filed_at, SEDE) == filed_at

    @pytest.mark.parametrize(
        ("filed_at", "expected"),
        [
            ("2026-10-10 18:00", "2026-10-13 00:00"),
            ("2026-12-05 00:00", "2026-12-09 00:00"),
            ("2026-12-25 12:00", "2026-12-28 00:00"),
        ],
    )
    def test_filed_on_a_non_working_day_counts_in_the_first_hour_of_the_next(
        self, filed_at: str, expected: str
    ) -> None:
        assert legal_moment_of_filing(madrid(filed_at), SEDE) == madrid(expected)

    def test_term_in_working_days_starts_after_that_day(self) -> None:
        counted = count_from_filing(Term(10, DAYS), madrid("2026-10-11 10:00"), SEDE)

        assert (counted.counts_from, counted.last_day) == (madrid("2026-10-14"), date(2026, 10, 27))

    def test_term_in_months_starts_from_the_real_entry(self) -> None:
        counted = count_from_filing(Term(3, MONTHS), madrid("2026-05-16 10:00"), SEDE)

        assert (counted.counts_from, counted.last_day) == (madrid("2026-05-17"), date(2026, 8, 17))


class TestCalendar:
    def test_saturdays_sundays_and_days_of_the_calendar_are_not_working(self) -> None:
        week = [date(2026, 10, 9) + timedelta(days=n) for n in range(5)]

        assert [is_working_day(day, SEDE) for day in week] == [True, False, False, False, True]

    def test_term_into_an_unknown_year_is_refused(self) -> None:
        until_2026 = WorkingCalendar(MADRID, (), NON_WORKING, frozenset({2026}), frozenset({2026}))

        with pytest.raises(CalendarMissing) as refusal:
            count_from_notification(Term(10, DAYS), madrid("2026-12-22 10:00"), until_2026)

        assert refusal.value.year == 2027

    def test_last_day_that_moves_into_an_unknown_year_is_refused(self) -> None:
        thursday = WorkingCalendar(MADRID, (), frozenset({date(2026, 12, 31)}), frozenset({2026}))

        with pytest.raises(CalendarMissing):
            count_from_notification(Term(31, NATURAL), madrid("2026-11-30 23:00"), thursday)

    def test_official_year_gives_a_binding_date(self) -> None:
        counted = count_from_notification(Term(10, DAYS), madrid("2026-05-06 10:00"), SEDE)

        assert (counted.unofficial_years, counted.is_provisional) == (frozenset(), False)

    def test_computed_year_makes_the_date_provisional(self) -> None:
        counted = count_from_notification(Term(10, DAYS), madrid("2026-12-22 10:00"), SEDE)

        assert (counted.unofficial_years, counted.is_provisional) == (frozenset({2027}), True)

    def test_only_the_years_that_decide_matter(self) -> None:
        only_2028 = WorkingCalendar(MADRID, (), frozenset(), frozenset({2028}), frozenset({2028}))

        counted = count_from_notification(Term(2, YEARS), madrid("2026-05-10 10:00"), only_2028)

        assert (counted.last_day, counted.is_provisional) == (date(2028, 5, 10), False)


class TestExtension:
    TEN_DAYS = count_from_notification(Term(10, DAYS), madrid("2026-05-06 10:00"), SEDE)  # until 20 May

    def test_half_of_the_term_may_be_added_before_it_expires(self) -> None:
        extended = extend(self.TEN_DAYS, Term(5, DAYS), madrid("2026-05-20 23:59"), SEDE)

        assert (extended.term, extended.last_day, extended.expires_at, extended.extensions) == (
            Term(10, DAYS),
            date(2026, 5, 27),
            madrid("2026-05-28"),
            (Term(5, DAYS),),
        )

    def test_expired_term_is_never_extended(self) -> None:
        with pytest.raises(ExtensionNotAllowed, match=r"32\.3"):
            extend(self.TEN_DAYS, Term(1, DAYS), madrid("2026-05-21 00:00"), SEDE)

    def test_more_than_half_is_refused(self) -> None:
        with pytest.raises(ExtensionNotAllowed, match=r"32\.1"):
            extend(self.TEN_DAYS, Term(6, DAYS), madrid("2026-05-07 10:00"), SEDE)

    def test_half_of_an_odd_number_is_not_rounded_up(self) -> None:
        fifteen = count_from_notification(Term(15, DAYS), madrid("2026-05-06 10:00"), SEDE)

        assert extend(fifteen, Term(7, DAYS), madrid("2026-05-07 10:00"), SEDE).last_day == date(2026, 6, 5)
        with pytest.raises(ExtensionNotAllowed):
            extend(fifteen, Term(8, DAYS), madrid("2026-05-07 10:00"), SEDE)

    def test_several_extensions_are_at_most_half_together(self) -> None:
        once = extend(self.TEN_DAYS, Term(3, DAYS), madrid("2026-05-07 10:00"), SEDE)

        assert extend(once, Term(2, DAYS), madrid("2026-05-08 10:00"), SEDE).last_day == date(2026, 5, 27)
        with pytest.raises(ExtensionNotAllowed):
            extend(once, Term(3, DAYS), madrid("2026-05-08 10:00"), SEDE)

    def test_half_a_month_is_given_in_natural_days(self) -> None:
        month = count_from_notification(Term(1, MONTHS), madrid("2026-05-06 10:00"), SEDE)  # 7 May to 6→8 June

        extended = extend(month, Term(15, NATURAL), madrid("2026-05-07 10:00"), SEDE)

        assert (month.last_day, extended.last_day) == (date(2026, 6, 8), date(2026, 6, 23))
        with pytest.raises(ExtensionNotAllowed):
            extend(month, Term(16, NATURAL), madrid("2026-05-07 10:00"), SEDE)

    def test_half_a_year_is_six_months(self) -> None:
        year = count_from_notification(Term(1, YEARS), madrid("2026-05-06 10:00"), SEDE)

        assert extend(year, Term(6, MONTHS), madrid("2026-05-07 10:00"), SEDE).last_day == date(2027, 11, 8)
        with pytest.raises(ExtensionNotAllowed):
            extend(year, Term(7, MONTHS), madrid("2026-05-07 10:00"), SEDE)

    def test_hours_are_extended_by_hours(self) -> None:
        hours = count_from_notification(Term(24, HOURS), madrid("2026-05-07 10:00"), SEDE)

        extended = extend(hours, Term(12, HOURS), madrid("2026-05-08 09:59"), SEDE)

        assert (hours.expires_at, extended.expires_at) == (madrid("2026-05-08 10:00"), madrid("2026-05-08 22:00"))

    def test_unlike_units_cannot_be_compared(self) -> None:
        with pytest.raises(ExtensionNotAllowed):
            extend(self.TEN_DAYS, Term(1, NATURAL), madrid("2026-05-07 10:00"), SEDE)


terms = st.builds(Term, st.integers(1, 60), st.sampled_from([DAYS, NATURAL])) | st.builds(
    Term, st.integers(1, 12), st.just(MONTHS)
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(lambda moment: moment.replace(tzinfo=MADRID))


@settings(deadline=None)
@given(terms, moments)
def test_last_day_is_always_working_and_lies_ahead(term: Term, notified_at: datetime) -> None:
    counted = count_from_notification(term, notified_at, SEDE)

    assert is_working_day(counted.last_day, SEDE)
    assert counted.last_day > notified_at.date()


@settings(deadline=None)
@given(st.integers(1, 60), moments)
def test_working_days_between_are_as_many_as_the_term_says(amount: int, notified_at: datetime) -> None:
    counted = count_from_notification(Term(amount, DAYS), notified_at, SEDE)

    natural = (counted.last_day - notified_at.date()).days
    days = [notified_at.date() + timedelta(days=n) for n in range(1, natural + 1)]
    assert sum(is_working_day(day, SEDE) for day in days) == amount


@settings(deadline=None)
@given(terms, moments, st.integers(0, 400_000))
def test_later_notification_never_expires_earlier(term: Term, notified_at: datetime, seconds: int) -> None:
    later = notified_at + timedelta(seconds=seconds)

    first, second = (count_from_notification(term, moment, SEDE) for moment in (notified_at, later))

    assert first.last_day <= second.last_day
