"""Housekeeping of the background work itself."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management import call_command
from django.db import InterfaceError, OperationalError, close_old_connections
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.tasks import Task
from procrastinate.worker import Worker

from mostrador.shared import live_events, rate_limits

logger = logging.getLogger(__name__)

HOURS_TO_KEEP_DONE = 24
HOURS_TO_KEEP_FAILED = 30 * 24
MOST_ATTEMPTS = 20  # a job that takes its worker down every time is given up after so many
SECONDS_UNTIL_THE_DATABASE_IS_BACK = 15


class AgainWhenTheDatabaseIsBack(BaseRetryStrategy):
    """Tries a job again whose database went away under it; any other error is a bug, which trying again does not mend.

    Every job may therefore run twice, and says in its own docstring what happens then.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Decide about a job that ended with this exception."""
        if not isinstance(exception, OperationalError | InterfaceError) or job.attempts >= MOST_ATTEMPTS:
            return None
        return RetryDecision(retry_in={"seconds": SECONDS_UNTIL_THE_DATABASE_IS_BACK})


def survive_restarts_of_the_database(tasks: Iterable[Task[Any, Any, Any]]) -> None:
    """Have jobs tried again whose database went away; those with a queueing lock are periodic and come again anyway."""
    for task in tasks:
        if task.queueing_lock is None and task.retry_strategy is None:
            task.retry_strategy = AgainWhenTheDatabaseIsBack()


def on_a_working_connection(do: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
    """Do a job after closing a connection of this thread that the database has ended meanwhile; a new one is opened."""
    close_old_connections()
    return do()


@app.periodic(cron="* * * * *")
@app.task(name="shared.retry_stalled_jobs", queueing_lock="shared.retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a worker that died (no sign of life for 30 s) to the others. Safe to run any number of times.

    Every job may therefore run twice, and says in its own docstring what happens then.
    """
    for job in await context.app.job_manager.get_stalled_jobs():
        await try_again(context.app.job_manager, job)


async def try_again(manager: JobManager, job: Job) -> None:
    """Queue a stalled job again, unless it has been tried too often or the same work is queued anyway."""
    if job.attempts >= MOST_ATTEMPTS:
        logger.error("job given up after %s attempts job=%s id=%s", job.attempts, job.task_name, job.id)
        await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        return
    logger.warning("job's worker died, trying again job=%s id=%s", job.task_name, job.id)
    try:
        await manager.retry_job(job)
    except UniqueViolation:  # a job with the same queueing lock waits already and does the same
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)


@app.periodic(cron="17 * * * *")
@app.task(name="shared.remove_finished_jobs", queueing_lock="shared.remove_finished_jobs", pass_context=True)
async def remove_finished_jobs(context: JobContext, timestamp: int) -> None:
    """Remove jobs done a day ago and failed ones after 30 days, or their tables grow for ever. Safe to repeat."""
    await context.app.job_manager.delete_old_jobs(nb_hours=HOURS_TO_KEEP_DONE, include_cancelled=True)
    await context.app.job_manager.delete_old_jobs(
        nb_hours=HOURS_TO_KEEP_FAILED, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="29 * * * *")
@app.task(name="shared.forget_expired_counts", queueing_lock="shared.forget_expired_counts")
def forget_expired_counts(timestamp: int) -> None:
    """Remove the counters of limits whose time is over. Safe to repeat."""
    rate_limits.forget_expired()


@app.periodic(cron="41 3 * * *")
@app.task(name="shared.remove_expired_sessions", queueing_lock="shared.remove_expired_sessions")
def remove_expired_sessions(timestamp: int) -> None:
    """Remove sessions that have ended by themselves. Safe to repeat."""
    call_command("clearsessions")


@app.periodic(cron="*/10 * * * *")
@app.task(name="shared.forget_live_events", queueing_lock="shared.forget_live_events")
def forget_live_events(timestamp: int) -> None:
    """Remove live events that no page can ask for any more. Safe to repeat."""
    live_events.forget_old()
