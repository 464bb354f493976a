"""Service levels: what is promised for which ticket, and what its clocks do.

A clock measures working time of the team that has the ticket, in runs. It stands still while the person has to say
something (and while a third party has the matter, where the level says so), and stops when what was promised is done or
the ticket ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from mostrador.organisations.errors import NoOpeningHours
from mostrador.organisations.rules.working_time import WorkingCalendar, add_working_time, working_time_between
from mostrador.tickets.choices import ClockStep, Metric, Priority, State
from mostrador.tickets.rules import ANSWER_WITHIN, UNDO_WITHIN, is_open, is_our_turn

WARN_BEFORE = timedelta(hours=1)
NOTHING = timedelta(0)


# --- What is promised ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Level:
    """A service level as rules see it; minutes are of working time, None says nothing and 0 promises nothing.

    Attributes:
        depth: How deep in the tree its organisation is: the deeper, the nearer to the ticket.
        kind, priority, team_id: For which tickets; None or "" for all.
    """

    pk: int | None
    depth: int
    kind: str = ""
    priority: int | None = None
    team_id: int | None = None
    minutes: tuple[tuple[Metric, int | None], ...] = ()
    pauses_for_third_party: bool = True
    warn_before: timedelta = WARN_BEFORE

    def fits(self, kind: str, priority: int, team_id: int | None) -> bool:
        """Tell whether it is about such tickets."""
        return self.kind in ("", kind) and self.priority in (None, priority) and self.team_id in (None, team_id)

    @property
    def precedence(self) -> tuple[int, int, bool, bool]:
        """Order among levels that fit: the nearest body's, then what says most, a team's before a priority's."""
        said = (self.team_id is not None, bool(self.kind), self.priority is not None)
        return (self.depth, sum(said), said[0], said[2])


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds for one metric of one ticket: the target in working time."""

    metric: Metric
    target: timedelta
    level_id: int | None = None
    pauses_for_third_party: bool = True
    warn_before: timedelta = WARN_BEFORE


# What holds where nobody has said anything: every answer within eight working hours.
DEFAULT_LEVEL = Level(
    pk=None,
    depth=-1,
    minutes=(
        (Metric.FIRST_RESPONSE, int(ANSWER_WITHIN.total_seconds() // 60)),
        (Metric.NEXT_RESPONSE, int(ANSWER_WITHIN.total_seconds() // 60)),
    ),
)


def promises(levels: Iterable[Level], *, kind: str, priority: int, team_id: int | None) -> dict[Metric, Promise]:
    """Return what is promised for such a ticket: each metric by the most particular level that says something of it."""
    fitting = [level for level in (*levels, DEFAULT_LEVEL) if level.fits(kind, priority, team_id)]
    found: dict[Metric, Promise] = {}
    decided: set[Metric] = set()
    for level in sorted(fitting, key=lambda each: each.precedence, reverse=True):
        for metric, minutes in level.minutes:
            if minutes is None or metric in decided:
                continue
            decided.add(metric)
            if minutes:
                found[metric] = Promise(
                    metric, timedelta(minutes=minutes), level.pk, level.pauses_for_third_party, level.warn_before
                )
    return found


# --- What a clock does --------------------------------------------------------------------------------


class Wanted(Enum):
    """What a clock should be doing."""

    NOTHING = "nothing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a ticket's clocks depend on."""

    state: str
    is_answered: bool
    replies: int


@dataclass(frozen=True, slots=True)
class Run:
    """Time during which a clock ran, with the team whose hours counted and what they worked."""

    start: datetime
    end: datetime
    team_id: int | None
    worked: timedelta

    def written(self) -> list[str | int | float | None]:
        """Return it as it is kept."""
        return [self.start.isoformat(), self.end.isoformat(), self.team_id, self.worked.total_seconds()]

    @classmethod
    def read(cls, kept: Sequence[object]) -> "Run":
        """Read it as it is kept."""
        start, end, team_id, seconds = kept
        return cls(
            datetime.fromisoformat(str(start)),
            datetime.fromisoformat(str(end)),
            int(str(team_id)) if team_id is not None else None,
            timedelta(seconds=float(str(seconds))),
        )


@dataclass(frozen=True, slots=True)
class Ticking:
    """A clock as rules see it."""

    metric: Metric
    target: timedelta
    started_at: datetime
    replies: int = 0
    runs: tuple[Run, ...] = ()
    running_since: datetime | None = None
    team_id: int | None = None
    stopped_at: datetime | None = None
    steps: tuple[tuple[ClockStep, datetime], ...] = field(default=(), compare=False)

    @property
    def finished(self) -> timedelta:
        """Working time of the finished runs."""
        return sum((run.worked for run in self.runs), NOTHING)


def wanted(metric: Metric, clock: Ticking | None, facts: Facts, *, pauses_for_third_party: bool) -> Wanted:
    """Return what a clock should do, given where its ticket stands."""
    is_going = clock is not None and clock.stopped_at is None
    if _is_done(metric, clock, facts):
        return Wanted.STOPPED if is_going else Wanted.NOTHING
    if metric == Metric.NEXT_RESPONSE and not is_going and not is_our_turn(facts.state):
        return Wanted.NOTHING  # nobody has asked anything since our answer
    if is_our_turn(facts.state):
        return Wanted.RUNNING
    if facts.state == State.WAITING_FOR_THIRD_PARTY and not pauses_for_third_party:
        return Wanted.RUNNING
    return Wanted.PAUSED


