"""Incidents of the service as the desk sees them: with the tickets that they cause."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from mostrador.accounts.permissions import Access
from mostrador.service_status.models import Incident
from mostrador.tickets.choices import ReplyOutcome, State
from mostrador.tickets.models import IncidentReply, IncidentReplyTicket, Ticket
from mostrador.tickets.permissions import HANDLERS

MOST_ENDED = 30
MOST_TICKETS = 100
MOST_REPLIES = 10


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident in the list, with how many of its tickets are open and how many there are."""

    pk: int
    title: str
    organisation: str
    began_at: datetime
    ended_at: datetime | None
    open: int
    all: int


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket of an incident."""

    reference: str
    subject: str
    state: str
    person: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an answer to everybody has come.

    Attributes:
        untold: Reference, subject and why, of those whom no e-mail told.
    """

    done: int
    total: int
    told: int
    untold: list[tuple[str, str, str]]


def visible_incidents(access: Access) -> QuerySet[Incident]:
    """Return the incidents of the organisations that one's memberships cover."""
    return Incident.objects.filter(organisation__in=access.organisation_ids())


def running_incidents_for(ticket: Ticket) -> QuerySet[Incident]:
    """Return the running incidents that may cause a ticket: of its organisation and of those above."""
    return Incident.objects.running().filter(organisation__in=ticket.organisation.lineage)


def incident_rows(access: Access) -> tuple[list[IncidentRow], list[IncidentRow]]:
    """Return the running incidents and the last ended ones, newest first. Three queries."""
    columns = ("pk", "title", "organisation__short_name", "began_at", "ended_at")
    seen = visible_incidents(access).order_by("-began_at", "-pk")
    running = list(seen.filter(ended_at__isnull=True).values_list(*columns))
    ended = list(seen.filter(ended_at__isnull=False).values_list(*columns)[:MOST_ENDED])
    counts = _counts((row[0] for row in [*running, *ended]), access)
    return _rows(running, counts), _rows(ended, counts)


def tickets_of(incident: Incident, access: Access) -> list[TicketRow]:
    """Return the tickets of an incident that this access may see, open ones first, at most 100. One query."""
    tickets = Ticket.objects.visible_to(access).filter(incident=incident)
    rows = tickets.order_by("-is_open", "-opened_at", "-pk").values_list(
        "reference", "subject", "state", "person__name"
    )
    return [
        TicketRow(
            reference, subject or _("Asunto suprimido"), capfirst(str(State(state).label)), person or _("Sin nombre")
        )
        for reference, subject, state, person in rows[:MOST_TICKETS]
    ]


def tickets_to_answer(incident: Incident, access: Access) -> QuerySet[Ticket]:
    """Return the open tickets of an incident that somebody may answer."""
    handled = Q(organisation__in=access.organisation_ids(*HANDLERS)) | Q(team__in=access.team_ids)
    return Ticket.objects.visible_to(access).filter(handled, incident=incident, is_open=True)


def count_by_language(incident: Incident, access: Access) -> dict[str, int]:
    """Return how many tickets somebody would answer in each language, most first. One query."""
    rows = tickets_to_answer(incident, access).values_list("language").annotate(count=Count("pk", distinct=True))
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


def replies_to(incident: Incident) -> list[IncidentReply]:
    """Return the last answers to everybody, newest first. One query."""
    rows = IncidentReply.objects.filter(incident=incident).select_related("author")
    return list(rows.order_by("-written_at", "-pk")[:MOST_REPLIES])


def progress_of(reply: IncidentReply, access: Access) -> Progress:
    """Return how far an answer has come, and whom nobody told. Two queries."""
    rows = IncidentReplyTicket.objects.filter(reply=reply)
    counts: Counter[str] = Counter(dict(rows.values_list("outcome").annotate(count=Count("pk"))))
    total = counts.total()
    rest = rows.exclude(outcome__in=[ReplyOutcome.PENDING, ReplyOutcome.TOLD])
    rest = rest.filter(ticket__in=Ticket.objects.visible_to(access)).order_by("pk")
    untold = rest.values_list("ticket__reference", "ticket__subject", "outcome")[:MOST_TICKETS]
    return Progress(
        done=total - counts[ReplyOutcome.PENDING],
        total=total,
        told=counts[ReplyOutcome.TOLD],
        untold=[(reference, subject, str(ReplyOutcome(outcome).label)) for reference, subject, outcome in untold],
    )


def unfinished_replies(now: datetime) -> list[int]:
    """Return the keys of answers that should have begun and are not finished. One query."""
    rows = IncidentReply.objects.filter(starts_at__lte=now, finished_at__isnull=True, cancelled_at__isnull=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _counts(incidents: Iterable[int], access: Access) -> dict[int, tuple[int, int]]:
    found: defaultdict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    tickets = Ticket.objects.visible_to(access).filter(incident__in=list(incidents))
    rows = tickets.values_list("incident").annotate(open=Count("pk", filter=Q(is_open=True)), all=Count("pk"))
    return found | {key: (is_open, everything) for key, is_open, everything in rows if key is not None}


def _rows(rows: "Iterable[tuple[Any, ...]]", counts: dict[int, tuple[int, int]]) -> list[IncidentRow]:
    return [IncidentRow(*(*row, *counts.get(row[0], (0, 0)))) for row in rows]
