"""Opening a ticket, whatever the channel."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation, Team
from mostrador.people.models import Person
from mostrador.shared.references import normalise_reference
from mostrador.tickets.actions import tickets
from mostrador.tickets.actions.tickets import open_ticket
from mostrador.tickets.choices import Channel, ContactBy, State
from mostrador.tickets.models import Ticket
from tests import make
from tests.tickets.desk import MONDAY, after, events, jobs, team_of, words

pytestmark = pytest.mark.smoke


def question(organisation: Organisation, **changes: Any) -> dict[str, Any]:
    """What the web form sends."""
    known: dict[str, Any] = {
        "person": changes.get("person") or make.person(organisation),
        "channel": Channel.WEB,
        "subject": "No me deja firmar",
        "text": "Pulso y no pasa nada.",
        "language": "es",
    }
    return known | changes


def test_a_new_ticket_waits_for_us_from_the_first_moment(organisation: Organisation) -> None:
    with time_machine.travel(MONDAY, tick=False):
        ticket, message = open_ticket(organisation, **question(organisation))

    assert ticket.reference == normalise_reference(ticket.reference)
    assert (ticket.state, ticket.opened_at, ticket.waiting_since) == (State.NEW, MONDAY, MONDAY)
    assert ticket.team == team_of(organisation)
    assert message.text == "Pulso y no pasa nada."
    assert words(ticket) == [("public", "person", "Pulso y no pasa nada.")]
    assert list(Event.objects.filter(verb="tickets.opened").values_list("subject_id", "actor_id", "details")) == [
        (ticket.pk, None, {"channel": "web"})
    ]


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (MONDAY, datetime(2026, 3, 3, 11, tzinfo=UTC)),  # 5 h on Monday, 3 h on Tuesday
        (datetime(2026, 3, 6, 12, tzinfo=UTC), datetime(2026, 3, 10, 10, tzinfo=UTC)),  # over a weekend
        (datetime(2026, 3, 8, 20, tzinfo=UTC), datetime(2026, 3, 10, 11, tzinfo=UTC)),  # while closed
    ],
)
def test_the_first_answer_is_due_after_eight_working_hours(
    organisation: Organisation, opened: datetime, due: datetime
) -> None:
    with time_machine.travel(opened, tick=False):
        ticket, _message = open_ticket(organisation, **question(organisation))

    assert ticket.due_at == due


def test_the_team_of_the_topic_takes_it_in_its_own_hours(organisation: Organisation) -> None:
    team, topic = make.team(organisation), make.topic(organisation)
    make.opening_hours(organisation, team, opens="08:00", closes="20:00")
    topic.team = team
    topic.save()

    with time_machine.travel(MONDAY, tick=False):
        ticket, _message = open_ticket(organisation, **question(organisation, topic=topic))

    assert (ticket.team, ticket.due_at) == (team, after(hours=8))


def test_an_ancestors_team_takes_it_where_there_is_none(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation)
    Team.objects.filter(organisation=child).update(is_default=False)

    ticket, _message = open_ticket(child, **question(child))

    assert (ticket.organisation, ticket.team) == (child, team_of(organisation))


def test_without_any_team_nothing_is_due_and_nothing_fails(organisation: Organisation) -> None:
    Team.objects.update(is_default=False)

    ticket, _message = open_ticket(organisation, **question(organisation))

    assert (ticket.team, ticket.due_at) == (None, None)


def test_who_asked_for_email_is_told_that_we_have_it(organisation: Organisation) -> None:
    ticket, _message = open_ticket(organisation, **question(organisation))

    [acknowledgement] = ticket.messages.filter(kind="event")
    assert events(ticket) == ["Se envió el acuse de recibo."]
    assert jobs("tickets.tell_person") == [{"message_id": acknowledgement.pk}]


@pytest.mark.parametrize("changes", [{"contact_by": ContactBy.PHONE}, {"contact_by": ContactBy.IN_PERSON}])
def test_who_asked_for_another_way_gets_no_email(organisation: Organisation, changes: dict[str, Any]) -> None:
    ticket, _message = open_ticket(organisation, **question(organisation, **changes))

    assert (events(ticket), jobs("tickets.tell_person")) == ([], [])


def test_a_ticket_without_address_gets_no_email(organisation: Organisation) -> None:
    person = make.person(organisation, email="")

    open_ticket(organisation, **question(organisation, person=person))

    assert jobs("tickets.tell_person") == []


def test_nothing_stays_of_a_ticket_that_was_rolled_back(organisation: Organisation) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        open_ticket(organisation, **question(organisation))
        raise RuntimeError

    assert (Ticket.objects.count(), jobs("tickets.tell_person")) == (0, [])


def test_a_form_sent_twice_opens_one_ticket(organisation: Organisation) -> None:
    sent = question(organisation, idempotency_key="k1")

    first, second = open_ticket(organisation, **sent), open_ticket(organisation, **sent)

    assert first == second
    assert Ticket.objects.count() == 1


def test_two_forms_without_key_open_two_tickets(organisation: Organisation) -> None:
    open_ticket(organisation, **question(organisation))
    open_ticket(organisation, **question(organisation))

    assert Ticket.objects.count() == 2


def test_a_reference_that_is_taken_is_replaced(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = make.ticket(organisation).reference
    references = iter([taken, taken, "333-333-333"])
    monkeypatch.setattr(tickets, "new_reference", lambda: next(references))

    ticket, _message = open_ticket(organisation, **question(organisation))

    assert ticket.reference == "333-333-333"


def test_a_subject_keeps_to_one_line_and_its_length(organisation: Organisation) -> None:
    ticket, _message = open_ticket(organisation, **question(organisation, subject="uno\n dos " + "x" * 300))

    assert ticket.subject == ("uno dos " + "x" * 300)[:160]


def test_who_wrote_it_down_for_the_person_is_recorded(organisation: Organisation) -> None:
    agent = make.user(organisation)

    ticket, _message = open_ticket(organisation, **question(organisation, channel=Channel.PHONE, author=agent))

    assert words(ticket) == [("public", "person", "Pulso y no pasa nada.")]
    assert Event.objects.get(verb="tickets.opened").actor_id == agent.pk


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_the_same_moment_opens_one_ticket() -> None:
    organisation = make.organisation()
    sent = question(organisation, idempotency_key="k1")
    opened: list[str] = []
    together = threading.Barrier(2)

    def press() -> None:
        try:
            together.wait()
            opened.append(open_ticket(organisation, **sent)[0].reference)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()

    assert opened == [opened[0]] * 2
    assert Ticket.objects.count() == 1
    assert Person.objects.count() == 1
    assert len(jobs("tickets.tell_person")) == 1
