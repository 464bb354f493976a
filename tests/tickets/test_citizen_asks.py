"""A citizen writes a question without an account."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.http import SimpleCookie
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from mostrador.help_centre.models import SearchLog
from mostrador.organisations.models import Organisation, Procedure
from mostrador.shared.tokens import token_hash
from mostrador.tickets.actions.drafts import delete_expired_drafts
from mostrador.tickets.models import Attachment, DraftFile, Ticket, TicketDraft, TicketLink
from tests import make
from tests.tickets import wizard
from tests.tickets.wizard import PDF, TEXT


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _organisation(organisation: Organisation) -> None:
    """Every page here belongs to the organisation of the test client's host."""


def page_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_question_becomes_a_ticket_with_everything_that_was_said(client: Client, organisation: Organisation) -> None:
    procedure = Procedure.objects.create(organisation=organisation, sia_code="1", names={"es": "Licencia de obra"})

    wizard.start(client, TEXT)
    wizard.say_where(
        client, procedure=str(procedure.pk), page_url="https://sede.example/tramite?x=1", error_code="SAF_09"
    )
    wizard.say_how_to_reach(client, language="ca")
    sent = wizard.send(client)

    ticket = Ticket.objects.select_related("person").get()
    message = ticket.messages.get(kind="public")
    assert sent.headers["Location"] == "/consultas/nueva/enviada/"
    assert {
        "subject": ticket.subject,
        "text": message.text,
        "channel": ticket.channel,
        "procedure": ticket.procedure,
        "page_url": ticket.page_url,
        "error_code": ticket.error_code,
        "contact_by": ticket.contact_by,
        "language": ticket.language,
        "person": (ticket.person.name, ticket.person.email, ticket.person.phone, ticket.person.language),
    } == {
        "subject": TEXT.removesuffix("."),
        "text": TEXT,
        "channel": "web",
        "procedure": procedure,
        "page_url": "https://sede.example/tramite?x=1",
        "error_code": "SAF_09",
        "contact_by": "email",
        "language": "ca",
        "person": ("Ana Ruiz", "ana@casa.example", "", "ca"),
    }


def test_the_result_says_reference_term_and_what_it_is_not(client: Client, organisation: Organisation) -> None:
    organisation.postal_address = "Plaza Mayor, 1"
    organisation.save()
    with time_machine.travel(datetime(2026, 11, 23, 8, 30, tzinfo=UTC), tick=False):  # Monday, 9:30 in Madrid
        ticket = wizard.ask(client)

        page = page_of(client.get("/consultas/nueva/enviada/"))

    assert f'<p class="reference">{ticket.reference}</p>' in page
    assert "le responderá por correo electrónico antes del 24 de noviembre de 2026 a las 12:30" in page
    assert "ana@casa.example" in page
    assert "no es un asiento de registro" in page


def test_pressing_send_twice_gives_the_same_reference(client: Client) -> None:
    ticket = wizard.ask(client)

    again = wizard.send(client)

    assert again.headers["Location"] == "/consultas/nueva/enviada/"
    assert ticket.reference in page_of(client.get("/consultas/nueva/enviada/"))
    assert list(Ticket.objects.all()) == [ticket]


def test_a_person_without_email_gets_a_private_link_that_opens_the_ticket(client: Client) -> None:
    ticket = wizard.ask(client, contact_by="phone", phone="600 11 22 33", email="")

    page = page_of(client.get("/consultas/nueva/enviada/"))

    link = re.search(r"http://testserver[^\"<]*/consultas/s/([\w-]{43})/", page)
    assert link
    assert TicketLink.objects.get().token_hash == token_hash(link[1])
    assert (ticket.person.phone, ticket.contact_by) == ("+34600112233", "phone")
    assert "le llamará al 600 112 233" in page
    assert ticket.reference in page_of(Client().get(f"/consultas/s/{link[1]}/"))


def test_who_comes_in_person_is_told_where_with_the_reference(client: Client, organisation: Organisation) -> None:
    organisation.postal_address = "Plaza Mayor, 1"
    organisation.save()
    ticket = wizard.ask(client, contact_by="in_person", email="ignored@casa.example")

    page = page_of(client.get("/consultas/nueva/enviada/"))

    assert ticket.person.email == ""  # what was not chosen is not kept
    assert "diga esta referencia" in page
    assert "Plaza Mayor, 1" in page


