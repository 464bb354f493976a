"""The whole product as its operator starts it: `mostrador up --sample`, on a port and with data of its own.

Once for each run of the tests it begins in an empty directory; others begin with a copy of what that has left.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from mostrador.config.embedded_postgres import EmbeddedPostgres
from tests import server
from tests.config.conftest import make_place
from tests.config.processes import clean, command, free_port

SECONDS_TO_START = 300


@dataclass
class Product:
    """A running product: its address, how its commands are run, and what its terminal shows."""

    address: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def printed(self) -> str:
        """What it has printed until now."""
        return self.log.read_text(encoding="utf-8")

    def run(self, *arguments: str) -> str:
        """Run a command of the product on the same data."""
        done = subprocess.run(  # noqa: S603 - our own command
            command(*arguments), env=self.environment, capture_output=True, text=True, timeout=120, check=True
        )
        return done.stdout

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the product's own database."""
        database = EmbeddedPostgres(Path(self.environment["MOSTRADOR_DATA"]))
        with psycopg.connect(database.url("owner")) as connection:
            return connection.execute(query, values or None).fetchall()

    def child(self, word: str) -> int:
        """Return the process of the tree's top row whose command contains the word."""
        listed = subprocess.run(  # noqa: S603 - own words
            ["/bin/ps", "-ww", "--ppid", str(self.process.pid), "-o", "pid=,args="], capture_output=True, text=True
        )
        [pid] = [int(line.split()[0]) for line in listed.stdout.splitlines() if word in line]
        return pid


@contextmanager
def running_product(**environment: object) -> Iterator[Product]:
    """Start the product with its sample office, with more variables when given, and stop it as Ctrl-C would."""
    place = make_place()
    try:
        copy_installation(place / "data")
        with _started(place, **environment) as product:
            yield product
    finally:
        shutil.rmtree(place, ignore_errors=True)


def copy_installation(data: Path) -> None:
    """Make the data directory of a product that has its sample office and is not running."""
    run = Path(os.environ[server.DIRECTORY])
    kept = run / "installation"
    with (run / "installation.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other workers wait
        if not kept.exists():
            place = make_place()
            with _started(place):
                pass
            shutil.move(place, kept)
    subprocess.run(["/bin/cp", "-a", kept / "data", data], check=True)  # noqa: S603 - own paths


@contextmanager
def _started(place: Path, **environment: object) -> Iterator[Product]:
    """Start the product, wait until it is ready, and stop it."""
    port = free_port()
    variables = clean({"MOSTRADOR_DATA": place / "data", "PORT": port, "PYTHONUNBUFFERED": 1} | environment)
    log = place / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command("up", "--sample"), env=variables, stdout=output, stderr=subprocess.STDOUT
        )
    product = Product(f"http://localhost:{port}", variables, process, log)
    try:
        wait_for(lambda: process.poll() is not None or is_ready(product), seconds=SECONDS_TO_START)
        assert process.poll() is None, product.printed
        yield product
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def is_ready(product: Product) -> bool:
    """Tell whether visitors may come."""
    try:
        with urllib.request.urlopen(f"{product.address}/salud/listo/") as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_for(condition: Callable[[], bool], *, seconds: float = 100, pause: float = 1) -> None:
    """Try again every second, or after each `pause` in seconds, until the condition holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"did not happen within {seconds} seconds"
        time.sleep(pause)
