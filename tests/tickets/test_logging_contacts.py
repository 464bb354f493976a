"""A call or a visit, written down at the desk."""

from typing import Any

import pytest
from django.test import Client

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.people.actions import erase_person, find_or_create_person
from mostrador.people.actions.representations import end_representation, note_representation
from mostrador.people.choices import TitleKind
from mostrador.people.models import Person, Representation
from mostrador.tickets.actions import tickets
from mostrador.tickets.actions.contacts import drop_ended_representatives
from mostrador.tickets.actions.emails import tell_person
from mostrador.tickets.models import DeskContact, Ticket
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


def log(desk: Client, **said: Any) -> Any:
    return desk.post(LOG, CALL | said)


def test_a_call_becomes_a_ticket_with_everything_that_was_said(
    desk: Client, organisation: Organisation, agent: User
) -> None:
    topic = make.topic(organisation)
    procedure = make.procedure(organisation, sia_code="2811001", name="Padrón")

    answer = log(desk, topic=str(topic.pk), procedure=str(procedure.pk), device="Chrome, Windows 11")

    ticket = Ticket.objects.select_related("person").get()
    assert answer["Location"] == f"/gestion/consultas/{ticket.reference}/"
    assert (ticket.channel, ticket.contact_by, ticket.language) == ("phone", "phone", "es")
    assert (ticket.subject, ticket.topic, ticket.procedure) == ("No le aparece el certificado", topic, procedure)
    assert (ticket.person.name, ticket.person.phone) == ("Paca Inventada", "+34600112233")
    assert ticket.device == "Chrome, Windows 11"
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


# --- Who calls ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["paca", "600 11 22 33", "paca@correo.example", "12345678-z", "referencia"])
def test_the_caller_is_found_by_anything_known_with_what_they_have_open(
    desk: Client, organisation: Organisation, typed: str
) -> None:
    paca = find_or_create_person(
        organisation, name="Paca Inventada", email="paca@correo.example", phone="600112233", identity="12345678Z"
    )
    ticket = make.ticket(organisation, person=paca, subject="No puedo firmar")
    who = ticket.reference if typed == "referencia" else typed

    page = desk.post(LOG, CALL | {"search": "1", "who": who}).content.decode()

    assert f'value="{paca.pk}"' in page
    assert f"{ticket.reference} · No puedo firmar" in page
    assert "***4567**" in page
    assert "Dice que ayer sí le aparecía." in page  # what was typed is still there
    assert Ticket.objects.count() == 1
    assert Event.objects.get(verb="people.searched").details == {"found": 1}


def test_htmx_gets_only_the_caller(desk: Client, organisation: Organisation) -> None:
    paca = make.person(organisation, name="Paca Inventada")

    fragment = desk.post(LOG, CALL | {"search": "1", "who": "paca"}, headers={"HX-Request": "true"}).content.decode()

    assert fragment.strip().startswith("<div")
    assert f'value="{paca.pk}"' in fragment
    assert "<html" not in fragment


def test_nobody_of_another_body_is_found_or_picked(desk: Client) -> None:
    stranger = make.person(make.organisation(), name="Paca Ajena")

    page = desk.post(LOG, CALL | {"search": "1", "who": "paca"}).content.decode()
    log(desk, person=str(stranger.pk))

    assert "Paca Ajena" not in page
    assert Ticket.objects.get().person != stranger


def test_a_telephone_exchange_opens_it_with_the_number(desk: Client, organisation: Organisation) -> None:
    paca = make.person(organisation, name="Paca Inventada", phone="+34600112233")

    page = desk.get(f"{LOG}?telefono=600112233").content.decode()

    assert f'value="{paca.pk}"' in page
    assert 'value="600112233"' in page


def test_whoever_is_picked_is_the_person_and_what_was_missing_is_added(
    desk: Client, organisation: Organisation
) -> None:
    paca = make.person(organisation, name="Paca", email="", phone="")

    card = desk.post(LOG, CALL | {"choose": "1", "person": str(paca.pk)}).content.decode()
    log(desk, person=str(paca.pk))

    paca.refresh_from_db()
    assert 'value="Paca"' in card
    assert Ticket.objects.get().person == paca
    assert (paca.name, paca.phone) == ("Paca", "+34600112233")
    assert Event.objects.filter(verb="people.viewed", subject_id=paca.pk).exists()


