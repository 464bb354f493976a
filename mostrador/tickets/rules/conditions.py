"""Conditions over tickets: what a saved view shows, and to which tickets a rule of automation applies."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What a field holds; it decides which comparisons make sense."""

    CHOICE = "choice"  # one of a fixed list
    ROW = "row"  # one of a table's rows, by its key
    ROW_ALWAYS = "row_always"  # the same, and never empty
    TEXT = "text"
    TAGS = "tags"
    NUMBER = "number"
    SCORE = "score"  # a number that may be missing
    MOMENT = "moment"
    DAY = "day"
    YES_NO = "yes_no"


OPERATOR_WORDS: dict[str, str | Promise] = {
    "is": _("es"),
    "is_not": _("no es"),
    "in": _("es alguna de"),
    "not_in": _("no es ninguna de"),
    "contains": _("contiene"),
    "not_contains": _("no contiene"),
    "before": _("antes de"),
    "after": _("después de"),
    "between": _("entre"),
    "older_than": _("hace más de"),
    "newer_than": _("hace menos de"),
    "due_within": _("dentro de menos de, o ya pasó"),
    "at_least": _("al menos"),
    "at_most": _("como mucho"),
    "is_empty": _("está vacío"),
    "is_not_empty": _("no está vacío"),
}
_EMPTINESS = ("is_empty", "is_not_empty")
_TIMES = ("before", "after", "between", "older_than", "newer_than", "due_within", *_EMPTINESS)
OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.CHOICE: ("in", "not_in", "is", "is_not"),
    Kind.ROW: ("in", "not_in", "is", "is_not", *_EMPTINESS),
    Kind.ROW_ALWAYS: ("in", "not_in", "is", "is_not"),
    Kind.TEXT: ("contains", "not_contains", "is", "is_not", *_EMPTINESS),
    Kind.TAGS: ("in", "not_in", "contains", *_EMPTINESS),
    Kind.NUMBER: ("at_least", "at_most", "between", "is", "is_not"),
    Kind.SCORE: ("at_most", "at_least", "between", "is", "is_not", *_EMPTINESS),
    Kind.MOMENT: _TIMES,
    Kind.DAY: _TIMES,
    Kind.YES_NO: ("is",),
}
# Those that compare with nothing.
WITHOUT_VALUE = frozenset(_EMPTINESS)
# Those whose value is a length of time, such as "4h".
WITH_DURATION = frozenset({"older_than", "newer_than", "due_within"})

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d{1,5})([mhd])")
_RELATIVE = re.compile(r"([+-])(\d{1,5})([mhd])")


_registered: dict[str, str] = {}


def register_field(name: str, path: str) -> None:
    """Tell of something that an app above keeps for each ticket; called in `AppConfig.ready()`.

    Args:
        name: As conditions write it: "satisfaction".
        path: Dotted name of a function `() -> queries.condition_fields.Field`, because tables are not there yet.
    """
    _registered[name] = path


def registered_fields() -> dict[str, str]:
    """Return the dotted names that were registered, by the names of fields."""
    return dict(_registered)


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison.

    Attributes:
        field: A name of `queries.condition_fields.described_fields`, or "custom.<key>".
        operator: A key of `OPERATOR_WORDS`.
        value: What to compare with: a text, a number, true or false, a list of them, an ISO date or moment, two of
            those for "between", a length of time ("30m", "4h", "7d") for "older_than", "newer_than" and "due_within".
            "me" and "my_teams" stand for whoever looks; moments may also be "-7d", "+4h": relative to now.
        words: What the value was called when it was chosen, to name it after it has gone: {"12": "Equipo de firma"}.
    """

    field: str
    operator: str
    value: Any = None
    words: Mapping[str, str] = attribute(default_factory=dict, compare=False)

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """Read it as it is stored: {"field": …, "operator": …, "value": …}."""
        words = written.get("words")
        return cls(
            str(written.get("field", "")),
            str(written.get("operator", "")),
            written.get("value"),
            words if isinstance(words, Mapping) else {},
        )

    def written(self) -> dict[str, Any]:
        """Return it as it is stored."""
        stored = {"field": self.field, "operator": self.operator, "value": self.value}
        return stored | ({"words": dict(self.words)} if self.words else {})


@dataclass(frozen=True, slots=True)
class Filter:
    """What a saved view asks for: all of some conditions and, when there are others, any of those."""

    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """Read it as it is stored: {"all": […], "any": […]}; what is no condition is left out."""
        return cls(_read_several(written.get("all")), _read_several(written.get("any")))

    def written(self) -> dict[str, list[dict[str, Any]]]:
        """Return it as it is stored."""
        return {"all": [each.written() for each in self.all_of], "any": [each.written() for each in self.any_of]}

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Both groups."""
        return self.all_of + self.any_of

    def without(self, lost: Iterable[Condition]) -> Self:
        """Return it without some conditions."""
        gone = set(map(id, lost))
        return type(self)(
            tuple(each for each in self.all_of if id(each) not in gone),
            tuple(each for each in self.any_of if id(each) not in gone),
        )


def _read_several(written: Any) -> tuple[Condition, ...]:
    listed = written if isinstance(written, list) else []
    return tuple(Condition.read(each) for each in listed if isinstance(each, Mapping))


def listed(value: Any) -> list[Any]:
    """Return a value as a list: itself when it is one, nothing for None."""
    if isinstance(value, list | tuple):
        return list(value)
    return [] if value is None else [value]


def length_of_time(written: Any) -> timedelta | None:
    """Return "30m", "4h" or "7d" as a duration, or None when it is none."""
    found = _DURATION.fullmatch(written) if isinstance(written, str) else None
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def moment_of(written: Any, now: datetime, zone: tzinfo, *, end: bool = False) -> datetime | None:
    """Return an aware moment from how it is stored, or None when it is none.

    Args:
        written: "-7d" or "+4h" (from now), an ISO date (its beginning in `zone`), or an ISO moment (in `zone` when it
            has none).
        now: The moment (aware).
        zone: In which dates begin.
        end: Whether a date means the end of that day.
    """
    if isinstance(written, datetime):
        return written if written.tzinfo else written.replace(tzinfo=zone)
    if isinstance(written, str) and (found := _RELATIVE.fullmatch(written)):
        length = timedelta(**{_UNITS[found[3]]: int(found[2])})
        return now + length if found[1] == "+" else now - length
    if day := _day(written):
        return datetime.combine(day + timedelta(days=1) if end else day, time.min, zone)
    try:
        moment = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return moment and (moment if moment.tzinfo else moment.replace(tzinfo=zone))


def day_of(written: Any, now: datetime, zone: tzinfo) -> date | None:
    """Return a day from how it is stored: "today", "+7d", an ISO date; None when it is none."""
    if written == "today":
        return now.astimezone(zone).date()
    if day := _day(written):
        return day
    moment = moment_of(written, now, zone)
    return moment.astimezone(zone).date() if moment else None


def _day(written: Any) -> date | None:
    if isinstance(written, date) and not isinstance(written, datetime):
        return written
    try:
        return date.fromisoformat(written) if isinstance(written, str) and len(written) == 10 else None
    except ValueError:
        return None


def number_of(written: Any) -> float | None:
    """Return a number from how it is stored, or None when it is none."""
    if isinstance(written, bool):
        return None
    if isinstance(written, int | float):
        return written
    try:
        return int(written) if isinstance(written, str) and len(written) < 19 else None
    except ValueError:
        return None


def sequence_of_two(value: Any) -> Sequence[Any]:
    """Return the two ends of "between"; what is missing is None."""
    return (*listed(value), None, None)[:2]
