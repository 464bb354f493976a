"""Background work of the outbox."""

from procrastinate.contrib.django import app

from mostrador.notifications import actions


@app.task(name="notifications.deliver", priority=-10)  # a mail server that is slow holds up nothing else
def deliver(message_id: int) -> None:
    """Send one message. Run twice, the second finds nothing due."""
    actions.deliver(message_id)


@app.periodic(cron="* * * * *")
@app.task(name="notifications.watch_outbox", queueing_lock="notifications.watch_outbox")
def watch_outbox(timestamp: int) -> None:
    """Ask again for deliveries that a dead worker forgot. Safe to run any number of times."""
    actions.requeue_forgotten()


@app.periodic(cron="20 3 * * *")
@app.task(name="notifications.forget_old_messages", queueing_lock="notifications.forget_old_messages")
def forget_old_messages(timestamp: int) -> None:
    """Delete old copies. Once a day; safe to run any number of times."""
    actions.forget_old_messages()
