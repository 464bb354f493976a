"""What may follow what."""

from datetime import timedelta

import pytest

from mostrador.tickets.choices import Act, EventCode, State
from mostrador.tickets.rules import (
    event_parts,
    event_text,
    event_words,
    is_our_turn,
    is_undo,
    state_after,
    term_words,
    working_words,
)

# From each state (rows) to the state after each act; "·" where the act is not possible.
LETTERS = {"N": "new", "U": "waiting_for_us", "P": "waiting_for_person", "T": "waiting_for_third_party"}
LETTERS |= {"R": "resolved", "C": "closed", "S": "spam", "·": "·"}
TABLE = """
    desk_replies person_replies wait_for_us wait_for_person wait_for_third_party resolve reopen close mark_spam merge
N   P            N              U           P               T                    R       ·      ·     S         C
U   P            U              U           P               T                    R       ·      ·     S         C
P   P            U              U           P               T                    R       ·      ·     S         C
T   P            U              U           P               T                    R       ·      ·     S         C
R   ·            U              ·           ·               ·                    ·       U      C     ·         C
C   ·            ·              ·           ·               ·                    ·       U      ·     ·         ·
S   ·            U              ·           ·               ·                    ·       U      ·     ·         ·
"""


def test_states_follow_each_other_as_the_table_says() -> None:
    acts, *rows = [line.split() for line in TABLE.strip().splitlines()]
    written = {LETTERS[row[0]]: [LETTERS[letter] for letter in row[1:]] for row in rows}

    computed = {state: [state_after(Act(act), state) or "·" for act in acts] for state in State.values}

    assert set(acts) == set(Act)
    assert computed == written


def test_time_counts_against_us_only_in_our_turn() -> None:
    assert [state for state in State.values if is_our_turn(state)] == ["new", "waiting_for_us"]


@pytest.mark.parametrize(
    ("seconds", "by_desk", "undo"), [(59, True, True), (60, True, False), (1, False, False), (3600, True, False)]
)
def test_only_the_desk_undoes_and_only_within_a_minute(seconds: int, *, by_desk: bool, undo: bool) -> None:
    assert is_undo(resolved_for=timedelta(seconds=seconds), by_desk=by_desk) is undo


def test_an_event_keeps_its_values_in_one_line_each() -> None:
    text = event_text(EventCode.TRANSFERRED, "Primera\nlínea", "  Sede ")

    assert event_parts(text) == ("transferred", ["Primera línea", "Sede"])
    assert event_words(text) == "Pasó de Primera línea a Sede."


@pytest.mark.parametrize("code", EventCode)
def test_every_event_has_words_whatever_its_values(code: EventCode) -> None:
    sentence = event_words(event_text(code, "50 % (uno)", "dos"))

    assert sentence.endswith(".")
    assert "%(" not in sentence


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "menos de 1 min"), (45, "45 min"), (130, "2 h 10 min"), (600, "10 h"), (1639, "27 h"), (90_000, "1.500 h")],
)
def test_working_time_is_said_in_hours_never_in_days(minutes: int, words: str) -> None:
    assert working_words(timedelta(minutes=minutes)) == words


def test_a_term_says_what_is_left_or_how_long_ago_it_passed() -> None:
    assert term_words(timedelta(hours=2)) == "quedan 2 h"
    assert term_words(-timedelta(minutes=40)) == "venció hace 40 min"
