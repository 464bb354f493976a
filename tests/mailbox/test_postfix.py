"""A real Postfix hands mail on to us, and brings it again when we were away."""

import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

from mostrador.mailbox.choices import Via
from mostrador.mailbox.models import IncomingMail
from tests.config.conftest import make_place
from tests.config.processes import free_port
from tests.mailbox import postfix
from tests.mailbox.doors import environment, files, listening, mailbox

pytestmark = [
    pytest.mark.django_db(transaction=True),  # other processes see what is committed
    pytest.mark.skipif(not postfix.IS_INSTALLED, reason="Postfix is not installed, or we are not root, who starts it"),
]

MESSAGE = b"From: Ana <ana@correo.example>\r\nSubject: No puedo firmar\r\n\r\nBuenos d\xc3\xadas.\r\n"
AWAY = "postgresql://nobody:x@127.0.0.1:1/mostrador"
MANUAL = (Path(__file__).resolve().parents[2] / "docs/operating/mail.md").read_text(encoding="utf-8")


@dataclass
class Place:
    """A directory from which an account without rights calls us, as mail servers do."""

    directory: Path
    account: str

    @property
    def data(self) -> Path:
        """Where messages are kept."""
        return self.directory / "data"

    def configure(self, **values: object) -> None:
        """Write the file that the command reads where it is called."""
        known = {name: environment(self.data)[name] for name in ("DATABASE_URL", "MOSTRADOR_DATA", "SECRET_KEY")}
        lines = [f"{name}={value}\n" for name, value in (known | values).items()]
        (self.directory / "mostrador.env").write_text("".join(lines), encoding="utf-8")

    @property
    def program(self) -> Path:
        """The script between server and command."""
        return self.directory / "to-mostrador"

    @property
    def pipe(self) -> str:
        """The manual's lines of master.cf."""
        [lines] = re.findall(r"^# master\.cf\n(.*?)^# main\.cf", MANUAL, re.MULTILINE | re.DOTALL)
        ours = {"user=mostrador": f"user={self.account}", "/usr/local/bin/to-mostrador": str(self.program)}
        return replaced(lines, ours)


def replaced(words: str, ours: dict[str, str]) -> str:
    """Put what is this test's into what the manual says."""
    for theirs, own in ours.items():
        assert words.count(theirs) == 1
        words = words.replace(theirs, own)
    return words


@pytest.fixture
def place() -> Iterator[Place]:
    """Such a directory, of the account that may open the test database's socket."""
    directory = make_place()
    owner = pwd.getpwuid(Path(connection.settings_dict["HOST"]).stat().st_uid)
    python = python_for(owner.pw_name)
    made = Place(directory, owner.pw_name)
    made.data.mkdir()
    made.configure()
    source, packages = Path(__file__).resolve().parents[2], next(p for p in sys.path if p.endswith("site-packages"))
    [script] = re.findall(r"```sh\n(#!/bin/sh\n.*?)```", MANUAL, re.DOTALL)
    ours = {
        "/etc/mostrador.env": f"{directory}/mostrador.env",
        "/opt/mostrador/bin/mostrador": f"PYTHONPATH={source}:{packages} {python} -m mostrador",
    }
    made.program.write_text(replaced(script, ours), encoding="utf-8")
    made.program.chmod(0o755)
    for path in (directory, made.data, directory / "mostrador.env"):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    yield made
    shutil.rmtree(directory)


def python_for(account: str) -> str:
    """Return a Python that the account can start, with our packages."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    for candidate in (sys.executable, f"/usr/bin/python{version}"):
        trial = subprocess.run(  # noqa: S603 - our own words
            ["/bin/sh", "-c", f"PYTHONPATH={packages} {candidate} -c 'import psycopg, django'"],
            user=account,
            capture_output=True,
        )
        if trial.returncode == 0:
            return candidate
    pytest.skip(f"{account} cannot start a Python {version} here")


def test_postfix_pipes_mail_into_us(place: Place) -> None:
    mailbox("soporte@pipe.example")

    with postfix.running(pipe=place.pipe, lmtp_port=free_port()) as server:
        server.send("soporte+abc@pipe.example", MESSAGE)
        assert server.waits_for("status=sent (delivered via mostrador service)"), server.log()

    [kept] = IncomingMail.objects.all()
    assert (kept.via, kept.envelope_from, kept.envelope_to) == (
        Via.PIPE,
        "ana@correo.example",
        ["soporte+abc@pipe.example"],
    )
    [file] = files(place.data)
    raw = file.read_bytes()
    assert b"\nSubject: No puedo firmar\n" in raw
    assert raw.endswith(b"\n\nBuenos d\xc3\xadas.\n")


def test_postfix_tells_the_sender_of_an_address_that_is_none(place: Place) -> None:
    mailbox("soporte@pipe.example")

    with postfix.running(pipe=place.pipe, lmtp_port=free_port()) as server:
        server.send("otro@pipe.example", MESSAGE)
        server.send("soporte@pipe.example", MESSAGE, sender="")
        assert server.waits_for("dsn=5.1.1, status=bounced"), server.log()
        assert server.waits_for("sender non-delivery notification"), server.log()
        assert server.waits_for("status=sent (delivered via mostrador service)"), server.log()

    assert [kept.envelope_from for kept in IncomingMail.objects.all()] == [""]


def test_postfix_brings_mail_again_when_the_database_or_the_program_was_away(place: Place) -> None:
    mailbox("soporte@pipe.example")
    place.configure(DATABASE_URL=AWAY)
    program = place.program.read_text(encoding="utf-8")

    with postfix.running(pipe=place.pipe, lmtp_port=free_port()) as server:
        server.send("soporte@pipe.example", MESSAGE)
        assert server.waits_for("dsn=4.3.0, status=deferred"), server.log()
        place.program.write_text(program.replace("-m mostrador", "-m not_there"), encoding="utf-8")
        assert server.waits_for("No module named not_there"), server.log()
        place.program.write_text(program, encoding="utf-8")
        place.configure()
        assert server.waits_for("status=sent (delivered via mostrador service)"), server.log()
        assert "status=bounced" not in server.log()

    assert IncomingMail.objects.count() == 1


def test_postfix_brings_mail_by_lmtp_and_again_when_nobody_listened(place: Place, tmp_path: Path) -> None:
    mailbox("soporte@lmtp.example")
    port = free_port()

    with postfix.running(pipe=place.pipe, lmtp_port=port) as server:
        server.send("soporte@lmtp.example", MESSAGE)
        server.send("otro@lmtp.example", MESSAGE)
        assert server.waits_for("Connection refused"), server.log()
        with listening(environment(tmp_path), port=port):
            assert server.waits_for("status=sent (250 2.0.0 OK, it is safe)"), server.log()
            assert server.waits_for("status=bounced"), server.log()

    assert [kept.via for kept in IncomingMail.objects.all()] == [Via.LMTP]
