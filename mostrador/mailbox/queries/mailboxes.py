"""What the pages of mailboxes show: how each of them goes, and what came in."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from mostrador.accounts.permissions import Access
from mostrador.mailbox.choices import KEPT_ASIDE, Box, MailState, Outcome, Via
from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.notifications.choices import WAITING_STATES, DeliveryState
from mostrador.notifications.models import OutgoingMessage, Sender
from mostrador.organisations.models import Organisation

PAGE = 50
LATELY = timedelta(days=7)
ASIDE = Q(outcome__in=KEPT_ASIDE, ticket__isnull=True) & ~Q(file="")


@dataclass(frozen=True, slots=True)
class Figures:
    """How much of one mailbox waits for somebody, and what its address sent today."""

    waiting: int = 0
    failed: int = 0
    aside: int = 0
    sent: int = 0
    deferred: int = 0
    not_sent: int = 0


@dataclass(frozen=True, slots=True)
class MailPage:
    """A page of what came in, and the keys of its neighbours."""

    mails: list[IncomingMail]
    newer: int | None
    older: int | None


def mailboxes_of(access: Access) -> QuerySet[Mailbox]:
    """Return the mailboxes that this user administers, with `came_at`: when something last came in, imports apart."""
    latest = IncomingMail.objects.filter(mailbox=OuterRef("pk")).exclude(via=Via.IMPORT).order_by("-received_at")
    visible = Mailbox.objects.visible_to(access).select_related("organisation", "team", "topic", "sender")
    return visible.annotate(came_at=Subquery(latest.values("received_at")[:1]))


def mailbox_list(access: Access, visited: Organisation) -> list[Mailbox]:
    """Return them all, those of the visited organisation first. One query."""
    boxes = mailboxes_of(access).order_by("organisation__path", "name", "pk")
    return sorted(boxes, key=lambda box: box.organisation_id != visited.pk)


def figures_of(boxes: list[Mailbox]) -> dict[int, Figures]:
    """Return the figures of each mailbox by key. Two queries, however many there are."""
    keys = [box.pk for box in boxes]
    left = Q(state__in=[MailState.RECEIVED, MailState.FAILED]) | ASIDE
    counted = (
        IncomingMail.objects.filter(left, mailbox__in=keys)
        .order_by()
        .values_list("mailbox")
        .annotate(
            waiting=Count("pk", filter=Q(state=MailState.RECEIVED)),
            failed=Count("pk", filter=Q(state=MailState.FAILED)),
            aside=Count("pk", filter=ASIDE),
        )
    )
    left_by_box = {key: numbers for key, *numbers in counted}
    sent = _sent_today({box.sender_id for box in boxes})
    found = {}
    for box in boxes:
        states = sent[box.sender_id]
        waiting, failed, aside = left_by_box.get(box.pk, (0, 0, 0))
        found[box.pk] = Figures(
            waiting=waiting,
            failed=failed,
            aside=aside,
            sent=states[DeliveryState.SENT] + states[DeliveryState.BOUNCED],
            deferred=sum(states[state] for state in WAITING_STATES),
            not_sent=states[DeliveryState.DEAD],
        )
    return found


def _sent_today(senders: set[int]) -> dict[int, Counter[str]]:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = OutgoingMessage.objects.filter(sent_from__in=senders, created_at__gte=today).order_by()
    found: dict[int, Counter[str]] = {key: Counter() for key in senders}
    for sender, state, many in rows.values_list("sent_from", "state").annotate(many=Count("pk")):
        found[sender][state] = many
    return found


def outcomes_lately(box: Mailbox, now: datetime) -> list[tuple[str, int]]:
    """Return what became of the mail of the last seven days, the most frequent first, in words. One query."""
    rows = IncomingMail.objects.filter(mailbox=box, received_at__gte=now - LATELY, state=MailState.DONE)
    counted = rows.exclude(outcome="").order_by().values_list("outcome").annotate(many=Count("pk"))
    return [(str(Outcome(outcome).label), many) for outcome, many in counted.order_by("-many", "outcome")]


def mail_page(box: Mailbox, which: Box, *, before: int | None = None, after: int | None = None) -> MailPage:
    """Return a page of what came in, newest first; `before` and `after` are keys of its ends. One query."""
    rows = _in_box(IncomingMail.objects.filter(mailbox=box), which).select_related("ticket")
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        has_newer, mails = len(found) > PAGE, found[:PAGE][::-1]
        has_older = True
    else:
        if before is not None:
            rows = rows.filter(pk__lt=before)
        found = list(rows.order_by("-pk")[: PAGE + 1])
        mails, has_older, has_newer = found[:PAGE], len(found) > PAGE, before is not None
    if not mails:
        return MailPage([], None, None)
    return MailPage(mails, mails[0].pk if has_newer else None, mails[-1].pk if has_older else None)


def _in_box(rows: QuerySet[IncomingMail], which: Box) -> QuerySet[IncomingMail]:
    match which:
        case Box.WAITING:
            return rows.filter(state=MailState.RECEIVED)
        case Box.FAILED:
            return rows.filter(state=MailState.FAILED)
        case Box.ASIDE:
            return rows.filter(ASIDE)
        case _:
            return rows


def senders_of(organisation: Organisation) -> QuerySet[Sender]:
    """Return the addresses from which an organisation writes."""
    return Sender.objects.filter(organisation=organisation).order_by("-is_default", "address", "pk")


def filters_of(box: Mailbox) -> QuerySet[Any]:
    """Return the filter rules of a mailbox in the order in which they are tried."""
    return box.filters.select_related("team", "topic").order_by("position", "pk")
