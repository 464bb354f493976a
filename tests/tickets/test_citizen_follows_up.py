"""A citizen looks at their ticket through its private link, answers, and says how it went."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries, Settings

from mostrador.accounts.choices import Role
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import tickets as actions
from mostrador.tickets.choices import State
from mostrador.tickets.jobs import send_private_link
from mostrador.tickets.models import Attachment, DraftFile, Message, Ticket, TicketDraft
from tests import make
from tests.tickets.wizard import PDF


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ticket(organisation: Organisation) -> Ticket:
    return make.ticket(organisation)


@pytest.fixture
def link(ticket: Ticket) -> str:
    return f"/consultas/s/{actions.new_private_link(ticket)}/"


def page_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def content_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def said_by_person(ticket: Ticket) -> list[str]:
    return list(
        ticket.messages.filter(author_kind="person", kind="public").order_by("pk").values_list("text", flat=True)
    )


def test_the_conversation_says_who_and_when_and_hides_what_is_internal(
    client: Client, ticket: Ticket, link: str, organisation: Organisation
) -> None:
    marta = make.user(organisation)
    marta.name = "Marta Gil"
    marta.save()
    actions.write_note(ticket, author=marta, text="Parece que miente")
    actions.reply_as_desk(ticket, author=marta, text="Abra el almacén.\n\nY <b>mire</b>.")

    response = client.get(link)

    page = page_of(response)
    assert "Al firmar no sale ningún certificado en la lista." in page
    assert page.index("Usted") < page.index("Marta Gil")
    assert "Parece que miente" not in page
    assert "&lt;b&gt;mire&lt;/b&gt;" in page
    assert "Esperamos su respuesta" in page
    assert 'title="' in page
    assert (response.headers["Referrer-Policy"], response.headers["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.NEW, "La hemos recibido"),
        (State.WAITING_FOR_US, "La estamos atendiendo"),
        (State.WAITING_FOR_PERSON, "Esperamos su respuesta"),
        (State.WAITING_FOR_THIRD_PARTY, "Depende de la FNMT"),
        (State.RESOLVED, "Si sigue sin funcionar, díganoslo"),
        (State.CLOSED, "Ya no se puede contestar en ella"),
        (State.SPAM, "Ya no se puede contestar en ella"),
    ],
)
def test_each_state_is_said_in_plain_words(client: Client, ticket: Ticket, link: str, state: State, words: str) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(state=state, third_party="la FNMT", resolved_at=timezone.now())

    page = page_of(client.get(link))

    assert words in page
    assert ('id="answer"' in page) == (state not in {State.CLOSED, State.SPAM})


@pytest.mark.parametrize("answers", [1, 3])
def test_the_page_asks_the_same_few_questions_of_the_database(
    client: Client,
    ticket: Ticket,
    link: str,
    organisation: Organisation,
    answers: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(answers):
        actions.reply_as_desk(ticket, author=make.user(organisation), text=f"Respuesta {n}")
        client.post(link, {"text": f"Contesto {n}", "uploads": SimpleUploadedFile(f"{n}.pdf", PDF)})

    with django_assert_num_queries(6):
        client.get(link)


def test_looking_writes_nothing(client: Client, ticket: Ticket, link: str) -> None:
    before = Ticket.objects.values().get()

    client.get(link)
    client.get("/consultas/seguimiento/")

    assert Ticket.objects.values().get() == before
    assert not TicketDraft.objects.exists()
    assert client.get(f"{link}resuelta/").status_code == 405


def test_an_answer_with_files_comes_back_to_the_desk(
    client: Client, ticket: Ticket, link: str, organisation: Organisation
) -> None:
    actions.reply_as_desk(ticket, author=make.user(organisation), text="¿Qué ve?")

    response = client.post(
        link, {"text": "Esto es lo que veo", "key": "k" * 43, "uploads": SimpleUploadedFile("captura.pdf", PDF)}
    )

    ticket.refresh_from_db()
    page = page_of(client.get(link))
    assert response.headers["Location"] == link
    assert ticket.state == State.WAITING_FOR_US
    assert said_by_person(ticket)[-1] == "Esto es lo que veo"
    assert [file.name for file in Attachment.objects.all()] == ["captura.pdf"]
    assert "captura.pdf" in page
    assert "Hemos recibido su mensaje." in page
    assert not TicketDraft.objects.exists()


def test_pressing_twice_says_it_once(client: Client, ticket: Ticket, link: str) -> None:
    for _ in range(2):
        client.post(link, {"text": "Una vez", "key": "k" * 43, "uploads": SimpleUploadedFile("captura.pdf", PDF)})

    assert said_by_person(ticket)[1:] == ["Una vez"]
    assert Attachment.objects.count() == 1
    assert not DraftFile.objects.exists()


def test_other_words_sent_from_a_page_that_was_gone_back_to_are_another_answer(
    client: Client, ticket: Ticket, link: str
) -> None:
    for text in ("Sigue igual", "Sigue igual", "Perdón: ahora sí funciona", "Perdón: ahora sí funciona"):
        client.post(link, {"text": text, "key": "k" * 43})

    assert said_by_person(ticket)[1:] == ["Sigue igual", "Perdón: ahora sí funciona"]


def test_a_file_alone_is_an_answer(client: Client, ticket: Ticket, link: str) -> None:
    client.post(link, {"text": "", "key": "k" * 43, "uploads": SimpleUploadedFile("captura.pdf", PDF)})

    assert said_by_person(ticket)[-1] == "Envío los archivos adjuntos."


def test_an_empty_answer_is_asked_for(client: Client, ticket: Ticket, link: str) -> None:
    response = client.post(link, {"text": " ", "key": "k" * 43})

    assert response.status_code == 422
    assert "Escriba su respuesta o adjunte un archivo" in page_of(response)
    assert len(said_by_person(ticket)) == 1


def test_a_bad_file_sends_nothing_and_keeps_text_and_good_files(client: Client, ticket: Ticket, link: str) -> None:
    response = client.post(
        link,
        {
            "text": "Le mando dos cosas",
            "key": "k" * 43,
            "uploads": [SimpleUploadedFile("bien.pdf", PDF), SimpleUploadedFile("mal.exe", b"MZ" + bytes(60))],
        },
    )

    page = page_of(response)
    later = page_of(Client().get(link))
    assert response.status_code == 422
    assert "«mal.exe» es un programa" in page
    for seen in (page, later):
        assert "Le mando dos cosas" in seen
        assert "bien.pdf" in seen
    assert len(said_by_person(ticket)) == 1
    client.post(link, {"text": "Le mando dos cosas", "key": "k" * 43})
    assert said_by_person(ticket)[1:] == ["Le mando dos cosas"]
    assert [file.name for file in Attachment.objects.all()] == ["bien.pdf"]


def test_a_kept_file_can_be_taken_out_of_an_answer(client: Client, link: str) -> None:
    client.post(link, {"text": "", "uploads": SimpleUploadedFile("mal.exe", b"MZ" + bytes(60))})
    client.post(
        link, {"text": "Hola", "uploads": [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.exe", b"MZ" * 9)]}
    )

    client.post(link, {"text": "Hola de nuevo", "remove_file": str(DraftFile.objects.get().pk)})

    assert not DraftFile.objects.exists()
    assert "Hola de nuevo" in page_of(client.get(link))


def test_an_answer_of_a_megabyte_is_returned_with_the_limit(client: Client, ticket: Ticket, link: str) -> None:
    text = "x" * 1_000_000

    response = client.post(link, {"text": text, "key": "k" * 43})

    assert response.status_code == 422
    assert "caben 10000" in page_of(response)
    assert text in response.content.decode()
    assert len(said_by_person(ticket)) == 1


def test_an_expired_form_keeps_the_answer(ticket: Ticket, link: str) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post(link, {"text": "Sigue igual", "uploads": SimpleUploadedFile("captura.pdf", PDF)})

    page = page_of(response)
    assert response.status_code == 403
    assert "Sigue igual" in page
    assert "Había elegido: captura.pdf" in page
    assert 'enctype="multipart/form-data"' in page


def test_a_form_of_a_page_without_referrer_is_taken_from_our_own_site_only(ticket: Ticket, link: str) -> None:
    client = Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(link).content.decode())
    assert token
    answer = {"text": "Sigue igual", "key": "k" * 43, "csrfmiddlewaretoken": token[1]}

    stranger = client.post(link, answer, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"})
    own = client.post(link, answer, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"})

    assert stranger.status_code == 403
    assert own.headers["Location"] == link


def test_saying_it_is_solved_resolves_it(client: Client, ticket: Ticket, link: str) -> None:
    response = client.post(f"{link}resuelta/")

    ticket.refresh_from_db()
    assert response.headers["Location"] == link
    assert ticket.state == State.RESOLVED
    assert "Resuelta" in page_of(client.get(link))


def test_saying_it_still_fails_reopens_it(
    client: Client, ticket: Ticket, link: str, organisation: Organisation
) -> None:
    actions.resolve(ticket, author=make.user(organisation))

    client.post(f"{link}sin-resolver/")

    ticket.refresh_from_db()
    assert ticket.state in {State.NEW, State.WAITING_FOR_US}
    assert ticket.reopenings == 1


def test_a_closed_ticket_refuses_and_says_the_way_out(
    client: Client, ticket: Ticket, link: str, organisation: Organisation
) -> None:
    agent = make.user(organisation)
    actions.resolve(ticket, author=agent)
    actions.close(ticket, author=agent)

    answered = client.post(link, {"text": "Otra cosa más", "key": "k" * 43})
    pressed = client.post(f"{link}sin-resolver/")

    assert (answered.status_code, pressed.status_code) == (422, 422)
    assert f"Abra otra y mencione la referencia {ticket.reference}" in page_of(answered)
    assert "Abra otra y mencione" in page_of(pressed)
    assert "Otra cosa más" in page_of(answered)


def test_an_expired_link_says_how_to_get_another(client: Client, ticket: Ticket, link: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        response = client.get(link)
        answered = client.post(link, {"text": "Hola"})

    assert (response.status_code, answered.status_code) == (404, 404)
    assert "Este enlace ya no sirve" in page_of(response)
    assert 'action="/consultas/seguimiento/"' in page_of(response)
    assert ticket.reference not in page_of(response)


def test_a_link_opens_nothing_at_another_organisation(client: Client, link: str) -> None:
    make.organisation(host="otra.example")

    response = client.get(link, headers={"host": "otra.example"})

    assert response.status_code == 404


@pytest.mark.parametrize("token", ["x" * 43, "_" * 43, "-" * 43])
def test_an_invented_link_looks_like_an_expired_one(client: Client, ticket: Ticket, token: str) -> None:
    response = client.get(f"/consultas/s/{token}/")

    assert response.status_code == 404
    assert "Este enlace ya no sirve" in page_of(response)


def test_reference_and_email_bring_a_fresh_link_that_works(client: Client, ticket: Ticket) -> None:
    written = ticket.reference.lower().replace("-", " ")

    response = client.post("/consultas/seguimiento/", {"reference": written, "email": ticket.person.email.upper()})

    job = ProcrastinateJob.objects.get(task_name="tickets.send_private_link")
    assert response.headers["Location"] == "/consultas/seguimiento/enviado/"
    assert job.args == {"ticket_id": ticket.pk}
    send_private_link(ticket.pk)
    sent = OutgoingMessage.objects.get()
    address = re.search(r"/consultas/s/[\w-]{43}/", sent.text)
    assert address
    assert sent.to == ticket.person.email
    assert ticket.reference in sent.subject
    assert address[0] in sent.html
    assert ticket.reference in page_of(client.get(address[0]))


def test_the_answer_is_the_same_whoever_asks(client: Client, ticket: Ticket, organisation: Organisation) -> None:
    other = make.ticket(make.organisation())

    answers = [
        client.post("/consultas/seguimiento/", data).headers["Location"]
        for data in (
            {"reference": ticket.reference, "email": ticket.person.email},
            {"reference": ticket.reference, "email": "otra@correo.example"},
            {"reference": other.reference, "email": other.person.email},
        )
    ]

    assert answers == ["/consultas/seguimiento/enviado/"] * 3
    assert ProcrastinateJob.objects.filter(task_name="tickets.send_private_link").count() == 1
    assert "por seguridad no podemos decirle cuál no coincide" in page_of(client.get(answers[0]))


def test_a_misheard_reference_is_told_without_asking_anybody(client: Client, ticket: Ticket) -> None:
    wrong = ("A" if ticket.reference[0] != "A" else "C") + ticket.reference[1:]

    response = client.post("/consultas/seguimiento/", {"reference": wrong, "email": "ana@casa.example"})

    assert response.status_code == 422
    assert "Esa referencia no es correcta" in page_of(response)
    assert 'value="ana@casa.example"' in page_of(response)


def test_links_are_sent_three_times_an_hour_and_the_answer_does_not_change(client: Client, ticket: Ticket) -> None:
    asked = {"reference": ticket.reference, "email": ticket.person.email}

    answers = {client.post("/consultas/seguimiento/", asked).headers["Location"] for _ in range(5)}

    assert answers == {"/consultas/seguimiento/enviado/"}
    assert ProcrastinateJob.objects.filter(task_name="tickets.send_private_link").count() == 3


def test_trying_many_references_from_one_address_has_to_wait(client: Client, ticket: Ticket) -> None:
    asked = {"reference": ticket.reference, "email": "otra@correo.example"}
    for _ in range(20):
        client.post("/consultas/seguimiento/", asked)

    response = client.post("/consultas/seguimiento/", asked)

    assert response.status_code == 422
    assert "Inténtelo dentro de una hora" in page_of(response)


# --- Files ------------------------------------------------------------------------------------------------


@pytest.fixture
def attachment(client: Client, ticket: Ticket, link: str) -> Attachment:
    client.post(link, {"text": "Mire", "key": "k" * 43, "uploads": SimpleUploadedFile("mi captura.pdf", PDF)})
    return Attachment.objects.get()


def test_files_go_out_as_downloads_through_the_link(client: Client, link: str, attachment: Attachment) -> None:
    response = client.get(f"{link}archivo/{attachment.pk}/")

    assert content_of(response) == PDF
    assert response.headers["Content-Disposition"] == 'attachment; filename="mi captura.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_files_of_other_tickets_and_of_notes_do_not_go_out(
    client: Client, link: str, attachment: Attachment, organisation: Organisation
) -> None:
    other = f"/consultas/s/{actions.new_private_link(make.ticket(organisation))}/"
    stranger = client.get(f"{other}archivo/{attachment.pk}/")
    Message.objects.filter(pk=attachment.message_id).update(kind="note")

    assert stranger.status_code == 404
    assert client.get(f"{link}archivo/{attachment.pk}/").status_code == 404


def test_the_desk_downloads_what_it_may_see(client: Client, attachment: Attachment, organisation: Organisation) -> None:
    address = f"/gestion/consultas/archivo/{attachment.pk}/"
    anonymous = client.get(address)
    client.force_login(make.user(organisation, Role.AGENT))

    response = client.get(address)

    assert anonymous.status_code == 302
    assert content_of(response) == PDF
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_desk_of_another_organisation_does_not(client: Client, attachment: Attachment) -> None:
    other = make.organisation(host="otra.example")
    client.force_login(make.user(other, Role.ADMINISTRATOR))

    response = client.get(f"/gestion/consultas/archivo/{attachment.pk}/", headers={"host": "otra.example"})

    assert response.status_code == 404
