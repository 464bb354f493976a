"""The table of transitions: every act in every state."""

import itertools

import pytest

from mostrador.tickets.choices import OPEN_STATES, Act, State
from mostrador.tickets.rules import ACT_THAT_LEADS_TO, TRANSITIONS, is_open, is_our_turn, state_after

N, U, P, T, R, C, S = State
EVERY = list(itertools.product(Act, State))
# A row for each act, a column for each state: new, ours, the person's, a third party's, resolved, closed, spam.
EXPECTED: dict[Act, tuple[State | None, ...]] = {
    Act.DESK_REPLIES: (P, P, P, P, None, None, None),
    Act.PERSON_REPLIES: (N, U, U, U, U, None, U),
    Act.WAIT_FOR_US: (U, U, U, U, None, None, None),
    Act.WAIT_FOR_PERSON: (P, P, P, P, None, None, None),
    Act.WAIT_FOR_THIRD_PARTY: (T, T, T, T, None, None, None),
    Act.RESOLVE: (R, R, R, R, None, None, None),
    Act.REOPEN: (None, None, None, None, U, U, U),
    Act.CLOSE: (None, None, None, None, C, None, None),
    Act.MARK_SPAM: (S, S, S, S, None, None, None),
    Act.MERGE: (C, C, C, C, C, None, None),
}


@pytest.mark.parametrize(("act", "state"), EVERY)
def test_every_act_in_every_state(act: Act, state: State) -> None:
    assert state_after(act, state) == EXPECTED[act][list(State).index(state)]


@pytest.mark.parametrize(("act", "state"), EVERY)
def test_what_holds_of_every_transition(act: Act, state: State) -> None:
    after = state_after(act, state)

    if after is None:
        return
    if after == State.NEW:
        assert (act, state) == (Act.PERSON_REPLIES, State.NEW)
    if not is_open(state) and is_open(after):
        assert is_our_turn(after), "what comes back comes back to us"
    if after == State.SPAM:
        assert is_open(state)
    if act in ACT_THAT_LEADS_TO.values():
        assert ACT_THAT_LEADS_TO[after] == act


def test_no_state_is_a_dead_end_and_every_state_is_reached() -> None:
    reached = {after for row in TRANSITIONS.values() for after in row.values()}

    assert reached == set(State)
    assert all(any(state in row for row in TRANSITIONS.values()) for state in State)
    assert all(state in TRANSITIONS[Act.RESOLVE] for state in OPEN_STATES)
