"""Conditions over tickets as the database understands them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q
from django.utils import timezone

from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation, Topic
from mostrador.people.models import Person
from mostrador.people.rules import name_key
from mostrador.shared.keys import row_key
from mostrador.tickets.queries.condition_fields import CUSTOM, Field, custom_fields, described, described_fields
from mostrador.tickets.rules.conditions import (
    Condition,
    Filter,
    Kind,
    day_of,
    length_of_time,
    listed,
    moment_of,
    number_of,
    sequence_of_two,
)

_ROWS = "SELECT {}, id FROM {} WHERE id = ANY(%s::bigint[])"
# Whether something is there says the field is true.
_PRESENCES = frozenset({"is_merged", "is_part"})


@dataclass(frozen=True, slots=True)
class Lost:
    """What a view names and no longer exists, in words."""

    field: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Who looks and when: what "me" and "-7d" mean."""

    access: Access | None
    now: datetime


def where(
    conditions: Iterable[Condition], *, access: Access | None, now: datetime, any_of: Iterable[Condition] = ()
) -> Q:
    """Return the filter that all the conditions make together. No query.

    Args:
        conditions: All must hold.
        access: Of whoever looks, for "me" and "my_teams"; None where nobody does: those then match nothing.
        now: The moment (aware) for relative ones; dates begin in the active zone.
        any_of: When there are some, at least one of them must hold too.

    Raises:
        KeyError: A field or an operator is unknown (its field was deleted, for example), or a value does not fit it.
    """
    context, found, either = Context(access, now), Q(), Q()
    for condition in conditions:
        found &= _compared(condition, context)
    for condition in any_of:
        either |= _compared(condition, context)
    return found & either


def where_filter(asked: Filter, *, access: Access | None, now: datetime) -> Q:
    """Return both groups of a filter as one. No query.

    Raises:
        KeyError: As `where`.
    """
    return where(asked.all_of, access=access, now=now, any_of=asked.any_of)


# --- What has gone ----------------------------------------------------------------------------------------------------


def understood(asked: Filter, organisation: Organisation) -> tuple[Filter, list[Lost]]:
    """Return what of a filter can still be asked, and what it names that no longer exists.

    Conditions over a field that has gone, or without a value that fits, are left out; values that have gone stay and
    match nothing. At most two queries: one for own fields, one for the rows it names.
    """
    names_own = any(each.field.startswith(CUSTOM) for each in asked.conditions)
    custom = custom_fields(organisation) if names_own else None
    lost, unusable = [], []
    for condition in asked.conditions:
        name = condition.words.get("field", "") or condition.field.removeprefix(CUSTOM)
        try:
            name = str(described(condition.field, custom).label)
            where([condition], access=None, now=timezone.now())
        except KeyError:
            unusable.append(condition)
            lost.append(Lost(name))
    kept = asked.without(unusable)
    return kept, lost + _lost_rows(kept)


def _lost_rows(asked: Filter) -> list[Lost]:
    """Return the rows that conditions name and that are gone. One query when some are named, else none."""
    known, named = described_fields(), dict[type[Model], set[int]]()
    for condition in asked.conditions:
        field = known.get(condition.field)
        rows = field.rows if field else None
        if rows is not None:
            keys = {key for value in listed(condition.value) if (key := row_key(str(value))) is not None}
            named.setdefault(rows, set()).update(keys)
    named = {rows: keys for rows, keys in named.items() if keys}
    if not named:
        return []
    questions = [_ROWS.format(number, rows._meta.db_table) for number, rows in enumerate(named)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions), [list(keys) for keys in named.values()])
        found = set(cursor.fetchall())
    tables = {rows: number for number, rows in enumerate(named)}
    return [
        Lost(str(field.label), condition.words.get(str(key)) or f"#{key}")
        for condition in asked.conditions
        if (field := known.get(condition.field)) is not None and field.rows is not None
        for value in listed(condition.value)
        if (key := row_key(str(value))) is not None and (tables[field.rows], key) not in found
    ]


