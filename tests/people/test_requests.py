"""Copies and erasures: asked for, done by a job, reported; what speaks against erasing."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.people import jobs
from mostrador.people.actions import find_or_create_person
from mostrador.people.actions.merging import merge
from mostrador.people.actions.persons import hold_person
from mostrador.people.actions.requests import ask_for_copy, ask_for_erasure, forget_copies, run_request
from mostrador.people.choices import IdentityCheck
from mostrador.people.models import DataRequest, Person
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.choices import TicketKind
from tests import make

DOCUMENT = IdentityCheck.DOCUMENT


@pytest.fixture(autouse=True)
def _files_apart(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def administrator(organisation: Organisation) -> User:
    return make.user(organisation, Role.ADMINISTRATOR)


@pytest.fixture
def ana(organisation: Organisation) -> Person:
    return find_or_create_person(organisation, name="Ana Ruiz", email="ana@casa.example", identity="12345678Z")


def test_a_copy_has_everything_also_of_the_record_that_was_joined(
    organisation: Organisation, administrator: User, ana: Person
) -> None:
    other = make.person(organisation, name="Ana R.", email="vieja@casa.example")
    ticket = make.ticket(organisation, person=other)
    make.email(organisation, to="vieja@casa.example")
    merge(ana, other, by=administrator)
    asked = ask_for_copy(ana, by=administrator, identity_check=DOCUMENT)

    run_request(asked.pk)
    run_request(asked.pk)

    asked.refresh_from_db()
    with asked.file.open("rb") as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        data = json.loads(archive.read("datos.json"))
        html = archive.read("datos.html").decode()
    assert data["person"]["identity_document"] == {"kind": "dni", "number": "12345678Z"}
    assert [record["reference"] for record in data["tickets"]] == [ticket.reference]
    assert [mail["to"] for mail in data["notifications"]] == ["vieja@casa.example"]
    assert "12345678Z" in html  # it is theirs
    assert asked.report["tickets"] == {"records": 1, "files": 0, "missing": 0}


def test_only_who_asked_takes_the_copy_and_only_for_a_day(
    client: Client,
    organisation: Organisation,
    administrator: User,
    ana: Person,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked = ask_for_copy(ana, by=administrator, identity_check=DOCUMENT)
    run_request(asked.pk)
    address = f"/gestion/personas/peticiones/{asked.pk}/"
    other = Client()
    other.force_login(make.user(organisation, Role.ADMINISTRATOR))
    client.force_login(administrator)

    refused = other.get(f"{address}archivo/")
    taken = client.get(f"{address}archivo/")

    assert refused["Location"] == address
    assert "Solo puede descargarla quien la pidió." in other.get(address).content.decode()
    assert b"".join(taken)[:2] == b"PK"
    event = Event.objects.get(verb="people.exported")
    assert (event.actor_id, event.subject_label) == (administrator.pk, "")
    asked.refresh_from_db()
    path = Path(asked.file.path)
    with (
        time_machine.travel(timezone.now() + timedelta(hours=25)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert (forget_copies(), forget_copies()) == (1, 0)
    assert not path.exists()
    asked.refresh_from_db()
    assert asked.report
    assert client.get(f"{address}archivo/")["Location"] == address


def test_asking_twice_makes_one_request(administrator: User, ana: Person) -> None:
    first = ask_for_copy(ana, by=administrator, identity_check=DOCUMENT)

    assert ask_for_copy(ana, by=administrator, identity_check=DOCUMENT) == first


def test_who_does_not_say_how_they_checked_gets_nothing(client: Client, administrator: User, ana: Person) -> None:
    client.force_login(administrator)

    answer = client.post(f"/gestion/personas/{ana.pk}/exportar/")

    assert answer.status_code == 422
    assert "Diga cómo ha comprobado quién lo pide." in answer.content.decode()
    assert not DataRequest.objects.exists()


def test_a_running_term_speaks_against_erasing_unless_there_is_a_reason(
    client: Client, organisation: Organisation, administrator: User, ana: Person
) -> None:
    ticket = make.ticket(organisation, person=ana, kind=TicketKind.COMPLAINT)
    client.force_login(administrator)
    address = f"/gestion/personas/{ana.pk}/suprimir/"
    confirmed = {"identity_check": "document", "understood": "on"}

    shown = client.get(address).content.decode()
    refused = client.post(address, confirmed)
    with pytest.raises(ActionRefused, match=ticket.reference):
        ask_for_erasure(ana, by=administrator, identity_check=DOCUMENT)
    client.post(address, confirmed | {"forced_because": "Lo ordena la autoridad de control."})
    asked = DataRequest.objects.get()
    run_request(asked.pk)

    assert "quejas o reclamaciones con un plazo legal en curso" in shown
    assert refused.status_code == 422
    assert "Escriba por qué no se puede esperar" in refused.content.decode()
    assert Person.objects.get(pk=ana.pk).erased_at is not None
    event = Event.objects.get(verb="people.erasure_asked")
    assert event.details == {"request": asked.pk, "check": "document", "forced": True}
    page = client.get(f"/gestion/personas/peticiones/{asked.pk}/").content.decode()
    assert "Lo ordena la autoridad de control." in page
    assert "Los datos se han suprimido" in page


def test_a_request_to_erase_is_no_reason_not_to(organisation: Organisation, administrator: User, ana: Person) -> None:
    make.ticket(organisation, person=ana, kind=TicketKind.DATA_PROTECTION)

    run_request(ask_for_erasure(ana, by=administrator, identity_check=DOCUMENT).pk)

    assert Person.objects.get(pk=ana.pk).erased_at is not None


def test_a_legal_obligation_that_comes_before_the_job_stops_it(administrator: User, ana: Person) -> None:
    asked = ask_for_erasure(ana, by=administrator, identity_check=DOCUMENT)
    until = timezone.localdate() + timedelta(days=30)
    hold_person(ana, by=administrator, until=until, reason="Recurso 12/2026")

    run_request(asked.pk)

    asked.refresh_from_db()
    assert asked.state == "refused"
    assert "Recurso 12/2026" in asked.refusal
    assert Person.objects.get(pk=ana.pk).erased_at is None


def test_the_obligation_is_noted_on_its_page_and_ends(client: Client, administrator: User, ana: Person) -> None:
    client.force_login(administrator)
    address = f"/gestion/personas/{ana.pk}/conservar/"
    until = timezone.localdate() + timedelta(days=30)

    unexplained = client.post(address, {"held_until": until.isoformat()})
    client.post(address, {"held_until": until.isoformat(), "hold_reason": "Recurso 12/2026"})
    held = Person.objects.get(pk=ana.pk)
    client.post(address, {})

    assert unexplained.status_code == 422
    assert (held.held_until, held.hold_reason) == (until, "Recurso 12/2026")
    assert Person.objects.get(pk=ana.pk).held_until is None
    assert [event.verb for event in Event.objects.filter(verb__in=["people.held", "people.let_go"])] == [
        "people.held",
        "people.let_go",
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_requests_asks_the_same_for_one_and_for_three(
    client: Client,
    organisation: Organisation,
    administrator: User,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(number):
        ask_for_copy(make.person(organisation), by=administrator, identity_check=DOCUMENT)
    client.force_login(administrator)
    client.get("/gestion/personas/peticiones/")

    with django_assert_num_queries(5):
        page = client.get("/gestion/personas/peticiones/").content.decode()

    assert page.count("Copia de los datos") == number


def test_everything_periodic_may_run_on_nobody(db: None) -> None:
    jobs.forget_copies(0)
    jobs.settle_merges(0)
    jobs.find_duplicates(0)
    jobs.renew_identity_numbers(0)
