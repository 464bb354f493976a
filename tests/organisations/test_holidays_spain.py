"""Days computed for Spain and its communities, compared with the published calendars of 2026."""

from datetime import date

import pytest

from mostrador.organisations.choices import DayScope, Region
from mostrador.organisations.rules.holidays_spain import ComputedDay, computed_days


def test_national_days_of_2026() -> None:
    days = computed_days(2026, "")

    assert [(day.on.isoformat(), day.names["es"]) for day in days] == [
        ("2026-01-01", "Año Nuevo"),
        ("2026-01-06", "Epifanía del Señor"),
        ("2026-04-03", "Viernes Santo"),
        ("2026-05-01", "Fiesta del Trabajo"),
        ("2026-08-15", "Asunción de la Virgen"),
        ("2026-10-12", "Fiesta Nacional de España"),
        ("2026-12-08", "Inmaculada Concepción"),
        ("2026-12-25", "Natividad del Señor"),
    ]
    assert {day.scope for day in days} == {DayScope.NATIONAL}


@pytest.mark.parametrize(
    ("region", "own_days"),
    [
        (Region.CN, ["2026-04-02", "2026-05-30", "2026-11-02"]),
        (Region.GA, ["2026-03-19", "2026-04-02", "2026-06-24", "2026-07-25"]),
        (Region.CT, ["2026-04-06", "2026-06-24", "2026-09-11", "2026-12-26"]),
        (Region.PV, ["2026-03-19", "2026-04-02", "2026-04-06", "2026-07-25"]),
        (Region.MD, ["2026-04-02", "2026-05-02", "2026-11-02", "2026-12-07"]),
    ],
)
def test_own_days_of_a_community_are_regional(region: Region, own_days: list[str]) -> None:
    regional = [day.on for day in computed_days(2026, region) if day.scope == DayScope.REGIONAL]

    assert regional == [date.fromisoformat(day) for day in own_days]


def test_names_in_the_languages_that_are_known() -> None:
    christmas = computed_days(2026, Region.PV)[-1]

    assert christmas == ComputedDay(
        date(2026, 12, 25),
        DayScope.NATIONAL,
        {
            "es": "Natividad del Señor",
            "ca": "Nativitat del Senyor",
            "en": "Christmas Day",
            "gl": "Natividade do Señor",
            "eu": "Eguberri eguna",
        },
    )


def test_moved_days_say_so_in_every_language() -> None:
    [moved] = [day for day in computed_days(2027, Region.CN) if day.on == date(2027, 8, 16)]

    assert (moved.names["gl"], moved.names["eu"]) == (
        "Luns seguinte a Asunción da Virxe",
        "Andre Mariaren Jasokundea (hurrengo astelehena)",
    )


@pytest.mark.parametrize("region", Region.values)
def test_every_community_has_days_of_its_own(region: str) -> None:
    for year in (2026, 2027):
        days = computed_days(year, region)

        assert len([day for day in days if day.scope == DayScope.REGIONAL]) >= 1
        assert 9 <= len(days) <= 16
