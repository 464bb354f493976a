"""Several workers write and send at once, against the real database."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from mostrador.notifications import actions
from mostrador.notifications.choices import DeliveryState
from mostrador.notifications.models import OutgoingMessage
from tests import make
from tests.notifications.conftest import StartServer
from tests.notifications.test_ways_out import sender_at, written

WORKERS = 6

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[int], Any]) -> None:
    """Let each of six threads do its part at the same moment."""
    start, failures = Barrier(WORKERS), list[Exception]()

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        except Exception as failure:  # noqa: BLE001 - the test fails with it
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("is_one_thread", [True, False])
def test_the_brake_holds_however_many_answer_at_once(settings: Settings, *, is_one_thread: bool) -> None:
    settings.SMTP_HOST = "correo.example"
    organisation = make.organisation()

    at_once(
        lambda number: written(
            organisation,
            to=f"robot{number}@otra.example" if is_one_thread else f"robot+{number}@otra.example",
            about="tickets.ticket:1" if is_one_thread else f"tickets.ticket:{number}",
            is_reaction=True,
        )
    )

    states = Counter(OutgoingMessage.objects.values_list("state", flat=True))
    assert states == {DeliveryState.QUEUED: 2, DeliveryState.HELD: WORKERS - 2}


def test_the_limit_of_a_sender_holds_however_many_send_at_once(mail_server: StartServer) -> None:
    server = mail_server()
    sender = sender_at(make.organisation(), per_minute=10)
    messages = [written(sender.organisation, sender=sender) for _each in range(WORKERS)]

    at_once(lambda number: actions.deliver(messages[number].pk))

    turns = sorted(message.next_attempt_at for message in OutgoingMessage.objects.all() if message.next_attempt_at)
    gaps = {later - earlier for earlier, later in pairwise(turns)}
    assert len(server.taken) == 1
    assert gaps == {timedelta(seconds=6.6)}
    assert turns[-1] - timezone.now() < timedelta(seconds=6.6) * WORKERS
