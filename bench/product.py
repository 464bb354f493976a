"""A private installation of the product for one benchmark, and what its processes spend."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from mostrador.config import schema
from mostrador.config.installation import Installation

SECONDS_TO_ANSWER = 60
REPOSITORY = Path(__file__).resolve().parents[1]


class Product:
    """An installation with the sample office, whose database runs while this object is in use."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.port = free_port()

    def run(self, *words: str) -> str:
        """Run one of the product's commands and return what it said on both outputs.

        Raises:
            RuntimeError: It refused.
        """
        done = subprocess.run(
            [sys.executable, "-m", "mostrador", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(f"mostrador {' '.join(words)}: {done.stdout[-2000:]}")
        return done.stdout

    def has_sample(self) -> bool:
        """Return whether the sample office is loaded."""
        with psycopg.connect(self.installation.database_url()) as connection:
            return connection.execute("SELECT 1 FROM organisations_organisation LIMIT 1").fetchone() is not None

    @contextmanager
    def serving(self, *, bare: bool = False) -> Iterator["Web"]:
        """Have the web processes running meanwhile: the product's, or bare ones with nothing behind them."""
        command = [sys.executable, "-m", *(["bench.bare"] if bare else ["mostrador", "web"])]
        own = {"PORT": str(self.port), "TRUSTED_PROXIES": "127.0.0.1"}
        if bare:
            own["DATABASE_URL"] = self.installation.database_url()
        process = subprocess.Popen(command, env=os.environ | own, cwd=REPOSITORY)
        try:
            wait_until_it_answers(self.port)
            yield Web(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

    def database_cpu(self) -> float:
        """Return the seconds of CPU that PostgreSQL has spent so far, with those of its processes that have ended."""
        server = self.installation.postgres.process
        return cpu_seconds(psutil.Process(server.pid)) if server else 0.0


class Web:
    """The tree of web processes."""

    def __init__(self, pid: int) -> None:
        self.process = psutil.Process(pid)

    def cpu(self) -> float:
        """Return the seconds of CPU spent so far."""
        return cpu_seconds(self.process)

    def memory(self) -> dict[str, float]:
        """Return MiB: each process's proportional share of memory (PSS), what it has alone (USS), and how many."""
        processes = [self.process, *self.process.children(recursive=True)]
        each = [process.memory_full_info() for process in processes]
        return {
            "processes": len(processes),
            "pss_mib": sum(memory.pss for memory in each) / 1024**2,
            "uss_mib": sum(memory.uss for memory in each) / 1024**2,
        }


class Load:
    """The process that asks; see `bench.load`."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "bench.load"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
        )

    def run(self, **plan: Any) -> dict[str, Any]:
        """Carry out one plan.

        Raises:
            RuntimeError: The product answered something unexpected.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(plan) + "\n")
        self.process.stdin.flush()
        result: dict[str, Any] = json.loads(self.process.stdout.readline() or '{"error": "the load has ended"}')
        if "error" in result:
            raise RuntimeError(result["error"])
        return result

    def stop(self) -> None:
        """End it."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(30)


@contextmanager
def installed(kept: Path | None = None) -> Iterator[Product]:
    """Give an installation with the sample office, in a temporary directory that is removed afterwards.

    Args:
        kept: A directory to use instead and to leave as it is, so that what is in it can be measured again.
    """
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    directory = kept or Path(tempfile.mkdtemp(prefix="mostrador-bench-"))
    directory.chmod(0o711)  # PostgreSQL's own account passes through when root runs this
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DEBUG", "SECRET_KEY"):
        os.environ.pop(name, None)
    os.environ |= {"MOSTRADOR_ENV_FILE": os.devnull, "MOSTRADOR_DATA": str(directory / "data")}
    installation = Installation()
    installation.prepare()
    try:
        with installation.database(shared=False):
            product = Product(installation)
            if not schema.is_current(installation):
                product.run("migrate")
            if not product.has_sample():
                product.run("sample")
            yield product
    finally:
        if kept is None:
            shutil.rmtree(directory)


def cpu_seconds(root: psutil.Process) -> float:
    """Return the seconds of CPU of a process and everything below it, ended or not."""
    return sum(sum(process.cpu_times()[:4]) for process in (root, *root.children(recursive=True)))


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def wait_until_it_answers(port: int) -> None:
    """Wait for the web processes.

    Raises:
        RuntimeError: They do not answer within a minute.
    """
    patience = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < patience:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/salud/", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web processes do not answer")
