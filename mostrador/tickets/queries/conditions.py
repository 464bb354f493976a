"""Conditions over tickets as the database understands them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from mostrador.accounts.permissions import Access
from mostrador.tickets.rules.conditions import Condition

# Name → path of the column.
FIELDS: dict[str, str] = {
    "kind": "kind",
    "state": "state",
    "channel": "channel",
    "language": "language",
    "priority": "priority",
    "team": "team",
    "assigned_to": "assigned_to",
    "topic": "topic",
    "procedure": "procedure",
    "organisation": "organisation",
    "incident": "incident",
    "tags": "tags",
    "subject": "subject",
    "opened_at": "opened_at",
    "last_activity_at": "last_activity_at",
    "due_at": "due_at",
    "resolved_at": "resolved_at",
    "waiting_since": "waiting_since",
    "reopenings": "reopenings",
}
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def where(conditions: Iterable[Condition], *, access: Access | None, now: datetime) -> Q:
    """Return the filter that all the conditions make together.

    Args:
        conditions: All must hold.
        access: Of whoever looks, for "me" and "my_teams"; None where nobody does: those then match nothing.
        now: The moment (aware) for relative ones.

    Raises:
        KeyError: A field or an operator is unknown (its field was deleted, for example).
    """
    found = Q()
    for condition in conditions:
        path = FIELDS[condition.field]
        found &= _OPERATORS[condition.operator](path, _value(condition.value, access, now))
    return found


def _value(value: Any, access: Access | None, now: datetime) -> Any:
    if isinstance(value, list):
        return [_value(each, access, now) for each in value]
    if value == "me":
        return access.user.pk if access else 0
    if value == "my_teams":
        return list(access.team_ids) if access else []
    if isinstance(value, str) and value[:1] in {"+", "-"} and value[1:-1].isdecimal() and value[-1:] in _UNITS:
        return now + timedelta(**{_UNITS[value[-1]]: int(value[:-1])})
    return (parse_datetime(value) if isinstance(value, str) and value[:4].isdecimal() else None) or value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _contains(path: str, value: Any) -> Q:
    return Q(**{f"{path}__contains": [value]}) if path == "tags" else Q(**{f"{path}__icontains": value})


_OPERATORS: dict[str, Callable[[str, Any], Q]] = {
    "is": lambda path, value: Q(**{path: value}),
    "is_not": lambda path, value: ~Q(**{path: value}),
    "in": lambda path, value: Q(**{f"{path}__in": _listed(value)}),
    "not_in": lambda path, value: ~Q(**{f"{path}__in": _listed(value)}),
    "contains": _contains,
    "before": lambda path, value: Q(**{f"{path}__lt": value}),
    "after": lambda path, value: Q(**{f"{path}__gt": value}),
    "is_empty": lambda path, value: Q(**{f"{path}__isnull": True}),
    "is_not_empty": lambda path, value: Q(**{f"{path}__isnull": False}),
}
