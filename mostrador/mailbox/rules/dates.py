"""When a mail says it was sent (RFC 5322, and what programs write instead)."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

# Months that broken programs write in the language of their user.
_MONTHS = {
    "ene": "Jan",
    "abr": "Apr",
    "ago": "Aug",
    "dic": "Dec",
    "gen": "Jan",
    "maig": "May",
    "juny": "Jun",
    "jul": "Jul",
    "des": "Dec",
    "set": "Sep",
    "out": "Oct",
    "xan": "Jan",
    "dez": "Dec",
    "fev": "Feb",
    "mai": "May",
    "enero": "Jan",
    "febrero": "Feb",
    "marzo": "Mar",
    "abril": "Apr",
    "mayo": "May",
    "junio": "Jun",
    "julio": "Jul",
    "agosto": "Aug",
    "septiembre": "Sep",
    "octubre": "Oct",
    "noviembre": "Nov",
    "diciembre": "Dec",
    "juil": "Jul",
    "okt": "Oct",
    "dec": "Dec",
    "mär": "Mar",
    "avr": "Apr",
    "août": "Aug",
    "aoû": "Aug",
    "fév": "Feb",
}
# Zones that Python's reader does not know; all of them are of Europe.
_ZONES = {"CET": "+0100", "CEST": "+0200", "MET": "+0100", "MEST": "+0200", "WET": "+0000", "WEST": "+0100"}
_ZONE = re.compile(r"\b(?:CES?T|MES?T|WES?T)\b")
_WORD = re.compile(r"[^\W\d_]+\.?")
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_LONGEST_DATE = 200
_OLDEST_YEAR, _NEWEST_YEAR = 1971, 2200
_LARGEST_OFFSET_SECONDS = 15 * 3600
_YEAR_0 = re.compile(r"\b0{3,4}\b(?!:)")


def read_date(text: str) -> datetime | None:
    """Return an aware moment, in UTC where no zone that can be true was named; None for what can be no date."""
    text = text[:_LONGEST_DATE]
    iso = _ISO.search(text)
    if iso:
        return _moment([int(part or 0) for part in iso.groups()[:6]], _iso_offset(iso[7]))
    plain = _WORD.sub(lambda word: _MONTHS.get(word[0].lower().rstrip("."), word[0]), text.replace(" de ", " "))
    if _YEAR_0.search(plain.partition(":")[0]):
        return None
    plain = _ZONE.sub(lambda zone: _ZONES[zone[0]], plain)
    try:
        found = parsedate_tz(plain)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return _moment(list(found[:6]), found[9]) if found else None


def _iso_offset(written: str | None) -> int:
    if not written or written == "Z":
        return 0
    hours, minutes = int(written[1:3]), int(written[-2:])
    return (hours * 3600 + minutes * 60) * (-1 if written[0] == "-" else 1)


def _moment(parts: list[int], offset_seconds: int | None) -> datetime | None:
    year, month, day, hour, minute, second = parts
    if not _OLDEST_YEAR <= year <= _NEWEST_YEAR:
        return None
    seconds = offset_seconds or 0
    zone = timezone(timedelta(seconds=seconds)) if 0 < abs(seconds) <= _LARGEST_OFFSET_SECONDS else UTC
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
    except ValueError:
        return None
