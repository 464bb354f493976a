"""How a sample for quality review is drawn, and how reviews are written."""

import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.choices import AuthorKind, Criterion, MessageKind, State
from mostrador.tickets.models import Message, QualityReview, QualitySample, Ticket
from mostrador.tickets.rules.quality import BEST, draw

MOST_DRAWN = 100


@transaction.atomic
def draw_sample(
    organisation: Organisation, *, since: date, until: date, size: int, author: User, lot: random.Random | None = None
) -> QualitySample:
    """Draw tickets by lot from those resolved between two days, as evenly among agents as there are.

    What was reviewed before, is restricted, or was answered by the drawer alone is left out.

    Args:
        since: First day, in the organisation's zone.
        until: Last day.
        size: How many, at most 100.
        lot: For tests.

    Raises:
        ActionRefused: The days are the wrong way round, or nothing was answered and resolved between them.
    """
    if since > until:
        raise ActionRefused(_("El primer día va después del último. Cámbielos."))
    by_agent = _answered(organisation, since, until, author)
    chosen = draw(by_agent, min(size, MOST_DRAWN), lot or random.SystemRandom())
    if not chosen:
        raise ActionRefused(_("No hay consultas respondidas y resueltas en esos días que se puedan revisar."))
    sample = QualitySample.objects.create(
        organisation=organisation, since=since, until=until, drawn_at=timezone.now(), drawn_by=author
    )
    QualityReview.objects.bulk_create(
        QualityReview(sample=sample, ticket_id=ticket, agent_id=agent) for ticket, agent in chosen
    )
    record("tickets.sample_drawn", sample, actor=author, details={"tickets": len(chosen)})
    return sample


@transaction.atomic
def write_review(
    review: QualityReview, *, reviewer: User, scores: Mapping[Criterion, int | None], comment: str
) -> None:
    """Write what was found, or correct it; whom it is about can read it.

    Raises:
        ActionRefused: One's own answer, a score that does not exist, or nothing scored.
    """
    review = QualityReview.objects.select_for_update().select_related("ticket").get(pk=review.pk)
    if reviewer.pk == review.agent_id:
        raise ActionRefused(_("Nadie revisa sus propias respuestas. Pídaselo a otra persona."))
    given = {criterion.value: score for criterion, score in scores.items() if score is not None}
    if not given:
        raise ActionRefused(_("Valore al menos un criterio."))
    if any(score not in range(BEST + 1) for score in given.values()):
        raise ActionRefused(_("Cada criterio se valora de 0 a 2."))
    review.scores, review.comment, review.reviewer = given, comment.strip(), reviewer
    review.reviewed_at = timezone.now()
    review.save(update_fields=["scores", "comment", "reviewer", "reviewed_at"])
    record("tickets.quality_reviewed", review.ticket, actor=reviewer, details={"agent": review.agent_id})


def _answered(organisation: Organisation, since: date, until: date, author: User) -> dict[int, list[int]]:
    """Return for each agent the tickets that they were the last to answer."""
    zone = ZoneInfo(organisation.time_zone)
    begins, ends = datetime.combine(since, time.min, zone), datetime.combine(until, time.max, zone)
    resolved = Ticket.objects.of(organisation).filter(
        state__in=[State.RESOLVED, State.CLOSED],
        resolved_at__range=(begins, ends),
        public_replies__gt=0,
        is_restricted=False,
        merged_into=None,
        erased_at=None,
    )
    reviewed = QualityReview.objects.values("ticket")
    last = (
        Message.objects.filter(
            ticket__in=resolved.exclude(pk__in=reviewed), kind=MessageKind.PUBLIC, author_kind=AuthorKind.STAFF
        )
        .order_by("ticket", "-written_at", "-pk")
        .distinct("ticket")
        .values_list("ticket", "author")
    )
    by_agent: dict[int, list[int]] = defaultdict(list)
    for ticket, agent in last:
        if agent is not None and agent != author.pk:
            by_agent[agent].append(ticket)
    return by_agent
