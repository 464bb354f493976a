"""`mostrador check` says what is wrong with an installation."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from mostrador.audit.actions import record, seal_events
from mostrador.organisations.models import Organisation
from mostrador.shared import schema
from tests.notifications.conftest import StartServer
from tests.notifications.conftest import mail_server as mail_server  # a fixture
from tests.notifications.test_delivering import certificate_for_localhost


def execute(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def check() -> tuple[str, int]:
    """Return what is printed, and the exit code."""
    printed = StringIO()
    try:
        call_command("check_installation", stdout=printed)
    except SystemExit as end:
        return printed.getvalue(), int(end.code or 0)
    return printed.getvalue(), 0


@pytest.fixture(autouse=True)
def _in_order(organisation: Organisation, settings: Settings) -> None:
    settings.SECRET_KEY = "known to nobody"
    execute(schema.write(schema.expected()))


def test_an_installation_in_order_has_nothing_to_put_right() -> None:
    printed, code = check()

    assert (code, "FAULT" in printed) == (0, False)
    assert "ok     audit record: the chain is whole" in printed
    assert "note   mail: no SMTP_HOST" in printed


def test_the_first_broken_line_of_the_record_is_named(organisation: Organisation) -> None:
    lines = [record("organisations.described", organisation, organisation=organisation) for _ in range(3)]
    seal_events()
    execute("SET session_replication_role = replica")
    execute("UPDATE audit_event SET actor_name = 'Otra persona' WHERE id = %s", lines[1].pk)
    execute("SET session_replication_role = origin")
    with connection.cursor() as cursor:
        cursor.execute("SELECT position FROM audit_seal WHERE event_id = %s", [lines[1].pk])
        position = cursor.fetchone()[0]

    printed, code = check()

    broken = f"line {position} (event {lines[1].pk}) of organisation {organisation.pk}: changed"
    assert (code, f"FAULT  audit record: the chain is broken at {broken}\n" in printed) == (1, True)


def test_the_key_that_everybody_can_read_is_a_fault(settings: Settings) -> None:
    settings.SECRET_KEY = "only-for-tests-and-building"

    printed, code = check()

    assert (code, printed.splitlines()[-1]) == (1, "FAULT  secret key: SECRET_KEY is not set")


def test_tables_of_another_version_are_a_fault() -> None:
    execute(schema.write("mostrador 1234"))

    printed, code = check()

    assert (code, printed.splitlines()[-1]) == (1, "FAULT  tables: not up to date; run: mostrador migrate")


def test_https_without_a_proxy_to_believe_is_a_fault(settings: Settings) -> None:
    settings.PUBLIC_SCHEME, settings.TRUSTED_PROXIES = "https", []

    printed, code = check()

    assert (code, "FAULT  proxy: PUBLIC_SCHEME is https" in printed) == (1, True)


def test_a_mail_server_that_nobody_vouches_for_is_not_told_the_password(
    mail_server: StartServer, settings: Settings, tmp_path: Path
) -> None:
    certificate, key = certificate_for_localhost(tmp_path)
    mail_server(certificate=str(certificate), key=str(key), password="secreta")
    settings.SMTP_HOST, settings.SMTP_SECURITY = "localhost", "starttls"
    settings.SMTP_USER, settings.SMTP_PASSWORD = "soporte", "secreta"

    printed, code = check()

    assert (code, f"FAULT  mail: localhost:{settings.SMTP_PORT} refuses: " in printed) == (1, True)
    assert "certificate verify failed" in printed


def test_a_mail_server_that_takes_us_is_in_order(mail_server: StartServer, settings: Settings) -> None:
    server = mail_server()

    printed, code = check()

    assert (code, f"ok     mail: 127.0.0.1:{server.port} accepts us" in printed, server.taken) == (0, True, [])
