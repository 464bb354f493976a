"""Loading the sample office, through the actions that people use, and taking it away again."""

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.accounts.models import Membership, TeamMembership, User
from mostrador.audit.actions import record
from mostrador.feedback.models import Survey
from mostrador.help_centre.actions.articles import create_article, supersede
from mostrador.help_centre.actions.drafts import (
    ask_for_changes,
    comment,
    save_draft,
    schedule,
    submit_for_review,
    write_and_publish,
)
from mostrador.help_centre.actions.index import index_what_is_missing
from mostrador.help_centre.choices import ArticleKind, Audience, DraftStep, PublicationState
from mostrador.help_centre.models import (
    Adaptation,
    Article,
    ArticleRevision,
    ArticleVersion,
    ArticleVote,
    DailyReading,
    DailySearch,
)
from mostrador.help_centre.rules.texts import ArticleText, text_of
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
    SampleArticle,
    dated_ticket,
    read_articles,
    read_editing,
    read_legal_page,
    read_office,
    read_tickets,
)
from mostrador.shared.errors import ActionRefused
from mostrador.shared.markdown import render_markdown
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
    articles: dict[str, Article] = field(default_factory=dict)


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
        _make_editing(office)
    _load_tickets(office)
    _make_older(office)
    _make_readings(office)
    _make_searches(office)


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
    files = read_articles()
    for sample in files:
        if sample.language == "es":
            office.articles[sample.slug] = _make_article(sample, root, editor, office)
        article = office.articles[sample.slug]
        write_and_publish(article, sample.language, sample.text, author=editor, index=False)
    index_what_is_missing()
    for sample in files:
        article = office.articles[sample.slug]
        article.related.add(*(office.articles[slug] for slug in sample.listed("related")))


def _make_article(sample: SampleArticle, organisation: Organisation, editor: User, office: _Office) -> Article:
    values = sample.file.values
    minutes = values.get("minutes")
    return create_article(
        organisation,
        author=editor,
        topic=office.topics[values["topic"]],
        title=values["title"],
        slug=sample.slug,
        details={
            "kind": ArticleKind(values["kind"]),
            "owner_team": office.teams[values["owner_team"]],
            "also_in": [office.topics[slug] for slug in sample.listed("also_in")],
            "procedures": [office.procedures[code] for code in sample.listed("procedures")],
            "codes": sample.listed("codes"),
            "review_by": date.fromisoformat(values["review_by"]),
            "minutes": int(minutes) if minutes else None,
            "fix_state": values.get("fix_state", ""),
            "affects": sample.listed("affects"),
        },
    )


def _make_editing(office: _Office) -> None:
    """Leave the centre as editors have it: something superseded, something stale, drafts at every step, adaptations."""
    editing, root = read_editing(), next(iter(office.organisations.values()))
    editor = office.staff["lucia"]
    for each in editing["superseded"]:
        supersede(_write(each, root, office, author=editor), by=office.articles[each["by"]], author=editor)
    for each in editing["internal"]:
        _write(each, root, office, author=editor, details={"audience": Audience.STAFF})
    for each in editing["new"]:
        article = _create(each, root, office, author=editor)
        save_draft(article, "es", _text(each), author=office.staff[each["by"]])
    for each in editing["stale"]:
        _make_stale(office.articles[each["article"]], each, author=editor)
    for each in editing["drafts"]:
        _make_draft(each, office)
    for each in editing["adaptations"]:
        texts = each.get("texts", {})
        Adaptation.objects.create(
            organisation=office.organisations[each["organisation"]],
            article=office.articles[each["article"]],
            is_hidden=each.get("is_hidden", False),
            texts=texts,
            html={language: str(render_markdown(words, language=language)) for language, words in texts.items()},
        )


def _create(
    words: dict[str, Any],
    organisation: Organisation,
    office: _Office,
    *,
    author: User,
    details: Mapping[str, Any] | None = None,
) -> Article:
    return create_article(
        organisation,
        author=author,
        topic=office.topics[words["topic"]],
        title=words["title"],
        slug=words["slug"],
        details={"kind": ArticleKind(words["kind"]), **(details or {})},
    )


def _write(
    words: dict[str, Any],
    organisation: Organisation,
    office: _Office,
    *,
    author: User,
    details: Mapping[str, Any] | None = None,
) -> Article:
    article = _create(words, organisation, office, author=author, details=details)
    write_and_publish(article, "es", _text(words), author=author)
    return article


def _text(words: dict[str, Any]) -> ArticleText:
    return ArticleText(words["title"], words["summary"], words["body"])


def _make_stale(article: Article, how: dict[str, Any], *, author: User) -> None:
    """Publish the source with a sentence more, and every translation but those that are to stay behind."""
    versions = {version.language: version for version in article.versions.all()}
    source = versions.pop(article.source_language)
    text = text_of(source)
    clearer = replace(text, body=f"{text.body}\n\n{how['adds']}", note=how["note"])
    write_and_publish(article, source.language, clearer, author=author)
    for language in versions.keys() - set(how["languages"]):
        write_and_publish(article, language, text_of(versions[language]), author=author)


