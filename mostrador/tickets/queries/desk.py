"""The lists of the desk: plain values, everything formatted once."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from time import perf_counter
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from mostrador.accounts.permissions import Access
from mostrador.organisations.queries import calendars_of_teams
from mostrador.organisations.rules.working_time import WorkingCalendar, working_time_between
from mostrador.people.models import Person
from mostrador.people.rules import name_key
from mostrador.shared.formats import day, language_name, minutes
from mostrador.shared.references import normalise_reference
from mostrador.tickets.choices import (
    RESTRICTED_ROLES,
    Channel,
    DeskList,
    Priority,
    State,
    TicketKind,
    ViewColumn,
    ViewOf,
    ViewSort,
)
from mostrador.tickets.models import VISIBLE, SavedView, Ticket, TicketQuerySet, visible_values
from mostrador.tickets.queries.conditions import where_filter
from mostrador.tickets.queries.searching import Found, tickets_with_words
from mostrador.tickets.rules import is_open, is_our_turn, term_words, working_words
from mostrador.tickets.rules.conditions import Filter
from mostrador.tickets.rules.views import (
    USUAL_COLUMNS,
    Order,
    due_soon_until,
    is_near,
    known_columns,
    order_of,
    page_key,
    place_of,
)

PAGE_SIZE = 30
MOST_COUNTED = 1000
# Less working time than this until the term: the row says so.
SOON = timedelta(hours=2)
SHORTEST_SEARCH = 3  # characters: a trigram
MOST_PEOPLE_FOUND = 100
COUNTED_LISTS = (
    DeskList.MINE,
    DeskList.UNASSIGNED,
    DeskList.SOON,
    DeskList.WAITING,
    DeskList.TEAMS,
    DeskList.ALL,
)
STATES = dict(State.choices)
NUMBERS_LAST = timedelta(seconds=15)
MOST_KNOWN = 2000  # people
# A saved view may ask for what no index finds: its rows are waited for this long, its number hardly.
LONGEST_LIST = timedelta(seconds=3)
LONGEST_COUNT = timedelta(milliseconds=120)
LONGEST_COUNTS = timedelta(milliseconds=600)

# Lists of the desk are written out, because putting together querysets on each page costs more than reading the rows.
_CONDITIONS: dict[DeskList, str] = {
    DeskList.MINE: "t.is_open AND t.assigned_to_id = %(me)s",
    DeskList.UNASSIGNED: "t.is_open AND t.assigned_to_id IS NULL",
    DeskList.SOON: "t.is_open AND t.queue_at < %(soon)s",
    DeskList.WAITING: "t.state = 'waiting_for_person'",
    DeskList.TEAMS: "t.is_open AND t.team_id = ANY(%(teams)s::bigint[])",
    DeskList.ALL: "t.is_open",
    DeskList.RESOLVED: "t.state = 'resolved'",
}
_SORTS = {DeskList.WAITING: ViewSort.QUIET, DeskList.RESOLVED: ViewSort.RESOLVED}
_COLUMNS = {
    DeskList.WAITING: (ViewColumn.ACTIVITY, ViewColumn.WHO),
    DeskList.RESOLVED: (ViewColumn.STATE, ViewColumn.RESOLVED, ViewColumn.WHO),
}
_COUNTED = "(SELECT count(*) FROM (SELECT 1 FROM tickets_ticket t WHERE {} AND {} LIMIT %(most)s) AS listed)"
# PostgreSQL counts only when the last thing that happened is not the one of which the numbers are known.
_BESIDE_WITH = """
SELECT latest.at, CASE WHEN latest.at = %(known)s THEN NULL ELSE ARRAY[{counts}] END,
 (SELECT json_agg(json_build_array(v.id, v.name, v.owner_id, v.team_id) ORDER BY v.position, v.id)
  FROM tickets_savedview v WHERE v.organisation_id = %(visited)s AND v.removed_at IS NULL
  AND (v.owner_id = %(me)s OR v.owner_id IS NULL AND (v.team_id IS NULL OR v.team_id = ANY(%(teams)s::bigint[])))),
 (SELECT s.starts_with FROM tickets_deskstart s WHERE s.organisation_id = %(visited)s AND s.user_id = %(me)s)
FROM (SELECT (SELECT t.last_activity_at::text || ' ' || t.id FROM tickets_ticket t
 ORDER BY t.last_activity_at DESC, t.id DESC LIMIT 1) AS at) AS latest
