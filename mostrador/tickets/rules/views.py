"""Views: what they show beside the subject, in which order, and where the next page begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from mostrador.shared.keys import row_key
from mostrador.tickets.choices import ViewColumn, ViewSort

# Time before the end of a term from which it "vence pronto"; Saturdays and Sundays are passed over.
_SOON = timedelta(hours=24)
_FRIDAY = 5  # of ISO weekdays
# Days before the end of the person's own legal term from which it stands first in the row.
DEADLINE_NEAR = timedelta(days=7)
MOST_COLUMNS = 6
USUAL_COLUMNS = (ViewColumn.STATE, ViewColumn.WAITING, ViewColumn.TERM, ViewColumn.WHO)


@dataclass(frozen=True, slots=True)
class Order:
    """An order of tickets.

    Attributes:
        columns: Of the ticket, most significant first; its key follows them.
        backwards: Whether it goes from the greatest to the least.
    """

    columns: tuple[str, ...]
    backwards: bool = False

    @property
    def direction(self) -> str:
        """In SQL."""
        return "DESC" if self.backwards else "ASC"


ORDERS: dict[str, Order] = {
    ViewSort.DUE: Order(("queue_at",)),
    ViewSort.PRIORITY: Order(("priority", "queue_at")),
    ViewSort.OLDEST: Order(("opened_at",)),
    ViewSort.NEWEST: Order(("opened_at",), backwards=True),
    ViewSort.ACTIVE: Order(("last_activity_at",), backwards=True),
    ViewSort.QUIET: Order(("last_activity_at",)),
    ViewSort.RESOLVED: Order(("resolved_at",), backwards=True),
}


def order_of(sort: str) -> Order:
    """Return the order of a sort; of one that there is no more, the usual one."""
    return ORDERS.get(sort, ORDERS[ViewSort.DUE])


def page_key(order: Order, row: Mapping[str, Any]) -> str:
    """Return the key of the page after a row with the order's columns and "id"."""
    values = [row[column] for column in order.columns]
    written = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
    return "~".join([*written, str(row["id"])])


def place_of(order: Order, key: str) -> tuple[Any, ...] | None:
    """Return the values of the last row before a page from its key; None when it is no key of this order."""
    *written, last = key.split("~")
    pk = row_key(last)
    if pk is None or len(written) != len(order.columns):
        return None
    values: list[Any] = []
    for column, text in zip(order.columns, written, strict=True):
        value = row_key(text) if column == "priority" else _moment(text)
        if value is None or (column == "priority" and value > 9):  # type: ignore[operator]
            return None
        values.append(value)
    return (*values, pk)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def due_soon_until(now: datetime, zone: tzinfo) -> datetime:
    """Return until when what falls due "vence pronto": a day from now, past the weekend when it ends in one."""
    until = now + _SOON
    while until.astimezone(zone).isoweekday() > _FRIDAY:
        until += timedelta(days=1)
    return until


def is_near(deadline: date | None, today: date) -> bool:
    """Tell whether the person's own term ends within a week; one that ended yesterday is not forgotten yet."""
    return deadline is not None and today - timedelta(days=1) <= deadline <= today + DEADLINE_NEAR


def known_columns(columns: list[str]) -> tuple[str, ...]:
    """Return those columns that there are, each once; the usual ones when none is left."""
    known = tuple(dict.fromkeys(column for column in columns if column in ViewColumn.values))
    return known[:MOST_COLUMNS] or USUAL_COLUMNS
