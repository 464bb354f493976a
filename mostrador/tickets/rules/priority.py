"""Priority: how many people it touches × how soon it harms (ITIL), and what a near deadline does to it."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mostrador.tickets.choices import Impact, Priority, Urgency

# The desk should have acted this long before the person's own term ends: they still have to do something with it.
ACT_BEFORE = timedelta(hours=48)
# From then on it is urgent, whatever was said before.
URGENT_BEFORE_ACT_BY = timedelta(hours=24)
URGENT_BEFORE_LEGAL_END = timedelta(days=3)

MATRIX: dict[tuple[Impact, Urgency], Priority] = {
    (Impact.MANY_PEOPLE, Urgency.HIGH): Priority.CRITICAL,
    (Impact.MANY_PEOPLE, Urgency.MEDIUM): Priority.HIGH,
    (Impact.MANY_PEOPLE, Urgency.LOW): Priority.NORMAL,
    (Impact.SEVERAL_PEOPLE, Urgency.HIGH): Priority.HIGH,
    (Impact.SEVERAL_PEOPLE, Urgency.MEDIUM): Priority.NORMAL,
    (Impact.SEVERAL_PEOPLE, Urgency.LOW): Priority.LOW,
    (Impact.ONE_PERSON, Urgency.HIGH): Priority.HIGH,
    (Impact.ONE_PERSON, Urgency.MEDIUM): Priority.NORMAL,
    (Impact.ONE_PERSON, Urgency.LOW): Priority.LOW,
}


def priority_of(impact: int, urgency: int) -> Priority:
    """Return the priority that impact and urgency make."""
    return MATRIX[Impact(impact), Urgency(urgency)]


def said_for(priority: int, impact: int, urgency: int) -> tuple[Impact, Urgency]:
    """Return the impact and urgency that make a priority, changing what was said as little as possible."""
    fitting = [said for said, made in MATRIX.items() if made == priority]
    return min(fitting, key=lambda said: (said[0] != impact, abs(said[0] - impact) + abs(said[1] - urgency), said))


def act_by(deadline_on: date | None, zone: ZoneInfo) -> datetime | None:
    """Return until when to act for a person whose own term ends on that day: 48 hours before the end of it.

    Args:
        deadline_on: The last day of the term, in the organisation's zone.
        zone: That zone.
    """
    if deadline_on is None:
        return None
    midnight = datetime.combine(deadline_on + timedelta(days=1), time.min, zone)
    return datetime.fromtimestamp(midnight.timestamp(), zone) - ACT_BEFORE


def is_deadline_near(act_by: datetime | None, legal_due_at: datetime | None, now: datetime) -> bool:
    """Tell whether the person's own term, or ours by law, is so near that the ticket is urgent."""
    near_own = act_by is not None and now >= act_by - URGENT_BEFORE_ACT_BY
    near_legal = legal_due_at is not None and now >= legal_due_at - URGENT_BEFORE_LEGAL_END
    return near_own or near_legal


def urgency_now(said: int, *, act_by: datetime | None, legal_due_at: datetime | None, now: datetime) -> Urgency:
    """Return the urgency that was said, or high when a deadline is near."""
    return Urgency.HIGH if is_deadline_near(act_by, legal_due_at, now) else Urgency(said)