"""
_BESIDE = _BESIDE_WITH.format(counts=", ".join(_COUNTED.format(VISIBLE, _CONDITIONS[which]) for which in COUNTED_LISTS))

# The rows of a page are found by `{found}` alone; names are looked up for those only.
_ROWS = """
SELECT t.id, t.reference, t.subject, t.state, t.kind, t.channel, t.language, t.priority, t.tags, t.third_party,
 t.minutes_spent, t.person_deadline_on, t.opened_at, t.waiting_since, t.due_at, t.act_by, t.queue_at,
 t.last_activity_at, t.resolved_at, t.organisation_id, t.is_restricted,
 (SELECT p.name FROM people_person p WHERE p.id = t.person_id),
 (SELECT c.names FROM organisations_topic c WHERE c.id = t.topic_id),
 (SELECT u.name FROM accounts_user u WHERE u.id = t.assigned_to_id),
 (SELECT o.short_name FROM organisations_organisation o WHERE o.id = t.organisation_id),
 t.team_id, team.name, team.organisation_id, theirs.path, theirs.time_zone, theirs.calendar_version
FROM ({found}) AS found JOIN tickets_ticket t ON t.id = found.id
LEFT JOIN organisations_team team ON team.id = t.team_id
LEFT JOIN organisations_organisation theirs ON theirs.id = team.organisation_id
"""
_FOUND = "SELECT t.id FROM tickets_ticket t WHERE {visible} AND {condition}{after} ORDER BY {order} LIMIT %(size)s"


class _Read(NamedTuple):
    """A row as the database gives it, in the order of `_ROWS`."""

    id: int
    reference: str
    subject: str
    state: str
    kind: str
    channel: str
    language: str
    priority: int
    tags: list[str]
    third_party: str
    minutes_spent: int
    person_deadline_on: date | None
    opened_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    act_by: datetime | None
    queue_at: datetime
    last_activity_at: datetime
    resolved_at: datetime | None
    organisation_id: int
    is_restricted: bool
    person: str
    topic: Any
    who: str | None
    organisation: str
    team_id: int | None
    team: str | None
    team_organisation_id: int | None
    team_path: str | None
    team_zone: str | None
    team_version: Any


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket in a list, in words. Waiting time and what is left of the term are working time of its team."""

    id: int
    version: int  # changes with every act on the ticket
    reference: str
    subject: str
    person: str
    topic: str
    state: str
    organisation: str
    team: str
    who: str
    waiting: str
    term: str
    term_kind: str  # of the badge: bad when overdue, warning when soon, else empty
    resolved_at: datetime | None
    deadline: str = ""  # of the person's own legal term, when it is near
    deadline_kind: str = ""
    priority: str = ""  # when it is above the usual
    is_restricted: bool = False
    cells: tuple[tuple[str, str, str, str, str], ...] = ()  # column, label, words, kind of badge, note below


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list.

    Attributes:
        rows: In order.
        next_page: Key of the page that follows, empty on the last one.
        has_several_organisations: Whether the rows must say to whom the person wrote.
        corrected: The words that were searched instead of those that were typed, if any.
        took_too_long: Whether nothing was read because it would have taken the database too long.
    """

    rows: list[Row]
    next_page: str
    has_several_organisations: bool
    corrected: str = ""
    took_too_long: bool = False


@dataclass(frozen=True, slots=True)
class SavedLink:
    """A saved view as lists name it: whose it is ("me", "team", "all")."""

    id: int
    name: str
    whose: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside every list.

    Attributes:
        counts: How many tickets each of the desk's lists of open ones has, counted to 1 001 at most.
        saved: The saved views that the person uses here, in order.
        starts_with: The list that the person chose to begin with: one of the desk's, or the key of a saved view.
    """

    counts: dict[DeskList, int]
    saved: list[SavedLink]
    starts_with: str


@dataclass(frozen=True, slots=True)
class _Known:
    """Numbers of lists, and of what they are: the last thing that had happened, and when they were counted."""

    latest: str
    counted: float
    numbers: list[int]


_known: dict[tuple[Any, ...], _Known] = {}


