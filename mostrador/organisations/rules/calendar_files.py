"""Read official calendars from CSV and iCalendar files. What is not understood comes back with its place and text."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from mostrador.organisations.choices import CalendarFault, DayScope

LONGEST_EVENT = timedelta(days=31)

_SCOPES = {
    "nacional": DayScope.NATIONAL,
    "national": DayScope.NATIONAL,
    "estatal": DayScope.NATIONAL,
    "autonomico": DayScope.REGIONAL,
    "autonomica": DayScope.REGIONAL,
    "regional": DayScope.REGIONAL,
    "local": DayScope.LOCAL,
    "propio": DayScope.OWN,
    "propia": DayScope.OWN,
    "own": DayScope.OWN,
}
# Heads of columns as people write them: "Fecha", "Ámbito", "Nombre (ca)".
_COLUMNS = {
    "fecha": "on",
    "dia": "on",
    "date": "on",
    "data": "on",
    "ambito": "scope",
    "scope": "scope",
    "tipo": "scope",
    "nombre": "name",
    "name": "name",
    "descripcion": "name",
    "festividad": "name",
    "fuente": "source",
    "source": "source",
}
_WITHOUT_HEADS = ("on", "scope", "name", "source")
_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"),
)


@dataclass(frozen=True)
class ReadDay:
    """A non-working day as a file states it; `names` by language, Spanish always there."""

    on: date
    scope: DayScope
    names: Mapping[str, str]
    source: str = ""


@dataclass(frozen=True)
class BadLine:
    """Something in the file that was not understood, kept whole so that a person can put it right.

    Attributes:
        number: The line, from 1 on; of an event, its first line.
        text: What stands there, whole.
        fault: Why it was not taken.
    """

    number: int
    text: str
    fault: CalendarFault


@dataclass(frozen=True)
class ReadCalendar:
    """What a file says: the days in date order, and everything else."""

    days: tuple[ReadDay, ...]
    bad_lines: tuple[BadLine, ...]


@dataclass(frozen=True)
class _Part:
    """A piece of the file and how to read its days."""

    number: int
    text: str
    read: Callable[[], Iterable[ReadDay]]


class _NotUnderstood(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, fault: CalendarFault) -> None:
        super().__init__(fault)
        self.fault = fault


def read_calendar(content: bytes, *, zone: ZoneInfo, years: Iterable[int], default_scope: DayScope) -> ReadCalendar:
    """Read a file, iCalendar when it begins like one, CSV otherwise.

    Args:
        content: UTF-8 (with or without mark) or Windows-1252.
        zone: Zone in which moments of iCalendar events become days.
        years: Years for which an event that repeats every year is taken.
        default_scope: Scope of the days that state none.
    """
    text = decoded(content)
    if text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        return read_icalendar(text, zone=zone, years=years, default_scope=default_scope)
    return read_csv(text, default_scope=default_scope)


def decoded(content: bytes) -> str:
    """Return the text of a file saved as UTF-8 or as Windows-1252; never fails."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_csv(text: str, *, default_scope: DayScope) -> ReadCalendar:
    """Read lines of date, scope, name and source, separated by comma, semicolon or tab.

    A first line with heads may name and order the columns, and add names by language: "nombre_ca".
    """
    lines = text.splitlines()
    separator = max(";\t,", key=lambda mark: sum(line.count(mark) for line in lines[:20]))
    columns: Sequence[str] = _WITHOUT_HEADS
    parts: list[_Part] = []
    for number, line in enumerate(lines, start=1):
        cells = _cells(line, separator)
        if not any(cells) or line.startswith("#"):
            continue
        if not parts and (heads := _heads(cells)):
            columns = heads
            continue
        values = dict(zip(columns, cells, strict=False))
        parts.append(_Part(number, line, partial(_day_of_line, values, default_scope)))
    return _collected(parts)


def read_icalendar(text: str, *, zone: ZoneInfo, years: Iterable[int], default_scope: DayScope) -> ReadCalendar:
    """Read the events one by one: every day from start to end; those that repeat each year, in each of `years`."""
    wanted = sorted(set(years))
    parts = [
        _Part(number, words, partial(_days_of_event, words, zone, wanted, default_scope))
        for number, words in _events(text)
    ]
    if not parts:
        return ReadCalendar((), (BadLine(1, text, CalendarFault.UNREADABLE),))
    return _collected(parts)


