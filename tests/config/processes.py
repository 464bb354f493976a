"""Do something as another account of the system, or see what a command does."""

import multiprocessing
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mostrador.config.errors import CannotStart

NOBODY = 65534
NAMELESS = 54321  # an account number that no system gives a name

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def run_as(uid: int, action: Callable[[], object]) -> str:
    """Run `action` in a child that has become `uid`; return what it returned, or why it could not start."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()

    def become_and_act() -> None:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
        try:
            there.send(str(action()))
        except CannotStart as problem:
            there.send(str(problem))

    child = context.Process(target=become_and_act)
    child.start()
    child.join(60)
    return str(here.recv()) if here.poll() else f"nothing came back (exit code {child.exitcode})"


def mostrador(*arguments: str, environment: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run the console command with nothing of our own environment's configuration."""
    return subprocess.run(command(*arguments), env=clean(environment), capture_output=True, text=True, timeout=120)  # noqa: S603 - our own command


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mostrador", *arguments]


def clean(environment: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment of a child: ours without what configures Mostrador, and the given variables."""
    ours = {"DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "PORT", "HOST"}
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("MOSTRADOR_")}
    source = str(Path(__file__).resolve().parents[2])
    return kept | {"PYTHONPATH": source} | {name: str(value) for name, value in environment.items()}