# --- Comparing --------------------------------------------------------------------------------------------------------


def _compared(condition: Condition, context: Context) -> Q:
    field = described(condition.field)
    if condition.field.startswith(CUSTOM):
        return _CUSTOM[condition.operator](field.path, condition.value, context)
    if field.beside is not None:
        return _compared_beside(condition, field, field.beside, context)
    if condition.operator in _EMPTY:
        return _EMPTY[condition.operator](condition.field, field)
    comparing = _BY_KIND[field.kind]
    return comparing(condition.field, field, condition.operator, condition.value, context)


def _compared_beside(condition: Condition, field: Field, beside: tuple[type[Model], str], context: Context) -> Q:
    """Ask for a row in the field's own table: the opposite of a comparison holds when no row fits it."""
    operator = _OPPOSITES.get(condition.operator, condition.operator)
    fits = (
        Q(**{f"{field.path}__isnull": False})
        if operator == "is_not_empty"
        else _BY_KIND[field.kind](condition.field, field, operator, condition.value, context)
    )
    table, way = beside
    found = Q(Exists(table._default_manager.filter(fits, **{way: OuterRef("pk")})))
    return found if operator == condition.operator else ~found


_OPPOSITES = {"is_not": "is", "not_in": "in", "is_empty": "is_not_empty"}


def _is_empty(name: str, field: Field) -> Q:
    if field.kind == Kind.TAGS:
        return Q(**{field.path: []})
    if field.kind == Kind.TEXT:
        empty = Q(**{field.path: ""})
        return empty | Q(representative__isnull=True) if name == "representative" else empty
    return Q(**{f"{field.path}__isnull": True})


_EMPTY: dict[str, Callable[[str, Field], Q]] = {
    "is_empty": _is_empty,
    "is_not_empty": lambda name, field: ~_is_empty(name, field),
}


def _same(name: str, field: Field, operator: str, value: Any, context: Context) -> Q:
    """Compare what is one of several."""
    values = _one_of(field, value, context)
    if operator in {"is", "is_not"} and len(listed(value)) != 1:
        raise KeyError(operator)
    found = Q(**{f"{field.path}__in": values})
    if name == "topic":
        inside = Topic.objects.filter(Q(pk__in=values) | Q(parent__in=values))
        found = Q(topic__in=inside)
    return _signed(operator, found, {"is", "in"}, {"is_not", "not_in"})


def _one_of(field: Field, value: Any, context: Context) -> list[Any]:
    values: list[Any] = []
    for each in listed(value):
        if each == "me":
            values += [context.access.user.pk] if context.access else []
        elif each == "my_teams":
            values += sorted(context.access.team_ids) if context.access else []
        elif isinstance(each, Model):
            values.append(each.pk)
        elif field.rows is not None or (field.options and field.options[0][0].isdecimal()):
            key = row_key(str(each))
            values += [] if key is None else [key]
        else:
            values.append(str(each))
    return values


def _text(name: str, field: Field, operator: str, value: Any, context: Context) -> Q:
    words = str(value if value is not None else "")
    if name in {"person", "representative"}:
        wanted = Q(name_key=name_key(words)) if operator in {"is", "is_not"} else Q(name_key__contains=name_key(words))
        found = Q(**{f"{name}__in": Person.objects.filter(wanted)})
    elif operator in {"is", "is_not"}:
        found = Q(**{f"{field.path}__iexact": words}) if words else Q(**{field.path: ""})
    else:
        found = Q(**{f"{field.path}__icontains": words})
    return _signed(operator, found, {"is", "contains"}, {"is_not", "not_contains"})


def _tags(name: str, field: Field, operator: str, value: Any, context: Context) -> Q:
    values = [str(each) for each in listed(value)]
    comparison = "contains" if operator in {"contains", "is"} else "overlap"
    found = Q(**{f"{field.path}__{comparison}": values})
    return _signed(operator, found, {"is", "in", "contains"}, {"is_not", "not_in", "not_contains"})


