"""Background work of e-mail that comes in."""

from datetime import datetime

from procrastinate.contrib.django import app

from mostrador.mailbox.actions import beginning, checking, importing, receiving, retention, taking_in, watching


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


@app.task(name="mailbox.begin")
def begin(mailbox_id: int, activate: int, asked_at: str = "") -> None:
    """Find where a mailbox begins and put it to use. Run twice, the second finds it done."""
    moment = datetime.fromisoformat(asked_at) if asked_at else None
    beginning.begin(mailbox_id, activate=bool(activate), asked_at=moment)


@app.task(name="mailbox.check")
def check(check_id: int) -> None:
    """Do one step of the check of a mailbox. Run twice at once, the second does nothing."""
    checking.run_check(check_id)


@app.task(name="mailbox.import_portion", priority=-20)  # what comes in now goes before what came years ago
def import_portion(import_id: int) -> None:
    """Bring in a portion of an existing mailbox. Run twice at once, the second does nothing."""
    importing.import_portion(import_id)


@app.periodic(cron="*/2 * * * *")
@app.task(name="mailbox.wake_imports", queueing_lock="mailbox.wake_imports")
def wake_imports(timestamp: int) -> None:
    """Ask again for imports that stand still. Every two minutes; safe to run any number of times."""
    importing.wake_imports()


@app.periodic(cron="7 * * * *")
@app.task(name="mailbox.watch_mailboxes", queueing_lock="mailbox.watch_mailboxes")
def watch_mailboxes(timestamp: int) -> None:
    """Tell that a mailbox has failed or been silent for too long. Every hour; told once, however often it runs."""
    watching.watch_mailboxes()


@app.periodic(cron="40 3 * * *")
@app.task(name="mailbox.forget_old_mail", queueing_lock="mailbox.forget_old_mail")
def forget_old_mail(timestamp: int) -> None:
    """Clear mail whose time is over. Once a day; safe to run any number of times."""
    retention.forget_old_mail()
