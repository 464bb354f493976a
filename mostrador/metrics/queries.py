"""Reading what roll-ups are made of, and adding roll-ups up."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from mostrador.accounts.permissions import Access
from mostrador.feedback.models import Survey
from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.models import Article, DailyReading
from mostrador.metrics.models import DailyRollup, DailyUse
from mostrador.metrics.rules import PROVISIONAL, Period, Sums, add_histogram, asked_for_each_hundred
from mostrador.organisations.models import Organisation, Procedure, Team
from mostrador.tickets.choices import OPEN_STATES, EventCode, MessageKind, State
from mostrador.tickets.models import Message, Ticket

MOST_UNANSWERED = 20
MOST_ARTICLES = 50
LATEST_ASKED = 5


@dataclass(frozen=True)
class ReceivedRow:
    """A contact received on the day, as the first response needs it."""

    team: int | None
    answering_team: int | None
    channel: str
    state: str
    opened_at: datetime
    first_reply_at: datetime | None
    is_joined: bool


@dataclass(frozen=True)
class ResolvedRow:
    """A contact resolved on the day, as first-contact resolution and satisfaction need it."""

    team: int | None
    channel: str
    resolved_at: datetime
    public_replies: int
    transfers: int
    reopenings: int
    came_back: bool
    surveyed: bool
    score: int | None


@dataclass(frozen=True)
class UseRow:
    """How often a procedure was asked about in a period and in the one before."""

    name: str
    readings: int
    tickets: int
    before: int

    @property
    def uses(self) -> int:
        """Articles read and tickets received."""
        return self.readings + self.tickets

    @property
    def change(self) -> float | None:
        """Rate of change against the period before; None when there was none."""
        return (self.uses - self.before) / self.before if self.before else None


@dataclass(frozen=True)
class DeflectionRow:
    """An article after which people asked all the same, in a period."""

    slug: str
    title: str
    is_published: bool
    readings: int
    tickets: int
    latest: list[dict[str, str]]  # reference and subject of those that the reader of the page may see

    @property
    def rate(self) -> float | None:
        """Contacts for each hundred readings."""
        return asked_for_each_hundred(tickets=self.tickets, readings=self.readings)


@dataclass(frozen=True)
class Waiting:
    """A contact that nobody has answered."""

    reference: str
    subject: str
    team: str
    opened_at: datetime


def bounds(organisation: Organisation, on: date) -> tuple[datetime, datetime]:
    """Return the beginning and the end of a day in the organisation's zone."""
    zone = ZoneInfo(organisation.time_zone)
    return datetime.combine(on, time.min, zone), datetime.combine(on + timedelta(days=1), time.min, zone)


def received_on(organisation: Organisation, on: date) -> list[ReceivedRow]:
    """Return the contacts received on a day, spam and joined ones included. One query."""
    begin, end = bounds(organisation, on)
    rows = Ticket.objects.of(organisation).filter(opened_at__gte=begin, opened_at__lt=end)
    rows = rows.annotate(is_joined=Q(merged_into__isnull=False))
    names = ("team_id", "first_reply_team_id", "channel", "state", "opened_at", "first_reply_at", "is_joined")
    return [ReceivedRow(*row) for row in rows.values_list(*names)]


def resolved_on(organisation: Organisation, on: date) -> list[ResolvedRow]:
    """Return the contacts resolved on a day that are still resolved. Two queries."""
    begin, end = bounds(organisation, on)
    # Without a topic nobody can say that it was another matter: two contacts without one count as the same.
    later = (
        Ticket.objects.alias(matter=Coalesce("topic_id", 0))
        .filter(
            person=OuterRef("person"),
            matter=Coalesce(OuterRef("topic_id"), 0),
            opened_at__gt=OuterRef("opened_at"),
            opened_at__lte=OuterRef("resolved_at") + PROVISIONAL,
            merged_into__isnull=True,
        )
        .exclude(state=State.SPAM)
    )
    rows: dict[int, Any] = {
        key: values
        for key, *values in Ticket.objects.of(organisation)
        .filter(resolved_at__gte=begin, resolved_at__lt=end, state__in=[State.RESOLVED, State.CLOSED])
        .filter(merged_into__isnull=True)
        .annotate(came_back=Exists(later))
        .values_list(
            "pk", "team_id", "channel", "resolved_at", "public_replies", "transfers", "reopenings", "came_back"
        )
    }
    scores = dict(Survey.objects.filter(ticket__in=rows).values_list("ticket_id", "score"))
    return [ResolvedRow(*[*values, key in scores, scores.get(key)]) for key, values in rows.items()]


