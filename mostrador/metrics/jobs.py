"""Periodic work on figures."""

from procrastinate.contrib.django import app

from mostrador.metrics.actions import roll_up_what_changed


@app.periodic(cron="*/5 * * * *")
@app.task(name="metrics.roll_up", queueing_lock="metrics.roll_up")
def roll_up(timestamp: int) -> None:
    """Bring the figures up to date every five minutes. Safe to run any number of times."""
    roll_up_what_changed()