def test_articles_are_a_step_of_their_own_when_the_page_has_not_shown_them(
    client: Client, organisation: Organisation
) -> None:
    article = make.article(organisation, title="No aparece mi certificado al firmar")

    response = wizard.start(client, TEXT)

    page = page_of(client.get(response.headers["Location"]))
    assert response.headers["Location"] == "/consultas/nueva/sugerencias/"
    assert "No aparece mi certificado al firmar" in page
    assert "Ninguno me sirve, quiero escribir" in page
    wizard.say_where(client)
    wizard.say_how_to_reach(client)
    wizard.send(client)
    assert Ticket.objects.get().articles_seen == [article.pk]


def test_articles_shown_while_typing_are_no_step(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="No aparece mi certificado al firmar")

    shown = client.post("/consultas/nueva/borrador/", {"text": TEXT}, headers={"HX-Request": "true"})
    response = client.post("/consultas/nueva/", {"text": TEXT, "seen": str(article.pk)})

    assert f'name="seen" value="{article.pk}" form="question"' in shown.content.decode()
    assert "<html" not in shown.content.decode()
    assert response.headers["Location"] == "/consultas/nueva/donde/"


def test_articles_that_cannot_be_ours_are_not_kept(client: Client) -> None:
    client.post("/consultas/nueva/", {"text": TEXT, "seen": ["9" * 20, "9" * 5000, "²", "7"]})
    wizard.say_how_to_reach(client)
    wizard.send(client)

    assert Ticket.objects.get().articles_seen == [7]


def test_without_articles_there_is_no_step_for_them(client: Client) -> None:
    assert wizard.start(client).headers["Location"] == "/consultas/nueva/donde/"
    assert client.get("/consultas/nueva/sugerencias/").headers["Location"] == "/consultas/nueva/donde/"


def test_every_page_comes_back_with_what_was_typed(client: Client) -> None:
    wizard.start(client, TEXT)
    wizard.say_where(client, page_url="https://sede.example/", error_code="SAF_09")
    wizard.say_how_to_reach(client, name="Ana & <b>Luis</b>")

    assert TEXT in page_of(client.get("/consultas/nueva/"))
    assert 'value="SAF_09"' in page_of(client.get("/consultas/nueva/donde/"))
    assert 'value="Ana &amp; &lt;b&gt;Luis&lt;/b&gt;"' in page_of(client.get("/consultas/nueva/contacto/"))


def test_going_back_keeps_what_is_wrong_on_the_page_that_is_left(client: Client) -> None:
    wizard.start(client)

    response = client.post("/consultas/nueva/contacto/", {"contact_by": "email", "email": "ana@", "back": "1"})

    assert response.headers["Location"] == "/consultas/nueva/donde/"
    assert 'value="ana@"' in page_of(client.get("/consultas/nueva/contacto/"))


def test_what_is_being_typed_is_kept_before_any_button(client: Client) -> None:
    client.post("/consultas/nueva/borrador/", {"text": "No me de"})
    wizard.start(client)
    saved = client.post("/consultas/nueva/borrador/", {"email": "ana@casa", "name": "Ana"})

    assert saved.status_code == 204
    assert 'value="ana@casa"' in page_of(client.get("/consultas/nueva/contacto/"))


def test_a_change_from_the_summary_goes_back_to_it(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="No aparece mi certificado al firmar")
    wizard.start(client)
    wizard.say_where(client)
    wizard.say_how_to_reach(client)

    asked = page_of(client.get("/consultas/nueva/?then=check"))
    changed = client.post("/consultas/nueva/", {"text": "Otra cosa: mi certificado", "then": "check"})

    assert '<input type="hidden" name="then" value="check">' in asked
    assert changed.headers["Location"] == "/consultas/nueva/comprobar/"
    assert "Otra cosa: mi certificado" in page_of(client.get("/consultas/nueva/comprobar/"))


def test_the_summary_shows_everything_and_the_first_layer_of_privacy(
    client: Client, organisation: Organisation
) -> None:
    wizard.start(client)
    wizard.say_where(client, error_code="SAF_09", uploads=SimpleUploadedFile("captura.pdf", PDF))
    wizard.say_how_to_reach(client)

    page = page_of(client.get("/consultas/nueva/comprobar/"))

    for said in (TEXT, "SAF_09", "captura.pdf", "ana@casa.example", "Ana Ruiz", "Español", organisation.name):
        assert said in page
    assert "Responsable" in page
    assert "Sus derechos" in page
    assert "no presenta ninguna solicitud ni detiene ningún plazo" in page


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


