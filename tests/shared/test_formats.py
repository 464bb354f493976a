"""Dates, numbers and durations in the words of each language."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from mostrador.shared import formats

NOW = datetime(2026, 3, 12, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "on", "words"),
    [
        ("es", date(2026, 3, 12), "hoy"),
        ("es", date(2026, 3, 11), "ayer"),
        ("es", date(2026, 5, 2), "2 de mayo"),
        ("es", date(2025, 5, 2), "2 de mayo de 2025"),
        ("ca", date(2026, 4, 2), "2 d’abril"),
        ("gl", date(2026, 4, 2), "2 de abril"),
        ("en", date(2026, 4, 2), "2 April"),
        ("eu", date(2025, 3, 11), "2025eko martxoaren 11"),
        ("eu", date(2027, 11, 23), "2027ko azaroaren 23a"),
    ],
)
def test_a_day_is_said_as_people_say_it(language: str, on: date, words: str) -> None:
    with time_machine.travel(NOW, tick=False), translation.override(language):
        assert formats.day(on) == words


def test_a_moment_shows_the_zone_that_is_active_and_keeps_the_exact_one() -> None:
    with time_machine.travel(NOW, tick=False), translation.override("es"):
        with timezone.override("Europe/Madrid"):
            here = formats.moment(NOW)
        with timezone.override("Atlantic/Canary"):
            there = formats.moment(NOW)

    assert here.startswith('<time datetime="2026-03-12T12:00+01:00" title="jueves, 12 de marzo de 2026')
    assert "(hora estándar de Europa central)" in here
    assert "(hora estándar de Europa occidental)" in there
    assert here.endswith(">hoy a las 12:00</time>")
    assert there.endswith(">hoy a las 11:00</time>")


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(0), "menos de 1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=1), "1 día"),
        (timedelta(days=3, hours=4, minutes=50), "3 días 4 h"),
    ],
)
def test_a_duration_has_its_two_largest_units(duration: timedelta, words: str) -> None:
    with translation.override("es"):
        assert formats.duration(duration) == words


def test_numbers_follow_the_language() -> None:
    written = {}
    for language in ("es", "en"):
        with translation.override(language):
            written[language] = (formats.number(12345.5, 1), formats.percent(0.256, 1), formats.change(-0.5))

    assert written == {"es": ("12.345,5", "25,6\xa0%", "−50\xa0%"), "en": ("12,345.5", "25.6%", "−50%")}
