"""A call or a visit, written down at the desk."""

from typing import Any

import pytest
from django.test import Client

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.people.models import Person
from mostrador.tickets.models import Ticket
from tests import make
from tests.tickets.desk import agent_of, jobs, words

LOG = "/gestion/consultas/nueva/"
CALL = {
    "channel": "phone",
    "name": "Paca Inventada",
    "phone": "600 11 22 33",
    "email": "",
    "contact_by": "phone",
    "language": "es",
    "subject": "No le aparece el certificado",
    "text": "Dice que ayer sí le aparecía.",
    "topic": "",
    "procedure": "",
    "key": "k",
}


@pytest.fixture
def desk(client: Client, agent: User) -> Client:
    """The browser of an agent."""
    client.force_login(agent)
    return client


def log(desk: Client, **said: Any) -> Any:
    return desk.post(LOG, CALL | said)


def test_a_call_becomes_a_ticket_with_everything_that_was_said(
    desk: Client, organisation: Organisation, agent: User
) -> None:
    topic = make.topic(organisation)
    procedure = make.procedure(organisation, sia_code="2811001", name="Padrón")

    answer = log(desk, topic=str(topic.pk), procedure=str(procedure.pk))

    ticket = Ticket.objects.select_related("person").get()
    assert answer["Location"] == f"/gestion/consultas/{ticket.reference}/"
    assert (ticket.channel, ticket.contact_by, ticket.language) == ("phone", "phone", "es")
    assert (ticket.subject, ticket.topic, ticket.procedure) == ("No le aparece el certificado", topic, procedure)
    assert (ticket.person.name, ticket.person.phone) == ("Paca Inventada", "+34600112233")
    assert words(ticket) == [("public", "person", "Dice que ayer sí le aparecía.")]
    assert jobs("tickets.tell_person") == []  # the person hears the reference
    assert Event.objects.get(verb="tickets.opened").actor_id == agent.pk
    page = desk.get(answer["Location"]).content.decode()
    assert f"Anotada. Diga a la persona su referencia: {ticket.reference}." in page


def test_whoever_wants_email_gets_the_acknowledgement(desk: Client) -> None:
    log(desk, channel="in_person", contact_by="email", email="paca@correo.example")

    ticket = Ticket.objects.get()
    assert ticket.channel == "in_person"
    assert len(jobs("tickets.tell_person")) == 1


@pytest.mark.parametrize("said", [{"email": "PACA@correo.example"}, {"phone": "+34 600112233"}])
def test_somebody_known_is_found_by_address_or_number(
    desk: Client, organisation: Organisation, said: dict[str, str]
) -> None:
    known = make.person(organisation, name="Paca", email="paca@correo.example", phone="+34600112233")

    log(desk, **said)

    assert Ticket.objects.get().person == known
    assert Person.objects.count() == 1


def test_pressing_twice_opens_one(desk: Client) -> None:
    first, second = log(desk), log(desk)

    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"subject": " "}, "Escriba el asunto"),
        ({"text": " "}, "Escriba qué le ocurre a la persona."),
        ({"phone": ""}, "Escriba el teléfono al que quiere que le llamemos."),
        ({"phone": "12"}, "Escriba el número completo"),
        ({"contact_by": "email"}, "Escriba el correo al que quiere la respuesta."),
    ],
)
def test_what_is_missing_is_asked_for_and_the_rest_is_kept(desk: Client, said: dict[str, str], sentence: str) -> None:
    page = log(desk, **said)

    content = page.content.decode()
    assert page.status_code == 422
    assert sentence in content
    assert "Paca Inventada" in content
    assert not Ticket.objects.exists()


def test_a_procedure_or_topic_of_another_body_is_not_taken(desk: Client) -> None:
    stranger = make.organisation()
    topic = make.topic(stranger)
    procedure = make.procedure(stranger, sia_code="1", name="Ajeno")

    page = log(desk, topic=str(topic.pk), procedure=str(procedure.pk))

    assert page.status_code == 422
    assert not Ticket.objects.exists()


def test_the_list_leads_whoever_may_write_down(desk: Client, organisation: Organisation) -> None:
    reader = Client()
    reader.force_login(make.user(organisation, Role.DIRECTOR))

    assert LOG in desk.get("/gestion/consultas/").content.decode()
    assert desk.get(LOG).status_code == 200
    assert LOG not in reader.get("/gestion/consultas/").content.decode()
    assert reader.get(LOG).status_code == 403


def test_the_desk_of_another_body_is_a_stranger_here(client: Client, organisation: Organisation) -> None:
    client.force_login(agent_of(make.organisation()))

    assert client.get(LOG).status_code == 404
    assert client.post(LOG, CALL).status_code == 404
    assert not Ticket.objects.exists()