def used_on(organisation: Organisation, on: date) -> dict[int | None, tuple[int, int]]:
    """Return readings and tickets of a day by procedure (None: of no procedure). Three queries."""
    begin, end = bounds(organisation, on)
    readings: Counter[int | None] = Counter()
    total = Counter[int]()
    day = DailyReading.objects.filter(article__organisation=organisation, on=on)
    with_procedure = day.filter(article__procedures__isnull=False)
    for procedure, count in with_procedure.values_list("article__procedures").annotate(sum=Sum("readings")):
        readings[procedure] = count
    for count in day.filter(article__procedures__isnull=True).values_list("readings", flat=True):
        total[0] += count
    if total[0]:
        readings[None] = total[0]
    tickets: Counter[int | None] = Counter(
        Ticket.objects.of(organisation)
        .filter(opened_at__gte=begin, opened_at__lt=end, merged_into__isnull=True)
        .exclude(state=State.SPAM)
        .values_list("procedure_id", flat=True)
    )
    return {key: (readings[key], tickets[key]) for key in set(readings) | set(tickets)}


def days_touched(*, after_message: int, surveys_since: datetime | None) -> tuple[dict[int, set[date]], int]:
    """Return the days of each organisation whose figures may have changed, and the last message looked at.

    A message or event tells of its ticket: the days of its opening and resolution, those of resolutions that were taken
    back since, and those of the resolutions that a new contact of the same person can make unsuccessful.
    """
    new = Message.objects.filter(pk__gt=after_message).order_by("pk")
    last = new.order_by("-pk").values_list("pk", flat=True).first() or after_message
    tickets = Ticket.objects.filter(pk__in=new.filter(pk__lte=last).values("ticket_id"))
    answered = Survey.objects.filter(answered_at__gte=surveys_since) if surveys_since else Survey.objects.all()
    places = ("organisation_id", "organisation__time_zone")
    earlier = Ticket.objects.filter(
        person__in=tickets.values("person_id"), resolved_at__gte=timezone.now() - 5 * PROVISIONAL
    )
    resolutions = Message.objects.filter(ticket__in=tickets, kind=MessageKind.EVENT).filter(
        Q(text__startswith=EventCode.RESOLVED) | Q(text__startswith=EventCode.SOLVED_BY_PERSON)  # with an article too
    )
    touched: defaultdict[int, set[date]] = defaultdict(set)
    for organisation, zone, *moments in chain[tuple[Any, ...]](
        tickets.values_list(*places, "opened_at", "resolved_at"),
        answered.values_list(*places, "ticket__opened_at", "ticket__resolved_at"),
        earlier.values_list(*places, "resolved_at"),
        resolutions.values_list("ticket__organisation_id", "ticket__organisation__time_zone", "written_at"),
    ):
        touched[organisation] |= {moment.astimezone(ZoneInfo(zone)).date() for moment in moments if moment}
    return dict(touched), last


def scope_of(access: Access, organisation: Organisation) -> list[Organisation]:
    """Return the visited organisation and its descendants, as far as the access reaches. One query."""
    reach = Organisation.objects.under(organisation).filter(pk__in=access.organisation_ids())
    return list(reach.order_by("path"))


def teams_of(organisations: Iterable[Organisation]) -> list[Team]:
    """Return the teams whose figures can be asked for. One query."""
    lineages = {key for organisation in organisations for key in organisation.lineage}
    return list(Team.objects.filter(organisation__in=lineages).order_by("organisation__path", "name", "pk"))


def sums_by_day(
    organisations: Iterable[Organisation], period: Period, *, team: Team | None = None
) -> dict[tuple[date, str], Sums]:
    """Return the sums of each day and channel. One query over at most a row for each day, team and channel."""
    rows = DailyRollup.objects.filter(organisation__in=organisations, on__range=(period.first, period.last))
    if team:
        rows = rows.filter(team=team)
    found: defaultdict[tuple[date, str], Sums] = defaultdict(Sums)
    for row in rows.iterator(chunk_size=2000):
        _add(found[row.on, row.channel], row)
    return dict(found)


def use_rows(organisations: Iterable[Organisation], period: Period) -> list[UseRow]:
    """Return the use of each procedure in a period and in the one before, the most used first. Two queries."""
    whole = Period(period.before.first, period.last)
    rows = DailyUse.objects.filter(organisation__in=list(organisations), on__range=(whole.first, whole.last))
    inside = Q(on__gte=period.first)
    sums = rows.values_list("procedure_id").annotate(
        readings_now=Sum("readings", filter=inside, default=0),
        tickets_now=Sum("tickets", filter=inside, default=0),
        uses_before=Sum(F("readings") + F("tickets"), filter=~inside, default=0),
    )
    procedures = Procedure.objects.in_bulk([row[0] for row in sums if row[0]])
    named = [UseRow(procedures[key].name, *values) for key, *values in sums if key]
    return sorted(named, key=lambda row: (-row.uses, row.name))