def beside(access: Access) -> Beside:
    """Return what stands beside every list. One query.

    The numbers are counted again when something has happened to any ticket since, or after fifteen seconds.
    """
    whose = _who_counts(access)
    known = _known.get(whose)
    if known and perf_counter() - known.counted > NUMBERS_LAST.total_seconds():
        known = None
    parameters = _parameters(access) | {"most": MOST_COUNTED + 1, "known": known.latest if known else ""}
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, parameters)
        latest, numbers, saved, starts_with = cursor.fetchone() or (None, None, None, None)
    if known is None or numbers is not None:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        known = _known[whose] = _Known(latest or "", perf_counter(), numbers or [0] * len(COUNTED_LISTS))
    links = [
        SavedLink(pk, name, "me" if owner else "team" if team else "all")
        for pk, name, owner, team in (json.loads(saved) if isinstance(saved, str) else saved or ())
    ]
    return Beside(dict(zip(COUNTED_LISTS, known.numbers, strict=True)), links, starts_with or "")


def forget_numbers() -> None:
    """Count anew the next time."""
    _known.clear()


def columns_of(which: DeskList) -> tuple[str, ...]:
    """Return what a list of the desk says of each ticket."""
    return _COLUMNS.get(which, USUAL_COLUMNS)


def list_page(which: DeskList, access: Access, *, after: str = "") -> Page:
    """Return a page of one of the desk's lists. One query.

    The first due first; of resolved ones the last resolved; of those that wait for the person the quietest.

    Args:
        which: The list.
        access: Of whoever looks.
        after: Key of the last row before the page, as `next_page` gave it; anything else means the first page.
    """
    sql, parameters, order = _found_in(which, access, after)
    return _page(sql, parameters, order, columns_of(which), access)


def keys_in(which: DeskList, access: Access, *, most: int) -> list[int]:
    """Return the keys of the first tickets of one of the desk's lists, in its order. One query."""
    sql, parameters, _order = _found_in(which, access, "")
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters | {"size": most})
        return [key for (key,) in cursor.fetchall()]


def keys_of_view(view: SavedView, asked: Filter, access: Access, *, most: int) -> list[int]:
    """Return the keys of the first tickets of a saved view, in its order; none when that takes too long. One query."""
    order = order_of(view.sort)
    names = [f"-{column}" if order.backwards else column for column in (*order.columns, "pk")]
    try:
        with at_most(LONGEST_LIST):
            return list(tickets_of(view, asked, access).order_by(*names).values_list("pk", flat=True)[:most])
    except OperationalError:
        return []


def plan(which: DeskList, access: Access, *, after: str = "") -> dict[str, Any]:
    """Return how the database finds the tickets of a list once there are many, for tests and benchmarks."""
    sql, parameters, _order = _found_in(which, access, after)
    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):  # small tables are read whole, which says nothing of large ones
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        answer = cursor.fetchone()[0]
        transaction.set_rollback(True)
    found: dict[str, Any] = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return found


def _found_in(which: DeskList, access: Access, after: str) -> tuple[str, dict[str, Any], Order]:
    order = order_of(_SORTS.get(which, ViewSort.DUE))
    place = place_of(order, after) if after else None
    sql = _FOUND.format(
        visible=VISIBLE,
        condition=_CONDITIONS[which],
        after=_after(order) if place else "",
        order=_ordered(order),
    )
    return sql, _parameters(access) | _places(place), order


def view_page(view: SavedView, asked: Filter, access: Access, *, after: str = "") -> Page:
    """Return a page of a saved view. One query, given up after three seconds.

    Args:
        view: Kept or not.
        asked: What of its conditions can be asked (`queries.conditions.understood`).
        access: Of whoever looks.
        after: As in `list_page`.
    """
    order = order_of(view.sort)
    place = place_of(order, after) if after else None
    chosen = tickets_of(view, asked, access)
    if place:
        chosen = chosen.filter(_beyond(order, place))
    names = [f"-{column}" if order.backwards else column for column in (*order.columns, "pk")]
    try:
        with at_most(LONGEST_LIST):
            sql, parameters = _named(
                *chosen.order_by(*names).values_list("id")[: PAGE_SIZE + 1].query.sql_with_params()
            )
            return _page(sql, parameters, order, known_columns(view.columns), access)
    except EmptyResultSet:
        return _NOTHING
    except OperationalError:
        return replace(_NOTHING, took_too_long=True)


def tickets_of(view: SavedView, asked: Filter, access: Access) -> TicketQuerySet:
    """Return the tickets of a saved view, in any order."""
    tickets = Ticket.objects.visible_to(access).filter(where_filter(asked, access=access, now=timezone.now()))
    if view.of == ViewOf.OPEN:
        tickets = tickets.open()
    elif view.of == ViewOf.RESOLVED:
        tickets = tickets.filter(state=State.RESOLVED)
    return tickets.filter(resolved_at__isnull=False) if view.sort == ViewSort.RESOLVED else tickets