def _events(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number of the first line and the text of each event, damaged or not."""
    begun: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip().upper() == "BEGIN:VEVENT" or begun:
            begun.append(line)
        if line.strip().upper() == "END:VEVENT" and begun:
            yield number - len(begun) + 1, "\r\n".join(begun)
            begun = []
    if begun:
        yield len(text.splitlines()) - len(begun) + 1, "\r\n".join(begun)


def _collected(parts: Iterable[_Part]) -> ReadCalendar:
    days: dict[date, ReadDay] = {}
    bad_lines = []
    for part in parts:
        try:
            days |= _without_repetition(part.read(), days)
        except _NotUnderstood as problem:
            bad_lines.append(BadLine(part.number, part.text, problem.fault))
    return ReadCalendar(tuple(days[on] for on in sorted(days)), tuple(bad_lines))


def _without_repetition(read: Iterable[ReadDay], before: Mapping[date, ReadDay]) -> dict[date, ReadDay]:
    days = {day.on: day for day in read}
    if days.keys() & before.keys():
        raise _NotUnderstood(CalendarFault.REPEATED)
    return days


def _heads(cells: list[str]) -> list[str]:
    """Return what each column holds when this is a line of heads, else nothing."""
    heads = [_head(cell) for cell in cells]
    return heads if "on" in heads else []


def _head(cell: str) -> str:
    plain = _plain(cell)
    language = re.fullmatch(r"(?:nombre|name)[ _(-]+([a-z]{2})\)?", plain)
    return f"name_{language[1]}" if language else _COLUMNS.get(plain, plain)


def _cells(line: str, separator: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line.replace("\0", "")], delimiter=separator), [])]
    except csv.Error:  # a cell of more than 128 kB
        return [line]


def _day_of_line(values: Mapping[str, str], default_scope: DayScope) -> list[ReadDay]:
    on = _date(values.get("on", ""))
    translated = {column.removeprefix("name_"): name for column, name in values.items() if column.startswith("name_")}
    names = {"es": values.get("name", "")} | {language: name for language, name in translated.items() if name}
    if not names["es"]:
        raise _NotUnderstood(CalendarFault.NO_NAME)
    scope = _plain(values.get("scope", ""))
    if scope and scope not in _SCOPES:
        raise _NotUnderstood(CalendarFault.UNKNOWN_SCOPE)
    return [ReadDay(on, _SCOPES.get(scope, default_scope), names, values.get("source", ""))]


def _date(text: str) -> date:
    for shape in _DATES:
        if found := shape.fullmatch(text.strip()):
            try:
                return date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError:
                break
    raise _NotUnderstood(CalendarFault.NO_DATE)


def _days_of_event(words: str, zone: ZoneInfo, years: list[int], default_scope: DayScope) -> list[ReadDay]:
    import icalendar  # noqa: PLC0415 - 2 MB in every web process, for a file a year

    try:
        event = icalendar.Event.from_ical(words)
        first, last = _span(event, zone)
        starts = _repeated(event, first, years)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as problem:  # the library's, on damaged events
        raise _NotUnderstood(CalendarFault.UNREADABLE) from problem
    name = str(event.get("SUMMARY", "")).strip()
    if not name:
        raise _NotUnderstood(CalendarFault.NO_NAME)
    scope = _SCOPES.get(_category(event), default_scope)
    length = (last - first).days + 1
    return [
        ReadDay(start + timedelta(days=offset), scope, {"es": name}) for start in starts for offset in range(length)
    ]


def _category(event: Any) -> str:
    categories = event.get("CATEGORIES")
    return _plain(str(categories.cats[0])) if categories and getattr(categories, "cats", None) else ""


def _span(event: Any, zone: ZoneInfo) -> tuple[date, date]:
    """Return the first and the last day of an event; the end that the file states is not part of it."""
    if "DTSTART" not in event:
        raise _NotUnderstood(CalendarFault.NO_DATE)
    first, end = _local_day(event.start, zone), event.end
    last_moment = end - (timedelta(seconds=1) if isinstance(end, datetime) else timedelta(days=1))
    last = max(first, _local_day(last_moment, zone))
    if last - first > LONGEST_EVENT:
        raise _NotUnderstood(CalendarFault.UNREADABLE)
    return first, last


def _local_day(value: Any, zone: ZoneInfo) -> date:
    if isinstance(value, datetime):
        return value.astimezone(zone).date() if value.tzinfo else value.date()
    day: date = value
    return day


def _repeated(event: Any, first: date, years: list[int]) -> list[date]:
    """Return the days on which the event starts: once, or on the same date of each year asked for."""
    rule = event.get("RRULE")
    if rule is None:
        return [first]
    allowed = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "UNTIL", "COUNT"}
    if rule.get("FREQ") != ["YEARLY"] or rule.get("INTERVAL", [1]) != [1] or set(rule) - allowed:
        raise _NotUnderstood(CalendarFault.OTHER_REPETITION)
    if rule.get("BYMONTH", [first.month]) != [first.month] or rule.get("BYMONTHDAY", [first.day]) != [first.day]:
        raise _NotUnderstood(CalendarFault.OTHER_REPETITION)
    last_year = min(rule["UNTIL"][0].year if "UNTIL" in rule else 9999, first.year + rule.get("COUNT", [9999])[0] - 1)
    exists = (year for year in years if first.year <= year <= last_year and not (_leap_day(first) and year % 4))
    return [first.replace(year=year) for year in exists]


def _leap_day(day: date) -> bool:
    return (day.month, day.day) == (2, 29)


def _plain(text: str) -> str:
    """Return a word in small letters without accents."""
    parts = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(letter for letter in parts if unicodedata.category(letter) != "Mn")
