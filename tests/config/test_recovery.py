"""Pages get over a restart of the database."""

import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from pytest_django.fixtures import Settings

from mostrador.config.embedded_postgres import EmbeddedPostgres
from mostrador.config.pages import Pages

visits: list[str] = []


def lose_the_database() -> None:
    """As when the server restarts in the middle of a page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@login_not_required
def read(request: HttpRequest) -> HttpResponse:
    visits.append("read")
    if len(visits) == 1:
        lose_the_database()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'answered'")
        return HttpResponse(cursor.fetchone()[0])


@csrf_exempt
@login_not_required
def write(request: HttpRequest) -> HttpResponse:
    visits.append("write")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO shared_cache (cache_key, value, expires) VALUES ('lost', '', now())")
        lose_the_database()
    return HttpResponse("saved")


@login_not_required
def bug(request: HttpRequest) -> HttpResponse:
    visits.append("bug")
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column")
    return HttpResponse("never")


urlpatterns = [path("read/", read), path("write/", write), path("bug/", bug)]
handler500 = "tests.config.test_recovery.server_error"


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse("our fault", status=500)


@pytest.fixture(autouse=True)
def _only_these_pages(settings: Settings) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    visits.clear()
    yield
    visits.clear()


def ask(method: str, address: str) -> tuple[str, bytes]:
    """Send one request through the handler that the web processes use."""
    environ = RequestFactory().generic(method, address).environ | {"wsgi.input": BytesIO()}
    started: list[str] = []
    start_response: Callable[..., Any] = lambda status, headers, exc_info=None: started.append(status)  # noqa: E731
    response = Pages()(environ, start_response)
    return started[0], b"".join(response)


@pytest.mark.django_db(transaction=True)
def test_a_page_that_reads_is_answered_on_a_new_connection() -> None:
    answer = ask("GET", "/read/")

    assert answer == ("200 OK", b"answered")
    assert visits == ["read", "read"]


@pytest.mark.django_db(transaction=True)
def test_a_page_that_writes_is_not_repeated_and_says_that_nothing_was_saved() -> None:
    status, text = ask("POST", "/write/")

    assert status == "503 Service Unavailable"
    assert "No se ha guardado nada" in text.decode()
    assert visits == ["write"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shared_cache WHERE cache_key = 'lost'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_a_bug_is_no_restart() -> None:
    answer = ask("GET", "/bug/")

    assert answer == ("500 Internal Server Error", b"our fault")
    assert visits == ["bug"]


def test_a_new_connection_waits_for_a_server_that_is_coming_back(place: Path) -> None:
    from mostrador.config.postgresql.base import DatabaseWrapper

    server = EmbeddedPostgres(place / "data", durable=False)
    server.start()
    parts = psycopg.conninfo.conninfo_to_dict(server.url("owner"))
    server.stop()
    wrapper = DatabaseWrapper(connection.settings_dict | {"NAME": "mostrador"})
    opened: list[Any] = []
    waiting = threading.Thread(target=lambda: opened.append(wrapper.get_new_connection(dict(parts))))
    waiting.start()
    time.sleep(0.8)
    server.start()
    waiting.join(20)

    assert opened[0].execute("SELECT 1").fetchone() == (1,)
    opened[0].close()
    server.stop()


@pytest.mark.django_db(transaction=True)
def test_a_wrong_password_is_said_at_once() -> None:
    from mostrador.config.postgresql.base import DatabaseWrapper

    wrapper = DatabaseWrapper(connection.settings_dict)
    parameters = connection.get_connection_params() | {"password": "wrong"}
    started = time.monotonic()

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        wrapper.get_new_connection(parameters)

    assert time.monotonic() - started < 2
