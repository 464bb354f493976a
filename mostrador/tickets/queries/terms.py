"""Terms of answers, in the working time of the team that answers."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from mostrador.organisations.errors import NoOpeningHours
from mostrador.organisations.models import NonWorkingDay, Organisation, Shift, Team, Timetable
from mostrador.organisations.rules import working_time
from mostrador.tickets.rules import ANSWER_WITHIN


def default_team(organisation: Organisation) -> Team | None:
    """Return the team that takes new tickets: the organisation's, else the nearest ancestor's, else none."""
    teams = Team.objects.filter(is_default=True, organisation__in=organisation.lineage).select_related("organisation")
    return max(teams, key=lambda team: organisation.lineage.index(team.organisation_id), default=None)


def answer_due_at(team: Team | None, since: datetime) -> datetime | None:
    """Return when an answer that is owed since `since` (aware) is due, in UTC: after eight hours of the team's work.

    None when no team has the ticket or the team has no opening hours.
    """
    if team is None:
        return None
    try:
        return working_time.add_working_time(since, ANSWER_WITHIN, _calendar(team))
    except NoOpeningHours:
        return None


def _calendar(team: Team) -> working_time.WorkingCalendar:
    hours = Timetable.objects.filter(Q(team=team) | Q(team=None), organisation=team.organisation_id, starts_on=None)
    shifts = Shift.objects.filter(timetable__in=hours.values("pk"))
    days = NonWorkingDay.objects.filter(organisation=team.organisation_id).values_list("on", flat=True)
    return working_time.WorkingCalendar(
        zone=ZoneInfo(team.organisation.time_zone),
        timetables=(
            working_time.Timetable(
                tuple(working_time.Shift(shift.weekday, shift.opens, shift.closes) for shift in shifts)
            ),
        ),
        non_working_days=frozenset(days),
    )
