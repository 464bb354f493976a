"""Rules of automation as they are read: the list, what one has done, and what one would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.shared.formats import exact_date
from mostrador.tickets.choices import RULE_KEEPERS, Happening, Priority, RunOutcome
from mostrador.tickets.choices import Deed as DeedName
from mostrador.tickets.models import Rule, RuleRun, Ticket
from mostrador.tickets.queries.condition_fields import CUSTOM, custom_fields, described
from mostrador.tickets.queries.conditions import understood, where
from mostrador.tickets.queries.desk import LONGEST_LIST, MOST_COUNTED, at_most
from mostrador.tickets.queries.people_at_the_desk import who_works_for
from mostrador.tickets.rules.automation import Deed
from mostrador.tickets.rules.conditions import (
    OPERATOR_WORDS,
    WITHOUT_VALUE,
    Condition,
    Filter,
    Kind,
    day_of,
    length_of_time,
    listed,
)

COUNTED_DAYS = 7
TRIED = timedelta(days=30)
MOST_SHOWN = 30
MOST_ACTS = 5000  # of the last thirty days, the newest ones, that a trial goes through
PAGE_SIZE = 50
WITH_TEXT = (
    *(DeedName.WRITE_TO_PERSON, DeedName.WRITE_NOTE),
    *(DeedName.TELL_ASSIGNEE, DeedName.TELL_TEAM, DeedName.TELL_SUPERVISORS),
)
# They stand for whoever looks at a view; nobody looks when a rule is applied.
_WHO_LOOKS = frozenset({"me", "my_teams"})


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done, without doing it.

    Attributes:
        tickets: The newest for which its conditions hold, at most thirty.
        count: How many there are, counted to 1 001 at most.
        acts: How many acts of the last thirty days the audit record has; 0 of openings, which the tickets say
            themselves; None for a rule of time.
        is_cut: Whether there were more than were gone through.
        took_too_long: Whether the database gave up after three seconds.
    """

    tickets: Sequence[Ticket]
    count: int
    acts: int | None = None
    is_cut: bool = False
    took_too_long: bool = False


@dataclass(frozen=True, slots=True)
class RunPage:
    """Runs of a rule, the newest first; `older` is the key of the page that follows, empty on the last one."""

    runs: Sequence[RuleRun]
    older: str


# --- The list -----------------------------------------------------------------------------------------


def own_rules(organisation: Organisation) -> QuerySet[Rule]:
    """Return an organisation's rules in order, each with its runs of the last seven days and its last trouble."""
    since = timezone.now() - timedelta(days=COUNTED_DAYS)
    counted = (
        RuleRun.objects.filter(rule=OuterRef("pk"), ran_at__gte=since)
        .order_by()
        .values("rule")
        .annotate(number=Count("pk"))
        .values("number")
    )
    troubled = RuleRun.objects.filter(rule=OuterRef("pk"), ran_at__gte=since).exclude(outcome=RunOutcome.DONE)
    rules = Rule.objects.filter(organisation=organisation).select_related("responsible", "organisation")
    return rules.annotate(
        runs_lately=Subquery(counted), last_trouble=Subquery(troubled.order_by("-ran_at").values("ran_at")[:1])
    ).order_by("position", "pk")


def rules_from_above(organisation: Organisation) -> QuerySet[Rule]:
    """Return the rules at work here that the bodies above keep, in the order in which they are applied."""
    rules = Rule.objects.for_tickets_of(organisation).exclude(organisation=organisation)
    return rules.select_related("organisation", "responsible")


def keepers_of(organisation: Organisation) -> QuerySet[User]:
    """Return who may answer for a rule: whoever works for the organisation and keeps rules somewhere."""
    return who_works_for(organisation).filter(memberships__role__in=RULE_KEEPERS).distinct().order_by("name", "pk")


# --- What it names ------------------------------------------------------------------------------------


def refuse_lost(conditions: Sequence[Condition], organisation: Organisation) -> None:
    """Refuse conditions that name what does not exist: "is not" would then hold for everything.

    Raises:
        KeyError: With the name of it.
    """
    named = [each for each in conditions if _WHO_LOOKS & {value for value in listed(each.value) if value is not None}]
    if named:
        raise KeyError(str(described(named[0].field).label))
    _usable, lost = understood(Filter(tuple(conditions)), organisation)
    if lost:
        raise KeyError(f"{lost[0].field}: {lost[0].value}" if lost[0].value else str(lost[0].field))
    names_own = any(each.field.startswith(CUSTOM) for each in conditions)
    custom = custom_fields(organisation) if names_own else {}
    for each in conditions:
        field = described(each.field, custom)
        known = {value for value, _words in field.options}
        if known and (strange := [value for value in listed(each.value) if str(value) not in known]):
            raise KeyError(f"{field.label}: {strange[0]}")


# --- In words -----------------------------------------------------------------------------------------


def condition_words(condition: Condition) -> str:
    """Return a condition in words, by the names that were chosen with it. No queries."""
    try:
        field = described(condition.field)
    except KeyError:
        return condition.words.get("field", "") or condition.field
    label = condition.words.get("field") or str(field.label)
    operator = str(OPERATOR_WORDS.get(condition.operator, condition.operator))
    if condition.operator in WITHOUT_VALUE:
        return f"{label} {operator}"
    options = {value: str(words) for value, words in field.options}
    is_in_time = field.kind in {Kind.MOMENT, Kind.DAY}
    values = [_value_words(value, condition.words, options, is_in_time=is_in_time) for value in listed(condition.value)]
    joint = _(" y ") if condition.operator == "between" else ", "
    return f"{label} {operator} {joint.join(values)}"


