"""Work of the calendars that nobody has to remember."""

from django.utils import timezone
from procrastinate.contrib.django import app

from mostrador.organisations import actions, queries


@app.periodic(cron="23 4 * * *")
@app.task(name="organisations.compute_calendars", queueing_lock="organisations.compute_calendars")
def compute_calendars(timestamp: int) -> None:
    """Have computed days for this year and the next in every calendar that has begun. Safe to run any number of times.

    A year that somebody has confirmed, emptied or filled is left alone: only years without a calendar are computed.
    """
    today = timezone.localdate()
    for year in (today.year, today.year + 1):
        for organisation in queries.organisations_without_calendar(year).iterator():
            actions.compute_year(organisation, year, actor=None)
