"""What organisations promise and how they handle each kind: kept in memory until something of it changes.

Levels, settings of kinds and calendars share one version, `Organisation.calendar_version`: whoever changes one of them
gives the organisation and those below it a new one, so that every process reads again and every clock is counted again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from mostrador.organisations.models import Organisation
from mostrador.tickets.choices import Metric, Priority, TicketKind
from mostrador.tickets.models import KindSettings, ServiceLevel, Ticket
from mostrador.tickets.rules.kinds import rule_of
from mostrador.tickets.rules.service_levels import Level, Promise, promises

_KEPT_AT_MOST = 5000


@dataclass(frozen=True, slots=True)
class HandlingOfKind:
    """How one organisation handles one kind: its own settings, or the nearest ancestor's, or none."""

    team_id: int | None
    is_offered: bool
    acknowledgements: dict[str, str]
    replies: dict[str, str]


@dataclass(frozen=True, slots=True)
class Promised:
    """Everything that an organisation promises, its ancestors' words included."""

    levels: tuple[Level, ...]
    kinds: dict[str, HandlingOfKind]


_kept: dict[int, tuple[UUID, Promised]] = {}


def promised(organisation: Organisation) -> Promised:
    """Return what an organisation promises. No query while nothing has changed; two else."""
    kept = _kept.get(organisation.pk)
    if kept and kept[0] == organisation.calendar_version:
        return kept[1]
    found = Promised(tuple(_levels(organisation)), _kinds(organisation))
    if len(_kept) > _KEPT_AT_MOST:
        _kept.clear()
    _kept[organisation.pk] = organisation.calendar_version, found
    return found


def promises_for(ticket: Ticket) -> dict[Metric, Promise]:
    """Return what is promised for a ticket whose organisation is loaded. Queries as `promised`."""
    return promises(
        promised(ticket.organisation).levels, kind=ticket.kind, priority=ticket.priority, team_id=ticket.team_id
    )


def handling(organisation: Organisation, kind: str) -> HandlingOfKind:
    """Return how an organisation handles a kind. Queries as `promised`."""
    return promised(organisation).kinds[kind]


def offered_kinds(organisation: Organisation) -> list[TicketKind]:
    """Return the kinds that the public is offered, in their usual order. Queries as `promised`."""
    return [kind for kind in TicketKind if handling(organisation, kind).is_offered]


def acknowledgement(organisation: Organisation, kind: str, language: str) -> str:
    """Return what a person is told at once, in the organisation's own words where it has some in that language."""
    return handling(organisation, kind).acknowledgements.get(language) or str(rule_of(kind).acknowledgement)


def reply_template(organisation: Organisation, kind: str, language: str) -> str:
    """Return what an answer begins with; in the active language where the organisation has no words of its own."""
    return handling(organisation, kind).replies.get(language) or str(rule_of(kind).reply)


def own_levels(organisation: Organisation) -> list[ServiceLevel]:
    """Return an organisation's own service levels, the most general first. One query."""
    rows = ServiceLevel.objects.filter(organisation=organisation).select_related("team", "passes_to")
    return sorted(rows, key=lambda row: (as_level(row, 0).precedence[1:], row.kind, row.priority or 0, row.pk))


def levels_above(organisation: Organisation) -> list[ServiceLevel]:
    """Return the levels that an organisation inherits, nearest body first. One query."""
    rows = ServiceLevel.objects.filter(organisation__in=organisation.lineage[:-1])
    rows = rows.select_related("team", "passes_to", "organisation")
    return sorted(rows, key=lambda row: (-len(row.organisation.path), as_level(row, 0).precedence[1:], row.pk))


def as_level(row: ServiceLevel, depth: int) -> Level:
    """Return a level as rules see it."""
    return Level(
        pk=row.pk,
        depth=depth,
        kind=row.kind,
        priority=row.priority,
        team_id=row.team_id,
        minutes=(
            (Metric.FIRST_RESPONSE, row.first_response_minutes),
            (Metric.NEXT_RESPONSE, row.next_response_minutes),
            (Metric.RESOLUTION, row.resolution_minutes),
        ),
        pauses_for_third_party=row.pauses_for_third_party,
        warn_before=timedelta(minutes=row.warn_minutes),
    )


def _levels(organisation: Organisation) -> Iterable[Level]:
    lineage = organisation.lineage
    for row in ServiceLevel.objects.filter(organisation__in=lineage):
        yield as_level(row, lineage.index(row.organisation_id))


def _kinds(organisation: Organisation) -> dict[str, HandlingOfKind]:
    lineage = organisation.lineage
    rows = sorted(
        KindSettings.objects.filter(organisation__in=lineage), key=lambda row: lineage.index(row.organisation_id)
    )
    nearest = {row.kind: row for row in rows}
    return {kind.value: _handling(kind, nearest.get(kind.value)) for kind in TicketKind}


def _handling(kind: TicketKind, row: KindSettings | None) -> HandlingOfKind:
    if row is None:
        return HandlingOfKind(None, rule_of(kind).offered, {}, {})
    return HandlingOfKind(row.team_id, row.is_offered, row.acknowledgements, row.replies)


def words_of_level(row: ServiceLevel) -> str:
    """Return for which tickets a level is, in words; "" for all."""
    parts = [
        str(TicketKind(row.kind).label) if row.kind else "",
        str(Priority(row.priority).label) if row.priority else "",
        row.team.name if row.team else "",
    ]
    return " · ".join(part for part in parts if part)