def walk_to_the_summary(client: Client) -> str:
    wizard.start(client)
    wizard.say_where(client)
    wizard.say_how_to_reach(client)
    return client.get("/consultas/nueva/comprobar/").text


@pytest.mark.parametrize(("box", "device"), [({"device": "1"}, "Firefox 128, Windows"), ({}, "")])
def test_the_device_is_shown_before_it_is_sent_and_only_with_leave(
    client: Client, organisation: Organisation, box: dict[str, str], device: str
) -> None:
    client.defaults["HTTP_USER_AGENT"] = FIREFOX
    summary = walk_to_the_summary(client)

    wizard.send(client, **box)

    ticket = Ticket.objects.get()
    assert 'name="device" value="1" aria-describedby="device-hint" checked' in summary
    assert "Enviar también con qué lo hago: Firefox 128, Windows" in summary
    assert ticket.device == device
    client.force_login(make.user(organisation))
    assert ("Firefox 128, Windows" in client.get(f"/gestion/consultas/{ticket.reference}/").text) == bool(device)


def test_what_cannot_be_told_of_the_device_is_not_asked(client: Client) -> None:
    assert 'name="device"' not in walk_to_the_summary(client)


@pytest.mark.parametrize("page", ["sugerencias", "donde", "contacto", "comprobar"])
def test_later_pages_lead_to_the_first_when_nothing_was_said(client: Client, page: str) -> None:
    assert client.get(f"/consultas/nueva/{page}/").headers["Location"] == "/consultas/nueva/"


def test_the_summary_leads_to_the_page_that_is_not_complete(client: Client) -> None:
    wizard.start(client)

    assert client.get("/consultas/nueva/comprobar/").headers["Location"] == "/consultas/nueva/contacto/"


def test_looking_writes_nothing(client: Client) -> None:
    for page in ("", "sugerencias/", "donde/", "contacto/", "comprobar/", "enviada/"):
        client.get(f"/consultas/nueva/{page}")

    assert not TicketDraft.objects.exists()
    assert set(client.cookies) <= {"csrftoken"}


def test_the_cookie_is_for_our_server_only_and_the_database_keeps_a_hash(client: Client) -> None:
    wizard.start(client)

    cookie = client.cookies["mostrador_draft"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 86400)
    assert TicketDraft.objects.get().token_hash == token_hash(cookie.value)


def test_a_draft_of_another_organisation_is_not_found(client: Client) -> None:
    make.organisation(host="otra.example")
    wizard.start(client)

    response = client.get("/consultas/nueva/donde/", headers={"host": "otra.example"})

    assert response.headers["Location"] == "/consultas/nueva/"


def test_an_expired_draft_is_said_kindly_and_the_last_page_is_kept(client: Client) -> None:
    wizard.start(client)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        client.cookies["mostrador_draft"]["max-age"] = ""
        response = wizard.say_how_to_reach(client)

        page = page_of(client.get(response.headers["Location"]))
        wizard.start(client)
        contact = page_of(client.get("/consultas/nueva/contacto/"))

    assert "Su borrador ha caducado" in page
    assert 'value="ana@casa.example"' in contact