def _make_draft(how: dict[str, Any], office: _Office) -> None:
    article = office.articles[how["article"]]
    text = text_of(article.versions.get(language="es"))
    changed = replace(text, body=f"{text.body}\n\n{how['adds']}", note=how["note"])
    author = office.staff[how["by"]]
    draft = save_draft(article, "es", changed, author=author)
    if how["step"] == DraftStep.SCHEDULED:
        at = timezone.localtime().replace(hour=9, minute=0) + timedelta(days=how["in_days"])
        schedule(draft, publisher=office.staff[how["publisher"]], at=at)
        return
    submit_for_review(draft, author=author)
    if how["step"] == DraftStep.CHANGES_ASKED:
        ask_for_changes(draft, reviewer=office.staff[how["reviewer"]], text=how["asked"])
    for each in how.get("comments", ()):
        comment(draft.version, author=office.staff[each["by"]], text=each["text"], quote=each["quote"])


def _load_tickets(office: _Office) -> None:
    now, emails = timezone.now(), {key: user.email for key, user in office.staff.items()}
    names = {team.slug: team.name for team in office.teams.values()} | {
        key: user.name for key, user in office.staff.items()
    }
    names |= {sample.slug: sample.text.title for sample in read_articles() if sample.language == "es"}
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


def _make_older(office: _Office) -> None:
    """Move what was published to the months before, the news one by one; the same every time it is loaded."""
    chance = random.Random(38_2015)  # noqa: S311 - invented moments, the same on every machine
    articles = Article.objects.filter(organisation__in=list(office.organisations.values())).order_by("pk")
    ages_of_news = iter(range(4, DAYS, 23))
    for article in articles:
        is_news = article.kind == ArticleKind.NEWS
        age = timedelta(days=next(ages_of_news) if is_news else chance.randrange(5, 300), hours=chance.randrange(6))
        texts = ArticleVersion.objects.filter(article=article, state=PublicationState.PUBLISHED)
        Article.objects.filter(pk=article.pk).update(created_at=F("created_at") - age)
        ArticleRevision.objects.filter(version__in=texts).update(published_at=F("published_at") - age)
        texts.filter(stale_since__isnull=False).update(stale_since=F("stale_since") - age)
        texts.update(published_at=F("published_at") - age, updated_at=F("updated_at") - age)


def _make_readings(office: _Office) -> None:
    """Make up how often each article was read and found useful; the same every time it is loaded."""
    chance = random.Random(39_2015)  # noqa: S311 - invented figures, the same on every machine
    today, opinions = timezone.localdate(), read_editing()["opinions"]
    versions = list(_versions(office))
    languages = {version.article_id: set[str]() for version in versions}
    for version in versions:
        languages[version.article_id].add(version.language)
    readings, votes = [], []
    for version in versions:
        popularity = chance.uniform(0.5, 6) * (1 if version.language == "es" else 0.2)
        lost = {"ca", "gl", "eu", "en"} - languages[version.article_id] if version.language == "es" else set()
        for days_ago in range(DAYS):
            on = today - timedelta(days=days_ago)
            weight = 0.3 if on.weekday() >= 5 else 1
            count = round(chance.expovariate(1 / (popularity * weight * 4)))
            readings.append(
                DailyReading(
                    article_id=version.article_id,
                    on=on,
                    language=version.language,
                    readings=count,
                    readers_lost={code: 1 for code in sorted(lost) if chance.random() < count / 60},
                )
            )
        for _vote in range(round(popularity * 4)):
            useful = chance.random() < 0.78
            why = {} if useful else chance.choice(opinions)
            at = timezone.now() - timedelta(days=chance.uniform(0, DAYS))
            votes.append(ArticleVote(version=version, useful=useful, voted_at=at, **why))
    DailyReading.objects.bulk_create([reading for reading in readings if reading.readings])
    ArticleVote.objects.bulk_create(votes)


def _make_searches(office: _Office) -> None:
    """Make up what people searched and how it went, by day; the same every time it is loaded."""
    chance = random.Random(40_2015)  # noqa: S311 - invented figures, the same on every machine
    root, today = next(iter(office.organisations.values())), timezone.localdate()
    rows = []
    for each in read_editing()["searches"]:
        for days_ago in range(1, DAYS):
            count = round(chance.expovariate(1 / each["a_day"]))
            shares = {name: round(count * each[name]) for name in ("without_result", "opened", "asked")}
            row = DailySearch(organisation=root, on=today - timedelta(days=days_ago), searches=count, **shares)
            row.language, row.text = each["language"], each["text"]
            rows.append(row)
    DailySearch.objects.bulk_create([row for row in rows if row.searches])


def _versions(office: _Office) -> Iterable[ArticleVersion]:
    """Return what everybody can read."""
    articles = Article.objects.filter(organisation__in=list(office.organisations.values())).public()
    readable = ArticleVersion.objects.filter(article__in=articles.current(timezone.now()))
    return readable.filter(state=PublicationState.PUBLISHED).order_by("pk")
