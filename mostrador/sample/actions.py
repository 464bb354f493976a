"""Loading the sample office, through the actions that people use, and taking it away again."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.accounts.models import Membership, TeamMembership, User
from mostrador.audit.actions import record
from mostrador.feedback.models import Survey
from mostrador.help_centre.actions.articles import create_article
from mostrador.help_centre.actions.drafts import write_and_publish
from mostrador.help_centre.choices import ArticleKind
from mostrador.help_centre.models import Article, ArticleVersion, ArticleVote, DailyReading
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.integrations.actions import import_tickets
from mostrador.notifications.models import OutgoingMessage
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
from mostrador.organisations.models import Organisation, Procedure, Team, Topic
from mostrador.organisations.queries import working_calendar
from mostrador.organisations.rules.working_time import Shift, next_opening
from mostrador.people.models import Person
from mostrador.sample import queries
from mostrador.sample.rules import (
    PASSWORD,
    SOURCE,
    ArticleFile,
    dated_ticket,
    read_articles,
    read_legal_page,
    read_office,
    read_tickets,
)
from mostrador.shared.errors import ActionRefused
from mostrador.shared.uploads import check_upload, store
from mostrador.tickets.models import Attachment, Message, Ticket, TicketDraft

DAYS = 90


@dataclass
class _Office:
    """What has been made so far, by the keys of the sample's files."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    procedures: dict[str, Procedure] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def load_sample() -> None:
    """Make the sample office: bodies, staff, articles, and tickets of the last 90 days.

    Raises:
        ActionRefused: It is here already, or one of its host names is taken.
    """
    if queries.sample_organisations():
        raise ActionRefused(_("La oficina de muestra ya está cargada. Quítela antes con «mostrador sample --remove»."))
    words, office = read_office(), _Office()
    with translation.override("es"):
        _make_organisations(words, office)
        _make_structure(words, office)
        _make_calendars(words, office)
        _make_staff(words, office)
        _make_articles(office)
    _load_tickets(office)
    _make_readings(office)


@transaction.atomic
def remove_sample() -> int:
    """Take the sample office away with everything that belongs to it; return how many organisations there were.

    The audit record of what was done there stays, as it must.
    """
    gone = queries.sample_organisations()
    owned = {"organisation__in": gone}
    for attachment in Attachment.objects.filter(message__ticket__organisation__in=gone):
        attachment.file.delete(save=False)
    Survey.objects.filter(**owned).delete()
    OutgoingMessage.objects.filter(**owned).delete()
    TicketDraft.objects.filter(**owned).delete()
    Ticket.objects.filter(**owned).delete()
    Person.objects.filter(**owned).delete()
    Article.objects.filter(**owned).delete()
    staff = set(Membership.objects.filter(**owned).values_list("user_id", flat=True))
    Membership.objects.filter(**owned).delete()
    User.objects.filter(pk__in=staff, memberships__isnull=True).delete()
    for organisation in gone:
        record("sample.removed", organisation, organisation=organisation)
        organisation.delete()
    return len(gone)


def _make_organisations(words: dict[str, Any], office: _Office) -> None:
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


def _make_structure(words: dict[str, Any], office: _Office) -> None:
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


def _make_calendars(words: dict[str, Any], office: _Office) -> None:
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


def _make_timetable(timetable: dict[str, Any], office: _Office) -> None:
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


def _make_staff(words: dict[str, Any], office: _Office) -> None:
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


def _make_articles(office: _Office) -> None:
    editor = office.staff["lucia"]
    root = next(iter(office.organisations.values()))
    made: dict[str, Article] = {}
    for file in read_articles():
        if file.language == "es":
            made[file.slug] = _make_article(file, root, editor, office)
        text = ArticleText(file.front["title"], file.front["summary"], file.body)
        write_and_publish(made[file.slug], file.language, text, author=editor)


