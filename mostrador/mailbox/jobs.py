"""Background work of e-mail that comes in."""

from procrastinate.contrib.django import app

from mostrador.mailbox.actions import receiving, taking_in


@app.task(name="mailbox.take_in")
def take_in() -> None:
    """Read what has been received and put it where it belongs. Several at once share the work."""
    if taking_in.take_in_what_is_due():
        receiving.have_it_read()  # there is more: other work of this process gets its turn


@app.periodic(cron="* * * * *")
@app.task(name="mailbox.watch_unread", queueing_lock="mailbox.watch_unread")
def watch_unread(timestamp: int) -> None:
    """Ask again for what is due and nobody reads. Every minute; safe to run any number of times."""
    taking_in.resume()
