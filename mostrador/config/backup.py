"""One archive with everything that an installation would miss: database, files, secret key.

The archive is a plain tar (compressed when its name ends in .gz): `database.dump` in pg_dump's own compressed format,
`files/…`, `secret_key` and, last, `manifest.json` with the sum of every part, so that a cut archive is recognised.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg

from mostrador.config import env, schema
from mostrador.config.errors import CannotStart
from mostrador.config.installation import Installation, temporary_directory
from mostrador.config.postgres_binaries import clean_environment, find_binaries
from mostrador.config.system import write_secret

FORMAT = 1
CHUNK_BYTES = 1024 * 1024


def next_file(directory: Path) -> Path:
    """Return a new name for an archive, by the time in UTC, in a directory that is made when it is missing."""
    directory.mkdir(mode=0o700, exist_ok=True)
    return directory / time.strftime("mostrador-%Y%m%d-%H%M%S.tar", time.gmtime())


# --- Writing -----------------------------------------------------------------------------------------------


def write(installation: Installation, target: Path) -> None:
    """Write the archive; the product may run meanwhile.

    The database is taken as it stands at one moment, before the files: every file that it names is in the archive.

    Args:
        installation: Its database must be running.
        target: A file that does not exist yet. It appears under this name only when it is complete.

    Raises:
        CannotStart: The target exists or cannot be written, or the database cannot be dumped.
    """
    if target.exists():
        raise CannotStart(f"{target} exists already and is not replaced; choose another name.")
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        with temporary_directory(target.absolute().parent) as work:
            dump = work / "database.dump"
            dump_database(installation, dump)
            with private_file(unfinished) as file, tarfile.open(fileobj=file, mode=mode_for(target)) as archive:
                write_parts(installation, dump, archive)
                file.flush()
        unfinished.replace(target)
    except OSError as error:
        raise CannotStart(f"The backup {target} cannot be written: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def write_parts(installation: Installation, dump: Path, archive: tarfile.TarFile) -> None:
    """Add every part and at last the list of their sums."""
    sums = {"database.dump": add_file(archive, dump, "database.dump")}
    files = installation.data_directory / "files"
    for path in files_below(files):
        name = f"files/{path.relative_to(files)}"
        with suppress(FileNotFoundError):  # erased since the list was made, as somebody asked: not to be brought back
            sums[name] = add_file(archive, path, name)
    key = env.text("SECRET_KEY").encode()
    sums["secret_key"] = add_bytes(archive, key, "secret_key")
    manifest = {
        "format": FORMAT,
        "version": version("mostrador"),
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "sums": sums,
    }
    add_bytes(archive, json.dumps(manifest, indent=1).encode(), "manifest.json")


def dump_database(installation: Installation, target: Path) -> None:
    """Write pg_dump's archive.

    Raises:
        CannotStart: pg_dump refuses, for example because the server is newer than it.
    """
    command = ["--format=custom", "--no-password", f"--file={target}"]
    done = run_client(installation, "pg_dump", *command)
    if done.returncode != 0:
        raise CannotStart(f"The database cannot be dumped: {last_line(done.stderr)}")


def files_below(directory: Path) -> Iterator[Path]:
    """Return every file, in order; links are left out, because they could point anywhere."""
    return (path for path in sorted(directory.rglob("*")) if path.is_file() and not path.is_symlink())


def add_file(archive: tarfile.TarFile, path: Path, name: str) -> str:
    """Add a file and return its SHA-256."""
    with path.open("rb") as file:
        member = archive.gettarinfo(arcname=name, fileobj=file)
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        archive.addfile(member, file)
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def add_bytes(archive: tarfile.TarFile, content: bytes, name: str) -> str:
    """Add a part that is not a file and return its SHA-256."""
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), 0o600, int(time.time())
    archive.addfile(member, io.BytesIO(content))
    return hashlib.sha256(content).hexdigest()


def private_file(path: Path) -> Any:
    """Open a new file for writing that only we can read: the archive holds the secret key and personal data."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def mode_for(target: Path) -> Any:
    """Return tarfile's mode for the archive's name."""
    return "w:gz" if target.suffix in {".gz", ".tgz"} else "w"


# --- Restoring ----------------------------------------------------------------------------------------------