def waiting_for_an_answer(
    organisations: Iterable[Organisation], *, team: Team | None = None
) -> tuple[list[Waiting], int]:
    """Return the oldest contacts that nobody has answered, and how many there are up to 1 001. Two queries."""
    rows = Ticket.objects.filter(
        organisation__in=organisations, state__in=OPEN_STATES, is_open=True, first_reply_at__isnull=True
    )
    if team:
        rows = rows.filter(team=team)
    oldest = rows.order_by("opened_at", "pk")[:MOST_UNANSWERED]
    listed = [
        Waiting(reference, subject, team_name or "", opened_at)
        for reference, subject, team_name, opened_at in oldest.values_list(
            "reference", "subject", "team__name", "opened_at"
        )
    ]
    return listed, rows.values("pk")[:1001].count()


def deflection_rows(access: Access, organisations: Sequence[Organisation], period: Period) -> list[DeflectionRow]:
    """Return the articles after which most people asked all the same, at most 50. Five queries.

    Contacts are those of the organisations, spam left out, whose form knows that the article was opened before.

    Args:
        access: Of whoever looks: only contacts that it may see are named.
        organisations: Whose articles and contacts, the visited one first.
        period: In the zone of the first organisation.
    """
    begin, end = bounds(organisations[0], period.first)[0], bounds(organisations[0], period.last)[1]
    asked = Ticket.objects.filter(opened_at__gte=begin, opened_at__lt=end).exclude(articles_read=[])
    asked = asked.exclude(state=State.SPAM).filter(organisation__in=organisations, merged_into__isnull=True)
    by_article = asked.annotate(article=Func("articles_read", function="unnest")).values_list("article")
    counts = dict(by_article.annotate(count=Count("pk")))
    own = Article.objects.filter(pk__in=counts, organisation__in=organisations).values_list("pk", flat=True)
    most = sorted(own, key=lambda article: (-counts[article], article))[:MOST_ARTICLES]
    articles = _named_with_latest(most, asked.visible_to(access))
    read = DailyReading.objects.filter(article__in=most, on__range=(period.first, period.last)).values_list("article")
    readings = dict(read.annotate(sum=Sum("readings")))
    return [
        DeflectionRow(
            slug=articles[key].slug,
            title=_title(articles[key]),
            is_published=any(version.state == PublicationState.PUBLISHED for version in articles[key].versions.all()),
            readings=readings.get(key, 0),
            tickets=counts[key],
            latest=articles[key].latest,  # type: ignore[attr-defined]  # annotated
        )
        for key in most
    ]


def _named_with_latest(articles: list[int], asked: QuerySet[Ticket]) -> dict[int, Article]:
    """Return the articles with their versions and, of these contacts, the latest after each. Two queries."""
    after = asked.filter(articles_read__contains=[OuterRef("pk")]).order_by("-opened_at", "-pk")
    latest = ArraySubquery(after.values(ticket=JSONObject(reference="reference", subject="subject"))[:LATEST_ASKED])
    rows = Article.objects.filter(pk__in=articles).annotate(latest=latest).prefetch_related("versions")
    return {article.pk: article for article in rows}


def _title(article: Article) -> str:
    titles = {version.language: version.title for version in article.versions.all()}
    return next((titles[code] for code in [article.source_language, *sorted(titles)] if code in titles), article.slug)


def merged(parts: Iterable[Sums]) -> Sums:
    """Return the sum of sums."""
    whole = Sums()
    for part in parts:
        for name in _PLAIN:
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
        whole.elapsed.update(part.elapsed)
        whole.working.update(part.working)
        whole.scores.update(part.scores)
    return whole


_PLAIN = (
    *("received", "responded", "unanswered", "spam", "joined", "elapsed_seconds", "working_seconds"),
    *("resolved", "resolved_at_first_contact", "provisional", "surveyed"),
)


def _add(sums: Sums, row: DailyRollup) -> None:
    sums.received += row.received
    sums.responded += row.responded
    sums.unanswered += row.unanswered
    sums.spam += row.spam
    sums.joined += row.joined
    sums.elapsed_seconds += row.response_elapsed_seconds
    sums.working_seconds += row.response_working_seconds
    sums.resolved += row.resolved
    sums.resolved_at_first_contact += row.resolved_at_first_contact
    sums.provisional += row.provisional
    sums.surveyed += row.surveyed
    add_histogram(sums.elapsed, row.response_elapsed)
    add_histogram(sums.working, row.response_working)
    add_histogram(sums.scores, row.scores)
