"""`mostrador check`: what is wrong with this installation, one line each."""

import shutil
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from mostrador.audit import queries
from mostrador.notifications.clients import configured_server, greet
from mostrador.notifications.errors import NotDelivered
from mostrador.shared import schema
from mostrador.shared.health import LONGEST_QUEUE, current_health

OLDEST_MAJOR = 15
LITTLE_SPACE_BYTES = 1024**3
APPEND_ONLY_TABLES = ("audit_event", "audit_seal")


class Command(BaseCommand):
    help = "Say what is wrong with this installation: database, tables, audit record, background work, mail, disk."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        faults = 0
        for is_fault, line in findings():
            faults += is_fault
            self.stdout.write(line)
        if faults:
            raise SystemExit(1)


def findings() -> Iterator[tuple[bool, str]]:
    """Return every finding as (must be put right, line)."""
    health = current_health()
    if not health.database:
        yield True, "FAULT  database: does not answer"
        return
    yield database_version()
    if not health.migrations:
        yield True, "FAULT  tables: not up to date; run: mostrador migrate"
        return
    yield False, f"ok     tables: up to date ({schema.expected()})"
    yield audit_rights()
    yield audit_chain()
    if health.worker_lives(timezone.now()):
        yield False, "ok     background work: the worker lives"
    else:
        yield False, "note   background work: no worker has given a sign of life in the last minute; run: mostrador up"
    if health.oldest_waiting > LONGEST_QUEUE:
        yield True, f"FAULT  background work: a job has been waiting for {health.oldest_waiting}"
    yield mail()
    yield proxy()
    yield disk()
    yield secret_key()


def database_version() -> tuple[bool, str]:
    """Compare the server's version with the oldest that we support."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    if int(version.split(".")[0]) < OLDEST_MAJOR:
        return True, f"FAULT  database: PostgreSQL {version} is too old, {OLDEST_MAJOR} is the oldest supported"
    return False, f"ok     database: PostgreSQL {version}"


def audit_rights() -> tuple[bool, str]:
    """Say whether the database itself keeps the application from changing the audit record."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(has_table_privilege(name, 'UPDATE') OR has_table_privilege(name, 'DELETE'))"
            " FROM unnest(%s::text[]) AS name",
            [list(APPEND_ONLY_TABLES)],
        )
        may_change = cursor.fetchone()[0]
    if may_change:
        return False, (
            "note   audit record: the application's database role owns it, so only triggers protect it; "
            "a second role in DATABASE_OWNER_URL is stronger (docs/operating/configuration.md)"
        )
    return False, "ok     audit record: the application's database role may not change it"


def audit_chain() -> tuple[bool, str]:
    """Verify the chain of hashes."""
    broken = queries.first_broken_link()
    if broken is not None:
        line = f"line {broken.position} (event {broken.event_id}) of organisation {broken.organisation_id}"
        return True, f"FAULT  audit record: the chain is broken at {line}: {broken.reason.value}"
    return False, "ok     audit record: the chain is whole"


def mail() -> tuple[bool, str]:
    """Greet the mail server, if one is configured."""
    server = configured_server()
    if server is None:
        return False, "note   mail: no SMTP_HOST; messages are kept and shown to administrators, none is sent"
    try:
        greet(server)
    except NotDelivered as problem:
        return True, f"FAULT  mail: {server.host}:{server.port} refuses: {problem.answer}"
    return False, f"ok     mail: {server.host}:{server.port} accepts us"


def proxy() -> tuple[bool, str]:
    """Compare what visitors are told to use with what we shall believe of the proxy that speaks it for us."""
    if settings.PUBLIC_SCHEME == "https" and not settings.TRUSTED_PROXIES:
        return True, "FAULT  proxy: PUBLIC_SCHEME is https but TRUSTED_PROXIES names no proxy; forms will be refused"
    return False, f"ok     proxy: visitors use {settings.PUBLIC_SCHEME}"


def disk() -> tuple[bool, str]:
    """Look at the space beside the data."""
    # Before the first start the directory is not there yet; it will lie where the nearest one is.
    place = next(path for path in (settings.DATA_DIRECTORY, *settings.DATA_DIRECTORY.parents) if path.exists())
    free = shutil.disk_usage(place).free
    line = f"disk: {free / 1024**3:.1f} GiB free at {settings.DATA_DIRECTORY}"
    return (True, f"FAULT  {line}") if free < LITTLE_SPACE_BYTES else (False, f"ok     {line}")


def secret_key() -> tuple[bool, str]:
    """Refuse the key that is public because it stands in the source."""
    if settings.SECRET_KEY == "only-for-tests-and-building":  # noqa: S105 - this very value is the fault
        return True, "FAULT  secret key: SECRET_KEY is not set"
    return False, "ok     secret key: set"
