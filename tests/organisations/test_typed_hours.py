"""Opening hours as people type them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostrador.organisations.rules.shift_text import HoursNotUnderstood, HoursOverlap, parse_spans, spans_text

MORNING = (time(9), time(14))
AFTERNOON = (time(16), time(18, 30))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("  ", []),
        ("9-14", [MORNING]),
        ("9:00-14:00", [MORNING]),
        ("09.00 – 14.00", [MORNING]),
        ("9h a 14h", [MORNING]),
        ("9:00-14:00, 16:00-18:30", [MORNING, AFTERNOON]),
        ("16-18:30; 9-14", [MORNING, AFTERNOON]),
        ("9 a 14 y 16 a 18:30", [MORNING, AFTERNOON]),
        ("22-6", [(time(22), time(6))]),
        ("8-24", [(time(8), time(0))]),
        ("0-24", [(time(0), time(0))]),
        ("9-14, 14-16", [MORNING, (time(14), time(16))]),
    ],
)
def test_hours_are_understood(text: str, spans: list[tuple[time, time]]) -> None:
    assert parse_spans(text) == spans


@pytest.mark.parametrize("text", ["mañana", "9", "9-", "9-14-16", "25-26", "9:60-10", "9-14, nada"])
def test_anything_else_is_named(text: str) -> None:
    with pytest.raises(HoursNotUnderstood) as problem:
        parse_spans(text)

    assert problem.value.text in text


@pytest.mark.parametrize("text", ["9-14, 13-15", "22-6, 23-23:30", "9-14, 9-14"])
def test_stretches_that_share_time_are_refused(text: str) -> None:
    with pytest.raises(HoursOverlap):
        parse_spans(text)


@given(st.times(), st.times())
def test_what_is_written_can_be_read_again(opens: time, closes: time) -> None:
    span = (opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0))

    assert parse_spans(spans_text([span])) == [span]
