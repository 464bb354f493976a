"""Background work of the help centre."""

from procrastinate.contrib.django import app

from mostrador.help_centre.actions import index, searches


@app.periodic(cron="*/5 * * * *")
@app.task(name="help_centre.index_what_is_missing", queueing_lock="help_centre.index_what_is_missing")
def index_what_is_missing(timestamp: int) -> None:
    """Let what is published be found where nobody told us: new procedures, and everything after an upgrade.

    Every five minutes; safe to run any number of times.
    """
    index.index_what_is_missing()


@app.periodic(cron="37 3 * * *")
@app.task(name="help_centre.refresh_search", queueing_lock="help_centre.refresh_search")
def refresh_search(timestamp: int) -> None:
    """Index what has other words since (a topic's name), put counts right, and note what is read most.

    Nightly; safe to run any number of times.
    """
    index.index_what_changed()
    index.count_again()
    index.merge_counts()
    index.refresh_popularity()


@app.periodic(cron="*/15 * * * *")
@app.task(name="help_centre.count_searches", queueing_lock="help_centre.count_searches")
def count_searches(timestamp: int) -> None:
    """Count what was searched, for the editors' board. Every quarter of an hour; safe to run any number of times."""
    searches.count_searches()


@app.periodic(cron="47 3 * * *")
@app.task(name="help_centre.forget_old_searches", queueing_lock="help_centre.forget_old_searches")
def forget_old_searches(timestamp: int) -> None:
    """Delete searches after 90 days; their counts remain. Every night; safe to run any number of times."""
    searches.forget_old_searches()
