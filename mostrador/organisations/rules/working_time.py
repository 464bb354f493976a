"""Working time: when a desk is open, how long it has been open, when it opens next.

Everything is computed on absolute time: a shift of 22:00 to 06:00 lasts seven hours on the night on which clocks go
forward and nine on the one on which they go back. Local times that a change of clocks leaves out mean the moment of the
change; local times that happen twice mean the first of the two.

A calendar turns each year into sorted opening intervals once, with the working time accumulated before each of them.
After that every question costs two binary searches, so it can be asked for each row of a list or of a roll-up. Keep and
share calendars: they are immutable, and safe to use from several threads.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from mostrador.organisations.errors import NoOpeningHours

LONGEST_CLOSURE = timedelta(days=366)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """One stretch of opening hours of an ISO weekday (Monday is 1), in the calendar's local time.

    A shift that closes at or before the time it opens ends on the following day: 22:00–06:00 runs across midnight,
    09:00–00:00 until midnight, 00:00–00:00 all day. It belongs wholly to the day on which it opens: if that day is
    non-working it does not take place, if only the following one is, it is finished.
    """

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Season:
    """Part of every year, both ends included, as (month, day): summer is `Season((6, 15), (9, 15))`.

    A season that ends before it starts runs across New Year.
    """

    starts: tuple[int, int]
    ends: tuple[int, int]

    def includes(self, day: date) -> bool:
        """Tell whether the season holds on this day."""
        today = (day.month, day.day)
        if self.starts <= self.ends:
            return self.starts <= today <= self.ends
        return today >= self.starts or today <= self.ends


@dataclass(frozen=True, slots=True)
class Timetable:
    """The shifts of a week, and the days on which they are in force (both ends included).

    Where several timetables cover a day only one of them holds, the most particular one: dated at both ends before
    seasonal, seasonal before the ordinary one; among equals the one that starts last.
    """

    shifts: tuple[Shift, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    season: Season | None = None

    def covers(self, day: date) -> bool:
        """Tell whether this timetable could hold on this day."""
        if self.valid_from is not None and day < self.valid_from:
            return False
        if self.valid_to is not None and day > self.valid_to:
            return False
        return self.season is None or self.season.includes(day)

    @property
    def precedence(self) -> tuple[bool, bool, date]:
        """Order among the timetables that cover a day: the greatest one holds."""
        dated = self.valid_from is not None and self.valid_to is not None
        return (dated, self.season is not None, self.valid_from or date.min)


@dataclass(frozen=True, slots=True)
class _YearOfWork:
    """The openings of one local year, cut at its two midnights. Times are microseconds since 1970 (ticks).

    Arrays of plain numbers: hundreds of calendars are kept, and a list would take five times their room.
    """

    starts: "array[int]"
    ends: "array[int]"
    before: "array[int]"  # working time of the year before starts[i]; the one entry more is the year's total
    year_ends: int

    @property
    def total(self) -> int:
        return self.before[-1]

    def worked_until(self, tick: int) -> int:
        """Return the working time between the start of the year and this tick of it."""
        index = bisect_right(self.starts, tick) - 1
        if index < 0:
            return 0
        return self.before[index] + min(tick, self.ends[index]) - self.starts[index]

    def tick_after_working(self, worked: int) -> int:
        """Return the first tick at which this much has been worked; more than nothing, at most the total."""
        index = bisect_left(self.before, worked) - 1
        return self.starts[index] + worked - self.before[index]


@dataclass(frozen=True)
class WorkingCalendar:
    """When somebody works, and which days the law counts.

    Attributes:
        zone: The zone of all local times and dates.
        timetables: Opening hours. Legal terms take no notice of them (Ley 39/2015, art. 30.8).
        non_working_days: Whole days without opening, besides those that no shift covers.
        known_years: Years whose non-working days have been entered, computed or official.
        official_years: Those of them that somebody has confirmed with the published calendar (art. 30.7 and 31.3).
    """

    zone: ZoneInfo
    timetables: tuple[Timetable, ...] = ()
    non_working_days: frozenset[date] = frozenset()
    known_years: frozenset[int] = frozenset()
    official_years: frozenset[int] = frozenset()
    _years: dict[int, _YearOfWork] = field(default_factory=dict, init=False, repr=False, compare=False)

    def timetable_on(self, day: date) -> Timetable | None:
        """Return the timetable in force on this day, or None."""
        covering = [timetable for timetable in self.timetables if timetable.covers(day)]
        return max(covering, key=lambda timetable: timetable.precedence, default=None)

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """Return the shifts that open on this day, earliest first: none on non-working days."""
        timetable = None if day in self.non_working_days else self.timetable_on(day)
        if timetable is None:
            return ()
        today = (shift for shift in timetable.shifts if shift.weekday == day.isoweekday())
        return tuple(sorted(today, key=lambda shift: shift.opens))

    def is_official(self, start: datetime, end: datetime) -> bool:
        """Tell whether every year between the two moments has its official calendar; otherwise say "provisional"."""
        first, last = sorted((start.astimezone(self.zone).year, end.astimezone(self.zone).year))
        return self.official_years.issuperset(range(first, last + 1))

    def work_of(self, year: int) -> _YearOfWork:
        """Return the openings of a local year, computed once."""
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = _year_of_work(self, year)
        return known


def is_open(moment: datetime, calendar: WorkingCalendar) -> bool:
    """Tell whether the desk is open at an aware moment: from the moment it opens until just before it closes."""
    return _open_at(_ticks(moment), calendar)


def next_opening(moment: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the moment itself when the desk is open, otherwise the next one at which it opens.

    Args:
        moment: Aware moment, in any zone.
        calendar: Opening hours and non-working days.

    Returns:
        An aware moment in UTC: moments of one local zone would compare and subtract by their clocks, not in time.

    Raises:
        NoOpeningHours: It opens at no moment of the following 366 days.
    """
    if is_open(moment, calendar):
        return moment.astimezone(UTC)
    tick, year = _ticks(moment), _local_year(moment, calendar)
    work = calendar.work_of(year)
    index = bisect_right(work.starts, tick)
    while index == len(work.starts):
        year, index = year + 1, 0
        work = calendar.work_of(year)
        _refuse_long_closure(tick, work)
    return _moment(work.starts[index])


