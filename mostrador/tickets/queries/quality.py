"""Quality reviews as they are read."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation
from mostrador.tickets.models import QualityReview, QualitySample
from mostrador.tickets.rules.quality import share

SAMPLES_SHOWN = 12
OWN_SHOWN = 30


@dataclass(frozen=True, slots=True)
class OfAgent:
    """What reviews say of one agent; `share` is of what could be reached, None before the first review."""

    name: str
    reviewed: int
    drawn: int
    share: float | None


def samples(organisation: Organisation) -> QuerySet[QualitySample]:
    """Return the newest samples, each with how many are drawn and reviewed."""
    counted = QualitySample.objects.filter(organisation=organisation).annotate(
        drawn=Count("reviews"), reviewed=Count("reviews", filter=Q(reviews__reviewed_at__isnull=False))
    )
    return counted.select_related("drawn_by").order_by("-drawn_at", "-pk")[:SAMPLES_SHOWN]


def reviews_of(sample: QualitySample) -> QuerySet[QualityReview]:
    """Return a sample's reviews, those to be written first."""
    reviews = sample.reviews.select_related("ticket", "agent", "reviewer")
    return reviews.order_by(F("reviewed_at").desc(nulls_first=True), "pk")


def by_agent(sample: QualitySample) -> list[OfAgent]:
    """Return what a sample says of each agent, by name. One query."""
    rows = sample.reviews.order_by("agent__name", "pk").values_list("agent", "agent__name", "reviewed_at", "scores")
    found: dict[int, tuple[str, list[dict[str, int]], int]] = {}
    for agent, name, reviewed_at, scores in rows:
        _name, given, drawn = found.setdefault(agent, (name, [], 0))
        found[agent] = (name, [*given, scores] if reviewed_at else given, drawn + 1)
    return [OfAgent(name, len(given), drawn, share(given)) for name, given, drawn in found.values()]


def own_reviews(user: User, organisation: Organisation) -> QuerySet[QualityReview]:
    """Return what others found in somebody's answers, the newest first."""
    written = QualityReview.objects.of(organisation).done().filter(agent=user)
    return written.select_related("ticket", "reviewer").order_by("-reviewed_at", "-pk")[:OWN_SHOWN]
