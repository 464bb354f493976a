"""Background work of the audit record."""

from procrastinate.contrib.django import app

from mostrador.audit import actions, queries


@app.periodic(cron="* * * * *")
@app.task(name="audit.seal", queueing_lock="audit.seal")
def seal(timestamp: int) -> None:
    """Put new events into their chains, every minute. Safe to run any number of times, and several at once."""
    actions.seal_events()


@app.periodic(cron="10 3 * * *")
@app.task(name="audit.check_chains", queueing_lock="audit.check_chains")
def check_chains(timestamp: int) -> None:
    """Follow every chain to its end, once a day, after sealing what was overlooked. Safe to repeat."""
    actions.seal_events(everything=True)
    for organisation_id in queries.organisations_with_events():
        actions.check_chain(organisation_id)


@app.task(name="audit.check_chain")
def check_chain(organisation_id: int) -> None:
    """Follow one organisation's chain because somebody asked. Safe to repeat."""
    actions.seal_events()
    actions.check_chain(organisation_id)
