"""Asking a third party about a ticket: what they read, how they answer, and where it arrives."""

import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from mostrador.accounts.models import User
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import retention, tickets
from mostrador.tickets.actions.attachments import hand_over, keep_files
from mostrador.tickets.choices import State
from mostrador.tickets.models import Attachment, ThirdPartyRequest, Ticket, TicketDraft
from mostrador.tickets.queries.personal_data import personal_data
from mostrador.tickets.rules.third_parties import without_person
from tests import make
from tests.tickets.desk import after, events, fresh, words
from tests.tickets.wizard import PDF


@pytest.fixture
def ticket(organisation: Organisation) -> Ticket:
    """Somebody who wrote more about themselves than was asked."""
    person = make.person(organisation, name="Lucía Fernández", email="lucia@correo.example", phone="+34600112233")
    text = "Soy Lucía Fernandez, 12345678Z. Llámenme al 600 11 22 33 o a lucia@correo.example. Sale SAF_09."
    return make.ticket(organisation, person=person, text=text)


def ask(desk: Client, ticket: Ticket, **changed: Any) -> Any:
    first = ticket.messages.filter(kind="public").earliest("pk")
    data = {
        "name": "FNMT",
        "email": "soporte@fnmt.example",
        "text": "¿Conocen **este** error?",
        "messages": [str(first.pk)],
        "key": "k",
        "send": "1",
    }
    return desk.post(f"/gestion/consultas/{ticket.reference}/tercero/", data | changed)


def link_in(mail: OutgoingMessage) -> str:
    [path] = set(re.findall(r"/consultas/tercero/[\w-]{43}/", mail.text))
    return str(path)


def test_what_tells_who_somebody_is_is_left_out() -> None:
    text = "Soy Ana Ruiz (ana.ruiz@x.example, 600112233, 12345678-Z). Error SAF_09 el 3/5/2026 en la línea 1234."

    assert without_person(text, ["Ana Ruiz"]) == "Soy […] ([…], […], […]). Error SAF_09 el 3/5/2026 en la línea 1234."


def test_a_third_party_is_asked_by_name_and_the_ticket_waits_for_them(desk: Client, ticket: Ticket) -> None:
    for _press in range(2):
        ask(desk, ticket)

    mail = OutgoingMessage.objects.get(kind="tickets.third_party")
    assert (mail.to, mail.person) == ("soporte@fnmt.example", None)
    for text in (mail.text, mail.html):
        assert "SAF_09" in text
        for secret in ("Lucía", "Fernandez", "lucia@correo.example", "600 11 22 33", "12345678Z"):
            assert secret not in text
    assert "¿Conocen este error?" in mail.text
    assert "¿Conocen <strong>este</strong> error?" in mail.html
    assert (fresh(ticket).state, fresh(ticket).third_party) == (State.WAITING_FOR_THIRD_PARTY, "FNMT")
    assert events(ticket)[-2:] == ["Se preguntó a FNMT.", "Quedó pendiente de FNMT."]


def test_the_person_is_named_only_when_ticked(desk: Client, ticket: Ticket) -> None:
    ask(desk, ticket, with_person="on")

    mail = OutgoingMessage.objects.get(kind="tickets.third_party")
    assert "Lucía Fernández" in mail.text
    assert "600 11 22 33" in mail.text


def test_what_they_will_read_is_shown_first(desk: Client, ticket: Ticket) -> None:
    page = desk.post(
        f"/gestion/consultas/{ticket.reference}/tercero/",
        {
            "name": "FNMT",
            "email": "soporte@fnmt.example",
            "text": "¿Y esto?",
            "messages": [str(ticket.messages.earliest("pk").pk)],
            "key": "k",
        },
    ).text

    assert "Esto es lo que leerá" in page
    assert "[…]" in page
    assert not ThirdPartyRequest.objects.exists()


