"""Which tickets an act on many is for, and how far it has come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation, Team
from mostrador.service_status.models import Incident
from mostrador.tickets.choices import BulkItemState
from mostrador.tickets.models import BulkAct, BulkItem, Ticket
from mostrador.tickets.queries.routing import agents_of
from mostrador.tickets.rules.bulk import MOST, can_be_undone

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class NotDone:
    """A ticket that was refused, or could not be undone."""

    reference: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an act has come; of several hundred refusals the first are listed."""

    total: int
    handled: int
    done: int
    refused: int
    undone: int
    kept: int
    not_done: list[NotDone]
    is_running: bool
    may_undo: bool


def visible_keys(keys: Sequence[int], access: Access) -> list[int]:
    """Return which of these tickets this access may see, in the same order, at most 1 000. One query."""
    wanted = list(dict.fromkeys(keys))[:MOST]
    seen = set(Ticket.objects.visible_to(access).filter(pk__in=wanted).values_list("pk", flat=True))
    return [key for key in wanted if key in seen]


def progress(act: BulkAct, access: Access) -> Progress:
    """Return how far an act has come, and what it could not do. Two queries."""
    counted = dict(act.items.values_list("state").annotate(Count("pk")))
    total, waiting = sum(counted.values()), counted.get(BulkItemState.WAITING, 0)
    done = counted.get(BulkItemState.DONE, 0)
    is_undoing = act.undo_asked_at is not None and act.undone_at is None
    return Progress(
        total=total,
        handled=total - waiting if not is_undoing else total - done,
        done=done,
        refused=counted.get(BulkItemState.REFUSED, 0),
        undone=counted.get(BulkItemState.UNDONE, 0),
        kept=counted.get(BulkItemState.KEPT, 0),
        not_done=_not_done(act, access),
        is_running=act.finished_at is None or is_undoing,
        may_undo=act.finished_at is not None and act.undo_asked_at is None and done > 0 and can_be_undone(act.kind),
    )


def _not_done(act: BulkAct, access: Access) -> list[NotDone]:
    visible = Ticket.objects.visible_to(access).values("pk")
    items = BulkItem.objects.filter(act=act, state__in=(BulkItemState.REFUSED, BulkItemState.KEPT), ticket__in=visible)
    rows = items.order_by("pk").values_list("ticket__reference", "ticket__subject", "reason")
    return [NotDone(*row) for row in rows[:MOST_LISTED]]


# --- What can be chosen -----------------------------------------------------------------------------


def people_to_choose(organisation: Organisation) -> Iterable[User]:
    """Return to whom many tickets may be given: those who handle them here. One query."""
    return agents_of(organisation)


def teams_to_choose(organisation: Organisation, access: Access) -> QuerySet[Team]:
    """Return to which teams many tickets may go: those of the organisations that one sees, and of those above."""
    organisations = {*organisation.lineage, *access.organisation_ids()}
    return Team.objects.filter(organisation__in=organisations, is_active=True).order_by("name", "pk")


def targets_to_choose(keys: Sequence[int], access: Access) -> QuerySet[Ticket]:
    """Return to which of some tickets the others may be joined: the open ones that one sees, the oldest first."""
    open_ones = Ticket.objects.visible_to(access).open().filter(pk__in=keys[:MOST], merged_into__isnull=True)
    return open_ones.select_related("person").order_by("opened_at", "pk")


def incidents_to_choose(organisation: Organisation) -> QuerySet[Incident]:
    """Return the interruptions that go on, of the organisation and of those above it, the last one first."""
    return Incident.objects.running().filter(organisation__in=organisation.lineage).order_by("-began_at", "-pk")
