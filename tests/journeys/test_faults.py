"""The whole product while parts of it are taken away: nothing that was accepted is lost, nothing happens twice."""

import itertools
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import pytest

from tests.journeys.citizen import Citizen
from tests.journeys.product import Product, is_ready, running_product, wait_for
from tests.notifications.conftest import MailServer

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(400)]

# What is done to the database's server when everybody presses the last button, round by round.
ROUNDS = (signal.SIGINT, signal.SIGKILL, None)  # ends in order (as a restart does), dies, lives
CITIZENS = 6


@dataclass
class Desk:
    """A running product and the mail server that it sends to, which keeps it waiting while the file `hold` is there."""

    product: Product
    mail: MailServer
    hold: Path

    def arrived(self, email: str) -> list[str]:
        """Return the Message-IDs of what arrived for somebody, in order."""
        return [str(mail["Message-ID"]) for mail in self.mail.taken if mail["To"] == email]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The product with its sample office, behind a proxy that tells citizens' addresses, and its mail server."""
    directory, hold = tmp_path_factory.mktemp("mail"), tmp_path_factory.mktemp("hold") / "hold"
    mail = MailServer(directory, {"hold": str(hold)})
    smtp = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": mail.port, "SMTP_SECURITY": "none"}
    try:
        with running_product(TRUSTED_PROXIES="127.0.0.1", **smtp) as product:
            yield Desk(product, mail, hold)
    finally:
        mail.stop()


def citizens_at(desk: Desk) -> list[Citizen]:
    return [Citizen(desk.product.address, network_address=f"192.0.2.{number}") for number in range(1, CITIZENS + 1)]


def walk(citizen: Citizen, number: int, gate: Barrier) -> dict[str, set[str]]:
    """Ask once in each round; return the references that were shown for each text. Even numbers press twice."""
    shown = {}
    try:
        for turn in range(len(ROUNDS)):
            text = f"Consulta {turn} de la persona {number}: no puedo firmar la solicitud"
            email = f"persona{number}-{turn}@casa.example"
            presses = 2 if number % 2 == 0 else 1
            shown[text] = citizen.ask(text, email=email, before_sending=gate.wait, presses=presses)
    except BaseException:
        gate.abort()  # the others do not wait for us
        raise
    return shown


def test_a_database_that_restarts_under_load_loses_and_doubles_no_ticket(desk: Desk) -> None:
    citizens = citizens_at(desk)
    gate = Barrier(CITIZENS + 1, timeout=100)
    servers = []

    with ThreadPoolExecutor(CITIZENS) as crowd:
        walks = [crowd.submit(walk, citizen, number, gate) for number, citizen in enumerate(citizens, start=1)]
        for fault in ROUNDS:
            gate.wait()
            time.sleep(0.05)  # some have been answered, some are being, some wait
            servers.append(desk.product.child("/postgres "))
            if fault is not None:
                os.kill(servers[-1], fault)
        shown = {text: references for done in walks for text, references in done.result().items()}

    assert len(set(servers)) == len(ROUNDS)  # the faults did happen
    assert {len(references) for references in shown.values()} == {1}
    kept = desk.product.rows(
        "SELECT subject, reference FROM tickets_ticket WHERE subject LIKE 'Consulta % de la persona %'"
    )
    assert sorted(kept) == sorted((text, reference) for text, [reference] in shown.items())
    assert is_ready(desk.product)
    calm = [citizen.visit("/") for citizen in citizens]
    assert all("<h1" in page for page in calm)
    # The worker has lost its database too: every acknowledgement leaves all the same, under one Message-ID each.
    everybody = [f"persona{n}-{turn}@casa.example" for n, turn in itertools.product(range(1, CITIZENS + 1), range(3))]
    wait_for(lambda: all(desk.arrived(email) for email in everybody), seconds=150)
    assert [len(set(desk.arrived(email))) for email in everybody] == [1] * len(everybody)
    assert "error" not in desk.product.run("check")


def test_a_worker_that_is_killed_while_sending_loses_no_message(desk: Desk) -> None:
    email = "espera@casa.example"
    citizen = Citizen(desk.product.address, network_address="192.0.2.100")
    desk.hold.touch()
    [reference] = citizen.ask("No me llega el aviso", email=email, before_sending=lambda: None, presses=1)
    wait_for(lambda: len(desk.arrived(email)) == 1, pause=0.1)
    killed = desk.product.child("mostrador worker")

    os.kill(killed, signal.SIGKILL)
    desk.hold.unlink()

    wait_for(lambda: "worker stopped (killed by signal 9); starting it again" in desk.product.printed, pause=0.1)
    wait_for(lambda: len(desk.arrived(email)) == 2, seconds=120)
    wait_for(lambda: state_of(desk, email) == [("sent", 2)], seconds=10, pause=0.1)
    first, second = desk.arrived(email)
    assert first == second
    assert all(reference in mail.as_string() for mail in desk.mail.taken if mail["To"] == email)
    assert desk.product.child("mostrador worker") != killed


def state_of(desk: Desk, email: str) -> list[tuple[object, ...]]:
    """Return how delivery stands and how often it was tried."""
    return desk.product.rows('SELECT state, attempts FROM notifications_outgoingmessage WHERE "to" = %s', email)
