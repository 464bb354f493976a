"""The lists of the desk: plain values, everything formatted once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mostrador.accounts.permissions import Access
from mostrador.organisations.queries import working_calendars
from mostrador.organisations.rules.working_time import WorkingCalendar, working_time_between
from mostrador.people.models import Person
from mostrador.people.rules import name_key
from mostrador.shared.keys import row_key
from mostrador.shared.references import normalise_reference
from mostrador.tickets.choices import DeskList, State
from mostrador.tickets.models import Ticket, TicketQuerySet
from mostrador.tickets.queries.searching import Found, tickets_with_words
from mostrador.tickets.rules import is_our_turn, term_words, working_words

PAGE_SIZE = 30
MOST_COUNTED = 1000
# Less working time than this until the term: the row says so.
SOON = timedelta(hours=2)
SHORTEST_SEARCH = 3  # characters: a trigram
MOST_PEOPLE_FOUND = 100
COUNTED_LISTS = (DeskList.MINE, DeskList.UNASSIGNED, DeskList.TEAMS, DeskList.ALL)
STATES = dict(State.choices)

# Written out, because putting together four querysets on each page costs more than counting: `Ticket.visible_to` and
# `tickets_in` in SQL, in the order of COUNTED_LISTS.
_VISIBLE = "is_open AND (organisation_id = ANY(%(organisations)s::bigint[]) OR team_id = ANY(%(teams)s::bigint[]))"
_COUNTED = "(SELECT count(*) FROM (SELECT 1 FROM tickets_ticket WHERE {} AND {} LIMIT %(most)s) AS listed)"
_COUNTS = "SELECT " + ", ".join(
    _COUNTED.format(_VISIBLE, condition)
    for condition in ("assigned_to_id = %(me)s", "assigned_to_id IS NULL", "team_id = ANY(%(teams)s::bigint[])", "true")
)

COLUMNS = (
    "pk",
    "reference",
    "subject",
    "state",
    "third_party",
    "person__name",
    "topic__names",
    "organisation_id",
    "organisation__short_name",
    "team_id",
    "team__name",
    "assigned_to__name",
    "waiting_since",
    "due_at",
    "queue_at",
    "resolved_at",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket in a list, in words. Waiting time and what is left of the term are working time of its team."""

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


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list.

    Attributes:
        rows: In order.
        next_page: Key of the page that follows, empty on the last one.
        has_several_organisations: Whether the rows must say to whom the person wrote.
        corrected: The words that were searched instead of those that were typed, if any.
    """

    rows: list[Row]
    next_page: str
    has_several_organisations: bool
    corrected: str = ""


def tickets_in(which: DeskList, access: Access) -> TicketQuerySet:
    """Return the tickets of a list, in any order."""
    tickets = Ticket.objects.visible_to(access)
    if which == DeskList.RESOLVED:
        return tickets.filter(state=State.RESOLVED)
    if which == DeskList.MINE:
        return tickets.open().filter(assigned_to=access.user)
    if which == DeskList.UNASSIGNED:
        return tickets.open().filter(assigned_to=None)
    if which == DeskList.TEAMS:
        return tickets.open().filter(team__in=access.team_ids)
    return tickets.open()


def list_page(which: DeskList, access: Access, *, after: str = "") -> Page:
    """Return a page of a list, the first due first (of resolved ones the last resolved first). Two queries.

    Args:
        which: The list.
        access: Of whoever looks.
        after: Key of the last row before the page, as `next_page` gave it; anything else means the first page.
    """
    place = "resolved_at" if which == DeskList.RESOLVED else "queue_at"
    direction = "-" if which == DeskList.RESOLVED else ""
    tickets = _after(tickets_in(which, access), place, after, backwards=bool(direction))
    found = list(tickets.order_by(f"{direction}{place}", f"{direction}pk").values(*COLUMNS)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return Page(
        rows=_rows(shown),
        next_page=f"{last[place].isoformat()}~{last['pk']}" if last else "",
        has_several_organisations=_several_organisations(shown, access),
    )


def counts(access: Access) -> dict[DeskList, int]:
    """Return how many tickets each list of open ones has, counting to 1 001 at most. One query."""
    parameters: dict[str, Any] = {
        "organisations": list(access.organisation_ids()),
        "teams": list(access.team_ids),
        "me": access.user.pk,
        "most": MOST_COUNTED + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, parameters)
        return dict(zip(COUNTED_LISTS, cursor.fetchone() or (), strict=True))


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
    found = list(tickets.values(*COLUMNS)[:PAGE_SIZE])
    return Page(
        _rows(found),
        next_page="",
        has_several_organisations=_several_organisations(found, access),
        corrected=by_words.corrected,
    )


def visible_reference(text: str, access: Access) -> str | None:
    """Return the reference, well written, when that is what was typed and this access may see the ticket."""
    reference = normalise_reference(text)
    if reference is None or not Ticket.objects.visible_to(access).filter(reference=reference).exists():
        return None
    return reference


def has_changed_since(moment: datetime, access: Access) -> bool:
    """Tell whether anything that this access sees has changed since a list was drawn."""
    return Ticket.objects.visible_to(access).filter(last_activity_at__gt=moment).exists()


def _after(tickets: TicketQuerySet, place: str, key: str, *, backwards: bool) -> TicketQuerySet:
    written, _separator, last = key.partition("~")
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return tickets
    pk = row_key(last)
    if pk is None or timezone.is_naive(moment):
        return tickets
    beyond = "lt" if backwards else "gt"
    # The first condition alone lets the index begin at the right place.
    return tickets.filter(**{f"{place}__{beyond}e": moment}).filter(
        Q(**{f"{place}__{beyond}": moment}) | Q(**{f"pk__{beyond}": pk})
    )


def _person_is(text: str) -> Q:
    if "@" in text:
        return Q(pk__in=Person.objects.with_email(text).values("pk"))
    if sum(character.isdigit() for character in text) >= 9:
        return Q(pk__in=Person.objects.with_phone(text).values("pk"))
    return Q(name_key__contains=name_key(text))


def _several_organisations(found: Iterable[Mapping[str, Any]], access: Access) -> bool:
    return bool({row["organisation_id"] for row in found} - {access.visited})


def _rows(found: list[dict[str, Any]]) -> list[Row]:
    now, language = timezone.now(), get_language() or "es"
    states = {value: capfirst(str(label)) for value, label in State.choices}
    calendars = working_calendars({row["team_id"] for row in found if row["team_id"]})
    return [
        _row(row | {"state_words": states[row["state"]]}, calendars.get(row["team_id"]), now, language) for row in found
    ]


def _row(row: dict[str, Any], calendar: WorkingCalendar | None, now: datetime, language: str) -> Row:
    names = row["topic__names"] or {}
    waiting = term = term_kind = ""
    if calendar is not None and is_our_turn(row["state"]):
        if row["waiting_since"]:
            waiting = working_words(working_time_between(row["waiting_since"], now, calendar))
        if row["due_at"]:
            left = working_time_between(now, row["due_at"], calendar)
            term, term_kind = term_words(left), term_kind_of(left)
    return Row(
        reference=row["reference"],
        subject=row["subject"] or _("Asunto suprimido"),
        person=row["person__name"] or _("Sin nombre"),
        topic=names.get(language) or names.get("es") or "",
        state=_state_words(row),
        organisation=row["organisation__short_name"],
        team=row["team__name"] or "",
        who=row["assigned_to__name"] or "",
        waiting=waiting,
        term=term,
        term_kind=term_kind,
        resolved_at=row["resolved_at"],
    )


def term_kind_of(left: timedelta) -> str:
    """Return how a term is shown: "bad" when it has passed, "warning" when it is near, else ""."""
    if left < timedelta(0):
        return "bad"
    return "warning" if left < SOON else ""


def _state_words(row: dict[str, Any]) -> str:
    if row["state"] == State.WAITING_FOR_THIRD_PARTY and row["third_party"]:
        return _("Pendiente de %(third_party)s") % {"third_party": row["third_party"]}
    return str(row["state_words"])
