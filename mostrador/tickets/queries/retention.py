"""How long words are kept, what is due, and what was erased."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from mostrador.organisations.models import Organisation
from mostrador.people.models import Person
from mostrador.tickets.choices import TicketKind
from mostrador.tickets.models import RetentionRule, RetentionRun, Ticket

RUNS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class RuleAtWork:
    """For how many days the words of one kind of ticket of one organisation are kept."""

    organisation_id: int
    kind: str
    days: int


def own_rules(organisation: Organisation) -> dict[str, int]:
    """Return the days that the organisation itself has decided, by kind. One query."""
    return dict(RetentionRule.objects.filter(organisation=organisation).values_list("kind", "days"))


def days_by_kind(organisation: Organisation) -> dict[str, int]:
    """Return for how many days each kind is kept: own rule, the nearest ancestor's, the installation's. One query."""
    rules = _rules({*organisation.lineage})
    return {kind.value: _days(organisation.lineage, kind, rules) for kind in TicketKind}


def rules_at_work() -> list[RuleAtWork]:
    """Return the rule of each organisation and kind that has closed tickets with words. Three queries."""
    closed = Ticket.objects.filter(closed_at__isnull=False, erased_at__isnull=True)
    pairs = list(closed.values_list("organisation", "kind").distinct().order_by("organisation", "kind"))
    keys = {organisation for organisation, _kind in pairs}
    lineages = {organisation.pk: organisation.lineage for organisation in Organisation.objects.filter(pk__in=keys)}
    rules = _rules({key for lineage in lineages.values() for key in lineage})
    return [RuleAtWork(organisation, kind, _days(lineages[organisation], kind, rules)) for organisation, kind in pairs]


def due_by_rule(rule: RuleAtWork, now: datetime) -> QuerySet[Ticket]:
    """Return the tickets whose time is over at a moment, the oldest first; nobody's whose data the law holds."""
    closed = Ticket.objects.filter(
        organisation=rule.organisation_id,
        kind=rule.kind,
        closed_at__lt=now - timedelta(days=rule.days),
        erased_at__isnull=True,
    )
    held = Person.objects.filter(pk=OuterRef("person"), held_until__gte=timezone.localdate(now))
    return closed.exclude(Exists(held)).order_by("closed_at", "pk")


def preview(organisation: Organisation, days: dict[str, int]) -> dict[str, int]:
    """Return how many tickets of each kind would be erased tonight under these days; nothing is erased. One query."""
    now = timezone.now()
    held = Person.objects.filter(pk=OuterRef("person"), held_until__gte=timezone.localdate(now))
    closed = Ticket.objects.filter(organisation=organisation, closed_at__isnull=False, erased_at__isnull=True)
    counts = {
        kind: Count("pk", filter=Q(kind=kind, closed_at__lt=now - timedelta(days=number)))
        for kind, number in days.items()
    }
    return dict(closed.exclude(Exists(held)).aggregate(**counts))


def runs_of(organisation: Organisation) -> list[RetentionRun]:
    """Return what was erased on the last thirty days on which something was. One query."""
    return list(RetentionRun.objects.filter(organisation=organisation).order_by("-on", "-pk")[:RUNS_SHOWN])


def has_matters(person: Person) -> bool:
    """Tell whether somebody still has a ticket with words, or speaks for somebody in one."""
    theirs = Q(person=person) | Q(representative=person)
    return Ticket.objects.filter(theirs, erased_at__isnull=True).exists()


def _rules(organisations: set[int]) -> dict[tuple[int, str], int]:
    rows = RetentionRule.objects.filter(organisation__in=organisations)
    return {(organisation, kind): days for organisation, kind, days in rows.values_list("organisation", "kind", "days")}


def _days(lineage: list[int], kind: str, rules: dict[tuple[int, str], int]) -> int:
    nearest = (rules[organisation, kind] for organisation in reversed(lineage) if (organisation, kind) in rules)
    return next(nearest, settings.TICKETS_RETENTION_DAYS)