def test_a_call_about_an_open_ticket_is_added_to_it(desk: Client, organisation: Organisation) -> None:
    paca = make.person(organisation, phone="+34600112233")
    ticket = make.ticket(organisation, person=paca)

    answer = log(desk, person=str(paca.pk), add_to=ticket.reference, subject="", minutes="4", device="Chrome")
    again = log(desk, person=str(paca.pk), add_to=ticket.reference, subject="", minutes="4")

    ticket.refresh_from_db()
    assert answer["Location"] == again["Location"] == f"/gestion/consultas/{ticket.reference}/"
    assert words(ticket)[-1] == ("public", "person", "Dice que ayer sí le aparecía.")
    assert (Ticket.objects.count(), len(words(ticket)), ticket.minutes_spent, ticket.device) == (1, 2, 4, "Chrome")


def test_the_ticket_of_somebody_else_is_not_added_to(desk: Client, organisation: Organisation) -> None:
    paca, other = make.person(organisation), make.ticket(organisation)

    page = log(desk, person=str(paca.pk), add_to=other.reference)

    assert page.status_code == 422
    assert len(words(other)) == 1


# --- What happens at once -----------------------------------------------------------------------------


def test_it_is_resolved_in_the_call_with_the_article_that_did(desk: Client, organisation: Organisation) -> None:
    article = make.article(organisation)

    log(desk, resolve="1", answer="Cierre el navegador.", article=str(article.pk), minutes="7")

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.solved_by, ticket.public_replies) == ("resolved", article, 1)
    assert words(ticket)[-1] == ("public", "staff", "Cierre el navegador.")
    contact = DeskContact.objects.get()
    assert (contact.ticket, contact.channel, contact.minutes, ticket.minutes_spent) == (ticket, "phone", 7, 7)
    assert Event.objects.get(verb="tickets.contact_logged").details == {"channel": "phone", "minutes": 7}


def test_resolved_without_words_says_where_in_the_persons_language(desk: Client) -> None:
    log(desk, resolve="1", channel="in_person", office="Mesa 3")

    assert words(Ticket.objects.get())[-1][2] == "Se resolvió en la visita."
    assert DeskContact.objects.get().office == "Mesa 3"
    assert 'value="Mesa 3"' in desk.get(f"{LOG}?canal=presencial").content.decode()


def test_what_was_told_goes_by_email_to_whoever_wants_it(desk: Client) -> None:
    log(desk, contact_by="email", email="paca@correo.example", answer="Cierre el navegador.")

    ticket = Ticket.objects.get()
    assert ticket.state == "waiting_for_person"
    assert len(jobs("tickets.tell_person")) == 2  # the acknowledgement and what was told


def test_pressing_twice_counts_the_minutes_once(desk: Client) -> None:
    log(desk, resolve="1", minutes="5")
    log(desk, resolve="1", minutes="5")

    ticket = Ticket.objects.get()
    assert (ticket.minutes_spent, ticket.public_replies, DeskContact.objects.count()) == (5, 1, 1)


def test_articles_are_suggested_while_the_question_is_typed(desk: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="No aparece mi certificado")

    said = CALL | {"suggest": "1", "text": "no le aparece el certificado"}
    fragment = desk.post(LOG, said, headers={"HX-Request": "true"}).content.decode()

    assert f'value="{article.pk}"' in fragment
    assert not Ticket.objects.exists()


# --- In whose name ------------------------------------------------------------------------------------