def add_working_time(start: datetime, duration: timedelta, calendar: WorkingCalendar) -> datetime:
    """Return the first moment at which the desk has been open for `duration` since `start`.

    Args:
        start: Aware moment, in any zone.
        duration: Working time to add, zero or more.
        calendar: Opening hours and non-working days.

    Returns:
        An aware moment in UTC, never while the desk is closed: at the latest the moment it closes.

    Raises:
        NoOpeningHours: There is a closure of more than 366 days on the way.
        ValueError: The duration is negative, or the start has no zone.
    """
    left = duration // _TICK
    if left < 0:
        raise ValueError("working time can be added, not taken away")
    if left == 0:
        return _while_open(start, calendar)
    last_open, year = _ticks(start), _local_year(start, calendar)
    work = calendar.work_of(year)
    worked = work.worked_until(last_open) + left
    while worked > work.total:
        worked -= work.total
        last_open = max([last_open, *work.ends[-1:]])
        year += 1
        work = calendar.work_of(year)
        _refuse_long_closure(last_open, work)
    return _moment(work.tick_after_working(worked))


def working_time_between(start: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
    """Return how long the desk has been open between two aware moments: real time, counted in UTC.

    When `end` comes before `start` the answer is negative: the working time left until a term that has passed.
    """
    opened, closed = _ticks(start), _ticks(end)  # moments of one zone would compare by their clocks, not in time
    if closed < opened:
        return -working_time_between(end, start, calendar)
    first, last = _local_year(start, calendar), _local_year(end, calendar)
    worked = calendar.work_of(last).worked_until(closed) - calendar.work_of(first).worked_until(opened)
    worked += sum(calendar.work_of(year).total for year in range(first, last))
    return worked * _TICK


def _while_open(moment: datetime, calendar: WorkingCalendar) -> datetime:
    """Like `next_opening`, but the moment of closing still counts as worked."""
    if _open_at(_ticks(moment) - 1, calendar):
        return moment.astimezone(UTC)
    return next_opening(moment, calendar)


def _open_at(tick: int, calendar: WorkingCalendar) -> bool:
    work = calendar.work_of(_local_year(_moment(tick), calendar))
    index = bisect_right(work.starts, tick) - 1
    return index >= 0 and tick < work.ends[index]


def _refuse_long_closure(last_open: int, work: _YearOfWork) -> None:
    opens = work.starts[0] if work.starts else work.year_ends
    if opens - last_open > LONGEST_CLOSURE // _TICK:
        raise NoOpeningHours(f"no opening within {LONGEST_CLOSURE.days} days of {_moment(last_open):%Y-%m-%d}")


def _year_of_work(calendar: WorkingCalendar, year: int) -> _YearOfWork:
    year_starts = _ticks(_instant(date(year, 1, 1), time.min, calendar.zone))
    year_ends = _ticks(_instant(date(year + 1, 1, 1), time.min, calendar.zone))
    cut = ((max(start, year_starts), min(end, year_ends)) for start, end in _openings(calendar, year))
    merged = _merged(sorted((start, end) for start, end in cut if start < end))
    return _YearOfWork(
        starts=array("q", (start for start, _ in merged)),
        ends=array("q", (end for _, end in merged)),
        before=array("q", accumulate((end - start for start, end in merged), initial=0)),
        year_ends=year_ends,
    )


def _openings(calendar: WorkingCalendar, year: int) -> Iterator[tuple[int, int]]:
    """Yield the shifts that may touch the year: those of 31 December before it may run into it."""
    day = date(year, 1, 1) - _DAY
    while day.year <= year:
        for shift in calendar.shifts_on(day):
            closing_day = day if shift.closes > shift.opens else day + _DAY
            opens = _instant(day, shift.opens, calendar.zone)
            closes = _instant(closing_day, shift.closes, calendar.zone)
            yield _ticks(opens), _ticks(closes)
        day += _DAY


def _merged(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join intervals that touch or overlap; they come sorted."""
    merged: list[tuple[int, int]] = []
    for start, end in intervals:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the moment in UTC of a local time: of two the first, of none the change of clocks that leaves it out."""
    local = datetime.combine(day, clock, zone)
    skipped = local.utcoffset() != local.replace(fold=1).utcoffset() and not _exists(local)
    return _change_of_clocks(local) if skipped else local.astimezone(UTC)


def _exists(local: datetime) -> bool:
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)


def _change_of_clocks(local: datetime) -> datetime:
    """Return the change that skips this local time: the moment at which the zone's offset changes around it."""
    early, late = local.replace(fold=1).astimezone(UTC), local.astimezone(UTC)  # one offset each, an hour apart
    offset_after = late.astimezone(local.tzinfo).utcoffset()
    while late - early > _TICK:
        middle = early + (late - early) // 2
        if middle.astimezone(local.tzinfo).utcoffset() == offset_after:
            late = middle
        else:
            early = middle
    return late


def _ticks(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("working time needs moments with a zone")
    return (moment - _EPOCH) // _TICK


def _moment(tick: int) -> datetime:
    return _EPOCH + tick * _TICK


def _local_year(moment: datetime, calendar: WorkingCalendar) -> int:
    return moment.astimezone(calendar.zone).year
