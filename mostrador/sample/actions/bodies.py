"""Bodies, teams, topics, procedures, calendars and staff of the sample office."""

from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from mostrador.accounts.models import Membership, TeamMembership, User
from mostrador.audit.actions import record
from mostrador.organisations.actions import (
    bodies,
    calendars,
    hosts,
    hours,
    legal_pages,
    procedures,
    teams,
    themes,
    topics,
)
from mostrador.organisations.choices import DayScope, LegalPageKind, Typeface
from mostrador.organisations.rules.working_time import Shift
from mostrador.sample.actions.office import DAYS, Office
from mostrador.sample.rules import PASSWORD, read_legal_page


def make_organisations(words: dict[str, Any], office: Office) -> None:
    """Make the bodies, with their host names, colours and legal pages."""
    for each in words["organisations"]:
        made = bodies.create_organisation(
            each["name"],
            host=each["hosts"][0],
            parent=office.organisations.get(each["parent"] or ""),
            details={name: each[name] for name in bodies.DETAILS if name in each},
            is_sample=True,
            ready=False,
        )
        for host in each["hosts"][1:]:
            hosts.add_host(made, host, actor=None)
        themes.change_theme(made, accent=each["accent"], typeface=Typeface(each["typeface"]), actor=None)
        words_of_page = {"organisation": each["name"]} | {
            name: value for name, value in each.items() if isinstance(value, str)
        }
        for kind in LegalPageKind:
            for language in each["languages"]:
                body = read_legal_page(kind, language, words_of_page)
                legal_pages.write_legal_page(made, kind, language, body=body, actor=None)
        office.organisations[each["key"]], office.hosts[each["key"]] = made, each["hosts"][0]


def make_structure(words: dict[str, Any], office: Office) -> None:
    """Make teams, topics and procedures."""
    for team in words["teams"]:
        owner = office.organisations[team["organisation"]]
        details = {name: team[name] for name in ("name", "slug", "signature", "is_default")}
        office.teams[team["slug"]] = teams.create_team(owner, **details, actor=None)
    root = next(iter(office.organisations.values()))
    groups = {
        group["key"]: topics.create_topic(
            root, names=group["names"], slug=group["slug"], position=10 * place, actor=None
        )
        for place, group in enumerate(words["topic_groups"], 1)
    }
    for topic in words["topics"]:
        office.topics[topic["slug"]] = topics.create_topic(
            root,
            names=topic["names"],
            parent=groups[topic["group"]],
            team=office.teams[topic["team"]],
            slug=topic["slug"],
            position=topic["position"],
            actor=None,
        )
    for procedure in words["procedures"]:
        owner = office.organisations[procedure["organisation"]]
        office.procedures[procedure["sia_code"]] = procedures.create_procedure(
            owner, sia_code=procedure["sia_code"], names=procedure["names"], url=procedure["url"], actor=None
        )


def make_calendars(words: dict[str, Any], office: Office) -> None:
    """Give each body its hours and days: the years of the tickets confirmed, next year's only computed."""
    today = timezone.localdate()
    years = sorted({(today - timedelta(days=DAYS)).year, today.year, today.year + 1})
    for timetable in words["timetables"]:
        _make_timetable(timetable, office)
    for key, organisation in office.organisations.items():
        local = [day for day in words["local_holidays"] if day["organisation"] == key]
        for year in years:
            calendars.compute_year(organisation, year, actor=None)
            for day in local:
                on = date.fromisoformat(f"{year}-{day['month_day']}")
                calendars.add_day(organisation, on, names=day["names"], scope=DayScope.LOCAL, actor=None)
            if year <= today.year:
                calendars.confirm_year(
                    organisation, year, source=f"Calendario de muestra {year}, inventado", actor=None
                )


def _make_timetable(timetable: dict[str, Any], office: Office) -> None:
    shifts = [
        Shift(shift["weekday"], time.fromisoformat(shift["opens"]), time.fromisoformat(shift["closes"]))
        for shift in timetable["shifts"]
    ]
    year = timezone.localdate().year
    starts_on = date.fromisoformat(f"{year}-{timetable['starts_on']}") if timetable["starts_on"] else None
    ends_on = date.fromisoformat(f"{year}-{timetable['ends_on']}") if timetable["ends_on"] else None
    if starts_on and ends_on and ends_on < starts_on:
        ends_on = ends_on.replace(year=year + 1)
    hours.save_timetable(
        office.organisations[timetable["organisation"]],
        shifts,
        name=timetable["name"],
        team=office.teams[timetable["team"]] if timetable["team"] else None,
        starts_on=starts_on,
        ends_on=ends_on,
        repeats=starts_on is not None,
        actor=None,
    )


def make_staff(words: dict[str, Any], office: Office) -> None:
    """Make everybody who works there, with their memberships and teams."""
    for each in words["staff"]:
        user = User.objects.create_user(each["email"], PASSWORD, name=each["name"], language=each["language"])
        for membership in each["memberships"]:
            organisation = office.organisations[membership["organisation"]]
            Membership.objects.create(
                organisation=organisation,
                user=user,
                role=membership["role"],
                with_descendants=membership["with_descendants"],
            )
            record("accounts.member_added", user, organisation=organisation, details={"role": membership["role"]})
        TeamMembership.objects.bulk_create(TeamMembership(team=office.teams[slug], user=user) for slug in each["teams"])
        office.staff[each["key"]] = user
