"""Background work about the public."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from mostrador.people.actions import merging, persons, requests

UNTIL_IT_IS_DONE = RetryStrategy(max_attempts=5, exponential_wait=5)


@app.task(name="people.run_request", retry=UNTIL_IT_IS_DONE)
def run_request(request_id: int) -> None:
    """Copy or erase somebody's data, as was asked. Run twice, the second finds it done."""
    requests.run_request(request_id)


@app.periodic(cron="17 * * * *")
@app.task(name="people.forget_copies", queueing_lock="people.forget_copies")
def forget_copies(timestamp: int) -> None:
    """Delete copies that nobody may take any more. Hourly; safe to run any number of times."""
    requests.forget_copies()


@app.periodic(cron="37 * * * *")
@app.task(name="people.settle_merges", queueing_lock="people.settle_merges")
def settle_merges(timestamp: int) -> None:
    """Empty records that were joined more than a day ago. Hourly; safe to run any number of times."""
    merging.settle_merges()


@app.periodic(cron="12 3 * * *")
@app.task(name="people.find_duplicates", queueing_lock="people.find_duplicates")
def find_duplicates(timestamp: int) -> None:
    """Note which records may be of one person. Nightly; safe to run any number of times."""
    merging.find_duplicates()


@app.periodic(cron="32 3 * * *")
@app.task(name="people.renew_identity_numbers", queueing_lock="people.renew_identity_numbers")
def renew_identity_numbers(timestamp: int) -> None:
    """Seal identity numbers anew after the secret key has changed. Nightly; safe to run any number of times."""
    persons.renew_identity_numbers()
