"""Tickets that an incident causes, and one answer to all of them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.organisations.models import Organisation
from mostrador.service_status.actions import end_incident, open_incident
from mostrador.service_status.models import Incident
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import incidents, merging, tickets
from mostrador.tickets.choices import ContactBy, ReplyOutcome, State
from mostrador.tickets.models import IncidentReply, Ticket
from mostrador.tickets.queries.incidents import progress_of, tickets_to_answer
from tests import make
from tests.tickets.desk import MONDAY, events, fresh, jobs, words

LIST = "/gestion/incidencias/"


def caused(organisation: Organisation, agent: User, count: int = 3) -> tuple[Incident, list[Ticket]]:
    incident = open_incident(organisation, title="No se puede firmar", author=agent)
    made = [make.ticket(organisation, language="ca" if number == 2 else "es") for number in range(count)]
    for ticket in made:
        incidents.attach(ticket, incident, author=agent)
    return incident, made


def asked(incident: Incident, agent: User, **how: bool) -> IncidentReply:
    return incidents.ask_reply(
        incident,
        author=agent,
        tickets=tickets_to_answer(incident, access_of(agent, incident.organisation)),
        texts={"es": "Ya funciona.", "ca": "Ja funciona."},
        resolves=how.get("end", False),
        ends_incident=how.get("end", False),
        idempotency_key="k",
    )


def outcomes(reply: IncidentReply) -> list[str]:
    return list(reply.tickets.order_by("ticket").values_list("outcome", flat=True))


def test_an_incident_is_opened_from_a_ticket_and_others_are_added(organisation: Organisation, desk: Client) -> None:
    first, second = make.ticket(organisation), make.ticket(organisation)
    here = "/gestion/consultas/{}/incidencia/"
    desk.post(here.format(first.reference), {"title": "No se puede firmar", "description": "Desde las 9."})
    incident = Incident.objects.get()
    desk.post(here.format(second.reference), {"incident": incident.pk})
    page = desk.get(f"{LIST}{incident.pk}/").content.decode()

    assert incident.began_at == first.opened_at
    assert (fresh(first).incident, fresh(second).incident) == (incident, incident)
    assert events(second)[-1] == "La causa la incidencia «No se puede firmar»."
    assert first.reference in page
    assert second.reference in page
    desk.post(here.format(second.reference), {"remove": "1"})
    assert fresh(second).incident is None


def test_an_ended_or_foreign_incident_is_refused(organisation: Organisation, agent: User, ticket: Ticket) -> None:
    ended = open_incident(organisation, title="Terminada", author=agent)
    end_incident(ended, author=agent)
    foreign = open_incident(make.organisation(), title="De otros", author=agent)

    for incident in (ended, foreign):
        with pytest.raises(ActionRefused, match="ya terminó o es de otra"):
            incidents.attach(ticket, incident, author=agent)


def test_everybody_is_answered_once_in_their_language(organisation: Organisation, agent: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        incident, made = caused(organisation, agent)
        reply = asked(incident, agent)
        assert asked(incident, agent) == reply
        incidents.answer_incident(reply.pk)
        assert outcomes(reply) == [ReplyOutcome.PENDING] * 3
    with time_machine.travel(MONDAY + timedelta(seconds=11), tick=False):
        for _twice in range(2):
            incidents.answer_incident(reply.pk)

    assert [words(ticket)[1:] for ticket in made] == [
        [("public", "staff", "Ya funciona.")],
        [("public", "staff", "Ya funciona.")],
        [("public", "staff", "Ja funciona.")],
    ]
    assert outcomes(reply) == [ReplyOutcome.TOLD] * 3
    reply.refresh_from_db()
    assert reply.finished_at is not None
    answers = [ticket.messages.get(author=agent, kind="public").pk for ticket in made]
    assert [job["message_id"] for job in jobs("tickets.tell_person")][-3:] == answers


def test_it_can_be_taken_back_until_it_begins(organisation: Organisation, agent: User) -> None:
    incident, made = caused(organisation, agent)
    with time_machine.travel(MONDAY, tick=False):
        reply = asked(incident, agent, end=True)
    with time_machine.travel(MONDAY + timedelta(seconds=9), tick=False):
        incidents.cancel_reply(reply, author=agent)
    with time_machine.travel(MONDAY + timedelta(seconds=11), tick=False):
        incidents.answer_incident(reply.pk)
        late = IncidentReply.objects.create(
            incident=incident, author=agent, texts={}, written_at=MONDAY, starts_at=MONDAY, idempotency_key="otra"
        )
        with pytest.raises(ActionRefused, match="Ya se está enviando"):
            incidents.cancel_reply(late, author=agent)

    incident.refresh_from_db()
    assert incident.ended_at is None
    assert {fresh(ticket).state for ticket in made} == {State.NEW}


def test_one_gesture_ends_the_incident_and_resolves_all(organisation: Organisation, agent: User, desk: Client) -> None:
    incident, made = caused(organisation, agent)
    typed = {"key": "k", "text_es": "Ya funciona.", "text_ca": "Ja funciona."}
    preview = desk.post(f"{LIST}{incident.pk}/responder/", typed)
    answer = desk.post(f"{LIST}{incident.pk}/responder/", typed | {"end": "1"})
    reply = IncidentReply.objects.get()
    with time_machine.travel(reply.starts_at, tick=False):
        incidents.answer_incident(reply.pk)
        page = desk.get(answer["Location"]).content.decode()

    assert "Ja funciona." in preview.content.decode()
    incident.refresh_from_db()
    assert incident.ended_at is not None
    assert {fresh(ticket).state for ticket in made} == {State.RESOLVED}
    assert "3 de 3" in page
    assert "Se ha enviado por correo a 3 personas." in page


def test_the_report_says_whom_no_email_told(organisation: Organisation, agent: User) -> None:
    incident, (first, second, third) = caused(organisation, agent)
    by_phone = make.ticket(organisation, contact_by=ContactBy.PHONE)
    joined = make.ticket(organisation, person=first.person)
    for ticket in (by_phone, joined):
        incidents.attach(ticket, incident, author=agent)
    reply = asked(incident, agent)
    tickets.resolve(second, author=agent)
    incidents.detach(third, author=agent)
    merging.merge(joined, first, author=agent)

    with time_machine.travel(reply.starts_at, tick=False):
        incidents.answer_incident(reply.pk)

    assert outcomes(reply) == [
        ReplyOutcome.TOLD,
        ReplyOutcome.NOT_OPEN,
        ReplyOutcome.DETACHED,
        ReplyOutcome.WRITTEN,
        ReplyOutcome.MERGED,
    ]
    assert [text for _kind, _who, text in words(first)].count("Ya funciona.") == 1
    progress = progress_of(reply, access_of(agent, organisation))
    assert (progress.done, progress.total, progress.told) == (5, 5, 1)
    assert [reference for reference, _subject, _why in progress.untold] == [
        second.reference,
        third.reference,
        by_phone.reference,
        joined.reference,
    ]


def test_what_a_worker_left_half_done_goes_on(organisation: Organisation, agent: User) -> None:
    incident, made = caused(organisation, agent)
    reply = asked(incident, agent)
    with time_machine.travel(reply.starts_at, tick=False):
        incidents._answer_one(reply.tickets.earliest("pk").pk)
        incidents.resume_replies()
        assert jobs("tickets.answer_incident")[-1] == {"reply_id": reply.pk}
        incidents.answer_incident(reply.pk)

    assert [len(words(ticket)) for ticket in made] == [2, 2, 2]


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_for_one_and_three(
    organisation: Organisation, agent: User, desk: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(count):
        incident, _made = caused(organisation, agent, count)
    desk.get(LIST)

    with django_assert_num_queries(8):
        assert desk.get(LIST).content.decode().count("No se puede firmar") == count
    with django_assert_num_queries(8):
        assert desk.get(f"{LIST}{incident.pk}/").content.decode().count('<th scope="row">') == count


def test_without_incidents_the_page_says_so(organisation: Organisation, desk: Client) -> None:
    assert "No hay ninguna incidencia en curso" in desk.get(LIST).content.decode()
