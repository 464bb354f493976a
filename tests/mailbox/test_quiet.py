"""Whether nothing came into a mailbox for unusually long."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from math import exp
from random import Random
from zoneinfo import ZoneInfo

import pytest

from mostrador.mailbox.rules.quiet import Hour, Silence, silence

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = datetime(2026, 3, 2, tzinfo=MADRID)
FOUR_WEEKS = 4 * 7 * 24


def is_open(moment: datetime) -> bool:
    return moment.weekday() < 5 and 9 <= moment.hour < 14


def hours(count: int, mails: Callable[[datetime], int], opening: Callable[[datetime], bool] = is_open) -> list[Hour]:
    """Return that many hours from a Monday on."""
    moments = [MONDAY + timedelta(hours=number) for number in range(count)]
    return [Hour(moment, mails(moment), opening(moment)) for moment in moments]


def by_chance(a_day: float, seed: int) -> Callable[[datetime], int]:
    """Mail as it comes: more in the morning, little at night, less at weekends."""
    random = Random(seed)  # noqa: S311 - the same in each run

    def mails(moment: datetime) -> int:
        part = 0.1 if 9 <= moment.hour < 14 else 0.05 if moment.hour >= 14 else 0.01
        left, count = exp(-a_day * part * (0.3 if moment.weekday() >= 5 else 1)), 0
        product = random.random()
        while product >= left:
            product *= random.random()
            count += 1
        return count

    return mails


def on_every_open_hour(moment: datetime) -> int:
    return 2 if is_open(moment) else 0


def silent_from(history: list[Hour], place: int) -> list[Hour]:
    return history[:place] + [replace(hour, count=0) for hour in history[place:]]


def test_nothing_came_for_a_morning() -> None:
    history = silent_from(hours(FOUR_WEEKS + 24, on_every_open_hour), FOUR_WEEKS)

    assert silence(history) == Silence(MONDAY + timedelta(days=28, hours=9), 10)


@pytest.mark.parametrize("quiet_hours", [0, 4, 9, 13])
def test_a_mailbox_is_quiet_before_the_desk_opens_and_for_a_while_after(quiet_hours: int) -> None:
    history = silent_from(hours(FOUR_WEEKS + quiet_hours, on_every_open_hour), FOUR_WEEKS)

    assert silence(history) is None


def test_a_weekend_is_no_silence() -> None:
    assert silence(hours(5 * 7 * 24, on_every_open_hour)) is None


def test_a_day_off_is_no_silence() -> None:
    history = hours(FOUR_WEEKS + 24, on_every_open_hour)
    day_off = [replace(hour, count=0, is_open=False) for hour in history[FOUR_WEEKS:]]

    assert silence(history[:FOUR_WEEKS] + day_off) is None


def test_an_earlier_breakdown_hides_no_new_one() -> None:
    history = hours(FOUR_WEEKS + 24, on_every_open_hour)
    earlier = [replace(hour, count=0) for hour in history[7 * 24 : 8 * 24]]

    assert silence(silent_from(history[: 7 * 24] + earlier + history[8 * 24 :], FOUR_WEEKS)) is not None


@pytest.mark.parametrize("history", [[], hours(48, on_every_open_hour), hours(FOUR_WEEKS, lambda moment: 0)])
def test_without_anything_to_compare_with_there_is_no_alarm(history: list[Hour]) -> None:
    assert silence(history) is None
    assert silence(silent_from(history, 24)) is None


@pytest.mark.parametrize("a_day", [0.2, 1, 4, 15, 60, 300])
@pytest.mark.parametrize("opening", [is_open, lambda moment: True], ids=["mornings", "always"])
def test_ten_ordinary_weeks_raise_no_alarm(a_day: float, opening: Callable[[datetime], bool]) -> None:
    history = hours(14 * 7 * 24, by_chance(a_day, seed=3), opening)

    alarms = [end for end in range(FOUR_WEEKS, len(history)) if silence(history[end - FOUR_WEEKS : end])]

    assert alarms == []


@pytest.mark.parametrize(("a_day", "open_hours"), [(4, 35), (15, 10), (60, 5), (300, 3)])
def test_a_breakdown_is_noticed_in_time(a_day: float, open_hours: int) -> None:
    nine = FOUR_WEEKS + 9
    history = silent_from(hours(FOUR_WEEKS + 14 * 24, by_chance(a_day, seed=5)), nine)

    noticed = next(end for end in range(nine, len(history)) if silence(history[end - FOUR_WEEKS : end]))

    assert sum(hour.is_open for hour in history[nine:noticed]) <= open_hours
