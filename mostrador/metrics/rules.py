"""The measures: their exact arithmetic."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from mostrador.tickets.choices import Channel

PROVISIONAL = timedelta(days=7)
SATISFIED = (4, 5)
# One session, call or visit is the contact itself: it may have been answered without any written reply.
SPOKEN = {Channel.PHONE.value, Channel.IN_PERSON.value, Channel.CHAT.value}


def was_solved_at_first_contact(
    *, channel: str, public_replies: int, transfers: int, reopenings: int, came_back: bool
) -> bool:
    """Tell whether a resolved contact was answered at the first go.

    One public reply (by phone, in person or chat: one call, visit or session, so at most one), no transfer to another
    team, not reopened, and not followed by another contact of the same person on the same topic within seven days of
    its resolution.

    Source: product definition of first-contact resolution.
    """
    answered_once = public_replies <= 1 if channel in SPOKEN else public_replies == 1
    return answered_once and transfers == 0 and reopenings == 0 and not came_back


def was_answered(*, channel: str, public_replies: int) -> bool:
    """Tell whether somebody of the desk answered; a call or a visit is an answer."""
    return public_replies > 0 or channel in SPOKEN


def is_provisional(resolved_at: datetime, now: datetime) -> bool:
    """Tell whether the person may still come back within the seven days, which would change the figure."""
    return now - resolved_at < PROVISIONAL


def asked_for_each_hundred(*, tickets: int, readings: int) -> float | None:
    """Return how many contacts came after each hundred readings of an article; None when nobody is known to have read.

    Both are counted apart (readings by a beacon, contacts by what the form knows), so it may pass a hundred.
    """
    return 100 * tickets / readings if readings else None


def percentile(histogram: Mapping[int, int], share: float) -> float | None:
    """Return the value below which `share` (0 to 1) of the observations lie, interpolated between neighbours.

    The same as PERCENTILE.INC of spreadsheets and `statistics.quantiles(method="inclusive")`.

    Args:
        histogram: Value to how many observations have it.
        share: 0.5 for the median.
    """
    total = sum(histogram.values())
    if total == 0:
        return None
    place = share * (total - 1)
    low, part = int(place), place - int(place)
    ordered = sorted(histogram.items())
    first = _at(ordered, low)
    return first + part * (_at(ordered, min(low + 1, total - 1)) - first)


def _at(ordered: list[tuple[int, int]], place: int) -> int:
    for value, count in ordered:
        if place < count:
            return value
        place -= count
    raise IndexError(place)


@dataclass
class Sums:
    """What roll-ups add up to over a period."""

    received: int = 0
    responded: int = 0
    unanswered: int = 0
    spam: int = 0
    joined: int = 0
    elapsed: Counter[int] = field(default_factory=Counter)
    working: Counter[int] = field(default_factory=Counter)
    elapsed_seconds: int = 0
    working_seconds: int = 0
    resolved: int = 0
    resolved_at_first_contact: int = 0
    provisional: int = 0
    surveyed: int = 0
    scores: Counter[int] = field(default_factory=Counter)

    @property
    def elapsed_mean(self) -> float | None:
        """Minutes, of all hours."""
        return self.elapsed_seconds / 60 / self.responded if self.responded else None

    @property
    def working_mean(self) -> float | None:
        """Minutes, of working time."""
        return self.working_seconds / 60 / self.responded if self.responded else None

    @property
    def first_contact_share(self) -> float | None:
        """Share of the resolved."""
        return self.resolved_at_first_contact / self.resolved if self.resolved else None

    @property
    def answers(self) -> int:
        """How many surveys were answered."""
        return sum(self.scores.values())

    @property
    def satisfied(self) -> int:
        """How many of them with 4 or 5."""
        return sum(self.scores[score] for score in SATISFIED)

    @property
    def satisfaction(self) -> float | None:
        """Share of 4 and 5 among the answers."""
        return self.satisfied / self.answers if self.answers else None

    @property
    def response_rate(self) -> float | None:
        """Share of the surveys sent that were answered."""
        return self.answers / self.surveyed if self.surveyed else None


@dataclass(frozen=True)
class Period:
    """Whole days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """The period of the same length just before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def points(self) -> list["Period"]:
        """Return the parts that a chart shows: days up to two weeks, else weeks counted back from the last day."""
        step = 1 if self.days <= 14 else 7
        ends = [self.last - timedelta(days=offset) for offset in range(0, self.days, step)]
        return [Period(max(end - timedelta(days=step - 1), self.first), end) for end in reversed(ends)]


def add_histogram(sums: Counter[int], histogram: Mapping[str, int]) -> None:
    """Add a stored histogram, whose keys are text, to one being summed."""
    for minutes, count in histogram.items():
        sums[int(minutes)] += count


def minutes_of(durations: Iterable[timedelta]) -> Counter[int]:
    """Return the histogram of durations in whole minutes."""
    return Counter(int(duration.total_seconds() // 60) for duration in durations)
