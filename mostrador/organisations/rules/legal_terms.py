"""Legal terms of the common administrative procedure: Ley 39/2015, articles 30 to 32.

They are counted with the one calendar of the sede (art. 31.3): article 30.6, for people who live elsewhere, does not
apply there. Opening hours play no part (art. 30.8); Saturdays, Sundays and the calendar's non-working days do (30.2).

A term that needs a year whose calendar nobody has entered is refused (`CalendarMissing`). One that touches a year
whose days were only computed is `provisional`: useful inside the house, without legal effect.
"""

import calendar as gregorian
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from mostrador.organisations.errors import CalendarMissing, ExtensionNotAllowed, TermNotAllowed
from mostrador.organisations.rules.working_time import WorkingCalendar

LONGEST_TERM_IN_HOURS = 24

_DAY = timedelta(days=1)
_SATURDAY = 6


class Unit(StrEnum):
    """How a rule states its term. Days are working days unless a law or the law of the Union says otherwise (30.2)."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"
    NATURAL_DAYS = "natural_days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Term:
    """A term as a rule states it: ten working days, one month.

    Raises:
        TermNotAllowed: It is empty, or has more than 24 hours, which the law wants stated in days (art. 30.1).
    """

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise TermNotAllowed("a term is at least one unit long")
        if self.unit is Unit.HOURS and self.amount > LONGEST_TERM_IN_HOURS:
            raise TermNotAllowed(f"terms of more than {LONGEST_TERM_IN_HOURS} hours are stated in days")


@dataclass(frozen=True, slots=True)
class CountedTerm:
    """A term with its dates.

    Attributes:
        term: What was counted, extensions included one by one in `extensions`.
        counts_from: The first moment that counts, in the calendar's zone: the start of the following day, or the minute
            of the act itself for terms in hours.
        last_day: The day on which it expires.
        expires_at: The first moment after it: something done before this moment is done in time.
        unofficial_years: Years that decided the result and whose calendar has not been confirmed as official.
        extensions: Extensions granted so far.
    """

    term: Term
    counts_from: datetime
    last_day: date
    expires_at: datetime
    unofficial_years: frozenset[int]
    extensions: tuple[Term, ...] = ()

    @property
    def is_provisional(self) -> bool:
        """Tell that the dates must not be shown to anybody as legally binding."""
        return bool(self.unofficial_years)


def count_from_notification(term: Term, notified_at: datetime, calendar: WorkingCalendar) -> CountedTerm:
    """Count a term from a notification, a publication, or the day on which silence takes effect.

    Days, months and years count from the following day; hours from the very minute (art. 30.1, 30.3, 30.4).

    Args:
        term: What the rule grants.
        notified_at: Aware moment of the act.
        calendar: The calendar of the sede.

    Raises:
        CalendarMissing: A year that matters for the count is not known.
    """
    return _count(term, notified_at.astimezone(calendar.zone), _Consulted(calendar))


def count_from_filing(term: Term, filed_at: datetime, calendar: WorkingCalendar) -> CountedTerm:
    """Count a term from the moment at which somebody filed a document at the sede.

    For terms in working days, what is filed on a non-working day counts as filed in the first hour of the next working
    day (art. 31.2.b), so that day is not yet the first one. The other units count from the real moment.

    Raises:
        CalendarMissing: A year that matters for the count is not known.
    """
    days = _Consulted(calendar)
    since = filed_at.astimezone(calendar.zone)
    if term.unit is Unit.WORKING_DAYS:
        since = _legal_moment_of_filing(since, days)
    return _count(term, since, days)


def legal_moment_of_filing(filed_at: datetime, calendar: WorkingCalendar) -> datetime:
    """Return when a document counts as filed: its real moment, or the first hour of the next working day (31.2.b).

    Documents filed on non-working days keep their real order among themselves, before those of the working day.

    Returns:
        An aware moment in the calendar's zone.

    Raises:
        CalendarMissing: The calendar of the year in which that day is looked for is not known.
    """
    return _legal_moment_of_filing(filed_at.astimezone(calendar.zone), _Consulted(calendar))


def extend(counted: CountedTerm, extension: Term, decided_at: datetime, calendar: WorkingCalendar) -> CountedTerm:
    """Extend a term that is still running, counting on from its last day.

    Request and decision must both come before it expires (art. 32.3); all extensions together are at most half of the
    term (art. 32.1). Half of a term in months may be given in natural days: then it is half of the days that it lasted.

    Args:
        counted: The running term.
        extension: What is added. Hours extend hours only.
        decided_at: Aware moment of the decision.
        calendar: The calendar of the sede.

    Raises:
        ExtensionNotAllowed: The term has expired, or the extension is longer than half of it or cannot be compared.
        CalendarMissing: A year that matters for the count is not known.
    """
    if decided_at.astimezone(UTC) >= counted.expires_at.astimezone(UTC):
        raise ExtensionNotAllowed("an expired term cannot be extended (Ley 39/2015, art. 32.3)")
    extensions = (*counted.extensions, extension)
    if not _at_most_half(counted, extensions):
        raise ExtensionNotAllowed("an extension is at most half of the term (Ley 39/2015, art. 32.1)")
    days = _Consulted(calendar)
    if extension.unit is Unit.HOURS:
        expires_at = _after_working_hours(counted.expires_at, extension.amount, days)
        last_day = _last_day_before(expires_at)
    else:
        last_day = _last_day(extension, counted.last_day, days)
        expires_at = _midnight(last_day + _DAY, calendar)
    return CountedTerm(
        term=counted.term,
        counts_from=counted.counts_from,
        last_day=last_day,
        expires_at=expires_at,
        unofficial_years=counted.unofficial_years | days.unofficial_years,
        extensions=extensions,
    )


def is_working_day(day: date, calendar: WorkingCalendar) -> bool:
    """Tell whether a day is legally working: no Saturday, Sunday or non-working day of the sede (art. 30.2, 31.3).

    Raises:
        CalendarMissing: The calendar of its year is not known.
    """
    return _Consulted(calendar).is_working(day)


@dataclass(slots=True)
class _Consulted:
    """A calendar that remembers which years were asked for, and refuses those that it does not know."""

    calendar: WorkingCalendar
    years: set[int] = field(default_factory=set)

    def is_working(self, day: date) -> bool:
        if day.year not in self.calendar.known_years:
            raise CalendarMissing(day.year)
        self.years.add(day.year)
        return day.isoweekday() < _SATURDAY and day not in self.calendar.non_working_days

    def working_from(self, day: date) -> Iterator[date]:
        """Yield working days, beginning with this one."""
        while True:
            if self.is_working(day):
                yield day
            day += _DAY

    @property
    def unofficial_years(self) -> frozenset[int]:
        return frozenset(self.years - self.calendar.official_years)


def _count(term: Term, since: datetime, days: _Consulted) -> CountedTerm:
    if term.unit is Unit.HOURS:
        counts_from = _first_working_minute(since, days)
        expires_at = _after_working_hours(counts_from, term.amount, days)
        last_day = _last_day_before(expires_at)
    else:
        counts_from = _midnight(since.date() + _DAY, days.calendar)
        last_day = _last_day(term, since.date(), days)
        expires_at = _midnight(last_day + _DAY, days.calendar)
    return CountedTerm(
        term=term,
        counts_from=counts_from,
        last_day=last_day,
        expires_at=expires_at,
        unofficial_years=days.unofficial_years,
    )


def _last_day(term: Term, since: date, days: _Consulted) -> date:
    """Return the day on which a term expires that counts from the day after `since`."""
    if term.unit is Unit.WORKING_DAYS:
        working = days.working_from(since + _DAY)
        for _ in range(term.amount - 1):
            next(working)
        return next(working)
    if term.unit is Unit.NATURAL_DAYS:
        last = since + term.amount * _DAY
    else:
        last = _same_day_later(since, term.amount * (12 if term.unit is Unit.YEARS else 1))
    return next(days.working_from(last))  # art. 30.5: a non-working last day moves to the next working one


def _same_day_later(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day when it has none such (art. 30.4)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = gregorian.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, length))


def _legal_moment_of_filing(filed_at: datetime, days: _Consulted) -> datetime:
    if days.is_working(filed_at.date()):
        return filed_at
    return _midnight(next(days.working_from(filed_at.date())), days.calendar)


def _first_working_minute(moment: datetime, days: _Consulted) -> datetime:
    """Return the minute at which hours begin to count: at once, or when the next working day starts."""
    return _legal_moment_of_filing(moment.replace(second=0, microsecond=0), days)


def _after_working_hours(start: datetime, hours: int, days: _Consulted) -> datetime:
    """Count hours in real time; every hour of a working day counts and no other one (art. 30.1)."""
    left = timedelta(hours=hours)
    here = start.astimezone(UTC)
    for day in days.working_from(start.date()):
        here = max(here, _midnight(day, days.calendar).astimezone(UTC))
        until_midnight = _midnight(day + _DAY, days.calendar).astimezone(UTC) - here
        if left <= until_midnight:
            break
        left -= until_midnight
    return (here + left).astimezone(days.calendar.zone)


def _last_day_before(moment: datetime) -> date:
    """Return the day to which the last minute before a moment belongs: midnight belongs to the day that ends."""
    return (moment.astimezone(UTC) - timedelta(minutes=1)).astimezone(moment.tzinfo).date()


def _at_most_half(counted: CountedTerm, extensions: tuple[Term, ...]) -> bool:
    """Compare like with like: hours, working days, months (a year is twelve), or natural days that a term lasted."""
    whole_unit, whole = _in_common_unit(counted.term)
    added = [_in_common_unit(extension) for extension in extensions]
    if all(unit is whole_unit for unit, _ in added):
        return 2 * sum(amount for _, amount in added) <= whole
    if whole_unit is Unit.MONTHS and all(unit is Unit.NATURAL_DAYS for unit, _ in added):
        first_day = counted.counts_from.date()
        lasted = (_same_day_later(first_day, whole) - first_day).days
        return 2 * sum(amount for _, amount in added) <= lasted
    return False


def _in_common_unit(term: Term) -> tuple[Unit, int]:
    return (Unit.MONTHS, 12 * term.amount) if term.unit is Unit.YEARS else (term.unit, term.amount)


def _midnight(day: date, calendar: WorkingCalendar) -> datetime:
    return datetime.combine(day, time.min, calendar.zone)
