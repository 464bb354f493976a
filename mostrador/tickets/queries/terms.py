"""Terms of answers, in the working time of the team that answers."""

from datetime import datetime

from mostrador.organisations.errors import NoOpeningHours
from mostrador.organisations.models import Team
from mostrador.organisations.queries import working_calendar
from mostrador.organisations.rules.working_time import add_working_time
from mostrador.tickets.rules import ANSWER_WITHIN


def answer_due_at(team: Team | None, since: datetime) -> datetime | None:
    """Return when an answer that is owed since `since` (aware) is due, in UTC: after eight hours of the team's work.

    None when no team has the ticket or the team has no opening hours.
    """
    if team is None:
        return None
    try:
        return add_working_time(since, ANSWER_WITHIN, working_calendar(team))
    except NoOpeningHours:
        return None