def _make_article(file: ArticleFile, organisation: Organisation, editor: User, office: _Office) -> Article:
    return create_article(
        organisation,
        author=editor,
        topic=office.topics[file.front["topic"]],
        title=file.front["title"],
        slug=file.slug,
        details={
            "kind": ArticleKind(file.front["kind"]),
            "owner_team": office.teams[file.front["owner_team"]],
            "procedures": [office.procedures[code] for code in file.listed("procedures")],
            "codes": file.listed("codes"),
            "review_by": date.fromisoformat(file.front["review_by"]),
        },
    )


def _load_tickets(office: _Office) -> None:
    now, emails = timezone.now(), {key: user.email for key, user in office.staff.items()}
    names = {team.slug: team.name for team in office.teams.values()} | {
        key: user.name for key, user in office.staff.items()
    }
    names |= {file.slug: file.front["title"] for file in read_articles() if file.language == "es"}
    dated = []
    for number, ticket in enumerate(read_tickets(), start=1):
        team = office.teams[ticket["team"]]
        sample = dated_ticket(
            number,
            ticket,
            now=now,
            zone=ZoneInfo(office.organisations[ticket["organisation"]].time_zone),
            when_open=partial(_when_open, team),
            hosts=office.hosts,
            emails=emails,
        )
        for event in sample.line["events"]:
            event["values"] = [names.get(value, value) for value in event["values"]]
        dated.append(sample)
    report = import_tickets((json.dumps(sample.line) for sample in dated), source=SOURCE)
    if report.refused:
        raise ActionRefused(f"{report.refused[0][0]}: {report.refused[0][1]}")
    for sample in dated:
        _attach(sample.line["external_reference"], sample.attachments)


def _when_open(team: Team, moment: datetime) -> datetime:
    return next_opening(moment, working_calendar(team))


def _attach(external_reference: str, files: dict[str, str]) -> None:
    for at, name in files.items():
        message = Message.objects.get(
            ticket__source=SOURCE,
            ticket__external_reference=external_reference,
            ticket__organisation__is_sample=True,
            written_at=datetime.fromisoformat(at),
            kind="public",
        )
        upload = check_upload(SimpleUploadedFile(name, _made_up(name)))
        Attachment.objects.create(
            message=message,
            file=store(upload, folder="attachments"),
            name=upload.name,
            content_type=upload.content_type,
            size_bytes=upload.size_bytes,
            sha256=upload.sha256,
        )


def _made_up(name: str) -> bytes:
    """Return the content of an invented attachment: the smallest file of its type."""
    return _SMALLEST.get(name.rpartition(".")[2].lower(), b"Archivo de muestra.\n")


_SMALLEST = {
    "png": bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360f8ffff3f0005fe02fea135819e0000000049454e44ae426082"
    ),
    "pdf": (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    ),
}


def _make_readings(office: _Office) -> None:
    """Make up how often each article was read and found useful; the same every time it is loaded."""
    chance = random.Random(39_2015)  # noqa: S311 - invented figures, the same on every machine
    today = timezone.localdate()
    readings, votes = [], []
    for version in _versions(office):
        popularity = chance.uniform(0.5, 6) * (1 if version.language == "es" else 0.2)
        for days_ago in range(DAYS):
            on = today - timedelta(days=days_ago)
            weight = 0.3 if on.weekday() >= 5 else 1
            readings.append(
                DailyReading(
                    article_id=version.article_id,
                    on=on,
                    language=version.language,
                    readings=round(chance.expovariate(1 / (popularity * weight * 4))),
                )
            )
        votes += [
            ArticleVote(
                version=version,
                useful=chance.random() < 0.78,
                voted_at=timezone.now() - timedelta(days=chance.uniform(0, DAYS)),
            )
            for _vote in range(round(popularity * 4))
        ]
    DailyReading.objects.bulk_create([reading for reading in readings if reading.readings])
    ArticleVote.objects.bulk_create(votes)


def _versions(office: _Office) -> Iterable[ArticleVersion]:
    return ArticleVersion.objects.filter(article__organisation__in=list(office.organisations.values())).order_by("pk")
