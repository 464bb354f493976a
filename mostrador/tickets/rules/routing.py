"""Whose turn it is to be given a ticket."""

from collections.abc import Iterable
from dataclasses import dataclass

from mostrador.tickets.choices import RoutingMode


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the team who is there, can attend to the ticket and is below their limit.

    Attributes:
        load: How many tickets of theirs wait for us.
        load_limit: How many they may have; zero means any number.
    """

    user_id: int
    load: int
    load_limit: int = 0


def in_turn(
    candidates: Iterable[Candidate], mode: str, *, last_given_to: int | None = None, known_to: int | None = None
) -> list[Candidate]:
    """Return who is given the ticket, and who instead if that one has meanwhile reached their limit.

    Args:
        candidates: In any order.
        mode: A `RoutingMode`; a manual team gives it only to whom the person knows.
        last_given_to: Who was given the team's last one: their turn comes last.
        known_to: Who answered the person lately: their turn comes first.
    """
    after = last_given_to or 0
    turns = sorted(candidates, key=lambda one: (one.user_id <= after, one.user_id))
    if mode == RoutingMode.LEAST_LOADED:
        turns.sort(key=lambda one: one.load)
    if mode == RoutingMode.MANUAL:
        turns = [one for one in turns if one.user_id == known_to]
    return sorted(turns, key=lambda one: one.user_id != known_to)
