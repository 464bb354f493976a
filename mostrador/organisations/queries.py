"""What is asked about organisations: who answers here, when they work, and what belongs to them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from mostrador.organisations.choices import DayOrigin, LegalPageKind
from mostrador.organisations.models import (
    CalendarYear,
    HostName,
    LegalPage,
    NonWorkingDay,
    Organisation,
    Procedure,
    Shift,
    Team,
    Timetable,
    Topic,
)
from mostrador.organisations.rules import working_time

_MONTH_OF_WARNING = 10  # the State publishes next year's calendar in October (Ley 39/2015, art. 30.7)
_CACHE_LIMIT = 5000


def organisation_for_host(host: str) -> Organisation | None:
    """Return the organisation that answers under a host name (lower case, without port)."""
    # Written out: every page asks, and putting the question together costs more than the answer.
    found = Organisation.objects.raw(
        "SELECT organisation.* FROM organisations_hostname AS host"
        " JOIN organisations_organisation AS organisation ON organisation.id = host.organisation_id"
        " WHERE host.name = %s",
        [host],
    )
    return next(iter(found), None)


def organisation_of_operator(host: str) -> Organisation | None:
    """Return the organisation that an operator names by a host, or the one at the top when there is only one."""
    if host:
        return organisation_for_host(host.lower())
    roots = list(Organisation.objects.filter(parent__isnull=True)[:2])
    return roots[0] if len(roots) == 1 else None


def nothing_is_set_up() -> bool:
    """Tell whether the installation is new: no organisation has been made."""
    return not Organisation.objects.exists()


# --- Working time -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Owner:
    """Whose calendar it is: an organisation's, or that of one of its teams."""

    organisation_id: int
    team_id: int | None
    path: str
    zone: str
    version: UUID

    @property
    def lineage(self) -> list[int]:
        """Organisations from the nearest to the root."""
        return [int(key) for key in reversed(self.path.split("/")) if key]


_calendars: dict[tuple[int, int | None], tuple[UUID, working_time.WorkingCalendar]] = {}


def working_calendar(owner: Organisation | Team) -> working_time.WorkingCalendar:
    """Return when an organisation or a team works.

    A team without hours of its own keeps its organisation's, an organisation without hours those of its nearest
    ancestor that has some. Non-working days are those of the organisation, or of its nearest ancestor with a calendar;
    for legal terms only the organisation's own count (Ley 39/2015, art. 31.3): see `sede_calendar`.

    Kept in memory until the hours or days of the organisation or of an ancestor change: usually no query, at most four
    (one more for a team whose organisation was not loaded with it).
    """
    organisation = owner.organisation if isinstance(owner, Team) else owner
    wanted = _Owner(
        organisation_id=organisation.pk,
        team_id=owner.pk if isinstance(owner, Team) else None,
        path=organisation.path,
        zone=organisation.time_zone,
        version=organisation.calendar_version,
    )
    return _calendars_of([wanted])[0]


def working_calendars(team_ids: Iterable[int]) -> dict[int, working_time.WorkingCalendar]:
    """Return the calendar of each team, for lists: one query, or five when some are not in memory yet."""
    teams = Team.objects.filter(pk__in=set(team_ids)).values_list(
        "organisation_id", "pk", "organisation__path", "organisation__time_zone", "organisation__calendar_version"
    )
    owners = [_Owner(*team) for team in teams]
    return dict(zip((owner.team_id or 0 for owner in owners), _calendars_of(owners), strict=True))


def calendars_of_teams(teams: Iterable[tuple[Any, ...]]) -> dict[int, working_time.WorkingCalendar]:
    """Return the calendar of each team, for lists that have read with their rows what tells whose it is.

    Usually no query, at most four.

    Args:
        teams: Organisation's key, team's key, and of the organisation: path, time zone and version of its calendar.
    """
    owners = list({team[1]: _Owner(*team) for team in teams}.values())
    return dict(zip((owner.team_id or 0 for owner in owners), _calendars_of(owners), strict=True))