def test_expired_drafts_are_deleted_with_their_files_and_others_stay(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    wizard.start(client)
    wizard.say_where(client, uploads=SimpleUploadedFile("viejo.pdf", PDF))
    old = DraftFile.objects.get().file.name
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        wizard.start(Client(), "Otra pregunta más reciente")

    with (
        time_machine.travel(timezone.now() + timedelta(hours=25)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        deleted = delete_expired_drafts()

    assert deleted == 1
    assert [draft.answers["text"] for draft in TicketDraft.objects.all()] == ["Otra pregunta más reciente"]
    assert not default_storage.exists(str(old))


def test_files_stay_with_the_draft_and_go_with_the_ticket(client: Client) -> None:
    wizard.start(client)
    wizard.say_where(client, uploads=[SimpleUploadedFile("uno.pdf", PDF), SimpleUploadedFile("dos.txt", b"hola")])
    page = page_of(client.get("/consultas/nueva/donde/"))
    wizard.say_how_to_reach(client)
    wizard.send(client)

    assert "uno.pdf" in page
    assert "dos.txt" in page
    kept = Attachment.objects.order_by("pk")
    assert [(file.name, file.content_type, file.size_bytes) for file in kept] == [
        ("uno.pdf", "application/pdf", len(PDF)),
        ("dos.txt", "text/plain", 4),
    ]
    assert kept[0].file.read() == PDF
    assert not DraftFile.objects.exists()
    kept[0].file.close()


def test_a_bad_file_is_told_and_the_good_one_stays(client: Client) -> None:
    wizard.start(client)

    response = wizard.say_where(
        client,
        error_code="SAF_09",
        uploads=[SimpleUploadedFile("bien.pdf", PDF), SimpleUploadedFile("factura.pdf", b"MZ\x90\x00" + bytes(60))],
    )

    page = page_of(response)
    assert response.status_code == 422
    assert "«factura.pdf» es un programa" in page
    assert "bien.pdf" in page
    assert 'value="SAF_09"' in page
    assert [file.name for file in DraftFile.objects.all()] == ["bien.pdf"]


def test_a_file_too_big_is_told_with_the_limit(client: Client, settings: Settings) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1_048_576
    wizard.start(client)

    response = wizard.say_where(client, uploads=SimpleUploadedFile("grande.pdf", PDF + bytes(1_100_000)))

    assert response.status_code == 422
    assert "«grande.pdf» pesa más de 1 MB" in page_of(response)


def test_too_many_files_keep_the_first_ones(client: Client) -> None:
    wizard.start(client)

    response = wizard.say_where(client, uploads=[SimpleUploadedFile(f"{n}.txt", str(n).encode()) for n in range(1, 8)])

    assert response.status_code == 422
    assert "5 archivos como máximo; 2 no se han guardado" in page_of(response)
    assert DraftFile.objects.count() == 5


def test_a_kept_file_can_be_taken_out_without_losing_the_rest(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    wizard.start(client)
    wizard.say_where(client, uploads=SimpleUploadedFile("sobra.pdf", PDF))
    file = DraftFile.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        response = wizard.say_where(client, error_code="SAF_09", remove_file=str(file.pk))

    assert response.headers["Location"] == "/consultas/nueva/donde/"
    assert not DraftFile.objects.exists()
    assert not default_storage.exists(str(file.file.name))
    assert 'value="SAF_09"' in page_of(client.get("/consultas/nueva/donde/"))


def test_the_file_of_another_draft_cannot_be_taken_out(client: Client) -> None:
    other = Client()
    wizard.start(other)
    wizard.say_where(other, uploads=SimpleUploadedFile("ajeno.pdf", PDF))
    wizard.start(client)

    wizard.say_where(client, remove_file=str(DraftFile.objects.get().pk))

    assert DraftFile.objects.count() == 1


def test_a_question_of_a_megabyte_is_returned_with_the_limit(client: Client) -> None:
    text = "no me deja firmar " * 58_000

    response = client.post("/consultas/nueva/", {"text": text})

    page = response.content.decode()
    assert response.status_code == 422
    assert f"Ha escrito {len(text.strip())} caracteres y caben 10000" in page
    assert text.strip() in page
    assert text.strip() in client.get("/consultas/nueva/").content.decode()


def test_a_form_beyond_all_limits_gets_a_calm_page(client: Client) -> None:
    response = client.post("/consultas/nueva/", {"text": "x" * 4_000_000})

    assert response.status_code == 413
    assert "demasiado grande" in page_of(response)
    assert "vuelva atrás" in page_of(response).lower()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"text=antes%00despu%C3%A9s", "antesdespués"),
        (b"text=clave%20%FF%FE%20rota", "clave \ufffd\ufffd rota"),
        (b"text=l%C3%ADnea%0D%0Aotra", "línea\notra"),
        (b"text=campana%07%1B[31m", "campana[31m"),
    ],
)
def test_bytes_that_are_no_text_do_no_harm(client: Client, sent: bytes, kept: str) -> None:
    response = client.generic("POST", "/consultas/nueva/", sent, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 302
    assert TicketDraft.objects.get().answers["text"] == kept


def test_scripts_come_back_as_text_in_every_field(client: Client) -> None:
    attack = '"><script>alert(1)</script>'
    wizard.start(client, attack)
    wizard.say_where(client, page_url=attack, error_code=attack, uploads=SimpleUploadedFile(f"{attack}.txt", b"a"))
    wizard.say_how_to_reach(client, name=attack)

    pages = [client.get(f"/consultas/nueva/{page}") for page in ("", "donde/", "contacto/", "comprobar/")]
    pages.append(wizard.say_how_to_reach(client, email=attack, phone=attack, contact_by=attack, language=attack))

    for page in pages:
        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;" in page.content.decode()


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"contact_by": ""}, "Elija cómo quiere que le contestemos"),
        ({"email": ""}, "Escriba su correo electrónico"),
        ({"email": "ana@casa"}, "Escriba un correo como"),
        ({"contact_by": "phone", "phone": ""}, "Escriba su teléfono"),
        ({"contact_by": "phone", "phone": "12345"}, "nueve cifras"),
    ],
)
def test_missing_contact_data_come_back_filled(client: Client, answers: dict[str, str], error: str) -> None:
    wizard.start(client)

    response = wizard.say_how_to_reach(client, **answers)

    page = page_of(response)
    assert response.status_code == 422
    assert error in page
    assert 'value="Ana Ruiz"' in page


