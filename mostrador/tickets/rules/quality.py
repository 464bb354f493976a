"""The rubric of quality reviews, and the lot."""

import random
from collections.abc import Iterable, Mapping, Sequence

BEST = 2  # of each criterion: 0 no, 1 in part, 2 yes


def draw(by_agent: Mapping[int, Sequence[int]], size: int, lot: random.Random) -> list[tuple[int, int]]:
    """Return (ticket, agent) pairs drawn by lot, one of each agent in turn until there are enough or no more."""
    piles = {agent: lot.sample(list(tickets), len(tickets)) for agent, tickets in by_agent.items()}
    order = lot.sample(sorted(piles), len(piles))
    drawn: list[tuple[int, int]] = []
    while len(drawn) < size and any(piles.values()):
        drawn += [(piles[agent].pop(), agent) for agent in order if piles[agent]]
    return drawn[:size]


def share(scores: Iterable[Mapping[str, int]]) -> float | None:
    """Return how much of what could be reached was, from 0 to 1; None when nothing was scored."""
    points = [score for each in scores for score in each.values()]
    return sum(points) / (BEST * len(points)) if points else None
