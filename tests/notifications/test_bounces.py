"""What comes back: the message that was sent says so, and in the end nothing more is sent to the address."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from mostrador.accounts.choices import Role
from mostrador.audit.models import Event
from mostrador.notifications import actions
from mostrador.notifications.actions import bounces
from mostrador.notifications.choices import BounceReason, DeliveryState, Severity
from mostrador.notifications.models import AddressHealth, OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from tests import make
from tests.notifications.test_ways_out import written


@pytest.fixture(autouse=True)
def _with_a_mail_server(settings: Settings) -> None:
    settings.SMTP_HOST = "correo.example"


def sent(organisation: Organisation, **options: Any) -> OutgoingMessage:
    message = written(organisation, **options)
    OutgoingMessage.objects.filter(pk=message.pk).update(
        state=DeliveryState.SENT, sent_at=timezone.now(), next_attempt_at=None, taken_for=[message.to, *message.cc]
    )
    message.refresh_from_db()
    return message


def back(message: OutgoingMessage | None, organisation: Organisation, *addresses: str, **told: Any) -> list[str]:
    """Note a bounce; return the addresses to which nothing more is sent."""
    known: dict[str, Any] = {
        "severity": Severity.HARD,
        "reason": BounceReason.NO_MAILBOX,
        "said": "550 5.1.1 No such user",
        "at": timezone.now(),
    }
    closed = bounces.note_bounce(message, organisation=organisation, addresses=addresses, **known | told)
    if message is not None:
        message.refresh_from_db()
    return [health.address for health in closed]


def test_a_message_that_came_back_says_for_whom_and_why(organisation: Organisation) -> None:
    message = sent(organisation)

    back(message, organisation, "ANA@casa.example")

    assert (message.state, message.bounce_severity, message.bounce_reason, message.bounce_said) == (
        DeliveryState.BOUNCED,
        Severity.HARD,
        BounceReason.NO_MAILBOX,
        "550 5.1.1 No such user",
    )
    assert message.bounced_to == ["ana@casa.example"]
    health = AddressHealth.objects.get()
    assert (health.address, health.hard_bounces, health.blocked_at) == ("ana@casa.example", 1, None)


def test_forwarded_mail_comes_back_for_another_address_and_is_still_the_persons(organisation: Organisation) -> None:
    message = sent(organisation)

    back(message, organisation, "ana@otra.example")

    assert message.bounced_to == ["ana@casa.example"]
    assert AddressHealth.objects.get().address == "ana@casa.example"


def test_when_only_the_copy_came_back_the_person_has_it(organisation: Organisation) -> None:
    message = sent(organisation, cc=["luis@casa.example"])

    back(message, organisation, "luis@casa.example")

    assert (message.state, message.bounced_to) == (DeliveryState.SENT, ["luis@casa.example"])


def test_a_notice_cannot_speak_of_somebody_who_did_not_get_the_message(organisation: Organisation) -> None:
    message = sent(organisation, cc=["luis@casa.example"])

    back(message, organisation, "alcaldia@casa.example")

    assert not AddressHealth.objects.exists()


@pytest.mark.parametrize("severity", [Severity.SOFT, Severity.DELAYED])
def test_what_passes_is_said_and_the_message_stays_sent(organisation: Organisation, severity: Severity) -> None:
    message = sent(organisation)

    back(message, organisation, message.to, severity=severity, reason=BounceReason.FULL)

    assert (message.state, message.bounce_severity) == (DeliveryState.SENT, severity)
    assert message.bounced_to == []


def test_a_late_notice_of_delay_takes_nothing_back(organisation: Organisation) -> None:
    message = sent(organisation)
    back(message, organisation, message.to)

    back(message, organisation, message.to, severity=Severity.DELAYED, reason=BounceReason.LATER)

    assert (message.state, message.bounce_severity) == (DeliveryState.BOUNCED, Severity.HARD)


def test_nothing_more_is_sent_to_an_address_that_does_not_exist_twice(organisation: Organisation) -> None:
    closed = [back(sent(organisation), organisation, "ana@casa.example") for _time in range(2)]

    message = written(organisation, to="Ana@casa.example")

    assert closed == [[], ["ana@casa.example"]]
    assert (message.state, message.bounce_reason, message.next_attempt_at) == (
        DeliveryState.BLOCKED,
        BounceReason.NO_MAILBOX,
        None,
    )


def test_of_other_reasons_it_takes_five(organisation: Organisation) -> None:
    full = {"reason": BounceReason.FULL, "said": "552 5.2.2 Full"}
    closed = [back(sent(organisation), organisation, "ana@casa.example", **full) for _time in range(5)]

    assert closed == [[], [], [], [], ["ana@casa.example"]]


def test_two_notices_about_one_message_count_once(organisation: Organisation) -> None:
    message = sent(organisation)

    for _time in range(3):
        back(message, organisation, message.to)

    assert AddressHealth.objects.get().hard_bounces == 1


def test_a_notice_that_names_no_message_of_ours_closes_nothing(organisation: Organisation) -> None:
    for _time in range(9):
        back(None, organisation, "ana@casa.example")

    health = AddressHealth.objects.get()
    assert (health.hard_bounces, health.soft_bounces, health.blocked_at) == (0, 9, None)


def test_another_organisation_still_writes_there(organisation: Organisation) -> None:
    for _time in range(2):
        back(sent(organisation), organisation, "ana@casa.example")

    assert written(make.organisation()).state == DeliveryState.QUEUED


def test_who_is_in_copy_and_unreachable_is_left_out_and_told(organisation: Organisation) -> None:
    for _time in range(2):
        back(sent(organisation, to="luis@casa.example"), organisation, "luis@casa.example")

    message = written(organisation, cc=["Luis@casa.example", "eva@casa.example"])

    assert (message.state, message.cc, message.bounced_to) == (
        DeliveryState.QUEUED,
        ["eva@casa.example"],
        ["Luis@casa.example"],
    )


def test_mail_from_an_address_opens_it_again(organisation: Organisation) -> None:
    for _time in range(2):
        back(sent(organisation), organisation, "ana@casa.example")

    bounces.note_alive(organisation, "ANA@casa.example")

    assert written(organisation).state == DeliveryState.QUEUED
    assert AddressHealth.objects.get().hard_bounces == 0


def test_whoever_complained_gets_what_somebody_wrote_and_nothing_else(organisation: Organisation) -> None:
    bounces.note_complaint(organisation, addresses=["Ana@casa.example"], said="abuse", at=timezone.now())
    bounces.note_alive(organisation, "ana@casa.example")

    assert written(organisation, automatic=True).state == DeliveryState.BLOCKED
    assert written(organisation, automatic=False).state == DeliveryState.QUEUED


def test_what_was_not_sent_leaves_once_the_address_is_allowed_again(organisation: Organisation) -> None:
    by = make.user(organisation, Role.ADMINISTRATOR)
    for _time in range(2):
        back(sent(organisation), organisation, "ana@casa.example")
    message = written(organisation)

    with pytest.raises(ActionRefused, match="Permítala de nuevo"):
        actions.resend(message, by=by)
    bounces.allow_again(AddressHealth.objects.get(), by=by)
    actions.resend(message, by=by)

    message.refresh_from_db()
    assert (message.state, message.bounced_to) == (DeliveryState.QUEUED, [])
    assert Event.objects.filter(verb="notifications.allowed_again", actor_id=by.pk).exists()


def test_what_came_back_can_be_sent_again(organisation: Organisation) -> None:
    message = sent(organisation)
    back(message, organisation, message.to)

    actions.resend(message, by=make.user(organisation, Role.ADMINISTRATOR))

    message.refresh_from_db()
    assert (message.state, message.taken_for, message.bounce_severity) == (DeliveryState.QUEUED, [], "")


# --- Brakes against loops ----------------------------------------------------------------------------------


def answers(organisation: Organisation, number: int, **options: Any) -> list[str]:
    return [written(organisation, is_reaction=True, **options).state for _time in range(number)]


@pytest.mark.parametrize("is_one_thread", [True, False])
def test_two_robots_that_answer_each_other_stop_after_two(organisation: Organisation, *, is_one_thread: bool) -> None:
    left, number = [], 0
    to_be_answered = True
    while to_be_answered and number < 100:  # the other robot answers whatever reaches it, and says nothing of itself
        number += 1
        message = written(
            organisation,
            to=f"robot+{number}@otra.example",
            about="tickets.ticket:1" if is_one_thread else f"tickets.ticket:{number}",
            is_reaction=True,
        )
        to_be_answered = message.state == DeliveryState.QUEUED
        left += [message] if to_be_answered else []

    assert len(left) == 2
    assert OutgoingMessage.objects.filter(state=DeliveryState.HELD).count() == 1


def test_a_robot_with_another_address_each_time_stops_in_its_thread(organisation: Organisation) -> None:
    states = [written(organisation, to=f"robot{n}@otra.example", is_reaction=True).state for n in range(4)]

    assert states == [DeliveryState.QUEUED] * 2 + [DeliveryState.HELD] * 2


def test_a_slow_loop_ends_on_its_first_day(organisation: Organisation) -> None:
    states = []
    for hour in range(10):
        message = written(organisation, about=f"tickets.ticket:{hour}", is_reaction=True)
        states.append(message.state)
        OutgoingMessage.objects.update(created_at=timezone.now() - timedelta(hours=2))

    assert states == [DeliveryState.QUEUED] * 6 + [DeliveryState.HELD] * 4


def test_an_organisation_answers_so_many_an_hour(organisation: Organisation) -> None:
    message = written(organisation, is_reaction=True)
    OutgoingMessage.objects.bulk_create(
        OutgoingMessage(
            organisation=organisation,
            kind="x",
            to=f"robot{number}@otra{number}.example",
            sender="x",
            subject="x",
            text="x",
            language="es",
            message_id=f"<{number}@x>",
            state=DeliveryState.SENT,
            sent_at=message.created_at,
            created_at=message.created_at,
            is_reaction=True,
        )
        for number in range(299)
    )

    assert answers(organisation, 1, to="eva@casa.example", about="tickets.ticket:2") == [DeliveryState.HELD]
    assert written(organisation, to="eva@casa.example").state == DeliveryState.QUEUED  # somebody wrote it
    assert answers(make.organisation(), 1, to="eva@casa.example") == [DeliveryState.QUEUED]


def test_what_was_held_back_can_be_sent_by_somebody(organisation: Organisation) -> None:
    answers(organisation, 3)
    held = OutgoingMessage.objects.get(state=DeliveryState.HELD)

    actions.resend(held, by=make.user(organisation, Role.ADMINISTRATOR))

    held.refresh_from_db()
    assert held.state == DeliveryState.QUEUED


def test_what_a_person_caused_in_the_end_is_no_reaction(organisation: Organisation) -> None:
    assert [written(organisation).state for _time in range(5)] == [DeliveryState.QUEUED] * 5