def test_somebody_calls_for_another_and_gets_the_answers(desk: Client, agent: User) -> None:
    log(
        desk,
        contact_by="email",
        email="hijo@correo.example",
        acts_for="other",
        other_name="Madre Inventada",
        other_identity="12345678Z",
        other_title="legal",
    )

    ticket = Ticket.objects.get()
    assert ticket.representative is not None
    assert (ticket.person.name, ticket.representative.email) == ("Madre Inventada", "hijo@correo.example")
    representation = Representation.objects.get()
    assert (representation.person, representation.representative) == (ticket.person, ticket.representative)
    tickets.reply_as_desk(ticket, author=agent, text="Ya está.")
    tell_person(ticket.messages.latest("pk").pk)
    sent = OutgoingMessage.objects.get(kind="tickets.reply")
    assert (sent.to, sent.person) == ("hijo@correo.example", ticket.representative)
    page = desk.get(f"/gestion/consultas/{ticket.reference}/").content.decode()
    assert "Las respuestas van a su representante, no a la persona." in page


def test_somebody_known_is_offered_whom_they_represent(desk: Client, organisation: Organisation, agent: User) -> None:
    mother, son = make.person(organisation, name="Madre"), make.person(organisation, phone="+34600112233")
    note_representation(mother, son, title=TitleKind.LEGAL, by=agent)

    log(desk, person=str(son.pk), acts_for=str(mother.pk))

    ticket = Ticket.objects.get()
    assert (ticket.person, ticket.representative) == (mother, son)


def test_an_organisation_is_spoken_for_by_whoever_calls(desk: Client) -> None:
    log(desk, acts_for="other", other_name="Panadería Inventada SL", other_is_legal="on", other_identity="B12345674")

    person = Ticket.objects.get().person
    assert (person.kind, person.identity_kind, person.electronic_obligation) == ("legal", "nif", "legal_person")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"acts_for": "other"}, "Escriba el nombre de la persona por la que habla."),
        ({"identity": "12345678A"}, "El documento no es correcto"),
        ({"acts_for": "other", "other_name": "M", "other_identity": "1A"}, "El documento no es correcto"),
        ({"minutes": "-1"}, "Minutos"),
    ],
)
def test_what_is_wrong_of_the_call_is_said(desk: Client, said: dict[str, str], sentence: str) -> None:
    page = log(desk, **said)

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Ticket.objects.exists()


def test_who_speaks_for_the_person_of_a_ticket_is_changed(
    desk: Client, organisation: Organisation, agent: User
) -> None:
    ticket, son = make.ticket(organisation), make.person(organisation, name="Hijo Inventado")
    address = f"/gestion/consultas/{ticket.reference}/representante/"
    empty = desk.get(address).content.decode()
    note_representation(ticket.person, son, title=TitleKind.LEGAL, by=agent)

    desk.post(address, {"representative": str(son.pk)})

    ticket.refresh_from_db()
    assert "No consta nadie que la represente" in empty
    assert ticket.representative == son
    assert desk.post(address, {"representative": str(ticket.person_id)}).status_code == 422
    desk.post(address, {"representative": ""})
    ticket.refresh_from_db()
    assert ticket.representative is None


def test_who_no_longer_represents_the_person_gets_no_more_answers(organisation: Organisation, agent: User) -> None:
    son = make.person(organisation, email="hijo@correo.example")
    ticket, said = make.ticket(organisation, representative=son), make.ticket(organisation, representative=son)
    representation = note_representation(ticket.person, son, title=TitleKind.LEGAL, by=agent)
    before = drop_ended_representatives()
    end_representation(representation, by=agent)

    assert (before, drop_ended_representatives(), drop_ended_representatives()) == (0, 1, 0)
    ticket.refresh_from_db()
    said.refresh_from_db()
    assert (ticket.representative, said.representative) == (None, son)


def test_a_representative_who_was_erased_gets_no_answers_and_the_person_does(
    organisation: Organisation, agent: User
) -> None:
    son = make.person(organisation, email="hijo@correo.example")
    ticket = make.ticket(organisation, representative=son)
    erase_person(son, by=agent)

    tickets.reply_as_desk(ticket, author=agent, text="Ya está.")
    tell_person(ticket.messages.latest("pk").pk)

    assert OutgoingMessage.objects.get(kind="tickets.reply").to == ticket.person.email
