"""One private PostgreSQL for the run, one database for each worker, and the rows that most tests need."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg.conninfo import conninfo_to_dict
from pytest_django.plugin import DjangoDbBlocker

from mostrador.organisations.models import Organisation
from mostrador.sample.actions import load_sample
from mostrador.shared.caching import forget_pages
from tests import make, server

_running: list[server.TestServer] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the first process; workers inherit its address."""
    # No test is about time: on a busy machine any example may take long.
    hypothesis_settings.register_profile("mostrador", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis_settings.load_profile("mostrador")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; one test uses the real one
    if server.ADDRESS not in os.environ and not config.option.collectonly:
        _running.append(server.TestServer())
        os.environ[server.ADDRESS] = _running[0].start()
        os.environ[server.DIRECTORY] = str(_running[0].directory)


def pytest_unconfigure() -> None:
    """Stop what this process started."""
    while _running:
        _running.pop().stop()
        os.environ.pop(server.ADDRESS, None)
        os.environ.pop(server.DIRECTORY, None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give this worker its own copy of the migrated database."""
    address, name = os.environ[server.ADDRESS], f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    server.clone(address, name)
    parts = conninfo_to_dict(address)
    connections["default"].settings_dict.update(
        {
            "NAME": name,
            "USER": parts["user"],
            "PASSWORD": parts["password"],
            "HOST": parts["host"],
            "PORT": parts["port"],
        }
    )
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session")
def _sample_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """Make this worker's own database with the sample office, which is loaded once for the run."""
    name = f"{connections['default'].settings_dict['NAME']}_sample"

    def load(name: str) -> None:
        with _connected_to(name):
            load_sample()
            with connections["default"].cursor() as cursor:
                cursor.execute("ANALYZE")

    with django_db_blocker.unblock():
        server.clone_with_sample(os.environ[server.ADDRESS], name, load)
    return name


@pytest.fixture
def _in_sample_database(_sample_database: str) -> Iterator[None]:
    with _connected_to(_sample_database):
        yield


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    default = connections["default"]
    own = default.settings_dict["NAME"]
    default.close()
    default.settings_dict["NAME"] = name
    try:
        yield
    finally:
        default.close()
        default.settings_dict["NAME"] = own


@pytest.fixture
def sample(_in_sample_database: None, db: None) -> Organisation:
    """The sample's main organisation; the others, and everything in them, are there too."""
    return Organisation.objects.get(parent__isnull=True)


@pytest.fixture(autouse=True, scope="session")
def _clone_instead_of_flushing() -> None:
    """After a test with real transactions the database is cloned again: quicker than emptying it, and nothing stays."""

    def teardown(self: Any) -> None:
        connections.close_all()
        server.clone(os.environ[server.ADDRESS], connections["default"].settings_dict["NAME"])

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]  # Django's own hook, not in the stubs


@pytest.fixture(autouse=True)
def _no_pages_kept() -> None:
    """Pages kept rendered by this process are another test's."""
    forget_pages()


@pytest.fixture
def organisation(db: None) -> Organisation:
    """The organisation that answers at the test client's host name."""
    return make.organisation(host="testserver")