def count_of(view: SavedView, asked: Filter, access: Access, *, patience: timedelta = LONGEST_COUNT) -> int | None:
    """Return how many tickets a saved view has, counting to 1 001 at most; None when that would take too long."""
    chosen = tickets_of(view, asked, access).order_by().values_list("id")[: MOST_COUNTED + 1]
    try:
        with at_most(patience):
            return chosen.count()
    except OperationalError:
        return None


def counts_of(views: Iterable[tuple[SavedView, Filter]], access: Access) -> dict[int, int]:
    """Return the numbers of saved views by their keys, without those that would take long; two queries for each."""
    counted, begun = {}, perf_counter()
    for view, asked in views:
        if perf_counter() - begun > LONGEST_COUNTS.total_seconds():
            break
        number = count_of(view, asked, access)
        if number is not None:
            counted[view.pk] = number
    return counted


def search(text: str, access: Access) -> Page:
    """Return the tickets that somebody at the desk looks for, the last active first, at most 30.

    By what was written, said or noted in them, or by whole address, number or part of the name of the person.
    """
    theirs = Ticket.objects.visible_to(access).filter(person=OuterRef("pk"))
    known = Person.objects.filter(_person_is(text)).filter(Exists(theirs))
    people = list(known.order_by("-pk").values_list("pk", flat=True)[:MOST_PEOPLE_FOUND])
    by_words = tickets_with_words(text, access, limit=PAGE_SIZE) if "@" not in text or not people else Found([])
    wanted = Q(person__in=people) | Q(pk__in=by_words.ticket_ids)
    tickets = Ticket.objects.visible_to(access).filter(wanted).order_by("-last_activity_at", "-pk")
    found = page_of(list(tickets.values_list("pk", flat=True)[:PAGE_SIZE]), access)
    return replace(found, corrected=by_words.corrected)


def page_of(keys: Sequence[int], access: Access, columns: Sequence[str] = USUAL_COLUMNS) -> Page:
    """Return rows of tickets that somebody may see, in the order of their keys. One query."""
    if not keys:
        return _NOTHING
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(found="SELECT unnest(%(keys)s::bigint[]) AS id"), {"keys": list(keys)})
        rows = {row[0]: _Read._make(row) for row in cursor.fetchall()}
    return _drawn([rows[key] for key in keys if key in rows], columns, access, next_page="")


def visible_reference(text: str, access: Access) -> str | None:
    """Return the reference, well written, when that is what was typed and this access may see the ticket."""
    reference = normalise_reference(text)
    if reference is None or not Ticket.objects.visible_to(access).filter(reference=reference).exists():
        return None
    return reference


def has_changed_since(moment: datetime, access: Access) -> bool:
    """Tell whether anything that this access sees has changed since a list was drawn."""
    return Ticket.objects.visible_to(access).filter(last_activity_at__gt=moment).exists()


# --- The database -----------------------------------------------------------------------------------------------------


def _parameters(access: Access) -> dict[str, Any]:
    return {
        "visited": access.visited,
        **visible_values(access),
        "me": access.user.pk,
        "soon": due_soon_until(timezone.now(), timezone.get_current_timezone()),
        "size": PAGE_SIZE + 1,
    }


def _who_counts(access: Access) -> tuple[Any, ...]:
    return (
        access.user.pk,
        access.organisation_ids(),
        access.organisation_ids(*RESTRICTED_ROLES),
        access.team_ids,
        MOST_COUNTED,
    )


def _ordered(order: Order) -> str:
    return ", ".join(f"t.{column} {order.direction}" for column in (*order.columns, "id"))


def _after(order: Order) -> str:
    columns = ", ".join(f"t.{column}" for column in (*order.columns, "id"))
    values = ", ".join(f"%(place{number})s" for number in range(len(order.columns) + 1))
    return f" AND ({columns}) {'<' if order.backwards else '>'} ({values})"


def _places(place: tuple[Any, ...] | None) -> dict[str, Any]:
    return {f"place{number}": value for number, value in enumerate(place or ())}


def _beyond(order: Order, place: tuple[Any, ...]) -> Q:
    """Return what comes after a row. The first condition alone lets an index begin at the right place."""
    beyond, names = "lt" if order.backwards else "gt", (*order.columns, "pk")
    found = Q()
    for name, value in reversed(list(zip(names, place, strict=True))):
        found = Q(**{f"{name}__{beyond}": value}) | (Q(**{name: value}) & found if found else Q(pk__in=[]))
    return Q(**{f"{names[0]}__{beyond}e": place[0]}) & found


