"""Whether something is wrong with a mailbox that nobody has noticed, and whom to tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncHour

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, User
from mostrador.mailbox.choices import Outcome, Via, Way
from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.mailbox.rules.quiet import Hour, silence
from mostrador.organisations.models import Organisation
from mostrador.organisations.queries import working_calendar
from mostrador.organisations.rules.working_time import is_open

FAILS_LONG = timedelta(hours=1)
LEARNT_FROM = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong, and since when.

    Attributes:
        is_failing: The mailbox cannot be looked into; else nothing comes.
        since: Aware.
        expected: How many mails would have come meanwhile; 0 where somebody fixed the hours.
    """

    is_failing: bool
    since: datetime
    expected: int = 0


def alarm_of(box: Mailbox, now: datetime) -> Alarm | None:
    """Return what is wrong with a mailbox in use, if something is. At most six queries."""
    if box.way != Way.DELIVERED and box.failing_since and now - box.failing_since >= FAILS_LONG:
        return Alarm(True, box.failing_since)
    if box.quiet_alarm_hours:
        came = _mail_of(box).order_by("-received_at").values_list("received_at", flat=True).first()
        since = max(came or box.created_at, box.changed_at)  # it may have rested until then
        return Alarm(False, since) if now - since >= timedelta(hours=box.quiet_alarm_hours) else None
    found = silence(list(_hours(box, now)))
    return Alarm(False, found.since, found.expected) if found else None


def _mail_of(box: Mailbox) -> QuerySet[IncomingMail]:
    return IncomingMail.objects.filter(mailbox=box).exclude(via=Via.IMPORT).exclude(outcome=Outcome.TEST)


def _hours(box: Mailbox, now: datetime) -> Iterator[Hour]:
    """Yield the whole hours of four weeks, the oldest first."""
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    start = end - LEARNT_FROM
    rows = _mail_of(box).filter(received_at__gte=start, received_at__lt=end)
    counts = dict(
        rows.order_by()
        .annotate(hour=TruncHour("received_at", tzinfo=UTC))
        .values_list("hour")
        .annotate(many=Count("pk"))
    )
    calendar = working_calendar(box.team or box.organisation)
    zone = ZoneInfo(box.organisation.time_zone)
    for place in range(int(LEARNT_FROM / timedelta(hours=1))):
        hour = start + timedelta(hours=place)
        yield Hour(hour.astimezone(zone), counts.get(hour, 0), is_open(hour + timedelta(minutes=30), calendar))


def administrators_to_tell(organisation: Organisation) -> list[User]:
    """Return who administers an organisation: its own administrators, else those of the nearest above. One query."""
    reaching = Q(organisation=organisation) | Q(organisation__in=organisation.lineage, with_descendants=True)
    rows = Membership.objects.filter(reaching, role=Role.ADMINISTRATOR, user__is_active=True)
    found = list(rows.select_related("user", "organisation").order_by("-organisation__path", "user__name", "pk"))
    if not found:
        return []
    nearest = found[0].organisation_id
    return list(dict.fromkeys(row.user for row in found if row.organisation_id == nearest))