def restore(installation: Installation, source: Path, *, force: bool) -> None:
    """Bring an archive back: all of it, or nothing is changed.

    Args:
        installation: Its database must be running, and nobody else connected to it.
        source: The archive.
        force: Replace data that are there.

    Raises:
        CannotStart: The archive is not whole, there are data and no `force`, or somebody is using them.
    """
    if not force and has_data(installation):
        raise CannotStart("This installation already has data; add --force to replace them by the backup.")
    refuse_other_users(installation)
    try:
        with temporary_directory(installation.data_directory) as work:
            unpack(source, work)
            restore_database(installation, work / "database.dump")
            replace_files(installation.data_directory / "files", work)
            restore_key(installation, (work / "secret_key").read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotStart(f"The backup {source} cannot be restored: {error.strerror or error}.") from error


def has_data(installation: Installation) -> bool:
    """Tell whether somebody has set up an organisation here or stored a file."""
    has_tables = schema.ask(installation, "SELECT to_regclass('organisations_organisation') IS NOT NULL")
    has_rows = bool(has_tables) and not schema.is_empty(installation)
    return has_rows or any(files_below(installation.data_directory / "files"))


def refuse_other_users(installation: Installation) -> None:
    """Refuse to work under web or worker processes.

    Raises:
        CannotStart: Somebody is connected.
    """
    others = schema.ask(
        installation,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'",
    )
    if others:
        raise CannotStart(f"{others} connections are using the database; stop web and worker first.")


def unpack(source: Path, work: Path) -> None:
    """Unpack the archive and compare every part with its sum.

    Raises:
        CannotStart: It is not an archive of ours, or not whole.
    """
    try:
        with tarfile.open(source) as archive:
            archive.extractall(work, filter="data")
        manifest = json.loads((work / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        reason = "is not there" if error.filename == str(source) else "is not a whole backup of Mostrador"
        raise CannotStart(f"{source} {reason}; nothing was changed.") from error
    except (tarfile.TarError, EOFError, json.JSONDecodeError) as error:
        raise CannotStart(f"{source} is not a whole backup of Mostrador; nothing was changed.") from error
    if manifest.get("format") != FORMAT:
        raise CannotStart(f"{source} was written by another version of Mostrador ({manifest.get('version')}).")
    for name, expected in manifest["sums"].items():
        with (work / name).open("rb") as part:
            if hashlib.file_digest(part, "sha256").hexdigest() != expected:
                raise CannotStart(f"{source} is damaged ({name}); nothing was changed.")


def restore_database(installation: Installation, dump: Path) -> None:
    """Replace everything in the database in one transaction.

    Raises:
        CannotStart: PostgreSQL refused something; the database is as it was.
    """
    psql = start_client(
        installation, "psql", "--no-password", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", stdin=subprocess.PIPE
    )
    reading = subprocess.Popen(
        [binary("pg_restore"), "--no-owner", "--no-privileges", "--file=-", dump],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    assert psql.stdin is not None and reading.stdout is not None  # noqa: S101, PT018 - both are pipes
    try:
        psql.stdin.write(
            b"BEGIN; DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC;\n"
        )
        shutil.copyfileobj(reading.stdout, psql.stdin, CHUNK_BYTES)
        if reading.wait() == 0:
            psql.stdin.write(b"\nCOMMIT;\n")  # never reached with half a script, and then nothing has happened
    except BrokenPipeError:
        pass  # psql has stopped at an error and says which
    finally:
        reading.stdout.close()
        _, complaint = psql.communicate()
    complaint += reading.communicate()[1]
    if psql.returncode != 0 or reading.returncode != 0:
        raise CannotStart(
            f"The database cannot be restored and is as it was: {last_line(complaint.decode(errors='replace'))}"
        )


def replace_files(files: Path, work: Path) -> None:
    """Put the archive's files in the place of those that are there."""
    restored = work / "files"
    restored.mkdir(exist_ok=True)
    restored.chmod(0o700)
    if files.exists():
        files.rename(work / "files-before")
    restored.rename(files)


def restore_key(installation: Installation, key: str) -> None:
    """Put the archive's secret key in place, without which signatures and sessions made with it are void."""
    write_secret(installation.data_directory / "secrets" / "secret_key", key)
    if os.environ.get("SECRET_KEY", key) != key:
        print("The backup's secret key was written to secrets/secret_key, but SECRET_KEY sets another one.")


# --- PostgreSQL's own programs -------------------------------------------------------------------------------


def run_client(installation: Installation, program: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's client programs on our database, as the owner of the tables."""
    address, environment = client_address(installation)
    command: list[str | Path] = [binary(program), f"--dbname={address}", *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)


def start_client(installation: Installation, program: str, *options: str, stdin: int) -> subprocess.Popen[bytes]:
    """Start one of PostgreSQL's client programs on our database, as the owner of the tables."""
    address, environment = client_address(installation)
    command: list[str | Path] = [binary(program), f"--dbname={address}", *options]
    return subprocess.Popen(command, env=environment, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def client_address(installation: Installation) -> tuple[str, dict[str, str]]:
    """Return the database's address without its password, and the environment that carries it unseen."""
    url = installation.database_url("owner")
    password = unquote(urlsplit(url).password or "")
    return psycopg.conninfo.make_conninfo(url, password=None), clean_environment() | {"PGPASSWORD": password}


def binary(name: str) -> Path:
    """Return one of PostgreSQL's client programs."""
    return find_binaries(system=env.text("MOSTRADOR_POSTGRES", "wheel") == "system").program(name)


def last_line(printed: str) -> str:
    """Return the end of what a program complained about."""
    lines = [line for line in printed.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