def sede_calendar(organisation: Organisation) -> working_time.WorkingCalendar:
    """Return the calendar of legal terms of an organisation's sede: its own days only, no opening hours.

    Source: Ley 39/2015, art. 31.3: each sede has one calendar of non-working days. Two queries.
    """
    days = NonWorkingDay.objects.filter(organisation=organisation).values_list("on", flat=True)
    years = dict(CalendarYear.objects.filter(organisation=organisation).values_list("year", "confirmed_at"))
    return working_time.WorkingCalendar(
        zone=ZoneInfo(organisation.time_zone),
        non_working_days=frozenset(days),
        known_years=frozenset(years),
        official_years=frozenset(year for year, confirmed_at in years.items() if confirmed_at),
    )


def _calendars_of(owners: Sequence[_Owner]) -> list[working_time.WorkingCalendar]:
    kept = {
        _key(owner): found for owner in owners if (found := _calendars.get(_key(owner))) and found[0] == owner.version
    }
    if missing := [owner for owner in owners if _key(owner) not in kept]:
        loaded = _Loaded.of(missing)
        fresh = {_key(owner): (owner.version, loaded.calendar(owner)) for owner in missing}
        if len(_calendars) + len(fresh) > _CACHE_LIMIT:
            _calendars.clear()  # other threads go on with what they have taken
        _calendars.update(fresh)
        kept |= fresh
    return [kept[_key(owner)][1] for owner in owners]


def _key(owner: _Owner) -> tuple[int, int | None]:
    return owner.organisation_id, owner.team_id


@dataclass(frozen=True)
class _Loaded:
    """Everything that some calendars are made of, in four queries."""

    timetables: dict[tuple[int, int | None], list[working_time.Timetable]]
    days: dict[int, set[date]]
    years: dict[int, dict[int, bool]]

    @classmethod
    def of(cls, owners: Sequence[_Owner]) -> "_Loaded":
        organisations = {pk for owner in owners for pk in owner.lineage}
        teams = {owner.team_id for owner in owners if owner.team_id}
        timetables: defaultdict[tuple[int, int | None], list[working_time.Timetable]] = defaultdict(list)
        rows = Timetable.objects.filter(Q(team__in=teams) | Q(team=None, organisation__in=organisations))
        for row in rows.prefetch_related("shifts"):
            timetables[row.organisation_id, row.team_id].append(_timetable_rule(row))
        days: defaultdict[int, set[date]] = defaultdict(set)
        for pk, on in NonWorkingDay.objects.filter(organisation__in=organisations).values_list("organisation", "on"):
            days[pk].add(on)
        years: defaultdict[int, dict[int, bool]] = defaultdict(dict)
        known = CalendarYear.objects.filter(organisation__in=organisations)
        for pk, year, confirmed_at in known.values_list("organisation", "year", "confirmed_at"):
            years[pk][year] = confirmed_at is not None
        return cls(timetables, days, years)

    def calendar(self, owner: _Owner) -> working_time.WorkingCalendar:
        """Put one calendar together."""
        holders = [(owner.organisation_id, owner.team_id)] + [(pk, None) for pk in owner.lineage]
        timetables = next((self.timetables[holder] for holder in holders if self.timetables.get(holder)), [])
        whose = next((pk for pk in owner.lineage if self.years.get(pk)), owner.organisation_id)
        years = self.years.get(whose, {})
        return working_time.WorkingCalendar(
            zone=ZoneInfo(owner.zone),
            timetables=tuple(timetables),
            non_working_days=frozenset(self.days.get(whose, set())),
            known_years=frozenset(years),
            official_years=frozenset(year for year, official in years.items() if official),
        )


def _timetable_rule(row: Timetable) -> working_time.Timetable:
    shifts = tuple(working_time.Shift(shift.weekday, shift.opens, shift.closes) for shift in row.shifts.all())
    if row.starts_on is None or row.ends_on is None:
        return working_time.Timetable(shifts)
    if row.repeats:
        start, end = row.starts_on, row.ends_on
        season = working_time.Season((start.month, start.day), (end.month, end.day))
        return working_time.Timetable(shifts, season=season)
    return working_time.Timetable(shifts, valid_from=row.starts_on, valid_to=row.ends_on)


