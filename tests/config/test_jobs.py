"""Housekeeping of background jobs: nothing is lost with a worker, nothing is kept for ever."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, cast

import pytest
from django.db import connection
from procrastinate import App, JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.periodic import PeriodicRegistry

from mostrador.shared import jobs
from mostrador.shared.background import run_later
from tests.loops import run_to_end

pytestmark = pytest.mark.smoke

Housekeeping = Callable[..., Awaitable[None]]


def execute(statement: str, *values: str | int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def do(job: Housekeeping) -> None:
    """Run one of the housekeeping jobs as a worker does."""

    async def in_worker() -> None:
        worker_app: App = app.with_connector(cast(Any, app.connector).get_worker_connector())
        async with worker_app.open_async():
            await job(cast(JobContext, type("Context", (), {"app": worker_app})()), timestamp=0)

    run_to_end(in_worker())


def states() -> list[tuple[str, int]]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("status", "attempts"))


def take_and_die() -> None:
    """A worker takes the next job and is not heard of again."""
    execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')")
    execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)")


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_dead_worker_is_tried_again() -> None:
    run_later("shared.remove_expired_sessions", timestamp=0)
    take_and_die()

    do(jobs.retry_stalled_jobs.func)

    assert states() == [("todo", 1)]


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_living_worker_is_left_to_it() -> None:
    run_later("shared.remove_expired_sessions", timestamp=0)
    take_and_die()
    execute("UPDATE procrastinate_workers SET last_heartbeat = now()")

    do(jobs.retry_stalled_jobs.func)

    assert states() == [("doing", 0)]


@pytest.mark.django_db(transaction=True)
def test_a_stalled_job_whose_work_is_queued_anyway_is_dropped() -> None:
    run_later("shared.remove_expired_sessions", timestamp=0)
    take_and_die()
    run_later("shared.remove_expired_sessions", timestamp=60)

    do(jobs.retry_stalled_jobs.func)

    assert states() == [("todo", 0)]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_always_takes_its_worker_down_is_given_up() -> None:
    run_later("shared.remove_expired_sessions", timestamp=0)
    take_and_die()
    execute("UPDATE procrastinate_jobs SET attempts = %s", jobs.MOST_ATTEMPTS)

    do(jobs.retry_stalled_jobs.func)

    assert [state for state, _ in states()] == ["failed"]


@pytest.fixture
def runs() -> Iterator[list[str]]:
    """Two jobs that go wrong the first time: one loses its database, one stumbles over a bug; and what was run."""
    done: list[str] = []

    def lose_the_database() -> None:
        done.append("lost")
        execute("SELECT pg_terminate_backend(pg_backend_pid())" if len(done) == 1 else "SELECT 1")
        connection.close()  # the thread of this job ends with the test's worker

    def stumble() -> None:
        done.append("stumbled")
        raise ValueError("a bug")

    for job in (lose_the_database, stumble):
        app.task(name=f"tests.{job.__name__}", queue="tests")(job)
    yield done
    for job in (lose_the_database, stumble):
        del app.tasks[f"tests.{job.__name__}"]


def work_until_idle() -> list[tuple[str, int]]:
    """Let a worker do the jobs of these tests; return how they stand."""

    async def in_worker() -> None:
        worker_app: App = app.with_connector(cast(Any, app.connector).get_worker_connector())
        worker_app.periodic_registry = PeriodicRegistry()  # type: ignore[no-untyped-call]  # nothing that comes by the clock
        jobs.survive_restarts_of_the_database(worker_app.tasks.values())
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                queues=["tests"],
                wait=False,
                install_signal_handlers=False,
                task_middleware=[jobs.on_a_working_connection],
            )

    run_to_end(in_worker())
    return list(ProcrastinateJob.objects.filter(queue_name="tests").values_list("status", "attempts"))


@pytest.mark.django_db(transaction=True)
def test_a_job_that_lost_its_database_is_tried_again_on_a_new_connection(runs: list[str]) -> None:
    run_later("tests.lose_the_database")

    first = work_until_idle()
    execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    second = work_until_idle()

    assert (first, second) == ([("todo", 1)], [("succeeded", 2)])
    assert runs == ["lost", "lost"]


@pytest.mark.django_db(transaction=True)
def test_a_job_with_a_bug_is_not_tried_again(runs: list[str]) -> None:
    run_later("tests.stumble")

    outcome = work_until_idle()

    assert outcome == [("failed", 1)]
    assert runs == ["stumbled"]


@pytest.mark.django_db(transaction=True)
def test_finished_jobs_are_removed_after_a_day_and_failed_ones_after_a_month() -> None:
    for state, age in [
        ("succeeded", "23 hours"),
        ("succeeded", "25 hours"),
        ("failed", "29 days"),
        ("failed", "31 days"),
    ]:
        run_later("shared.remove_expired_sessions", timestamp=0)
        job = ProcrastinateJob.objects.get(status="todo")
        execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", job.pk)
        execute("UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s", state, job.pk)
        execute("UPDATE procrastinate_events SET at = now() - %s::interval WHERE job_id = %s", age, job.pk)

    do(jobs.remove_finished_jobs.func)

    assert [state for state, _ in states()] == ["succeeded", "failed"]
