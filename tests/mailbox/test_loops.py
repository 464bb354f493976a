"""A program that answers whatever we send, and says of itself nothing by which one could tell."""

from collections.abc import Callable

import pytest

from mostrador.mailbox.models import Mailbox
from mostrador.notifications.choices import DeliveryState
from mostrador.notifications.models import OutgoingMessage
from mostrador.tickets.actions.emails import tell_person
from mostrador.tickets.models import Message
from tests import make

LONG_ENOUGH = 30  # mails; a loop goes on without end
Robot = Callable[[OutgoingMessage, int], bytes]


def in_its_thread(mail: OutgoingMessage, number: int) -> bytes:
    return make.raw_mail(
        f"Hemos recibido su mensaje número {number}.",
        sender="Otra mesa <mesa@otra.example>",
        subject=f"Re: {mail.subject}",
        In_Reply_To=mail.message_id,
    )


def as_something_new(mail: OutgoingMessage, number: int) -> bytes:
    return make.raw_mail(
        f"Hemos abierto el caso {number}.", sender="Otra mesa <mesa@otra.example>", subject=f"Caso {number}"
    )


def from_an_address_for_each_case(mail: OutgoingMessage, number: int) -> bytes:
    return make.raw_mail(
        f"Hemos abierto el caso {number}.",
        sender=f"Otra mesa <caso+{number}@otra.example>",
        subject=f"Caso {number}",
        In_Reply_To=mail.message_id,
    )


def as_somebody_else_each_time(mail: OutgoingMessage, number: int) -> bytes:
    return make.raw_mail(
        f"Hemos abierto el caso {number}.",
        sender=f"Caso {number} <caso{number}@otra.example>",
        subject=f"Caso {number}",
        In_Reply_To=mail.message_id,
    )


@pytest.mark.parametrize(
    "robot", [in_its_thread, as_something_new, from_an_address_for_each_case, as_somebody_else_each_time]
)
def test_two_robots_stop_after_two_mails_of_ours(mailbox: Mailbox, robot: Robot) -> None:
    arriving = [make.raw_mail("Hola.", sender="Otra mesa <mesa@otra.example>")]
    answered: set[int] = set()
    while arriving and len(answered) < LONG_ENOUGH:
        make.taken_in(mailbox, arriving.pop(0))
        for message in Message.objects.filter(email_id="").order_by("pk"):
            tell_person(message.pk)
        sent = OutgoingMessage.objects.filter(state=DeliveryState.KEPT).exclude(pk__in=answered).order_by("pk")
        for mail in sent:  # without a mail server, what would leave is kept
            answered.add(mail.pk)
            arriving.append(robot(mail, len(answered)))

    assert 1 <= len(answered) <= 2
