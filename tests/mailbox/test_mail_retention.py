"""What of the mail goes: after its time, with its ticket, and with the person."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from mostrador.audit.models import Event
from mostrador.mailbox.actions.retention import forget_old_mail
from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.mailbox.queries.personal_data import personal_data
from mostrador.people.actions.persons import erase_person
from mostrador.tickets.actions.retention import erase_words
from tests import make


def words_left(mail: IncomingMail) -> list[str]:
    mail = IncomingMail.objects.get(pk=mail.pk)
    values: dict[str, Any] = {
        name: getattr(mail, name) for name in ("file", "sender", "sender_name", "subject", "to", "rest", "message_id")
    }
    return sorted(name for name, value in values.items() if value)


@pytest.fixture
def aside(mailbox: Mailbox) -> IncomingMail:
    """A robot's message, kept aside."""
    mail = make.taken_in(mailbox, make.raw_mail(Auto_Submitted="auto-replied"))
    assert mail.ticket is None
    return mail


def test_what_became_no_ticket_is_cleared_after_its_time(
    aside: IncomingMail,
    mailbox: Mailbox,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    settings: Any,
) -> None:
    person = make.taken_in(mailbox, make.raw_mail(sender="Otra <otra@casa.example>"))
    with time_machine.travel(timezone.now() + timedelta(days=settings.MAIL_ASIDE_DAYS - 1)):
        assert forget_old_mail() == {"aside": 0, "erased": 0, "rows": 0}

    with (
        time_machine.travel(timezone.now() + timedelta(days=settings.MAIL_ASIDE_DAYS + 1)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert forget_old_mail() == {"aside": 1, "erased": 0, "rows": 0}

    assert words_left(aside) == []
    assert not default_storage.exists(aside.file)
    assert default_storage.exists(person.file)
    assert Event.objects.get(verb="mailbox.expired").details == {"mails": 1}


def test_a_year_later_nothing_is_left_of_it(aside: IncomingMail) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        forget_old_mail()
    with time_machine.travel(timezone.now() + timedelta(days=397)):
        assert forget_old_mail()["rows"] == 1

    assert not IncomingMail.objects.exists()


def test_the_mail_of_an_erased_ticket_is_cleared(
    mailbox: Mailbox, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    mail = make.taken_in(mailbox, make.raw_mail())
    assert mail.ticket is not None
    erase_words(mail.ticket)

    with django_capture_on_commit_callbacks(execute=True):
        assert forget_old_mail()["erased"] == 1

    assert words_left(mail) == []
    assert not default_storage.exists(mail.file)


def test_a_person_takes_their_mail_with_them(
    mailbox: Mailbox, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, tmp_path: Path
) -> None:
    mail = make.taken_in(mailbox, make.raw_mail())
    robot = make.taken_in(mailbox, make.raw_mail("De vacaciones.", Auto_Submitted="auto-replied"))
    other = make.taken_in(mailbox, make.raw_mail(sender="Otra <otra@casa.example>"))
    assert mail.ticket is not None
    person = mail.ticket.person
    exported = personal_data(person)
    assert [record["subject"] for record in exported.records] == ["No puedo firmar", "No puedo firmar"]
    assert [exported.records[0]["reference"], len(exported.files)] == [mail.ticket.reference, 2]

    with django_capture_on_commit_callbacks(execute=True):
        report = erase_person(person, by=None)

    assert report["mailbox"] == {"mails": 2}
    assert [words_left(mail), words_left(robot)] == [[], []]
    assert not default_storage.exists(mail.file)
    assert "file" in words_left(other)
