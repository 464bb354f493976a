"""The private PostgreSQL of one test run.

A migrated database is prepared once for each state of the migrations and kept among the system's temporary files; a run
copies it, starts a server on the copy, and every worker clones its own database from the template. The sample office is
loaded by the first worker that wants it, and is then a template too. The programs are the wheel's, with
MOSTRADOR_POSTGRES=system the operating system's.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg

from mostrador.config.database_rights import grant_application_rights
from mostrador.config.embedded_postgres import EmbeddedPostgres
from mostrador.config.postgres_binaries import find_binaries

REPOSITORY = Path(__file__).resolve().parents[1]
TEMPLATE = "template_mostrador"
TEMPLATE_WITH_SAMPLE = "template_sample"
SYSTEM = os.environ.get("MOSTRADOR_POSTGRES") == "system"
# How workers learn of the server that the first process started, and of the run's own directory.
ADDRESS = "MOSTRADOR_TEST_SERVER"
DIRECTORY = "MOSTRADOR_TEST_DIRECTORY"


class TestServer:
    """Started by the first process of a run and stopped by it."""

    __test__ = False

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="run-", dir=_kept()))
        self.directory.chmod(0o711)
        self.postgres = EmbeddedPostgres(self.directory / "data", durable=False, system=SYSTEM)

    def start(self) -> str:
        """Return the address of the server's maintenance database."""
        subprocess.run(["cp", "-a", _prepared(), self.directory / "data"], check=True)  # noqa: S603, S607 - own paths
        self.postgres.start()
        return self.postgres.url("superuser", "postgres")

    def stop(self) -> None:
        """Stop the server and remove its copy."""
        self.postgres.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def clone(address: str, name: str, template: str = TEMPLATE) -> None:
    """Make the database `name` anew from the template, ending whoever is connected to it."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {template} STRATEGY FILE_COPY')


def clone_with_sample(address: str, name: str, load: Callable[[str], None]) -> None:
    """Make the database `name` with the sample office, which `load` puts into an empty one for the whole run."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")  # until the connection ends; other workers wait
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE_WITH_SAMPLE]).fetchone()
        if known is None:
            clone(address, name)
            load(name)
            connection.execute(f'ALTER DATABASE "{name}" RENAME TO {TEMPLATE_WITH_SAMPLE}')
        clone(address, name, TEMPLATE_WITH_SAMPLE)


def _kept() -> Path:
    directory = Path(tempfile.gettempdir()) / f"mostrador-tests-{os.getuid()}"
    directory.mkdir(mode=0o711, exist_ok=True)
    return directory


def _prepared() -> Path:
    """Return the data directory with the migrated template, making it when the migrations have changed."""
    digest = hashlib.sha256(find_binaries(system=SYSTEM).version.encode())
    sources = [*(REPOSITORY / "mostrador").glob("*/migrations/*.py"), REPOSITORY / "requirements.txt"]
    sources += [REPOSITORY / "mostrador/config" / name for name in ("embedded_postgres.py", "database_rights.py")]
    for path in sorted(sources):
        digest.update(path.read_bytes())
    wanted = _kept() / f"template-{digest.hexdigest()[:16]}"
    if not wanted.exists():
        made = Path(tempfile.mkdtemp(prefix="making-", dir=_kept()))
        made.chmod(0o711)
        _make_template(made / "data")
        try:
            made.rename(wanted)
        except OSError:  # another run was faster
            shutil.rmtree(made)
    return wanted / "data"


def _make_template(data: Path) -> None:
    postgres = EmbeddedPostgres(data, durable=False, system=SYSTEM)
    postgres.start()
    try:
        with psycopg.connect(postgres.url("superuser", "postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE {TEMPLATE} OWNER "mostrador_owner"')
        owner = postgres.url("owner", TEMPLATE)
        command: list[str | Path] = [sys.executable, REPOSITORY / "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, check=True, env=os.environ | {"DATABASE_URL": owner})  # noqa: S603 - own command
        grant_application_rights(owner)
    finally:
        postgres.stop()
