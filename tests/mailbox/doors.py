"""Doors of the product as mail servers see them: its own processes, on this test's database."""

import re
import smtplib
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from mostrador.mailbox.choices import Way
from mostrador.mailbox.models import Mailbox
from mostrador.notifications.models import Sender
from mostrador.organisations.models import Organisation
from tests import make
from tests.config.processes import clean, command, free_port

MESSAGE = (
    b"From: Ana <ana@correo.example>\r\nTo: soporte@sede.example\r\nSubject: No puedo firmar\r\n"
    b"Message-ID: <1@correo.example>\r\n\r\nBuenos d\xc3\xadas.\r\n"
)


def mailbox(
    address: str = "soporte@sede.example", *, organisation: Organisation | None = None, **values: Any
) -> Mailbox:
    """Make a mailbox that servers deliver to."""
    organisation = organisation or make.organisation()
    sender, _ = Sender.objects.get_or_create(organisation=organisation, address=address)
    known = {"name": "Soporte", "way": Way.DELIVERED, "language": "es", "created_at": timezone.now()}
    return Mailbox.objects.create(
        organisation=organisation, address=address, sender=sender, **known | {"changed_at": timezone.now()} | values
    )


def environment(data: Path, **values: object) -> dict[str, str]:
    """Return what a process of the product needs to work on this test's database."""
    parts = connection.settings_dict
    address = (
        f"postgresql://{parts['USER']}:{parts['PASSWORD']}@/{parts['NAME']}?host={parts['HOST']}&port={parts['PORT']}"
    )
    names = {"RECIPIENT", "ORIGINAL_RECIPIENT", "SENDER"}
    kept = {name: value for name, value in clean({}).items() if name not in names}
    ours = {"DATABASE_URL": address, "MOSTRADOR_DATA": data, "SECRET_KEY": "only-for-tests-and-building"}
    return kept | {name: str(value) for name, value in (ours | values).items()}


def piped(raw: bytes, *words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Pipe a message into `mostrador receive-mail` as a mail server does."""
    return subprocess.run(  # noqa: S603 - our own command
        command("receive-mail", *words), input=raw, env=environment, capture_output=True, timeout=120
    )


@contextmanager
def listening(
    variables: dict[str, str], scheme: str = "lmtp", *, port: int | None = None
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Have `mostrador listen-mail` running meanwhile; give its port and process."""
    port = port or free_port()
    process = subprocess.Popen(  # noqa: S603 - our own command
        command("listen-mail"), env=variables | {"MAIL_LISTEN": f"{scheme}://127.0.0.1:{port}"}
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            try:
                with smtplib.SMTP("127.0.0.1", port, timeout=5):
                    break
            except OSError:
                time.sleep(0.1)
        yield port, process
    finally:
        process.terminate()
        process.wait(30)


def files(data: Path) -> list[Path]:
    """Return the originals that are kept."""
    return sorted(path for path in (data / "files").rglob("*.eml"))


def first_line(said: bytes) -> str:
    """Return what a command said first."""
    return re.split(r"\r?\n", said.decode())[0]