def _number(name: str, field: Field, operator: str, value: Any, context: Context) -> Q:
    first, last = (number_of(each) for each in sequence_of_two(value))
    if first is None or (operator == "between" and last is None):
        raise KeyError(operator)
    ways: dict[str, Q] = {
        "is": Q(**{field.path: first}),
        "is_not": ~Q(**{field.path: first}),
        "at_least": Q(**{f"{field.path}__gte": first}),
        "at_most": Q(**{f"{field.path}__lte": first}),
        "after": Q(**{f"{field.path}__gt": first}),
        "before": Q(**{f"{field.path}__lt": first}),
        "between": Q(**{f"{field.path}__gte": first, f"{field.path}__lte": last}),
    }
    return ways[operator]


def _moment(name: str, field: Field, operator: str, value: Any, context: Context) -> Q:
    zone, now = timezone.get_current_timezone(), context.now
    if length := length_of_time(value):
        ways = {"older_than": ("lt", -length), "newer_than": ("gte", -length), "due_within": ("lt", length)}
        comparison, distance = ways[operator]
        return Q(**{f"{field.path}__{comparison}": now + distance})
    first, last = sequence_of_two(value)
    begin, end = moment_of(first, now, zone), moment_of(last, now, zone, end=True)
    if begin is None or (operator == "between" and end is None):
        raise KeyError(operator)
    after = moment_of(first, now, zone, end=True)
    between = {
        "before": Q(**{f"{field.path}__lt": begin}),
        "after": Q(**{f"{field.path}__gte" if after != begin else f"{field.path}__gt": after}),
        "between": Q(**{f"{field.path}__gte": begin, f"{field.path}__lt": end}),
        "is": Q(**{f"{field.path}__gte": begin, f"{field.path}__lt": after})
        if after != begin
        else Q(**{field.path: begin}),
    }
    return between[operator]


def _day(name: str, field: Field, operator: str, value: Any, context: Context) -> Q:
    zone, now = timezone.get_current_timezone(), context.now
    today = now.astimezone(zone).date()
    if length := length_of_time(value):
        comparison, distance = _whole_days(operator, length)
        return Q(**{f"{field.path}__{comparison}": today + distance})
    first, last = (day_of(each, now, zone) for each in sequence_of_two(value))
    if first is None or (operator == "between" and last is None):
        raise KeyError(operator)
    days = {
        "is": Q(**{field.path: first}),
        "before": Q(**{f"{field.path}__lt": first}),
        "after": Q(**{f"{field.path}__gt": first}),
        "between": Q(**{f"{field.path}__gte": first, f"{field.path}__lte": last}),
    }
    return days[operator]


def _whole_days(operator: str, length: timedelta) -> tuple[str, timedelta]:
    """Return how a day compares with today, and how far from it; hours of less than a day count as none."""
    days = timedelta(days=length.days)
    return {"older_than": ("lt", -days), "newer_than": ("gte", -days), "due_within": ("lte", days)}[operator]


def _yes_no(name: str, field: Field, operator: str, value: Any, context: Context) -> Q:
    wanted = value in {True, "true", "1"}
    if name in _PRESENCES:
        return Q(**{f"{field.path}__isnull": not wanted})
    return _signed(operator, Q(**{field.path: wanted}), {"is"}, {"is_not"})


def _signed(operator: str, found: Q, positive: set[str], negative: set[str]) -> Q:
    if operator in positive:
        return found
    if operator in negative:
        return ~found
    raise KeyError(operator)