def timetables_of(organisation: Organisation) -> list[Timetable]:
    """Return the timetables of an organisation and its teams with team and shifts loaded: usual ones first."""
    rows = Timetable.objects.filter(organisation=organisation).select_related("team").prefetch_related("shifts")
    return sorted(rows, key=lambda row: (row.team.name if row.team else "", row.starts_on or date.min, row.pk))


def shifts_by_weekday(timetable: Timetable) -> dict[int, list[Shift]]:
    """Return the shifts of each ISO weekday, earliest first; days without any are there too."""
    shifts = sorted(timetable.shifts.all(), key=lambda shift: shift.opens)
    return {weekday: [shift for shift in shifts if shift.weekday == weekday] for weekday in range(1, 8)}


# --- Calendar of non-working days -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearState:
    """What is known of the calendar of one year."""

    year: int
    is_known: bool
    is_official: bool
    official_source: str
    days: int
    computed_days: int


def year_state(organisation: Organisation, year: int) -> YearState:
    """Return what is known of one year. Two queries."""
    known = CalendarYear.objects.filter(organisation=organisation, year=year).first()
    counted = NonWorkingDay.objects.filter(organisation=organisation, on__year=year).aggregate(
        days=Count("pk"), computed=Count("pk", filter=Q(origin=DayOrigin.COMPUTED))
    )
    return YearState(
        year=year,
        is_known=known is not None,
        is_official=known is not None and known.confirmed_at is not None,
        official_source=known.official_source if known else "",
        days=counted["days"],
        computed_days=counted["computed"],
    )


def known_years(organisation: Organisation) -> list[int]:
    """Return the years whose calendar has been entered, in order."""
    return list(CalendarYear.objects.filter(organisation=organisation).order_by("year").values_list("year", flat=True))


def years_to_confirm(organisation: Organisation, today: date) -> list[int]:
    """Return the years whose official calendar is missing now: this one, and from October on the next one."""
    wanted = [today.year] + ([today.year + 1] if today.month >= _MONTH_OF_WARNING else [])
    confirmed = set(
        CalendarYear.objects.filter(organisation=organisation, year__in=wanted, confirmed_at__isnull=False).values_list(
            "year", flat=True
        )
    )
    return [year for year in wanted if year not in confirmed]


def organisations_without_calendar(year: int) -> QuerySet[Organisation]:
    """Return the organisations that keep a calendar of their own but have none of this year."""
    kept = CalendarYear.objects.values("organisation")
    return Organisation.objects.filter(pk__in=kept).exclude(pk__in=kept.filter(year=year)).order_by("pk")


def non_working_days_of(organisation: Organisation, year: int) -> QuerySet[NonWorkingDay]:
    """Return the days of one year in order."""
    return NonWorkingDay.objects.filter(organisation=organisation, on__year=year).order_by("on", "pk")


# --- What belongs to organisations ------------------------------------------------------------------------------------


def teams_of(organisation: Organisation, *, retired: bool = False, kept: int | None = None) -> QuerySet[Team]:
    """Return an organisation's own teams by name: those at work, or the retired ones.

    Args:
        kept: Key of one that is chosen already and stays among the choices, retired or not.
    """
    teams = Team.objects.filter(Q(is_active=not retired) | Q(pk=kept), organisation=organisation)
    return teams.order_by("-is_default", "name", "pk")


def default_team(organisation: Organisation) -> Team | None:
    """Return the team that takes new tickets: the organisation's, or that of its nearest ancestor with one."""
    teams = Team.objects.filter(organisation__in=organisation.lineage, is_default=True).select_related("organisation")
    return max(teams, key=lambda team: len(team.organisation.path), default=None)


# A key with its name, or the name of a topic with the keys and names of those inside of it.
TopicOption = tuple[int, str] | tuple[str, list[tuple[int, str]]]


def topics_of(organisation: Organisation, *, retired: bool = False) -> list[Topic]:
    """Return the topics that an organisation uses, its ancestors' included; of one slug the nearest. One query.

    Each is followed by those inside of it.
    """
    related = ("organisation", "team", "parent")
    rows = Topic.objects.filter(organisation__in=organisation.lineage).select_related(*related)
    nearest = {row.slug: row for row in sorted(rows, key=lambda row: len(row.organisation.path))}
    chosen = (row for row in nearest.values() if row.is_active is not retired)
    return sorted(chosen, key=lambda row: (*_place(row.parent or row), row.parent is not None, *_place(row)))


