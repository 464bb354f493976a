"""Background work on opinions."""

from procrastinate.contrib.django import app

from mostrador.feedback import actions


@app.periodic(cron="* * * * *")
@app.task(name="feedback.ask_opinions", queueing_lock="feedback.ask_opinions")
def ask_opinions(timestamp: int) -> None:
    """Ask for an opinion on every newly resolved ticket. Safe to run any number of times."""
    actions.ask_opinions()


@app.periodic(cron="40 3 * * *")
@app.task(name="feedback.forget_old_comments", queueing_lock="feedback.forget_old_comments")
def forget_old_comments(timestamp: int) -> None:
    """Clear old comments. Once a day; safe to run any number of times."""
    actions.forget_old_comments()
