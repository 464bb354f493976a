"""What the settings pages of kinds and service levels show: plain values, everything in words."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from mostrador.organisations.models import Organisation, Team
from mostrador.tickets.choices import Metric, Priority, TicketKind
from mostrador.tickets.models import ServiceLevel
from mostrador.tickets.queries.levels import levels_above, own_levels, promised, words_of_level
from mostrador.tickets.rules import working_words
from mostrador.tickets.rules.kinds import Words, rule_of
from mostrador.tickets.rules.service_levels import Promise, promises


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of ticket."""

    slug: str
    name: str
    term: Words
    source: Words
    team: str
    is_offered: bool
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One service level; each target in words, "" where it says nothing."""

    pk: int
    about: str
    first: str
    next: str
    resolution: str
    warning: str
    breach: str
    organisation: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """What is promised for one kind: for each priority the three targets, "8 h · 8 h · 40 h"."""

    kind: str
    cells: list[str]


def kind_rows(organisation: Organisation) -> list[KindRow]:
    """Return the kinds with their terms and who handles them. One query, three when nothing is in memory."""
    known = promised(organisation).kinds
    teams = dict(Team.objects.filter(pk__in=[each.team_id for each in known.values()]).values_list("pk", "name"))
    rows = []
    for kind in TicketKind:
        rule, handled = rule_of(kind), known[kind.value]
        rows.append(
            KindRow(
                slug=rule.slug,
                name=capfirst(str(kind.label)),
                term=rule.term_words,
                source=rule.source,
                team=teams.get(handled.team_id or 0, ""),
                is_offered=handled.is_offered,
                is_restricted=rule.is_restricted,
            )
        )
    return rows


def level_rows(organisation: Organisation) -> tuple[list[LevelRow], list[LevelRow]]:
    """Return an organisation's own levels and those it inherits. Two queries."""
    own = [_row(row, "") for row in own_levels(organisation)]
    return own, [_row(row, row.organisation.short_name) for row in levels_above(organisation)]


def matrix(organisation: Organisation) -> list[MatrixRow]:
    """Return what is promised for each kind and priority where no team has levels of its own. Queries as `promised`."""
    levels = promised(organisation).levels
    return [
        MatrixRow(
            kind=capfirst(str(kind.label)),
            cells=[_cell(promises(levels, kind=kind, priority=priority, team_id=None)) for priority in Priority],
        )
        for kind in TicketKind
    ]


def _cell(promises: dict[Metric, Promise]) -> str:
    return " · ".join(working_words(promises[metric].target) if metric in promises else "—" for metric in Metric)


def _row(row: ServiceLevel, organisation: str) -> LevelRow:
    return LevelRow(
        pk=row.pk,
        about=capfirst(words_of_level(row)) or _("Todas las consultas"),
        first=_target(row.first_response_minutes),
        next=_target(row.next_response_minutes),
        resolution=_target(row.resolution_minutes),
        warning=working_words(timedelta(minutes=row.warn_minutes)) if row.warn_minutes else _("sin aviso"),
        breach=_breach(row),
        organisation=organisation,
    )


def _target(minutes: int | None) -> str:
    if minutes is None:
        return "—"
    return working_words(timedelta(minutes=minutes)) if minutes else _("sin objetivo")


def _breach(row: ServiceLevel) -> str:
    parts = [
        _("avisar al equipo") if row.tells_team else "",
        _("avisar a quien supervisa") if row.tells_supervisors else "",
        _("subir la prioridad") if row.raises_priority else "",
        _("pasar a %(team)s") % {"team": row.passes_to.name} if row.passes_to else "",
    ]
    return capfirst(", ".join(part for part in parts if part)) or _("Nada")
