"""Load balancers learn whether to send visitors here; only this machine and administrators learn more."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from mostrador.accounts.choices import Role
from mostrador.config.front import FORWARDED
from mostrador.organisations.models import Organisation
from mostrador.shared import schema
from tests import make

STRANGER = "203.0.113.9"


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def _migrated(organisation: Organisation) -> None:
    execute(schema.write(schema.expected()))


@pytest.mark.usefixtures("_migrated")
def test_a_stranger_learns_only_that_visitors_may_come(client: Client) -> None:
    response = client.get("/salud/listo/", REMOTE_ADDR=STRANGER)

    assert (response.status_code, response.json()) == (200, {"ready": True})


@pytest.mark.usefixtures("_migrated")
def test_this_machine_learns_what_is_missing(client: Client) -> None:
    response = client.get("/salud/listo/", REMOTE_ADDR="127.0.0.1")

    assert response.json() == {
        "ready": True,
        "database": True,
        "migrations": True,
        "worker": False,
        "queue_age_seconds": 0,
    }


@pytest.mark.usefixtures("_migrated")
def test_a_stranger_behind_a_proxy_of_this_machine_is_still_a_stranger(client: Client) -> None:
    behind: dict[str, Any] = {"REMOTE_ADDR": "127.0.0.1", FORWARDED: True}

    response = client.get("/salud/listo/", **behind)

    assert response.json() == {"ready": True}


@pytest.mark.usefixtures("_migrated")
def test_a_living_worker_and_a_waiting_job_are_seen(client: Client) -> None:
    execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '10 seconds')")
    execute(
        "WITH job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at)"
        " VALUES ('default', 'x', '{}', now() - interval '90 seconds') RETURNING id) SELECT id FROM job"
    )

    response = client.get("/salud/listo/", REMOTE_ADDR="127.0.0.1")

    assert (response.json()["worker"], response.json()["queue_age_seconds"]) == (True, 90)


@pytest.mark.usefixtures("organisation")
def test_with_tables_of_another_version_no_visitors_are_wanted(client: Client) -> None:
    execute(schema.write("mostrador 1234"))

    response = client.get("/salud/listo/", REMOTE_ADDR=STRANGER)

    assert (response.status_code, response.json()) == (503, {"ready": False})


@pytest.mark.usefixtures("organisation")
def test_life_is_told_to_everybody(client: Client) -> None:
    response = client.get("/salud/", REMOTE_ADDR=STRANGER)

    assert (response.status_code, response.json()) == (200, {"alive": True})


@pytest.mark.usefixtures("_migrated")
def test_an_administrator_learns_more_from_anywhere(client: Client, organisation: Organisation) -> None:
    client.force_login(make.user(organisation, role=Role.ADMINISTRATOR))

    response = client.get("/salud/listo/", REMOTE_ADDR=STRANGER)

    assert response.json()["worker"] is False
