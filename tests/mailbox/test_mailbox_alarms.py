"""Alarms of mailboxes: told once to whoever administers them, and cleared when mail comes again."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from mostrador.accounts.choices import Role
from mostrador.mailbox.actions.watching import watch_mailboxes
from mostrador.mailbox.choices import FetchProblem, MailState, Outcome, Via, Way
from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from tests import make

WEDNESDAY = datetime.fromisoformat("2026-11-25T13:30:00+01:00")


def came(mailbox: Mailbox, at: datetime, number: int) -> None:
    IncomingMail.objects.create(
        organisation=mailbox.organisation,
        mailbox=mailbox,
        via=Via.LMTP,
        sha256=f"{number:064}",
        size_bytes=1,
        received_at=at,
        next_attempt_at=at,
        state=MailState.DONE,
        outcome=Outcome.OPENED,
    )


def told() -> list[tuple[str, str]]:
    return list(OutgoingMessage.objects.filter(kind="mailbox.alarm").order_by("pk").values_list("to", "subject"))


@pytest.fixture
def failing(organisation: Organisation) -> Mailbox:
    """A mailbox that could not be looked into for two hours."""
    return make.mailbox(
        organisation,
        address="soporte@sede.example",
        way=Way.IMAP,
        host="imap.sede.example",
        problem=FetchProblem.CREDENTIALS,
        failing_since=timezone.now() - timedelta(hours=2),
    )


def test_a_mailbox_that_fails_for_long_is_told_once_to_its_administrators(
    organisation: Organisation, failing: Mailbox
) -> None:
    administrator = make.user(organisation, Role.ADMINISTRATOR)
    make.user(organisation, Role.AGENT)

    assert [watch_mailboxes(), watch_mailboxes()] == [1, 0]

    assert told() == [(administrator.email, "No se puede recoger el correo de soporte@sede.example")]
    text = OutgoingMessage.objects.get(kind="mailbox.alarm").text
    assert "No se pierde nada" in text
    assert str(FetchProblem.CREDENTIALS.label) in text
    assert f"/gestion/buzones/{failing.pk}/" in text


def test_it_is_cleared_when_it_works_again_and_told_anew_the_next_time(
    organisation: Organisation, failing: Mailbox
) -> None:
    make.user(organisation, Role.ADMINISTRATOR)
    watch_mailboxes()

    since = failing.failing_since
    Mailbox.objects.update(failing_since=None, problem="")
    watch_mailboxes()
    failing.refresh_from_db()
    assert failing.alarmed_at is None

    Mailbox.objects.update(failing_since=since, problem=FetchProblem.SILENT)
    watch_mailboxes()
    assert len(told()) == 2


def test_who_administers_from_above_is_told_where_nobody_does_here(failing: Mailbox) -> None:
    parent = make.organisation()
    child = make.organisation(parent=parent)
    above = make.user(parent, Role.ADMINISTRATOR, with_descendants=True)
    Mailbox.objects.filter(pk=failing.pk).update(organisation=child)

    watch_mailboxes()

    assert [to for to, _subject in told()] == [above.email]


def test_nothing_for_longer_than_was_fixed_is_told(organisation: Organisation) -> None:
    make.user(organisation, Role.ADMINISTRATOR)
    with time_machine.travel(WEDNESDAY - timedelta(days=3), tick=False):
        box = make.mailbox(organisation, address="soporte@sede.example", quiet_alarm_hours=24)
    with time_machine.travel(WEDNESDAY, tick=False):
        came(box, timezone.now() - timedelta(hours=23), 1)
        assert watch_mailboxes() == 0

    with time_machine.travel(WEDNESDAY + timedelta(hours=2), tick=False):
        assert watch_mailboxes() == 1
        assert [subject for _to, subject in told()] == ["No llega correo a soporte@sede.example"]
        came(box, timezone.now(), 2)
        watch_mailboxes()

    box.refresh_from_db()
    assert box.alarmed_at is None


def test_what_is_unusual_is_learnt_from_the_weeks_before(organisation: Organisation) -> None:
    make.user(organisation, Role.ADMINISTRATOR)
    number = 0
    with time_machine.travel(WEDNESDAY, tick=False):
        box = make.mailbox(organisation, address="soporte@sede.example")
        now = timezone.localtime()
        for days in range(1, 28):
            day = now - timedelta(days=days)
            for hour in range(9, 14) if day.isoweekday() < 6 else ():
                for minute in (10, 30, 50):
                    number += 1
                    came(box, day.replace(hour=hour, minute=minute), number)

        assert watch_mailboxes() == 1

        text = OutgoingMessage.objects.get(kind="mailbox.alarm").text
        assert "serían unos 12" in text
        number += 1
        came(box, now.replace(hour=12, minute=0), number)
        Mailbox.objects.update(alarmed_at=None)
        assert watch_mailboxes() == 0


def test_a_stopped_mailbox_raises_no_alarm(organisation: Organisation, failing: Mailbox) -> None:
    make.user(organisation, Role.ADMINISTRATOR)
    Mailbox.objects.update(is_active=False)

    assert watch_mailboxes() == 0