def _is_done(metric: Metric, clock: Ticking | None, facts: Facts) -> bool:
    if not is_open(facts.state):
        return True
    if metric == Metric.FIRST_RESPONSE:
        return facts.is_answered
    if metric == Metric.NEXT_RESPONSE:
        if not facts.is_answered:
            return True
        return clock is not None and clock.stopped_at is None and facts.replies > clock.replies
    return False


def followed(
    clock: Ticking | None,
    promise: Promise | None,
    facts: Facts,
    *,
    metric: Metric,
    team_id: int | None,
    now: datetime,
    since: datetime,
    old_calendar: WorkingCalendar | None,
) -> Ticking | None:
    """Return the clock as it should be now, with the steps it took; None when there is none to have.

    Args:
        clock: As it was, or None when there was none.
        promise: What holds now; None stops a clock, because nothing is promised any more.
        facts: Where the ticket stands.
        metric: Which clock.
        team_id: Who has the ticket now.
        now: The moment.
        since: From when a clock counts that did not exist: since it has been our turn.
        old_calendar: Of the team with which the clock ran until now; None when no team had it: nothing is counted.
    """
    pauses = promise.pauses_for_third_party if promise else True
    want = wanted(metric, clock, facts, pauses_for_third_party=pauses)
    if promise is None and want is not Wanted.NOTHING:
        want = Wanted.STOPPED if clock and clock.stopped_at is None else Wanted.NOTHING
    if clock is None or clock.stopped_at is not None:
        if promise is None or want not in (Wanted.RUNNING, Wanted.PAUSED):
            return clock
        clock = _begun(clock, promise, facts, now) if clock else _first(promise, facts, since)
    if promise is not None and clock.target != promise.target:
        clock = replace(clock, target=promise.target, steps=(*clock.steps, (ClockStep.RECOUNTED, now)))
    if clock.running_since is not None and (want is not Wanted.RUNNING or clock.team_id != team_id):
        clock = _run_ended(clock, now, old_calendar)
        if want is Wanted.PAUSED:
            clock = _stepped(clock, ClockStep.PAUSED, now)
        elif want is Wanted.RUNNING:
            clock = _stepped(clock, ClockStep.RECOUNTED, now)
    if want is Wanted.STOPPED:
        return _stepped(replace(clock, stopped_at=now), ClockStep.STOPPED, now)
    if want is Wanted.RUNNING and clock.running_since is None:
        is_new = any(step in (ClockStep.STARTED, ClockStep.RECOUNTED) for step, _at in clock.steps)
        is_first = not clock.runs and (ClockStep.STARTED, since) in clock.steps
        clock = replace(clock, running_since=max(since, clock.started_at) if is_first else now, team_id=team_id)
        clock = clock if is_new else _stepped(clock, ClockStep.RESUMED, now)
    return clock


def _first(promise: Promise, facts: Facts, since: datetime) -> Ticking:
    return Ticking(promise.metric, promise.target, since, replies=facts.replies, steps=((ClockStep.STARTED, since),))


def _begun(before: Ticking, promise: Promise, facts: Facts, now: datetime) -> Ticking:
    """Return a stopped clock that goes again: in a new round, unless a slip of the hand or a false end stopped it."""
    is_slip = before.stopped_at is not None and now - before.stopped_at < UNDO_WITHIN
    if promise.metric == Metric.RESOLUTION or (is_slip and before.replies == facts.replies):
        return replace(before, stopped_at=None, target=promise.target)
    return _first(promise, facts, now)


def _stepped(clock: Ticking, step: ClockStep, at: datetime) -> Ticking:
    return replace(clock, steps=(*clock.steps, (step, at)))


def _run_ended(clock: Ticking, now: datetime, calendar: WorkingCalendar | None) -> Ticking:
    if clock.running_since is None:
        return clock
    run = Run(clock.running_since, now, clock.team_id, _between(clock.running_since, now, calendar))
    return replace(clock, runs=(*clock.runs, run), running_since=None)


def _between(start: datetime, end: datetime, calendar: WorkingCalendar | None) -> timedelta:
    return max(working_time_between(start, end, calendar), NOTHING) if calendar else NOTHING


def recounted(clock: Ticking, calendars: dict[int, WorkingCalendar]) -> Ticking:
    """Return a clock whose finished runs are counted again with today's calendars of their teams."""
    runs = tuple(
        replace(run, worked=_between(run.start, run.end, calendars.get(run.team_id or 0))) for run in clock.runs
    )
    return replace(clock, runs=runs)


def worked(clock: Ticking, now: datetime, calendar: WorkingCalendar | None) -> timedelta:
    """Return how long has been worked towards the promise until `now`, in working time of whoever had it."""
    running = _between(clock.running_since, now, calendar) if clock.running_since else NOTHING
    return clock.finished + running


def ends_at(clock: Ticking, calendar: WorkingCalendar | None, *, before: timedelta = NOTHING) -> datetime | None:
    """Return when a running clock reaches its target, or `before` working time earlier; None while it stands still.

    Already past where more has been worked than was promised: then it is when the run began.
    """
    if clock.running_since is None or calendar is None:
        return None
    left = max(clock.target - before - clock.finished, NOTHING)
    try:
        if left == NOTHING:
            return clock.running_since
        return add_working_time(clock.running_since, left, calendar)
    except NoOpeningHours:
        return None


def raised(priority: int) -> Priority:
    """Return the next more urgent priority; the highest one stays."""
    return Priority(max(priority - 1, Priority.CRITICAL))
