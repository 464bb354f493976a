"""What may happen to a ticket, and what it does to its state."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from mostrador.shared.formats import duration, number
from mostrador.shared.keys import row_key
from mostrador.shared.tokens import token_hash
from mostrador.tickets.choices import OPEN_STATES, Act, EventCode, State

# Working time of the team in which a person gets an answer; the same for every next one.
ANSWER_WITHIN = timedelta(hours=8)
# The e-mail about a resolution waits this long, so that a slip of the hand can be undone before anybody reads of it.
UNDO_WITHIN = timedelta(minutes=1)
LINKS_LAST = timedelta(days=90)


def _from(states: Iterable[State], to: State) -> dict[State, State]:
    return dict.fromkeys(states, to)


# For each act, the states in which it is possible and the state that follows.
TRANSITIONS: dict[Act, dict[State, State]] = {
    Act.DESK_REPLIES: _from(OPEN_STATES, State.WAITING_FOR_PERSON),
    # A ticket that nobody has answered stays new; a resolved one, or one taken for spam by mistake, comes back to us.
    Act.PERSON_REPLIES: _from((*OPEN_STATES, State.RESOLVED, State.SPAM), State.WAITING_FOR_US)
    | {State.NEW: State.NEW},
    Act.WAIT_FOR_US: _from(OPEN_STATES, State.WAITING_FOR_US),
    Act.WAIT_FOR_PERSON: _from(OPEN_STATES, State.WAITING_FOR_PERSON),
    Act.WAIT_FOR_THIRD_PARTY: _from(OPEN_STATES, State.WAITING_FOR_THIRD_PARTY),
    Act.RESOLVE: _from(OPEN_STATES, State.RESOLVED),
    Act.REOPEN: _from((State.RESOLVED, State.CLOSED, State.SPAM), State.WAITING_FOR_US),
    Act.CLOSE: {State.RESOLVED: State.CLOSED},
    Act.MARK_SPAM: _from(OPEN_STATES, State.SPAM),
    # Its conversation goes on in another one. That a legal term is suspended is no state: it waits for the person.
    Act.MERGE: _from((*OPEN_STATES, State.RESOLVED), State.CLOSED),
}
ACT_THAT_LEADS_TO = {
    State.WAITING_FOR_US: Act.WAIT_FOR_US,
    State.WAITING_FOR_PERSON: Act.WAIT_FOR_PERSON,
    State.WAITING_FOR_THIRD_PARTY: Act.WAIT_FOR_THIRD_PARTY,
}


def state_after(act: Act, state: str) -> State | None:
    """Return the state that follows, or None when the act is not possible in this state."""
    return TRANSITIONS[act].get(State(state))


def is_our_turn(state: str) -> bool:
    """Tell whether the person is waiting for us, so that time counts against us."""
    return state in {State.NEW, State.WAITING_FOR_US}


def is_open(state: str) -> bool:
    """Tell whether the ticket is still being worked on."""
    return state in OPEN_STATES


def is_undo(*, resolved_for: timedelta, by_desk: bool) -> bool:
    """Tell whether reopening only undoes a slip: the desk itself, before the person was told.

    Such a ticket does not count as reopened in first-contact resolution.
    """
    return by_desk and resolved_for < UNDO_WITHIN


def event_text(code: EventCode, *values: str) -> str:
    """Return how an event is stored: its code, then one value a line. Words are found when it is read.

    Values are names as they were then, so that an event stays readable when a team or a person has gone.
    """
    return "\n".join([code, *(" ".join(value.split()) for value in values)])


def event_parts(text: str) -> tuple[str, list[str]]:
    """Return the code and the values of a stored event."""
    code, *values = text.split("\n")
    return code, values


def key_of_words(key: str, text: str) -> str:
    """Return under which key something said is kept: the same form with the same words says it once.

    Other words from a page that somebody went back to carry the page's old key, and must not be lost. "" for no key.
    """
    return token_hash(f"{key}|{text}") if key else ""


def topic_of_ticket(ticket_id: int) -> str:
    """Return the name under which open pages hear that a ticket has changed."""
    return f"ticket-{ticket_id}"


def topic_of_desks(lineage: list[int]) -> str:
    """Return the name under which lists hear of changes: one for the tree of these organisations, which share teams."""
    return f"desk-{lineage[0]}"


def event_words(text: str) -> str:
    """Return a stored event as a sentence in the current language."""
    code, values = event_parts(text)
    first, second, *_rest = [*values, "", ""]
    return EventCode(code).label % {"first": first, "second": second}


def working_words(worked: timedelta) -> str:
    """Return working time in words: "40 min", "2 h 10 min", from ten hours on "27 h": days would be of 24 hours."""
    hours = int(worked.total_seconds() // 3600)
    return f"{number(hours)} h" if hours >= 10 else duration(worked)


def term_words(left: timedelta) -> str:
    """Return what is left of a term, in working time: "quedan 2 h", "venció hace 40 min"."""
    if left < timedelta(0):
        return _("venció hace %(time)s") % {"time": working_words(-left)}
    return _("quedan %(time)s") % {"time": working_words(left)}


def articles_read(led_here: str, opened: Sequence[int]) -> list[int]:
    """Return the articles that somebody is known to have opened before writing: the one they came from, the others."""
    first = row_key(led_here)
    return list(dict.fromkeys([*([first] if first is not None else []), *opened]))
