"""The process that fetches and reads mail is killed at each of its steps: each message becomes exactly one message."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from mostrador.mailbox.choices import Afterwards, Outcome, Way
from mostrador.mailbox.models import IncomingMail
from mostrador.organisations.models import Organisation
from mostrador.tickets.choices import MessageKind
from mostrador.tickets.models import Message
from tests import make
from tests.mailbox.servers import Dovecot
from tests.mailbox.test_fetching import environment, watched

pytestmark = pytest.mark.django_db(transaction=True)


class Driver:
    """The process that crashes, and answers for it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.mailbox.crashes"],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def say(self, words: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{words}\n")

    def hear(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the driver ended"
        heard: dict[str, Any] = json.loads(line)
        return heard

    def close(self) -> None:
        for end in (self._process.stdin, self._process.stdout):
            assert end
            end.close()
        self._process.wait(20)


@pytest.fixture
def driver() -> Iterator[Driver]:
    driver = Driver()
    yield driver
    driver.close()


def letters(n: int) -> list[bytes]:
    """A question, the same once more, and what the person adds to it."""
    question = make.raw_mail("No puedo firmar.", subject=f"Consulta {n}", Message_ID=f"<{n}@casa.example>")
    more = make.raw_mail(
        "Uso Firefox.",
        subject=f"Re: Consulta {n}",
        Message_ID=f"<{n}-mas@casa.example>",
        In_Reply_To=f"<{n}@casa.example>",
    )
    return [question, question, more]


@pytest.mark.parametrize(
    ("way", "afterwards", "reads"),
    [
        (Way.IMAP, Afterwards.DELETE, True),
        (Way.IMAP, Afterwards.MOVE, False),
        (Way.IMAP, Afterwards.LEAVE, False),
        (Way.POP3, Afterwards.DELETE, False),
        (Way.POP3, Afterwards.LEAVE, False),
    ],
)
def test_killed_anywhere_each_message_is_one_message_and_nothing_is_lost(
    organisation: Organisation, dovecot: Dovecot, driver: Driver, way: Way, afterwards: Afterwards, reads: bool
) -> None:
    for step in count(1):
        account = dovecot.account()
        sent = letters(step)
        account.deliver(*sent)
        mailbox = watched(organisation, account, way=way, afterwards=afterwards, done_folder="Recogidos")

        driver.say(f"{mailbox.pk} {step} {int(reads)}")
        safe = driver.hear()["safe"]
        there = [hashlib.sha256(raw).hexdigest() for raw in account.files]
        assert {*safe, *there} == {hashlib.sha256(raw).hexdigest() for raw in sent}, step
        driver.say("")
        driver.hear()
        was_killed = driver.hear()["killed"]

        assert account.files == (sent if afterwards == Afterwards.LEAVE else []), step
        outcomes = [mail.outcome for mail in IncomingMail.objects.filter(mailbox=mailbox).order_by("pk")]
        said = Message.objects.filter(ticket__subject=f"Consulta {step}", kind=MessageKind.PUBLIC).order_by("pk")
        assert outcomes == ([Outcome.OPENED, Outcome.ADDED] if reads else ["", ""]), step
        assert [message.text for message in said] == (["No puedo firmar.", "Uso Firefox."] if reads else []), step
        if not was_killed:
            break

    assert step > (60 if reads else 15)
