"""Whether nothing came into a mailbox for unusually long: then something on the way is broken more often than not.

Only hours in which the desk is open count, so nights, weekends and holidays raise no alarm. A silence is measured in
mails: how many usually come at that time of day, on working days or at weekends. Three things must be true of it:

* At least `ENOUGH_EXPECTED` mails would have come; by chance alone none comes once in ten thousand.
* It is clearly longer than the silences of the four weeks before. The very longest is left out: it may have been a
  breakdown.
* There is enough to compare with: a mailbox that gets a mail a week is quiet by nature.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

ENOUGH_EXPECTED = 9.0  # mails; e⁻⁹ ≈ 0.0001
CLEARLY_LONGER = 1.75  # times
SHORTEST_SILENCE_HOURS = 2
ENOUGH_HISTORY_HOURS = 60  # open ones
ENOUGH_MAILS = 15
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a mailbox: when it begins (aware, in the office's zone), how many mails came, whether it was open."""

    starts_at: datetime
    count: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came since then, where about so many mails would have been usual."""

    since: datetime
    expected: int


def silence(hours: Sequence[Hour]) -> Silence | None:
    """Return the silence that goes on now when it is unusually long, else None.

    Args:
        hours: Every whole hour of about four weeks, oldest first; the last one has just ended.
    """
    last = max((place for place, hour in enumerate(hours) if hour.count), default=-1)
    before, quiet = hours[: last + 1], [hour for hour in hours[last + 1 :] if hour.is_open]
    open_before = [hour for hour in before if hour.is_open]
    if len(open_before) < ENOUGH_HISTORY_HOURS or sum(hour.count for hour in open_before) < ENOUGH_MAILS:
        return None
    usual = _usual(open_before)
    longest = sorted(_silences(before, usual))[-2:]
    expected = sum(usual[_time_of_week(hour)] for hour in quiet)
    enough = max(ENOUGH_EXPECTED, CLEARLY_LONGER * longest[0])
    if len(quiet) < SHORTEST_SILENCE_HOURS or expected < enough:
        return None
    return Silence(quiet[0].starts_at, round(expected))


def _time_of_week(hour: Hour) -> tuple[bool, int]:
    return hour.starts_at.weekday() >= _SATURDAY, hour.starts_at.hour


def _usual(hours: Sequence[Hour]) -> defaultdict[tuple[bool, int], float]:
    """Return how many mails come in an hour, by the time of the week."""
    counts: dict[tuple[bool, int], list[int]] = defaultdict(list)
    for hour in hours:
        counts[_time_of_week(hour)].append(hour.count)
    return defaultdict(float, {time: sum(found) / len(found) for time, found in counts.items()})


def _silences(hours: Sequence[Hour], usual: Mapping[tuple[bool, int], float]) -> Iterator[float]:
    """Yield how many mails would have come in each time without any."""
    missed = 0.0
    for hour in hours:
        if hour.count:
            yield missed
            missed = 0.0
        elif hour.is_open:
            missed += usual[_time_of_week(hour)]
