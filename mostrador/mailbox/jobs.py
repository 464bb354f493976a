"""Background work of e-mail that comes in."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from mostrador.mailbox.actions import taking_in

# Whatever went wrong is tried again after 3, 9, 27 seconds, 1, 4 and 12 minutes; then a person looks at it.
UNTIL_IT_IS_READ = RetryStrategy(max_attempts=taking_in.ATTEMPTS, exponential_wait=3)


@app.task(name="mailbox.take_in", retry=UNTIL_IT_IS_READ)
def take_in(mail_id: int) -> None:
    """Read a message and put it where it belongs. Run twice, the second finds it done."""
    taking_in.take_in(mail_id)


@app.periodic(cron="* * * * *")
@app.task(name="mailbox.watch_unread", queueing_lock="mailbox.watch_unread")
def watch_unread(timestamp: int) -> None:
    """Ask again for what a dead worker left unread. Every minute; safe to run any number of times."""
    taking_in.requeue_unread()
