"""Opening hours of a day as people type them: "9-14, 16:00 a 18:30"."""

import re
from collections.abc import Iterable
from datetime import time
from itertools import pairwise

_SPAN = re.compile(r"(?P<opens>[\d:.h]+)\s*(?:-|–|—|a|às|to)\s*(?P<closes>[\d:.h]+)", re.IGNORECASE)
_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?h?", re.IGNORECASE)

Span = tuple[time, time]


class HoursNotUnderstood(ValueError):  # noqa: N818 - read aloud
    """The text is no list of opening hours."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class HoursOverlap(ValueError):  # noqa: N818
    """Two stretches of one day share some time."""


def parse_spans(text: str) -> list[Span]:
    """Return the stretches of a day, earliest first; nothing typed means closed.

    A stretch that closes at or before the time it opens ends on the following day; 24:00 is its first moment.

    Raises:
        HoursNotUnderstood: With the part that is not understood.
        HoursOverlap: Two stretches share some time.
    """
    spans = sorted(_span(part.strip()) for part in re.split(r"[,;]|\by\b", text) if part.strip())
    for (opens, closes), (next_opens, _closes) in pairwise(spans):
        if closes > next_opens or closes <= opens:
            raise HoursOverlap
    return spans


def spans_text(spans: Iterable[Span]) -> str:
    """Return stretches as they can be typed again."""
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in sorted(spans))


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise HoursNotUnderstood(text)
    return _clock(found["opens"], text), _clock(found["closes"], text)


def _clock(text: str, whole: str) -> time:
    found = _CLOCK.fullmatch(text)
    hour, minute = (int(found["hour"]), int(found["minute"] or 0)) if found else (99, 0)
    if (hour, minute) == (24, 0):
        hour = 0
    if hour > 23 or minute > 59:
        raise HoursNotUnderstood(whole)
    return time(hour, minute)