def test_they_answer_without_an_account_and_it_is_our_turn_again(
    desk: Client, ticket: Ticket, client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    ask(desk, ticket)
    path, outside = link_in(OutgoingMessage.objects.get(kind="tickets.third_party")), Client()

    page = outside.get(path).text
    for _press in range(2):
        file = SimpleUploadedFile("pasos.pdf", PDF)
        outside.post(path, {"text": "Es un fallo nuestro.", "key": "a", "uploads": file})
    thanks = outside.get(path).text

    assert "SAF_09" in page
    assert "Lucía" not in page
    assert "Hemos recibido su respuesta" in thanks
    assert words(ticket)[-1] == ("note", "third", "Es un fallo nuestro.")
    assert Attachment.objects.get().name == "pasos.pdf"
    assert fresh(ticket).state == State.WAITING_FOR_US
    assert fresh(ticket).due_at is not None
    shown = desk.get(f"/gestion/consultas/{ticket.reference}/").text
    assert "FNMT</strong>, un tercero" in shown


def test_the_person_does_not_read_what_the_third_party_said(desk: Client, ticket: Ticket) -> None:
    ask(desk, ticket)
    Client().post(link_in(OutgoingMessage.objects.get(kind="tickets.third_party")), {"text": "Interno.", "key": "a"})

    page = Client().get(f"/consultas/s/{tickets.new_private_link(ticket)}/").text

    assert "Interno." not in page


def test_an_expired_or_strange_link_opens_nothing(desk: Client, ticket: Ticket) -> None:
    with time_machine.travel(after(hours=1), tick=False):
        ask(desk, ticket)
    path = link_in(OutgoingMessage.objects.get(kind="tickets.third_party"))

    with time_machine.travel(after(days=31), tick=False):
        late = Client().post(path, {"text": "Tarde.", "key": "a"})
    strange = Client().get(f"/consultas/tercero/{'a' * 43}/")

    assert (late.status_code, strange.status_code) == (404, 404)
    assert words(ticket)[-1][1] == "person"


@pytest.mark.parametrize("wrong", [{"name": ""}, {"email": "x"}, {"text": " "}, {"messages": ["999999"]}])
def test_what_is_wrong_sends_nothing_and_keeps_the_words(desk: Client, ticket: Ticket, wrong: dict[str, Any]) -> None:
    page = ask(desk, ticket, **wrong)

    assert page.status_code == 422
    assert not OutgoingMessage.objects.filter(kind="tickets.third_party").exists()


def test_what_is_closed_asks_nobody(desk: Client, ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent)

    assert ask(desk, ticket).status_code == 422


def test_only_the_chosen_files_are_opened(
    desk: Client, ticket: Ticket, settings: Settings, tmp_path: Path, organisation: Organisation
) -> None:
    settings.MEDIA_ROOT = tmp_path
    draft = TicketDraft.objects.create(
        organisation=organisation, token_hash="x", created_at=after(), expires_at=after(days=1)
    )
    keep_files(draft, [SimpleUploadedFile("uno.pdf", PDF), SimpleUploadedFile("dos.pdf", PDF + b"\n")])
    hand_over(draft, ticket.messages.earliest("pk"))
    one, two = Attachment.objects.order_by("pk")
    ask(desk, ticket, attached=[str(one.pk)])
    path = link_in(OutgoingMessage.objects.get(kind="tickets.third_party"))

    opened, closed = (Client().get(f"{path}archivo/{file.pk}/") for file in (one, two))

    assert (opened.status_code, closed.status_code) == (200, 404)
    assert opened.getvalue() == PDF


def test_erasing_takes_it_along_and_the_link_ends(desk: Client, ticket: Ticket) -> None:
    ask(desk, ticket)
    path = link_in(OutgoingMessage.objects.get(kind="tickets.third_party"))
    exported = personal_data(ticket.person).records[0]["third_parties"]

    retention.erase_words(ticket)

    request = ThirdPartyRequest.objects.get()
    assert [row["name"] for row in exported] == ["FNMT"]
    assert (request.name, request.email, request.text, request.quoted) == ("", "", "", [])
    assert Client().get(path).status_code == 404
