"""Dates, times, numbers and durations as people of each language write them. Moments are shown in the active zone."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from markupsafe import Markup


def day(value: date | datetime) -> str:
    """Return "hoy", "ayer", "mañana", "12 de marzo", or "12 de marzo de 2025" in another year."""
    on, today = _local_date(value), timezone.localdate()
    near = {0: _("hoy"), -1: _("ayer"), 1: _("mañana")}.get((on - today).days)
    if near is not None:
        return near
    if on.year == today.year:
        return day_and_month(on)
    return exact_date(on)


def moment(value: datetime) -> Markup:
    """Return a <time> element: "ayer a las 17:40", with the exact moment for machines and on hover."""
    local = timezone.localtime(value)
    words = _("%(day)s a las %(clock)s") % {"day": day(local), "clock": clock(local)}
    language = get_language() or "es"
    hour = local.replace(minute=0, second=0, microsecond=0)
    zone = _zone(hour, str(local.tzinfo), local.utcoffset(), language)
    exact = f"{_full(local.date(), language)}, {clock(local)} ({zone})"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(local.isoformat(timespec="minutes"), exact, words)


def exact_date(value: date | datetime) -> str:
    """Return "12 de marzo de 2026"."""
    return _long(_local_date(value), get_language() or "es")


def day_and_month(value: date) -> str:
    """Return "15 de junio": a day of every year."""
    return _long_without_year(value, get_language() or "es")


def weekday_and_day(value: date) -> str:
    """Return "viernes, 25 de diciembre", for lists of one year."""
    return f"{babel_dates.format_date(value, 'EEEE', locale=_locale())}, {day_and_month(value)}"


def language_name(code: str) -> str:
    """Return what a language is called in the current one: "catalán"."""
    return _parsed(code).get_language_name(_locale()) or code


def short_date(value: date | datetime) -> str:
    """Return "12 mar", for axes."""
    return _with_endings(babel_dates.format_skeleton("MMMd", _local_date(value), locale=_locale()))


def minutes(value: float) -> str:
    """Return a duration given in minutes, in words; none at all is "0 min"."""
    return duration(timedelta(minutes=round(value))) if round(value) else "0 min"


def clock(value: datetime) -> str:
    """Return "17:40"."""
    return f"{timezone.localtime(value):%H:%M}"


def change(value: float) -> str:
    """Return a rate of change with its sign: "+12 %", "−5 %"."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + percent(abs(value))


def number(value: float | Decimal, digits: int = 0) -> str:
    """Return a number with at most `digits` decimals: "1.234,5"."""
    return _written(value, digits, get_language() or "es")


@lru_cache(maxsize=4096)  # lists write the same small numbers again and again
def _written(value: float | Decimal, digits: int, language: str) -> str:
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return babel_numbers.format_decimal(value, format=pattern, locale=_parsed(language))


def percent(value: float, digits: int = 0) -> str:
    """Return a share (0 to 1) as "87 %"."""
    pattern = _locale().percent_formats[None].pattern
    return babel_numbers.format_percent(
        value, format=pattern.replace("#,##0", "#,##0" + ("." + "0" * digits if digits else "")), locale=_locale()
    )


def duration(value: timedelta) -> str:
    """Return the two largest units: "2 días 3 h", "1 h 20 min", "4 min", "menos de 1 min"."""
    minutes = int(value.total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        whole = ngettext("%(count)s día", "%(count)s días", days) % {"count": number(days)}
        return f"{whole} {hours} h" if hours else whole
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else _("menos de 1 min")


def file_size(size_bytes: int) -> str:
    """Return "812 kB" or "1,4 MB" (decimal units)."""
    if size_bytes < 1_000_000:
        return f"{number(max(1, round(size_bytes / 1000)))} kB"
    return f"{number(size_bytes / 1_000_000, 1)} MB"


# Words of a name that are not a name.
_PARTICLES = frozenset({"de", "del", "la", "las", "los", "el", "y", "i", "e", "da", "do", "dos", "das", "van", "von"})


def initials(name: str) -> str:
    """Return at most two capitals for a person's name: first given name and first surname."""
    words = [word for word in name.split() if word[0].isalpha() and word.lower() not in _PARTICLES]
    return "".join(word[0].upper() for word in words[:2]) or "?"


def _with_endings(words: str) -> str:
    """Write the endings that CLDR leaves open in Basque: "2026(e)ko azaroaren 23(a)" is "2026ko azaroaren 23a"."""
    words = re.sub(r"(\d+)\(e\)ko", lambda year: year[1] + ("eko" if _ends_in_consonant(int(year[1])) else "ko"), words)
    return re.sub(r"(\d+)\(a\)", lambda day: day[1] + ("" if int(day[1]) in (11, 31) else "a"), words)


def _ends_in_consonant(number: int) -> bool:
    # Said aloud it ends in bat (1), bost (5), hamar (10) or ehun (100); scores repeat: 30 is hogeita hamar.
    return number % 10 == 5 or number % 20 in (1, 10) or (number % 100 == 0 and number % 1000 > 0)


def _local_date(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


# A page names the same few days many times.
@lru_cache(maxsize=5000)
def _full(value: date, language: str) -> str:
    return _with_endings(babel_dates.format_date(value, "full", locale=_parsed(language)))


# The same moment in two zones is one key for a cache, and so are the two hours in which a clock is set back.
@lru_cache(maxsize=5000)
def _zone(hour: datetime, _zone: str, _offset: timedelta | None, language: str) -> str:
    return babel_dates.get_timezone_name(hour, locale=_parsed(language))


@lru_cache(maxsize=5000)
def _long(value: date, language: str) -> str:
    return _with_endings(babel_dates.format_date(value, "long", locale=_parsed(language)))


@lru_cache(maxsize=5000)
def _long_without_year(value: date, language: str) -> str:
    return _with_endings(babel_dates.format_skeleton("MMMMd", value, locale=_parsed(language)))


def _locale() -> Locale:
    return _parsed(get_language() or "es")


@lru_cache(maxsize=16)
def _parsed(code: str) -> Locale:
    # English as it is written in Europe: 2 April, not April 2.
    return Locale.parse("en-GB" if code == "en" else code, sep="-")
