"""Background work of the help centre."""

from procrastinate.contrib.django import app

from mostrador.help_centre.actions import articles, drafts, reminders


@app.periodic(cron="* * * * *")
@app.task(name="help_centre.publish_due", queueing_lock="help_centre.publish_due")
def publish_due(timestamp: int) -> None:
    """Publish texts whose moment has come. Every minute; safe to run any number of times."""
    drafts.publish_due()


@app.periodic(cron="* * * * *")
@app.task(name="help_centre.expire_due", queueing_lock="help_centre.expire_due")
def expire_due(timestamp: int) -> None:
    """Take away articles whose last moment has passed. Every minute; safe to run any number of times."""
    articles.expire_due()


@app.periodic(cron="20 6 * * *")
@app.task(name="help_centre.remind_to_check", queueing_lock="help_centre.remind_to_check")
def remind_to_check(timestamp: int) -> None:
    """Remind editors of articles to check. Once a day; each is reminded once for each date, however often it runs."""
    reminders.remind_to_check()
