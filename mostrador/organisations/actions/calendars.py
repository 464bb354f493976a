"""The calendar of non-working days, year by year. Whatever changes a confirmed year takes its confirmation away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.audit.actions import Actor, record
from mostrador.organisations.actions.changes import calendars_changed
from mostrador.organisations.choices import DayOrigin, DayScope
from mostrador.organisations.models import CalendarYear, NonWorkingDay, Organisation
from mostrador.organisations.rules.calendar_files import ReadDay
from mostrador.organisations.rules.holidays_spain import computed_days
from mostrador.shared.errors import ActionRefused


@dataclass(frozen=True)
class Imported:
    """What an import did, in days."""

    added: int
    replaced: int
    unchanged: int
    removed: int


@transaction.atomic
def compute_year(organisation: Organisation, year: int, *, actor: Actor | None) -> int:
    """Add the national and regional days of a year that are not there yet, marked as computed; return how many.

    Days that somebody entered or imported stay as they are. Twice does nothing more.
    """
    known, is_new = CalendarYear.objects.get_or_create(organisation=organisation, year=year)
    present = set(NonWorkingDay.objects.filter(organisation=organisation, on__year=year).values_list("on", flat=True))
    missing = [day for day in computed_days(year, organisation.region) if day.on not in present]
    NonWorkingDay.objects.bulk_create(
        NonWorkingDay(
            organisation=organisation, on=day.on, scope=day.scope, origin=DayOrigin.COMPUTED, names=dict(day.names)
        )
        for day in missing
    )
    if is_new or missing:
        record("organisations.calendar_computed", known, actor=actor, details={"year": year, "days": len(missing)})
        _changed(organisation, {year}, actor=actor)
    return len(missing)


@transaction.atomic
def add_day(
    organisation: Organisation,
    on: date,
    *,
    names: Mapping[str, str],
    scope: DayScope,
    source: str = "",
    origin: DayOrigin = DayOrigin.OFFICIAL,
    actor: Actor | None,
) -> NonWorkingDay:
    """Add one non-working day.

    Raises:
        ActionRefused: It is in the calendar already.
    """
    day, is_new = NonWorkingDay.objects.get_or_create(
        organisation=organisation,
        on=on,
        defaults={"names": dict(names), "scope": scope, "origin": origin, "source": source},
    )
    if not is_new:
        raise ActionRefused(_("Ese día ya está en el calendario: %(name)s.") % {"name": day.name})
    record("organisations.day_added", day, actor=actor, details=snapshot(day))
    _changed(organisation, {on.year}, actor=actor)
    return day


@transaction.atomic
def remove_day(day: NonWorkingDay, *, actor: Actor | None) -> dict[str, Any]:
    """Make a day working again and return what `restore_day` needs to bring it back."""
    values = snapshot(day)
    record("organisations.day_removed", day, actor=actor, details=values)
    organisation, year = day.organisation, day.on.year
    day.delete()
    _changed(organisation, {year}, actor=actor)
    return values


def restore_day(organisation: Organisation, values: Mapping[str, Any], *, actor: Actor | None) -> NonWorkingDay:
    """Bring back a day as `snapshot` described it.

    Raises:
        ActionRefused: It is in the calendar again already.
    """
    return add_day(
        organisation,
        date.fromisoformat(values["on"]),
        names=values["names"],
        scope=DayScope(values["scope"]),
        source=values["source"],
        origin=DayOrigin(values["origin"]),
        actor=actor,
    )


@transaction.atomic
def import_days(
    organisation: Organisation, days: Iterable[ReadDay], *, source: str, whole_years: bool, actor: Actor | None
) -> Imported:
    """Take over the days of an official calendar.

    Args:
        organisation: Whose calendar it is.
        days: What was read from the file.
        source: Where it was published, for the days that do not say.
        whole_years: The file has all the days of its years: computed days that it does not name are removed.
        actor: Who did it.
    """
    wanted = {day.on: day for day in days}
    years = {on.year for on in wanted}
    for year in years:
        CalendarYear.objects.get_or_create(organisation=organisation, year=year)
    present = {
        day.on: day
        for day in NonWorkingDay.objects.select_for_update().filter(organisation=organisation, on__year__in=years)
    }
    added = [_official(organisation, NonWorkingDay(), day, source) for on, day in wanted.items() if on not in present]
    replaced = [
        _official(organisation, present[on], day, source)
        for on, day in wanted.items()
        if on in present and not _says_the_same(present[on], day, source)
    ]
    superfluous = [day.pk for on, day in present.items() if on not in wanted and day.origin == DayOrigin.COMPUTED]
    NonWorkingDay.objects.bulk_create(added)
    NonWorkingDay.objects.bulk_update(replaced, ["names", "scope", "origin", "source"])
    if whole_years:
        NonWorkingDay.objects.filter(pk__in=superfluous).delete()
    done = Imported(
        added=len(added),
        replaced=len(replaced),
        unchanged=len(wanted) - len(added) - len(replaced),
        removed=len(superfluous) if whole_years else 0,
    )
    if done.added or done.replaced or done.removed:
        details = {"years": sorted(years), "source": source, "added": done.added, "replaced": done.replaced}
        record(
            "organisations.calendar_imported",
            organisation,
            actor=actor,
            organisation=organisation,
            details=details | {"removed": done.removed},
        )
        _changed(organisation, years, actor=actor)
    return done


@transaction.atomic
def confirm_year(organisation: Organisation, year: int, *, source: str, actor: Actor | None) -> CalendarYear:
    """State that the days of a year are those of the published calendar, which gives its terms legal effect.

    Source: Ley 39/2015, art. 30.7: the calendar is published before the year begins.

    Raises:
        ActionRefused: The year has no days yet, or the publication is not named.
    """
    if not source.strip():
        raise ActionRefused(_("Indique dónde se publicó el calendario, por ejemplo «BOP núm. 214, de 10/11/2026»."))
    if not NonWorkingDay.objects.filter(organisation=organisation, on__year=year).exists():
        raise ActionRefused(_("El calendario de %(year)s está vacío. Añada o importe sus días antes.") % {"year": year})
    known, _is_new = CalendarYear.objects.get_or_create(organisation=organisation, year=year)
    known.official_source, known.confirmed_at = source.strip(), timezone.now()
    known.save(update_fields=["official_source", "confirmed_at"])
    record("organisations.calendar_confirmed", known, actor=actor, details={"year": year, "source": source})
    calendars_changed(organisation)
    return known


@transaction.atomic
def withdraw_confirmation(organisation: Organisation, year: int, *, actor: Actor | None) -> bool:
    """Make a year provisional again; tell whether it had been confirmed."""
    known = CalendarYear.objects.filter(organisation=organisation, year=year, confirmed_at__isnull=False).first()
    if known is None:
        return False
    known.confirmed_at = None
    known.save(update_fields=["confirmed_at"])
    record("organisations.calendar_confirmation_withdrawn", known, actor=actor, details={"year": year})
    calendars_changed(organisation)
    return True


def snapshot(day: NonWorkingDay) -> dict[str, Any]:
    """Return a day as plain values."""
    return {
        "on": day.on.isoformat(),
        "names": day.names,
        "scope": str(day.scope),
        "origin": str(day.origin),
        "source": day.source,
    }


def _changed(organisation: Organisation, years: Iterable[int], *, actor: Actor | None) -> None:
    for year in sorted(set(years)):
        CalendarYear.objects.get_or_create(organisation=organisation, year=year)
        withdraw_confirmation(organisation, year, actor=actor)
    calendars_changed(organisation)


def _official(organisation: Organisation, row: NonWorkingDay, day: ReadDay, source: str) -> NonWorkingDay:
    row.organisation, row.on, row.scope = organisation, day.on, day.scope
    row.names = {**(row.names or {}), **day.names}
    row.origin, row.source = DayOrigin.OFFICIAL, day.source or source
    return row


def _says_the_same(row: NonWorkingDay, day: ReadDay, source: str) -> bool:
    official = row.origin == DayOrigin.OFFICIAL and row.scope == day.scope and row.source == (day.source or source)
    return official and all(row.names.get(language) == name for language, name in day.names.items())