def _named(sql: str, values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """Return a statement of Django with names for its values."""
    parts = sql.split("%s")
    named = parts[0] + "".join(f"%(v{number})s{part}" for number, part in enumerate(parts[1:]))
    return named, {f"v{number}": value for number, value in enumerate(values)}


@contextmanager
def at_most(length: timedelta) -> Iterator[None]:
    """Have the database give up what takes longer, and plan each statement for the values that it has.

    Only with its values known may a condition use an index of few rows, as of tickets that were reopened.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true),"
            " set_config('plan_cache_mode', 'force_custom_plan', true)",
            [str(int(length.total_seconds() * 1000))],
        )
        yield
        cursor.execute("SELECT set_config('statement_timeout', '0', true), set_config('plan_cache_mode', 'auto', true)")


def _page(sql: str, parameters: dict[str, Any], order: Order, columns: Sequence[str], access: Access) -> Page:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(found=sql) + f"ORDER BY {_ordered(order)}", parameters)
        found = [_Read._make(row) for row in cursor.fetchall()]
    shown = found[:PAGE_SIZE]
    next_page = page_key(order, shown[-1]._asdict()) if len(found) > PAGE_SIZE else ""
    return _drawn(shown, columns, access, next_page=next_page)


def _person_is(text: str) -> Q:
    if "@" in text:
        return Q(pk__in=Person.objects.with_email(text).values("pk"))
    if sum(character.isdigit() for character in text) >= 9:
        return Q(pk__in=Person.objects.with_phone(text).values("pk"))
    return Q(name_key__contains=name_key(text))


# --- Words ------------------------------------------------------------------------------------------------------------


def term_kind_of(left: timedelta) -> str:
    """Return how a term is shown: "bad" when it has passed, "warning" when it is near, else ""."""
    if left < timedelta(0):
        return "bad"
    return "warning" if left < SOON else ""


def _drawn(found: list[_Read], columns: Sequence[str], access: Access, *, next_page: str) -> Page:
    words = _Words(found, columns)
    return Page(
        rows=[words.row(read) for read in found],
        next_page=next_page,
        has_several_organisations=bool({read.organisation_id for read in found} - {access.visited}),
    )


class _Words:
    """Puts the rows of one page into words; what they share is found once."""

    def __init__(self, found: list[_Read], columns: Sequence[str]) -> None:
        self.now, self.language = timezone.now(), get_language() or "es"
        self.today = timezone.localdate(self.now)
        self.states = {value: capfirst(str(label)) for value, label in State.choices}
        self.calendars = calendars_of_teams(
            (read.team_organisation_id, read.team_id, read.team_path, read.team_zone, read.team_version)
            for read in found
            if read.team_id is not None
        )
        self.columns = [(column, str(ViewColumn(column).label), _CELLS[column]) for column in columns]
        self.erased, self.nameless, self.nobody = _("Asunto suprimido"), _("Sin nombre"), _("sin asignar")

    def row(self, read: _Read) -> Row:
        calendar = self.calendars.get(read.team_id or 0)
        waiting, term, term_kind = self._clock(read, calendar) if is_our_turn(read.state) else ("", "", "")
        near = is_near(read.person_deadline_on, self.today)
        row = Row(
            id=read.id,
            version=int(read.last_activity_at.timestamp() * 1000),
            reference=read.reference,
            subject=read.subject or self.erased,
            person=read.person or self.nameless,
            topic=self._topic(read.topic),
            state=self._state(read),
            organisation=read.organisation,
            team=read.team or "",
            who=read.who or "",
            waiting=waiting,
            term=term,
            term_kind=term_kind,
            resolved_at=read.resolved_at,
            deadline=_deadline_words(read.person_deadline_on, self.today) if near else "",
            deadline_kind=_deadline_kind(read.person_deadline_on, self.today) if near else "",
            priority=_("Prioridad %(level)s") % {"level": Priority(read.priority).label}
            if read.priority <= Priority.HIGH and is_open(read.state)
            else "",
            is_restricted=read.is_restricted,
        )
        object.__setattr__(
            row, "cells", tuple((name, label, *cell(row, read, self)) for name, label, cell in self.columns)
        )
        return row

    def _clock(self, read: _Read, calendar: WorkingCalendar | None) -> tuple[str, str, str]:
        if calendar is None:
            return "", "", ""
        waiting = term = term_kind = ""
        if read.waiting_since:
            waited = working_time_between(read.waiting_since, self.now, calendar)
            waiting = _waiting_words(waited // _MINUTE, self.language)
        if read.due_at:
            left = working_time_between(self.now, read.due_at, calendar)
            is_over = left < timedelta(0)
            term, term_kind = _term_words(abs(left) // _MINUTE, is_over, self.language), term_kind_of(left)
        return waiting, term, term_kind

    def _topic(self, names: Any) -> str:
        names = json.loads(names) if isinstance(names, str) else names or {}
        return str(names.get(self.language) or names.get("es") or "")

    def _state(self, read: _Read) -> str:
        if read.state == State.WAITING_FOR_THIRD_PARTY and read.third_party:
            return _("Pendiente de %(third_party)s") % {"third_party": read.third_party}
        return self.states[read.state]


@lru_cache(maxsize=4096)  # rows say the same few again and again
def _waiting_words(waited_minutes: int, language: str) -> str:
    return working_words(waited_minutes * _MINUTE)


@lru_cache(maxsize=4096)
def _term_words(left_minutes: int, is_over: bool, language: str) -> str:
    left = left_minutes * _MINUTE
    return term_words(-left - _TICK if is_over else left)


def _deadline_words(deadline: date | None, today: date) -> str:
    if deadline is None:
        return ""
    is_over, distance = deadline < today, abs((deadline - today).days)
    if distance > 1:
        words = _("Su plazo acabó el %(day)s") if is_over else _("Su plazo acaba el %(day)s")
    else:
        words = _("Su plazo acabó %(day)s") if is_over else _("Su plazo acaba %(day)s")
    return words % {"day": day(deadline)}


def _deadline_kind(deadline: date | None, today: date) -> str:
    return "bad" if deadline is not None and deadline <= today else "warning"


def _when(value: datetime) -> Markup:
    """Return a moment as lists say it: "hoy, 17:40", "12 de marzo". The exact one in words costs too much for rows."""
    local = timezone.localtime(value)
    today = timezone.localdate()
    words = _day_words(local.date(), today, get_language() or "es")
    if local.date() == today:
        words = f"{words}, {local:%H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(timespec="minutes"), words)


@lru_cache(maxsize=2048)
def _day_words(on: date, today: date, language: str) -> str:
    return day(on)


_Cell = Callable[[Row, _Read, _Words], tuple[str, str, str]]
_CELLS: dict[str, _Cell] = {
    ViewColumn.STATE: lambda row, read, words: (row.state, "", ""),
    ViewColumn.WAITING: lambda row, read, words: (row.waiting, "", ""),
    ViewColumn.TERM: lambda row, read, words: (row.term, row.term_kind, ""),
    ViewColumn.WHO: lambda row, read, words: (row.who or words.nobody, "", row.team),
    ViewColumn.PRIORITY: lambda row, read, words: (capfirst(str(Priority(read.priority).label)), "", ""),
    ViewColumn.KIND: lambda row, read, words: (capfirst(str(TicketKind(read.kind).label)), "", ""),
    ViewColumn.CHANNEL: lambda row, read, words: (capfirst(str(Channel(read.channel).label)), "", ""),
    ViewColumn.LANGUAGE: lambda row, read, words: (capfirst(language_name(read.language)), "", ""),
    ViewColumn.TAGS: lambda row, read, words: (", ".join(read.tags), "", ""),
    ViewColumn.REFERENCE: lambda row, read, words: (read.reference, "", ""),
    ViewColumn.OPENED: lambda row, read, words: (_when(read.opened_at), "", ""),
    ViewColumn.ACTIVITY: lambda row, read, words: (_when(read.last_activity_at), "", ""),
    ViewColumn.RESOLVED: lambda row, read, words: (_when(read.resolved_at) if read.resolved_at else "", "", ""),
    ViewColumn.DEADLINE: lambda row, read, words: (
        capfirst(day(read.person_deadline_on)) if read.person_deadline_on else "",
        "",
        "",
    ),
    ViewColumn.MINUTES: lambda row, read, words: (minutes(read.minutes_spent) if read.minutes_spent else "", "", ""),
}
_MINUTE, _TICK = timedelta(minutes=1), timedelta(microseconds=1)
_NOTHING = Page([], next_page="", has_several_organisations=False)
