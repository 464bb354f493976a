"""Background work of the help centre."""

from procrastinate.contrib.django import app

from mostrador.help_centre.actions import exchange as exchanges
from mostrador.help_centre.models import Exchange


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