def test_an_empty_question_is_asked_for(client: Client) -> None:
    response = client.post("/consultas/nueva/", {"text": "   "})

    assert response.status_code == 422
    assert "Escriba qué le ocurre" in page_of(response)


def test_a_program_that_fills_every_field_is_stopped_and_a_person_loses_nothing(
    client: Client, organisation: Organisation
) -> None:
    organisation.phone = "999 000 100"
    organisation.save()

    response = client.post("/consultas/nueva/", {"text": TEXT, "apodo": "x"})

    page = page_of(response)
    assert response.status_code == 429
    assert "Parece que un programa ha rellenado el formulario" in page
    assert TEXT in page
    assert "999 000 100" in page
    assert wizard.start(client).status_code == 302


def test_whoever_is_quicker_than_people_is_asked_to_press_again(client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        wizard.start(client)
        wizard.say_where(client)
        wizard.say_how_to_reach(client)
        response = client.post("/consultas/nueva/comprobar/")

        assert response.status_code == 429
        assert "Pulse «Enviar» otra vez" in page_of(response)
        assert TEXT in page_of(response)
        clock.shift(5)
        assert client.post("/consultas/nueva/comprobar/").status_code == 302


def test_too_many_tickets_for_one_person_wait_and_keep_their_words(client: Client) -> None:
    for _ in range(6):
        wizard.ask(Client())

    wizard.start(client)
    wizard.say_where(client)
    wizard.say_how_to_reach(client)
    response = wizard.send(client)

    assert response.status_code == 429
    assert "Espere una hora" in page_of(response)
    assert TEXT in page_of(response)
    assert Ticket.objects.count() == 6


def test_too_many_drafts_from_one_address_keep_the_page(client: Client) -> None:
    for _ in range(60):
        wizard.start(Client())

    response = wizard.start(client)

    assert response.status_code == 429
    assert TEXT in page_of(response)


def test_an_expired_token_keeps_what_was_typed() -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/consultas/nueva/", {"text": TEXT})

    assert response.status_code == 403
    assert TEXT in page_of(response)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.content.decode())
    assert token
    again = client.post("/consultas/nueva/", {"text": TEXT, "csrfmiddlewaretoken": token[1]})
    assert again.headers["Location"] == "/consultas/nueva/donde/"


def test_after_sending_a_new_question_is_a_new_ticket(client: Client) -> None:
    first = wizard.ask(client)

    empty = page_of(client.get("/consultas/nueva/"))
    second = wizard.ask(client, "Una pregunta distinta")

    assert TEXT not in empty
    assert first.pk != second.pk
    assert second.subject == "Una pregunta distinta"


def test_changing_a_page_after_sending_leads_to_the_result(client: Client) -> None:
    wizard.ask(client)

    assert wizard.say_how_to_reach(client, name="Otra").headers["Location"] == "/consultas/nueva/enviada/"
    assert client.get("/consultas/nueva/donde/").headers["Location"] == "/consultas/nueva/enviada/"


def test_pages_are_private_and_in_the_language_of_the_address(client: Client) -> None:
    response = client.get("/ca/consultas/nueva/")

    assert 'lang="ca"' in response.content.decode()
    assert 'action="/ca/consultas/nueva/"' in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert wizard.start(client).status_code == 302


