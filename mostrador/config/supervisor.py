"""`mostrador up`: PostgreSQL, web and background work as one tree that starts, heals and stops together."""

import errno
import http.client
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from mostrador.config import env, schema
from mostrador.config.errors import CannotStart
from mostrador.config.installation import Installation
from mostrador.config.system import end_with_parent, stop_process, write_secret
from mostrador.shared.tokens import new_token, token_hash

SECONDS_TO_ANSWER = 90
SECONDS_TO_STOP = 20
LONGEST_PAUSE_SECONDS = 60.0
SECONDS_OF_GOOD_HEALTH = 60  # after which the next fault starts again with the shortest pause
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass
class Child:
    """One of our own commands, started again whenever it ends before it should."""

    name: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float | None = None
    pause_seconds: float = field(default=1.0)

    def start(self) -> None:
        """Start it; it ends with us even when we are killed."""
        self.start_again_at = None
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mostrador", self.name],
            env=self.environment,
            start_new_session=True,  # Ctrl-C in the terminal reaches only us
            preexec_fn=lambda: end_with_parent(signal.SIGTERM),
        )

    def look(self, say: Callable[[str], None]) -> None:
        """Start it again when it has ended and its pause is over; the pause doubles with each early end."""
        if self.start_again_at is not None:
            if time.monotonic() >= self.start_again_at:
                self.start()
            return
        if self.process is None or self.process.poll() is None:
            return
        if time.monotonic() - self.started_at > SECONDS_OF_GOOD_HEALTH:
            self.pause_seconds = 1.0
        reason = how_it_ended(self.process.returncode)
        say(f"{self.name} stopped ({reason}); starting it again in {self.pause_seconds:.0f} s")
        self.start_again_at = time.monotonic() + self.pause_seconds
        self.pause_seconds = min(self.pause_seconds * 2, LONGEST_PAUSE_SECONDS)

    def ask_to_stop(self) -> None:
        """Tell it to finish what it is doing; `stop` waits for it."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """Wait until it has ended, at last by force."""
        self.start_again_at = None
        if self.process is not None:
            stop_process(self.process, gently=signal.SIGTERM, firmly=signal.SIGKILL, patience=SECONDS_TO_STOP)


class Supervisor:
    """The parent of everything; it loads neither Django nor settings, so that it is small and quick."""

    def __init__(self, installation: Installation, *, with_sample: bool) -> None:
        self.installation = installation
        self.with_sample = with_sample
        self.host = env.text("HOST", "127.0.0.1")
        self.port = env.integer("PORT", default=8000)
        self.children: list[Child] = []
        self.asked_to_stop = False

    def run(self) -> int:
        """Start everything and stay until a signal asks to stop.

        Raises:
            CannotStart: The port, the data directory or the database cannot be used.
        """
        if self.installation.has_own_database:
            self.installation.postgres.refuse_if_running()
        refuse_taken_port(self.host, self.port)
        self.installation.prepare()
        with woken_by_signals(self._ask_to_stop) as waker, self.installation.database(shared=False):
            try:
                self._prepare_data()
                if not self.asked_to_stop:
                    self._start_children()
                    self._watch(waker)
            finally:
                self._stop_children()
        say("stopped")
        return 0

    def _ask_to_stop(self) -> None:
        self.asked_to_stop = True

    def _prepare_data(self) -> None:
        self.installation.refuse_unusable_database()
        if not schema.is_current(self.installation):
            say("bringing the tables up to date …")
            schema.migrate(self.installation, [])
        if self.with_sample and not self.asked_to_stop and schema.is_empty(self.installation):
            self._load_sample()

    def _load_sample(self) -> None:
        """Load the sample office and keep what the command says about signing in, for the next start."""
        say("loading the sample office …")
        command = [sys.executable, "-m", "django", "sample"]
        done = subprocess.run(
            command, env=self.installation.environment(), stdout=subprocess.PIPE, text=True, check=False
        )
        if done.returncode != 0:
            raise CannotStart("The sample office could not be loaded; the reason is above.")
        write_secret(self._sign_ins, done.stdout)

    @property
    def _sign_ins(self) -> Path:
        return self.installation.data_directory / "secrets" / "sample-sign-ins.txt"

    def _start_children(self) -> None:
        """Start the web processes and, once they answer, the rest: visitors are waiting, jobs and mail can wait."""
        self._add_child("web")
        patience = time.monotonic() + SECONDS_TO_ANSWER
        while not self.asked_to_stop and not answers(self.host, self.port):
            self._look_after_everything()
            if time.monotonic() > patience:
                raise CannotStart(f"The web processes did not answer within {SECONDS_TO_ANSWER} seconds; see above.")
            time.sleep(0.05)
        if not self.asked_to_stop:
            self._add_child("worker")
            self._add_child("fetch-mail")
            if env.text("MAIL_LISTEN", ""):
                self._add_child("listen-mail")
            self._tell_addresses()

    def _add_child(self, name: str) -> None:
        child = Child(name, self.installation.environment())
        self.children.append(child)
        child.start()

    def _setup_link(self, name: str) -> str:
        """Return a new link to the first-run wizard, which checks its hash; earlier ones stop working."""
        token = new_token()
        write_secret(self.installation.data_directory / "setup-token", token_hash(token))
        return f"http://{name}:{self.port}/primeros-pasos/?clave={token}"

    def _watch(self, waker: socket.socket) -> None:
        while not self.asked_to_stop:
            select.select([waker], [], [], 0.5)
            drain(waker)
            self._look_after_everything()

    def _look_after_everything(self) -> None:
        if self.installation.has_own_database and self.installation.postgres.revive():
            say("the database had stopped and has been started again")
        for child in self.children:
            child.look(say)

    def _stop_children(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop()

    def _tell_addresses(self) -> None:
        name = "localhost" if self.host in LOOPBACK or self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared
        print(f"\nMostrador is running at http://{name}:{self.port}/   (Ctrl-C stops it)")
        print(f"Its data are in {self.installation.data_directory}")
        if schema.is_empty(self.installation):
            print(f"There is no organisation yet. Set up the first one at\n  {self._setup_link(name)}")
        if self.host in LOOPBACK and self._sign_ins.exists() and schema.has_sample(self.installation):
            print(self._sign_ins.read_text(encoding="utf-8"), end="")
        sys.stdout.flush()


def say(text: str) -> None:
    """Tell the terminal what happens."""
    print(f"mostrador: {text}", flush=True)


def how_it_ended(code: int) -> str:
    """Put an exit code in words."""
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse an address that cannot be served, before anything is started.

    Raises:
        CannotStart: With the reason.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
            trial.listen(1)
    except (OSError, OverflowError) as error:
        reasons = {
            errno.EADDRINUSE: f"Port {port} is in use by another program; choose another, for example PORT={port + 1}.",
            errno.EACCES: f"Port {port} needs more rights than this account has; choose one from 1024 on with PORT.",
            errno.EADDRNOTAVAIL: f"HOST={host} is not an address of this machine.",
        }
        reason = f"HOST={host} and PORT={port} are not an address to serve on: {error}."
        raise CannotStart(reasons.get(getattr(error, "errno", None) or 0, reason)) from error


def answers(host: str, port: int) -> bool:
    """Tell whether the web processes answer."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared
    connection = http.client.HTTPConnection(target, port, timeout=5)
    try:
        connection.request("GET", "/salud/", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def woken_by_signals(react: Callable[[], None]) -> Iterator[socket.socket]:
    """While open, Ctrl-C and SIGTERM call `react`, and they and a child's end make the socket readable."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    stopping = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: react()) for number in stopping}
    before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
    former_waker = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(former_waker)
        for number, handler in before.items():
            signal.signal(number, handler)
        reader.close()
        writer.close()


def drain(waker: socket.socket) -> None:
    """Forget the signals that have been answered."""
    with suppress(BlockingIOError):
        while waker.recv(4096):
            pass
