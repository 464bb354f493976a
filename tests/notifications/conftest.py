"""A mail server to send to."""

import contextlib
import email
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

SCRIPT = Path(__file__).with_name("smtp_server.py")


class MailServer:
    """A running SMTP server process and what it accepted."""

    def __init__(self, directory: Path, options: dict[str, str]) -> None:
        self.directory = directory
        words = [f"{name}={value}" for name, value in options.items()]
        # aiosmtpd imports a deprecated name; it is another process, where warnings are not ours.
        command = [sys.executable, "-W", "ignore", str(SCRIPT), str(directory), *words]
        self.process = subprocess.Popen(  # noqa: S603 - our own script
            command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONWARNINGS": "ignore"}, text=True
        )
        assert self.process.stdout
        self.port = int(self.process.stdout.readline())

    @property
    def taken(self) -> list[EmailMessage]:
        """Every message whose words have arrived, in order."""
        files = sorted(self.directory.glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]

    @property
    def envelopes(self) -> list[tuple[str, list[str]]]:
        """From whom and for whom each of them came, in order."""
        return [(sender, list(to)) for sender, to in map(_json, sorted(self.directory.glob("*.json")))]

    def wait_for(self, count: int) -> None:
        """Wait until so many messages have arrived.

        Raises:
            TimeoutError: They did not within ten seconds.
        """
        limit = time.monotonic() + 10
        while len(self.taken) < count:
            if time.monotonic() > limit:
                raise TimeoutError(f"{len(self.taken)} of {count} messages")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def _json(file: Path) -> Any:
    return json.loads(file.read_text())


StartServer = Callable[..., MailServer]


@pytest.fixture
def mail_server(tmp_path: Path, settings: Settings) -> Iterator[StartServer]:
    """Start a server that behaves as its arguments say, and point the settings at it."""
    with contextlib.ExitStack() as running:

        def start(**options: str) -> MailServer:
            directory = tmp_path / f"mail{len(list(tmp_path.iterdir()))}"
            directory.mkdir()
            server = MailServer(directory, options)
            running.callback(server.stop)
            settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", server.port
            settings.SMTP_SECURITY, settings.SMTP_TIMEOUT_SECONDS = "none", 5
            settings.SMTP_USER = settings.SMTP_PASSWORD = ""
            return server

        yield start