def topic_options(organisation: Organisation, *, kept: Topic | None = None) -> list[TopicOption]:
    """Return the topics to choose from for a list: those that contain no others, under the name of theirs. One query.

    Args:
        organisation: Whose topics.
        kept: The one that was chosen before, also when it is out of use or contains others by now.
    """
    rows = topics_of(organisation)
    above = {row.parent.slug for row in rows if row.parent}
    leaves = [row for row in rows if row.slug not in above]
    options: list[TopicOption] = []
    for parent, inside in groupby(leaves, key=lambda row: row.parent):
        together = [(row.pk, row.name) for row in inside]
        options += [(parent.name, together)] if parent else together
    if kept and kept.pk not in {row.pk for row in leaves}:
        options.append((kept.pk, kept.name))
    return options


def possible_parents(organisation: Organisation, topic: Topic | None = None) -> QuerySet[Topic]:
    """Return the topics inside of which another one may be put: those that are inside of none. No query."""
    rows = Topic.objects.filter(organisation__in=organisation.lineage, parent=None, is_active=True)
    return (rows.exclude(pk=topic.pk) if topic else rows).order_by("position", "pk")


def _place(topic: Topic) -> tuple[int, int]:
    return topic.position, topic.pk


def procedures_of(organisation: Organisation, *, retired: bool = False) -> QuerySet[Procedure]:
    """Return an organisation's own procedures by SIA code: those in use, or the retired ones."""
    return Procedure.objects.filter(organisation=organisation, is_active=not retired).order_by("sia_code", "pk")


def hosts_of(organisation: Organisation) -> QuerySet[HostName]:
    """Return the host names, the one that people are told first."""
    return HostName.objects.filter(organisation=organisation).order_by("-is_primary", "name", "pk")


@dataclass(frozen=True)
class LegalText:
    """The text of a legal page for a visitor: `language` may differ from the one asked for."""

    body: str
    language: str
    page: LegalPage


def legal_text(organisation: Organisation, kind: LegalPageKind, language: str) -> LegalText | None:
    """Return the text in the language asked for, else in the organisation's own, else in any; its own before its
    ancestors'. One query.
    """
    rows = LegalPage.objects.filter(organisation__in=organisation.lineage, kind=kind).exclude(body="")
    wishes = [language, organisation.default_language]
    ranked = sorted(
        rows.select_related("organisation"),
        key=lambda row: (
            -len(row.organisation.path),
            wishes.index(row.language) if row.language in wishes else len(wishes),
            row.language,
        ),
    )
    return LegalText(ranked[0].body, ranked[0].language, ranked[0]) if ranked else None


def legal_pages_written(organisation: Organisation) -> dict[tuple[str, str], LegalPage]:
    """Return an organisation's own texts by kind and language."""
    rows = LegalPage.objects.filter(organisation=organisation).exclude(body="")
    return {(row.kind, row.language): row for row in rows}


def tree_under(organisation: Organisation) -> list[Organisation]:
    """Return an organisation and its descendants, each before its children, children by name. One query."""
    rows = list(Organisation.objects.under(organisation))
    names = {row.pk: row.name.casefold() for row in rows}
    return sorted(rows, key=lambda row: [names.get(pk, "") for pk in row.lineage])


@dataclass(frozen=True)
class BranchRow:
    """One body of a tree as lists show it."""

    organisation: Organisation
    parent_name: str
    host: str


def branch_rows(organisation: Organisation) -> list[BranchRow]:
    """Return the bodies under an organisation, itself left out, each after the one it depends on. Two queries."""
    branch = tree_under(organisation)
    names = {row.pk: row.name for row in branch}
    hosts = dict(HostName.objects.filter(organisation__in=names, is_primary=True).values_list("organisation", "name"))
    return [BranchRow(row, names.get(row.parent_id or 0, ""), hosts.get(row.pk, "")) for row in branch[1:]]
