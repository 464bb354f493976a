"""The background worker: procrastinate on our tables, a few jobs at a time, in threads."""

import asyncio

import django
from procrastinate.contrib.django import app

from mostrador.config import env
from mostrador.help_centre.rules.lists import load_lists
from mostrador.shared.jobs import on_a_working_connection, survive_restarts_of_the_database

SECONDS_TO_FINISH = 15  # what a job being done gets when the worker stops; later it is stalled and tried again


def work() -> int:
    """Do background jobs until SIGTERM or Ctrl-C."""
    django.setup(set_prefix=False)
    load_lists()
    asyncio.run(_work())
    return 0


async def _work() -> None:
    # A second application with the same jobs: the first keeps Django's connection, so that what a job asks for later is
    # queued in the job's own transaction.
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]  # Django's connector
    survive_restarts_of_the_database(worker_app.tasks.values())
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=env.integer("WORKER_JOBS_AT_A_TIME", default=4),
            shutdown_graceful_timeout=SECONDS_TO_FINISH,
            task_middleware=[on_a_working_connection],
        )
