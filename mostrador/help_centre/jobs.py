"""Background work of the help centre."""

from procrastinate.contrib.django import app

from mostrador.help_centre.actions import articles, drafts, index, pictures, reminders, searches
from mostrador.help_centre.actions import exchange as exchanges
from mostrador.help_centre.models import Exchange


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


@app.task(name="help_centre.export_articles")
def export_articles(exchange_id: int) -> None:
    """Write the archive that somebody asked for. Run twice, the second finds it written or writes it again."""
    for exchange in Exchange.objects.select_related("organisation").filter(pk=exchange_id):
        exchanges.run_export(exchange)


@app.task(name="help_centre.import_articles")
def import_articles(exchange_id: int) -> None:
    """Import the archive that somebody confirmed. Run twice, the second leaves what the first has brought in."""
    for exchange in Exchange.objects.select_related("organisation", "topic", "started_by").filter(pk=exchange_id):
        exchanges.run_import(exchange)


@app.periodic(cron="53 * * * *")
@app.task(name="help_centre.forget_exchanges", queueing_lock="help_centre.forget_exchanges")
def forget_exchanges(timestamp: int) -> None:
    """Delete exports and imports that are a day old, with their files. Hourly; safe to run any number of times."""
    exchanges.forget_exchanges()


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


@app.periodic(cron="57 3 * * *")
@app.task(name="help_centre.remove_unused_pictures", queueing_lock="help_centre.remove_unused_pictures")
def remove_unused_pictures(timestamp: int) -> None:
    """Delete pictures that no text has shown for a week. Every night; safe to run any number of times."""
    pictures.remove_unused()
