"""Opening hours of organisations and teams."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mostrador.audit.actions import Actor, record
from mostrador.organisations.actions.changes import calendars_changed
from mostrador.organisations.models import Organisation, Shift, Team, Timetable
from mostrador.organisations.rules import working_time
from mostrador.shared.errors import ActionRefused

MORNINGS = tuple(working_time.Shift(weekday, time(9), time(14)) for weekday in range(1, 6))


@transaction.atomic
def save_timetable(
    organisation: Organisation,
    shifts: Iterable[working_time.Shift],
    *,
    name: str,
    team: Team | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    repeats: bool = False,
    timetable: Timetable | None = None,
    actor: Actor | None,
) -> Timetable:
    """Add a timetable, or change the one given: all its shifts are replaced.

    Args:
        organisation: Whose hours they are.
        shifts: The week; ISO weekdays, local times.
        name: What people call it: "Jornada de verano".
        team: For one team only; it then no longer follows the organisation's hours.
        starts_on: First day; without dates it is the usual timetable, of which there is one.
        ends_on: Last day, included.
        repeats: Only day and month count, every year.
        timetable: The one to change.
        actor: Who did it.

    Raises:
        ActionRefused: It has no shift, or there is a usual timetable already.
    """
    shifts = sorted(set(shifts), key=lambda shift: (shift.weekday, shift.opens))
    if not shifts:
        raise ActionRefused(_("Un horario necesita al menos un tramo. Escriba a qué horas se atiende algún día."))
    usual = Timetable.objects.filter(organisation=organisation, team=team, starts_on=None)
    if starts_on is None and usual.exclude(pk=timetable.pk if timetable else 0).exists():
        raise ActionRefused(_("Ya hay un horario habitual. Cámbielo, o indique entre qué fechas vale este."))
    is_new = timetable is None
    timetable = timetable or Timetable(organisation=organisation)
    before = {} if is_new else snapshot(timetable)
    timetable.team, timetable.name = team, name
    timetable.starts_on, timetable.ends_on, timetable.repeats = starts_on, ends_on, repeats
    timetable.save()
    timetable.shifts.all().delete()
    Shift.objects.bulk_create(
        Shift(timetable=timetable, weekday=shift.weekday, opens=shift.opens, closes=shift.closes) for shift in shifts
    )
    verb = "organisations.timetable_added" if is_new else "organisations.timetable_changed"
    record(verb, timetable, actor=actor, details={"before": before, "after": snapshot(timetable)})
    calendars_changed(organisation)
    return timetable


@transaction.atomic
def remove_timetable(timetable: Timetable, *, actor: Actor | None) -> dict[str, Any]:
    """Remove a timetable and return what `restore_timetable` needs to bring it back.

    Raises:
        ActionRefused: Without it nothing says when the organisation works.
    """
    if timetable.team_id is None and timetable.starts_on is None:
        ancestors = timetable.organisation.lineage[:-1]
        if not Timetable.objects.filter(organisation__in=ancestors, team=None, starts_on=None).exists():
            raise ActionRefused(
                _("Sin el horario habitual no se pueden calcular los plazos. Cámbielo en vez de quitarlo.")
            )
    values = snapshot(timetable)
    record("organisations.timetable_removed", timetable, actor=actor, details=values)
    organisation = timetable.organisation
    timetable.delete()
    calendars_changed(organisation)
    return values


def restore_timetable(organisation: Organisation, values: Mapping[str, Any], *, actor: Actor | None) -> Timetable:
    """Bring back a timetable as `snapshot` described it.

    Raises:
        ActionRefused: Another usual timetable has taken its place.
    """
    return save_timetable(
        organisation,
        [
            working_time.Shift(weekday, time.fromisoformat(opens), time.fromisoformat(closes))
            for weekday, opens, closes in values["shifts"]
        ],
        name=values["name"],
        team=Team.objects.filter(organisation=organisation, pk=values["team"]).first(),
        starts_on=date.fromisoformat(values["starts_on"]) if values["starts_on"] else None,
        ends_on=date.fromisoformat(values["ends_on"]) if values["ends_on"] else None,
        repeats=values["repeats"],
        actor=actor,
    )


def snapshot(timetable: Timetable) -> dict[str, Any]:
    """Return a timetable as plain values."""
    shifts = timetable.shifts.order_by("weekday", "opens").values_list("weekday", "opens", "closes")
    return {
        "name": timetable.name,
        "team": timetable.team_id,
        "starts_on": timetable.starts_on.isoformat() if timetable.starts_on else None,
        "ends_on": timetable.ends_on.isoformat() if timetable.ends_on else None,
        "repeats": timetable.repeats,
        "shifts": [[weekday, f"{opens:%H:%M}", f"{closes:%H:%M}"] for weekday, opens, closes in shifts],
    }
