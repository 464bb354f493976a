"""Ask for background work by name, inside the current transaction."""

from datetime import datetime
from typing import Any

import procrastinate
from procrastinate.contrib.django import app

from mostrador.shared.together import later


def run_later(job_name: str, **arguments: int | str) -> None:
    """Queue a job; workers see it when the surrounding transaction commits.

    Args:
        job_name: The job's full name, for example "tickets.tell_person_of_reply".
            tests/architecture checks that every name used in the code exists.
        arguments: Only identifiers and short text: a job loads its own rows.
    """
    if not later(_defer_all, (job_name, arguments)):
        app.configure_task(job_name).defer(**arguments)


def _defer_all(asked: list[tuple[str, dict[str, Any]]]) -> None:
    by_name: dict[str, list[dict[str, Any]]] = {}
    for job_name, arguments in asked:
        by_name.setdefault(job_name, []).append(arguments)
    for job_name, calls in by_name.items():
        app.configure_task(job_name).batch_defer(*calls)


def run_at(moment: datetime, job_name: str, **arguments: int | str) -> None:
    """Queue a job that no worker takes before `moment` (aware)."""
    app.configure_task(job_name, schedule_at=moment).defer(**arguments)


def on_ready(jobs: procrastinate.App) -> None:
    """Say nothing when the application is ready; the hook exists so that settings name one place."""
