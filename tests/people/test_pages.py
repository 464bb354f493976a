"""Persons at the desk: /gestion/personas/."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.people.actions import erase_person, find_or_create_person
from mostrador.people.actions.requests import run_request
from mostrador.people.models import DataRequest, Person
from tests import make

CHECKED = {"identity_check": "document"}
CONFIRMED = CHECKED | {"understood": "on"}


@pytest.fixture(autouse=True)
def _files_apart(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def administrator(organisation: Organisation, client: Client) -> User:
    """Signed in."""
    user = make.user(organisation, Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture
def ana(organisation: Organisation) -> Person:
    """Somebody of the public."""
    return find_or_create_person(
        organisation, name="Ana María Núñez Gómez", email="ana@casa.example", phone="600112233", language="es"
    )


@pytest.mark.parametrize(
    "words", ["ana@casa.example", "ANA@casa.example ", "600 11 22 33", "+34 600112233", "nunez", "gomez ana", "Núñez"]
)
def test_a_person_is_found_by_address_number_or_parts_of_the_name(
    client: Client, administrator: User, ana: Person, words: str
) -> None:
    response = client.post("/gestion/personas/", {"words": words})

    assert f"/gestion/personas/{ana.pk}/" in response.content.decode()


@pytest.mark.parametrize("words", ["otra@casa.example", "600 11 22 34", "pepe", "%%%", "ana pepe"])
def test_nobody_is_found_by_other_words(client: Client, administrator: User, ana: Person, words: str) -> None:
    page = client.post("/gestion/personas/", {"words": words}).content.decode()

    assert "No hay nadie con esos datos" in page


def test_a_search_is_recorded_without_what_was_typed(client: Client, administrator: User, ana: Person) -> None:
    client.post("/gestion/personas/", {"words": "ana@casa.example"})

    event = Event.objects.get(verb="people.searched")
    assert (event.actor_id, event.details) == (administrator.pk, {"found": 1})


def test_two_letters_are_too_few(client: Client, administrator: User) -> None:
    response = client.post("/gestion/personas/", {"words": "an"})

    assert response.status_code == 422
    assert "Escriba al menos tres letras." in response.content.decode()


def test_the_number_of_queries_does_not_grow_with_who_is_found(
    organisation: Organisation, client: Client, administrator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    find_or_create_person(organisation, name="Ana Uno")
    client.post("/gestion/personas/", {"words": "ana"})
    with django_assert_num_queries(6):
        client.post("/gestion/personas/", {"words": "ana"})
    find_or_create_person(organisation, name="Ana Dos")
    find_or_create_person(organisation, name="Ana Tres")

    with django_assert_num_queries(6):
        client.post("/gestion/personas/", {"words": "ana"})


def test_looking_at_a_person_is_recorded_without_their_name(client: Client, administrator: User, ana: Person) -> None:
    page = client.get(f"/gestion/personas/{ana.pk}/").content.decode()

    event = Event.objects.get(verb="people.viewed")
    assert "Ana María Núñez Gómez" in page
    assert "600 112 233" in page
    assert (event.actor_id, event.subject_id, event.subject_label) == (administrator.pk, ana.pk, "")


def test_a_person_of_another_organisation_does_not_exist(client: Client, administrator: User) -> None:
    stranger = find_or_create_person(make.organisation(), name="Ana", email="ana@casa.example")

    assert client.get(f"/gestion/personas/{stranger.pk}/").status_code == 404
    assert client.post(f"/gestion/personas/{stranger.pk}/exportar/", CHECKED).status_code == 404
    assert client.post(f"/gestion/personas/{stranger.pk}/suprimir/", CONFIRMED).status_code == 404
    assert "No hay nadie" in client.post("/gestion/personas/", {"words": "ana@casa.example"}).content.decode()


def test_an_editor_may_not_look_at_people(organisation: Organisation, client: Client, ana: Person) -> None:
    client.force_login(make.user(organisation, Role.EDITOR))

    assert client.get("/gestion/personas/").status_code == 403
    assert client.get(f"/gestion/personas/{ana.pk}/").status_code == 403


def test_an_agent_looks_but_neither_exports_nor_erases(organisation: Organisation, client: Client, ana: Person) -> None:
    client.force_login(make.user(organisation, Role.AGENT))

    page = client.get(f"/gestion/personas/{ana.pk}/")

    assert page.status_code == 200
    assert "Suprimir sus datos" not in page.content.decode()
    assert client.post(f"/gestion/personas/{ana.pk}/exportar/", CHECKED).status_code == 403
    assert client.post(f"/gestion/personas/{ana.pk}/suprimir/", CONFIRMED).status_code == 403


def test_the_export_is_an_archive_for_programs_and_for_people(
    organisation: Organisation, client: Client, administrator: User, ana: Person
) -> None:
    ticket = make.ticket(organisation, person=ana)
    message = make.email(organisation, to=ana.email)
    OutgoingMessage.objects.update(person=ana)

    asked = client.post(f"/gestion/personas/{ana.pk}/exportar/", CHECKED)
    run_request(DataRequest.objects.get().pk)
    page = client.get(asked["Location"]).content.decode()
    response = client.get(f"{asked['Location']}archivo/")

    with zipfile.ZipFile(io.BytesIO(b"".join(response))) as archive:
        data = json.loads(archive.read("datos.json"))
        html = archive.read("datos.html").decode()
    assert "La copia está lista" in page
    assert response["Content-Disposition"] == f'attachment; filename="datos-persona-{ana.pk}.zip"'
    assert data["person"]["email"] == "ana@casa.example"
    assert [mail["subject"] for mail in data["notifications"]] == [message.subject]
    assert [record["reference"] for record in data["tickets"]] == [ticket.reference]
    assert data["missing_files"] == []
    assert "Sus datos en" in html
    assert "Prueba del correo de soporte" in html
    assert "<script" not in html
    assert Event.objects.get(verb="people.exported").subject_label == ""


def test_erasing_clears_identity_words_and_outbox_and_keeps_the_figures(
    organisation: Organisation, client: Client, administrator: User, ana: Person
) -> None:
    ticket = make.ticket(organisation, person=ana, text="Soy Ana y no puedo firmar")
    make.email(organisation, to=ana.email)

    response = client.post(f"/gestion/personas/{ana.pk}/suprimir/", CONFIRMED)
    request = DataRequest.objects.get()
    run_request(request.pk)

    ana.refresh_from_db()
    ticket.refresh_from_db()
    assert response["Location"] == f"/gestion/personas/peticiones/{request.pk}/"
    assert (ana.name, ana.email, ana.phone, ana.name_key) == ("", "", "", "")
    assert ana.erased_at is not None
    assert ana.erasure_report["notifications"] == {"messages": 1}
    assert not OutgoingMessage.objects.exists()
    assert not ticket.messages.filter(text__contains="Soy Ana").exists()
    event = Event.objects.get(verb="people.erased")
    assert (event.actor_id, event.details) == (administrator.pk, ana.erasure_report)
    assert "Ana" not in event.subject_label
    assert "Qué se suprimió" in client.get(f"/gestion/personas/{ana.pk}/").content.decode()


def test_erasing_asks_first_and_says_what_stays(client: Client, administrator: User, ana: Person) -> None:
    shown = client.get(f"/gestion/personas/{ana.pk}/suprimir/")
    unconfirmed = client.post(f"/gestion/personas/{ana.pk}/suprimir/")

    ana.refresh_from_db()
    assert "Qué queda" in shown.content.decode()
    assert unconfirmed.status_code == 422
    assert ana.erased_at is None


def test_erasing_twice_is_refused(client: Client, administrator: User, ana: Person) -> None:
    erase_person(ana, by=administrator)

    again = client.post(f"/gestion/personas/{ana.pk}/suprimir/", CONFIRMED)

    assert again.status_code == 422
    assert "ya se suprimieron" in again.content.decode()


def test_whoever_was_erased_is_somebody_new_when_they_write_again(
    organisation: Organisation, administrator: User, ana: Person
) -> None:
    erase_person(ana, by=administrator)

    assert find_or_create_person(organisation, email="ana@casa.example") != ana