def test_what_was_typed_can_be_deleted_for_the_next_person_at_the_computer(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    wizard.start(client)
    wizard.say_where(client, uploads=SimpleUploadedFile("uno.pdf", PDF))
    stored = str(DraftFile.objects.get().file.name)

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/consultas/nueva/descartar/")

    assert not TicketDraft.objects.exists()
    assert not default_storage.exists(stored)
    assert TEXT not in page_of(client.get("/consultas/nueva/"))
    assert client.cookies["mostrador_draft"].value == ""


def test_the_page_with_the_reference_is_gone_after_an_hour(client: Client) -> None:
    wizard.ask(client)

    with time_machine.travel(timezone.now() + timedelta(minutes=62)):
        response = client.get("/consultas/nueva/enviada/")

    assert response.headers["Location"] == "/consultas/seguimiento/"


def test_the_words_of_a_search_can_be_carried_over(client: Client) -> None:
    page = page_of(client.get("/consultas/nueva/", {"texto": "no aparece </textarea>mi certificado"}))

    assert "no aparece &lt;/textarea&gt;mi certificado" in page


def test_a_form_with_files_beyond_all_limits_gets_a_calm_page(client: Client, settings: Settings) -> None:
    settings.ATTACHMENT_MAX_BYTES, settings.ATTACHMENTS_MAX_COUNT = 1000, 1
    wizard.start(client)

    response = wizard.say_where(client, uploads=SimpleUploadedFile("enorme.pdf", PDF + bytes(9000)))

    assert response.status_code == 413
    assert "demasiado grande" in page_of(response)


def test_unsent_files_cannot_fill_the_disk(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mostrador.tickets.actions.attachments.DRAFTS_MAX_BYTES", len(PDF) + 1)
    wizard.start(client)

    response = wizard.say_where(
        client, uploads=[SimpleUploadedFile("uno.pdf", PDF), SimpleUploadedFile("dos.txt", b"hola")]
    )

    assert response.status_code == 422
    assert "Ahora mismo no podemos guardar «dos.txt»" in page_of(response)
    assert [file.name for file in DraftFile.objects.all()] == ["uno.pdf"]


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_open_one_ticket(client: Client) -> None:
    wizard.start(client)
    wizard.say_where(client)
    wizard.say_how_to_reach(client)
    TicketDraft.objects.update(created_at=timezone.now() - timedelta(minutes=1))

    with ThreadPoolExecutor(max_workers=4) as presses:
        answers = list(presses.map(lambda _press: _send_and_hang_up(client), range(4)))

    assert answers == ["/consultas/nueva/enviada/"] * 4
    assert Ticket.objects.count() == 1


def _send_and_hang_up(client: Client) -> str:
    own = Client()
    own.cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    try:
        return own.post("/consultas/nueva/comprobar/").headers["Location"]
    finally:
        connections.close_all()


def test_only_procedures_in_use_here_or_above_are_offered(client: Client, organisation: Organisation) -> None:
    for code, names, active in (("1", "Óbitos", True), ("2", "Licencias", True), ("3", "Antiguo", False)):
        Procedure.objects.create(organisation=organisation, sia_code=code, names={"es": names}, is_active=active)
    Procedure.objects.create(organisation=make.organisation(), sia_code="4", names={"es": "De otros"})
    wizard.start(client)

    page = page_of(client.get("/consultas/nueva/donde/"))

    assert re.findall(r"<option[^>]*>([^<]*)</option>", page) == ["No lo sé o no aparece", "Licencias", "Óbitos"]
    stranger = Procedure.objects.get(sia_code="4")
    assert wizard.say_where(client, procedure=str(stranger.pk)).status_code == 422


def test_a_question_that_began_with_a_search_says_so_to_those_who_look_after_the_articles(
    client: Client, organisation: Organisation
) -> None:
    client.get("/buscar/", {"q": "no me sale el certificado"})
    search = SearchLog.objects.get()

    form = client.get("/consultas/nueva/", {"texto": TEXT, "busqueda": search.key}).text
    client.post("/consultas/nueva/", {"text": TEXT, "search": search.key})
    wizard.say_where(client)
    wizard.say_how_to_reach(client)
    before = SearchLog.objects.get().next_step
    wizard.send(client)
    ticket = Ticket.objects.get()

    assert ticket.search_key == search.key
    assert f'name="search" id="id_search" value="{search.key}"' in form
    assert (before, SearchLog.objects.get().next_step) == ("", "asked")


@pytest.mark.parametrize("key", ["otra", "x" * 500, "\x00"])
def test_a_search_that_is_not_kept_any_more_hinders_nobody(
    client: Client, organisation: Organisation, key: str
) -> None:
    assert client.get("/consultas/nueva/", {"busqueda": key}).status_code == 200
    client.post("/consultas/nueva/", {"text": TEXT, "search": key})
    wizard.say_where(client)
    wizard.say_how_to_reach(client)

    assert wizard.send(client).headers["Location"] == "/consultas/nueva/enviada/"
    assert Ticket.objects.get().search_key == ""