def _value_words(value: Any, names: Mapping[str, str], options: Mapping[str, str], *, is_in_time: bool) -> str:
    if isinstance(value, bool):
        return _("sí") if value else _("no")
    text = str(value)
    if text in names or text in options:
        return f"«{names.get(text) or options[text]}»"
    if is_in_time and (length := length_of_time(value)):
        return length_words(length)
    if is_in_time and (day := day_of(value, timezone.now(), timezone.get_current_timezone())):
        return exact_date(day)
    return f"«{text}»" if isinstance(value, str) else text


def length_words(length: timedelta) -> str:
    """Return a length of time in its largest whole unit."""
    minutes = int(length.total_seconds() // 60)
    if minutes % (24 * 60) == 0:
        return ngettext("%(num)s día", "%(num)s días", minutes // (24 * 60)) % {"num": minutes // (24 * 60)}
    if minutes % 60 == 0:
        return ngettext("%(num)s hora", "%(num)s horas", minutes // 60) % {"num": minutes // 60}
    return ngettext("%(num)s minuto", "%(num)s minutos", minutes) % {"num": minutes}


def deed_words(deed: Deed) -> str:
    """Return a deed in words: «poner una etiqueta: firma». No queries."""
    if deed.words:
        return f"{deed.label}: {deed.words}"
    if deed.name == DeedName.SET_PRIORITY and str(deed.value).isdecimal():
        return f"{deed.label}: {Priority(int(deed.value)).label}"
    if isinstance(deed.value, str) and deed.value:
        return f"{deed.label}: «{shortened(deed.value)}»"
    if isinstance(deed.value, dict) and deed.value:
        return f"{deed.label}: «{shortened(str(deed.value.get('es') or next(iter(deed.value.values()))))}»"
    return deed.label


def shortened(text: str) -> str:
    """Return the beginning of a text on one line."""
    return Truncator(" ".join(text.split())).chars(80)


# --- Trying -------------------------------------------------------------------------------------------


def trial(
    organisation: Organisation, happening: str, conditions: Sequence[Condition], *, access: Access, now: datetime
) -> Trial:
    """Return what a rule would have done: for one of acts in the last thirty days, for one of time now.

    The conditions are compared with the tickets as they are now, not as they were then. At most six queries, given up
    after three seconds.

    Args:
        organisation: Whose rule it is.
        happening: What it waits for.
        conditions: All must hold.
        access: Of whoever tries it; tickets that they may not see are not shown.
        now: The moment.

    Raises:
        KeyError: A condition compares with something that does not exist.
    """
    refuse_lost(conditions, organisation)
    tickets = Ticket.objects.visible_to(access).filter(
        where(conditions, access=None, now=now),
        organisation__path__startswith=organisation.path,
        merged_into__isnull=True,
    )
    try:
        with at_most(LONGEST_LIST):
            acts, number = None, 0
            if happening == Happening.OPENED:
                acts = []
                tickets = tickets.filter(opened_at__gte=now - TRIED)
            elif happening != Happening.TIME:
                acts = _acted_upon(organisation, happening, now - TRIED)
                number, acts = len(acts), acts[:MOST_ACTS]
                tickets = tickets.filter(_in(acts, happening))
            newest = tickets.select_related("organisation", "person", "team", "procedure")
            shown = list(newest.order_by("-last_activity_at", "-pk")[:MOST_SHOWN])
            count = tickets.order_by().values("pk")[: MOST_COUNTED + 1].count()
    except OperationalError:
        return Trial((), 0, took_too_long=True)
    return Trial(shown, count, None if acts is None else len(acts), number > MOST_ACTS)


def _acted_upon(organisation: Organisation, happening: str, since: datetime) -> list[int | None]:
    """Return the tickets of the newest acts, one for each act."""
    below = Organisation.objects.filter(path__startswith=organisation.path).values("pk")
    acts = Event.objects.filter(organisation_id__in=below, verb=f"tickets.{happening}", at__gte=since)
    return list(acts.order_by("-at", "-pk").values_list("subject_id", flat=True)[: MOST_ACTS + 1])


def _in(keys: list[int | None], happening: str) -> Q:
    chosen = {key for key in keys if key is not None}
    if happening == Happening.MERGED:
        return Q(pk__in=Ticket.objects.filter(pk__in=chosen).values("merged_into"))
    return Q(pk__in=chosen)


# --- What it did --------------------------------------------------------------------------------------


def runs_of(rule: Rule, access: Access, *, before: str = "") -> RunPage:
    """Return a page of a rule's runs on tickets that somebody may see. One query.

    Args:
        rule: Whose.
        access: Of whoever looks.
        before: Key of the page, as `RunPage.older` says it; anything else is the first one.
    """
    runs = RuleRun.objects.filter(rule=rule, ticket__in=Ticket.objects.visible_to(access))
    if place := _place(before):
        at, key = place
        runs = runs.filter(Q(ran_at__lt=at) | Q(ran_at=at, pk__lt=key))
    shown = list(runs.select_related("ticket", "started_by").order_by("-ran_at", "-pk")[: PAGE_SIZE + 1])
    last = shown[PAGE_SIZE - 1] if len(shown) > PAGE_SIZE else None
    return RunPage(shown[:PAGE_SIZE], f"{last.ran_at.timestamp():.6f}-{last.pk}" if last else "")


def _place(key: str) -> tuple[datetime, int] | None:
    moment, _dash, pk = key.rpartition("-")
    try:
        return datetime.fromtimestamp(float(moment), tz=timezone.get_default_timezone()), int(pk)
    except (ValueError, OverflowError, OSError):
        return None


def names_in(chains: Sequence[Sequence[int]]) -> dict[int, str]:
    """Return the names of the rules in chains, of those that are still there. One query."""
    return dict(Rule.objects.filter(pk__in={key for chain in chains for key in chain}).values_list("pk", "name"))
