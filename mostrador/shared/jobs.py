"""Housekeeping of the background work itself."""

import logging

from django.core.management import call_command
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

logger = logging.getLogger(__name__)

HOURS_TO_KEEP_DONE = 24
HOURS_TO_KEEP_FAILED = 30 * 24
MOST_ATTEMPTS = 20  # a job that takes its worker down every time is given up after so many


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


@app.periodic(cron="41 3 * * *")
@app.task(name="shared.remove_expired_sessions", queueing_lock="shared.remove_expired_sessions")
def remove_expired_sessions(timestamp: int) -> None:
    """Remove sessions that have ended by themselves. Safe to repeat."""
    call_command("clearsessions")
