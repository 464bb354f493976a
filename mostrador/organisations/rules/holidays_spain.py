"""Non-working days of Spain and its communities, computed: always to be confirmed with the published calendar.

The days come from the `holidays` library, which also knows which days each community moves or replaces. It has names in
Spanish, Catalan and English; Galician and Basque names of the usual days are ours, the others fall back to Spanish.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from mostrador.organisations.choices import DayScope, Region

_LANGUAGES = {"es": "es", "ca": "ca", "en": "en_US"}
_OWN_NAMES = {
    "en": {"Fiesta del Trabajo": "Labour Day"},  # the library writes American English
    "gl": {
        "Año Nuevo": "Aninovo",
        "Epifanía del Señor": "Epifanía do Señor",
        "San José": "San Xosé",
        "Jueves Santo": "Xoves Santo",
        "Viernes Santo": "Venres Santo",
        "Lunes de Pascua": "Luns de Pascua",
        "Fiesta del Trabajo": "Festa do Traballo",
        "Día de las Letras Gallegas": "Día das Letras Galegas",
        "San Juan": "San Xoán",
        "Santiago Apóstol": "Santiago Apóstolo",
        "Día Nacional de Galicia": "Día Nacional de Galicia",
        "Asunción de la Virgen": "Asunción da Virxe",
        "Fiesta Nacional de España": "Festa Nacional de España",
        "Todos los Santos": "Todos os Santos",
        "Día de la Constitución Española": "Día da Constitución Española",
        "Inmaculada Concepción": "Inmaculada Concepción",
        "Natividad del Señor": "Natividade do Señor",
        "San Esteban": "Santo Estevo",
    },
    "eu": {
        "Año Nuevo": "Urteberri eguna",
        "Epifanía del Señor": "Errege eguna",
        "San José": "San Jose eguna",
        "Jueves Santo": "Ostegun Santua",
        "Viernes Santo": "Ostiral Santua",
        "Lunes de Pascua": "Pazko astelehena",
        "Fiesta del Trabajo": "Langileen eguna",
        "San Juan": "San Joan eguna",
        "Santiago Apóstol": "Santiago eguna",
        "Asunción de la Virgen": "Andre Mariaren Jasokundea",
        "Fiesta Nacional de España": "Espainiako Jai Nazionala",
        "Todos los Santos": "Omiasaindu eguna",
        "Día de la Constitución Española": "Konstituzioaren eguna",
        "Inmaculada Concepción": "Sortzez Garbiaren eguna",
        "Natividad del Señor": "Eguberri eguna",
        "San Esteban": "San Esteban eguna",
    },
}
_FOLLOWING_MONDAY = "Lunes siguiente a "
_OWN_FOLLOWING_MONDAY = {"en": "Monday following {}", "gl": "Luns seguinte a {}", "eu": "{} (hurrengo astelehena)"}


@dataclass(frozen=True)
class ComputedDay:
    """A day off, with its names by language; Spanish is always there."""

    on: date
    scope: DayScope
    names: Mapping[str, str]


@lru_cache(maxsize=64)
def computed_days(year: int, region: str) -> tuple[ComputedDay, ...]:
    """Return the national days and those of a community in date order, without local ones.

    Args:
        year: From 2008 on.
        region: A `Region`; anything else gives the national days alone.
    """
    national = set(_spain(year))
    names = {code: _names(year, region, language) for code, language in _LANGUAGES.items()}
    return tuple(
        ComputedDay(
            on=day,
            scope=DayScope.NATIONAL if day in national else DayScope.REGIONAL,
            names={code: names[code][day] for code in names} | _own_names(name),
        )
        for day, name in sorted(names["es"].items())
    )


def _names(year: int, region: str, language: str) -> dict[date, str]:
    subdivision = region if region in Region.values else None
    return _spain(year, subdivision, language)


def _spain(year: int, subdivision: str | None = None, language: str | None = None) -> dict[date, str]:
    import holidays  # noqa: PLC0415 - 6 MB in every web process, for what is computed once a year

    return dict(holidays.country_holidays("ES", subdiv=subdivision, years=year, language=language).items())


def _own_names(spanish: str) -> dict[str, str]:
    """Return the names that we know for sure and the library lacks, or writes otherwise."""
    moved = spanish.startswith(_FOLLOWING_MONDAY)
    plain = spanish.removeprefix(_FOLLOWING_MONDAY)
    return {
        language: _OWN_FOLLOWING_MONDAY[language].format(own[plain]) if moved else own[plain]
        for language, own in _OWN_NAMES.items()
        if plain in own
    }