_BY_KIND: dict[Kind, Callable[[str, Field, str, Any, Context], Q]] = {
    Kind.CHOICE: _same,
    Kind.ROW: _same,
    Kind.ROW_ALWAYS: _same,
    Kind.TEXT: _text,
    Kind.TAGS: _tags,
    Kind.NUMBER: _number,
    Kind.SCORE: _number,
    Kind.MOMENT: _moment,
    Kind.DAY: _day,
    Kind.YES_NO: _yes_no,
}


# --- Fields of an organisation's own ----------------------------------------------------------------------------------
# Answers are JSON: what is not answered is not there, and a comparison with it must be false and not unknown.


def _custom_one_of(path: str, value: Any) -> Q:
    key = path.removeprefix("custom__")
    found = Q(pk__in=[])
    for each in listed(value):
        alike = [each] + ([each == "true"] if each in {"true", "false"} else [])
        number = number_of(each) if isinstance(each, str) else None
        for form in alike + ([number] if number is not None else []):
            found |= Q(custom__contains={key: form}) | Q(custom__contains={key: [form]})
    return found


def _custom_compared(*comparisons: str) -> Callable[[str, Any, Context], Q]:
    def compare(path: str, value: Any, context: Context) -> Q:
        found, ends = Q(), sequence_of_two(value)
        for comparison, end in zip(comparisons, ends, strict=False):
            written = number_of(end)
            if written is None:
                day = day_of(end, context.now, timezone.get_current_timezone())
                written = day.isoformat() if day else None  # type: ignore[assignment]
            if written is None:
                raise KeyError(comparison)
            # Numbers compare with numbers and texts with texts; of other types JSON has an order that means nothing.
            kind = "number" if isinstance(written, int | float) else "string"
            found &= Q(**{f"{path}__{comparison}": written}) & _of_type(path, kind)
        return found

    return compare


def _of_type(path: str, kind: str) -> Q:
    if kind == "number":
        return Q(**{f"{path}__lt": False}) & Q(**{f"{path}__gt": "\U0010ffff"})
    return Q(**{f"{path}__gte": ""}) & Q(**{f"{path}__lt": -1e300})


def _custom_in_time(operator: str) -> Callable[[str, Any, Context], Q]:
    def compare(path: str, value: Any, context: Context) -> Q:
        length = length_of_time(value)
        if length is None:
            raise KeyError(operator)
        today = timezone.localdate(context.now)
        comparison, distance = _whole_days(operator, length)
        return Q(**{f"{path}__{comparison}": (today + distance).isoformat()}) & _of_type(path, "string")

    return compare


def _custom_is_empty(path: str, value: Any, context: Context) -> Q:
    key = path.removeprefix("custom__")
    nothing = Q(custom__contains={key: ""}) | Q(custom__contains={key: None}) | Q(**{path: []})
    return ~Q(custom__has_key=key) | nothing


def _custom_contains(path: str, value: Any, context: Context) -> Q:
    key = path.removeprefix("custom__")
    return Q(custom__has_key=key) & Q(**{f"{path}__icontains": str(value)})


def _not(comparing: Callable[[str, Any, Context], Q]) -> Callable[[str, Any, Context], Q]:
    return lambda path, value, context: ~comparing(path, value, context)


def _custom_is(path: str, value: Any, context: Context) -> Q:
    return _custom_one_of(path, value)


_CUSTOM: dict[str, Callable[[str, Any, Context], Q]] = {
    "is": _custom_is,
    "is_not": _not(_custom_is),
    "in": _custom_is,
    "not_in": _not(_custom_is),
    "contains": _custom_contains,
    "not_contains": _not(_custom_contains),
    "before": _custom_compared("lt"),
    "after": _custom_compared("gt"),
    "between": _custom_compared("gte", "lte"),
    "at_least": _custom_compared("gte"),
    "at_most": _custom_compared("lte"),
    "older_than": _custom_in_time("older_than"),
    "newer_than": _custom_in_time("newer_than"),
    "due_within": _custom_in_time("due_within"),
    "is_empty": _custom_is_empty,
    "is_not_empty": _not(_custom_is_empty),
}
