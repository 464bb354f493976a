"""Backups: everything goes into one archive and comes back, or nothing is changed."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from mostrador.config import backup
from mostrador.config.errors import CannotStart
from mostrador.config.installation import Installation
from tests import server

LETTER = "adjuntos/ñ/carta.pdf"
CONTENT = os.urandom(300_000)
Make = Callable[[str], Installation]


@pytest.fixture
def make_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Installations with a data directory and a migrated, empty database of their own."""
    address = os.environ[server.ADDRESS]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made: list[str] = []

    def make(name: str) -> Installation:
        database = f"backup_{worker}_{name}"
        server.clone(address, database)
        made.append(database)
        monkeypatch.setenv("DATABASE_URL", address.rpartition("/")[0] + f"/{database}")
        monkeypatch.setenv("MOSTRADOR_DATA", str(tmp_path / name))
        monkeypatch.delenv("SECRET_KEY", raising=False)
        monkeypatch.delenv("SECRET_KEY_FILE", raising=False)
        installation = Installation()
        installation.prepare()
        # Each keeps its own address although the environment moves on to the next one.
        url = os.environ["DATABASE_URL"]
        monkeypatch.setattr(installation, "database_url", lambda role="application": url)
        return installation

    yield make
    with psycopg.connect(address, autocommit=True) as connection:
        for database in made:
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


def fill(installation: Installation, names: list[str]) -> None:
    with psycopg.connect(installation.database_url()) as connection:
        for name in names:
            connection.execute(
                "INSERT INTO django_content_type (app_label, model) VALUES ('backup', %s)",
                [name],
            )
        connection.execute("CREATE TABLE organisations_kept AS SELECT 1 AS id")
    letter = installation.data_directory / "files" / LETTER
    letter.parent.mkdir(parents=True)
    letter.write_bytes(CONTENT)


def contents(installation: Installation) -> dict[str, object]:
    """Return the number of rows of every table, and the sum of every file."""
    with psycopg.connect(installation.database_url()) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found: dict[str, object] = {}
        for (name,) in tables:
            query = psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(name))
            found[name] = connection.execute(query).fetchone()
    files = installation.data_directory / "files"
    for path in files.rglob("*"):
        if path.is_file():
            found[str(path.relative_to(files))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def key_of(installation: Installation) -> str:
    return (installation.data_directory / "secrets" / "secret_key").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["todo.tar", "todo.tar.gz"])
def test_a_backup_restored_into_an_empty_installation_is_the_same(
    make_installation: Make, tmp_path: Path, name: str
) -> None:
    old = make_installation("old")
    fill(old, ["uno", "dos"])
    backup.write(old, tmp_path / name)
    before, key = contents(old), key_of(old)
    new = make_installation("new")

    backup.restore(new, tmp_path / name, force=False)

    assert contents(new) == before
    assert before[LETTER] == hashlib.sha256(CONTENT).hexdigest()
    assert key_of(new) == key
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert (new.data_directory / "files").stat().st_mode & 0o777 == 0o700


def test_data_that_are_there_are_replaced_only_when_forced(make_installation: Make, tmp_path: Path) -> None:
    old = make_installation("old")
    fill(old, ["uno"])
    backup.write(old, tmp_path / "todo.tar")
    before = contents(old)
    used = make_installation("used")
    (used.data_directory / "files" / "mine.txt").write_text("mío", encoding="utf-8")
    with_data = contents(used)

    with pytest.raises(CannotStart, match="already has data; add --force"):
        backup.restore(used, tmp_path / "todo.tar", force=False)
    assert contents(used) == with_data

    backup.restore(used, tmp_path / "todo.tar", force=True)
    assert contents(used) == before


def test_a_file_erased_meanwhile_does_not_spoil_the_backup(
    make_installation: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make_installation("old")
    fill(old, ["uno"])
    before = contents(old)
    listed = backup.files_below
    gone = old.data_directory / "files" / "erased.pdf"
    monkeypatch.setattr(backup, "files_below", lambda directory: [gone, *listed(directory)])
    backup.write(old, tmp_path / "todo.tar")
    monkeypatch.undo()
    new = make_installation("new")

    backup.restore(new, tmp_path / "todo.tar", force=False)

    assert contents(new) == before


def test_an_existing_file_is_not_replaced_by_a_backup(make_installation: Make, tmp_path: Path) -> None:
    (tmp_path / "todo.tar").write_text("precious", encoding="utf-8")

    with pytest.raises(CannotStart, match="exists already and is not replaced"):
        backup.write(make_installation("old"), tmp_path / "todo.tar")

    assert (tmp_path / "todo.tar").read_text(encoding="utf-8") == "precious"


def cut(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])


def change_a_byte(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    place = content.index(CONTENT[:32])
    content[place] ^= 1
    archive.write_bytes(content)


def replace_by_something_else(archive: Path) -> None:
    archive.write_text("no soy una copia", encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (cut, "not a whole backup"),
        (change_a_byte, "is damaged .files/adjuntos"),
        (replace_by_something_else, "not a whole backup"),
        (Path.unlink, "is not there"),
    ],
)
def test_a_harmed_archive_changes_nothing(
    make_installation: Make, tmp_path: Path, harm: Callable[[Path], None], sentence: str
) -> None:
    old = make_installation("old")
    fill(old, ["uno"])
    backup.write(old, tmp_path / "todo.tar")
    harm(tmp_path / "todo.tar")
    new = make_installation("new")
    before = contents(new)

    with pytest.raises(CannotStart, match=sentence):
        backup.restore(new, tmp_path / "todo.tar", force=False)

    assert contents(new) == before


def test_a_dump_that_the_database_refuses_changes_nothing(make_installation: Make, tmp_path: Path) -> None:
    new = make_installation("new")
    before = contents(new)
    dump = b"PGDMP no"
    parts = {"database.dump": dump, "secret_key": b"key"}
    manifest = {"format": 1, "sums": {name: hashlib.sha256(part).hexdigest() for name, part in parts.items()}}
    with tarfile.open(tmp_path / "todo.tar", "w") as archive:
        for name, part in (parts | {"manifest.json": json.dumps(manifest).encode()}).items():
            member = tarfile.TarInfo(name)
            member.size = len(part)
            archive.addfile(member, io.BytesIO(part))

    with pytest.raises(CannotStart, match="cannot be restored and is as it was"):
        backup.restore(new, tmp_path / "todo.tar", force=False)

    assert contents(new) == before


def test_nothing_is_restored_under_a_running_web_process(make_installation: Make, tmp_path: Path) -> None:
    old = make_installation("old")
    backup.write(old, tmp_path / "todo.tar")
    new = make_installation("new")

    with (
        psycopg.connect(new.database_url()),
        pytest.raises(CannotStart, match="1 connections are using the database; stop web and worker first"),
    ):
        backup.restore(new, tmp_path / "todo.tar", force=True)
