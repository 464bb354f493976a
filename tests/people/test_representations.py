"""Who acts for whom, and who is helped with their consent."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.people.actions import find_or_create_person
from mostrador.people.actions.assistance import Consent, record_assistance, revoke_assistance
from mostrador.people.actions.representations import end_representation, note_representation
from mostrador.people.choices import ConsentBy, PersonKind, TitleKind
from mostrador.people.models import Assistance, Person, Representation
from mostrador.people.queries.persons import representatives_of, represented_by
from mostrador.shared.errors import ActionRefused
from tests import make

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SCOPE = "presentar la solicitud de la ayuda inventada"


@pytest.fixture(autouse=True)
def _files_apart(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def agent(organisation: Organisation) -> User:
    return make.user(organisation)


@pytest.fixture
def ana(organisation: Organisation) -> Person:
    return find_or_create_person(
        organisation, name="Ana Ruiz", email="ana@casa.example", identity="12345678Z", language="es"
    )


def test_a_representation_holds_between_its_days(organisation: Organisation, ana: Person, agent: User) -> None:
    son = make.person(organisation)
    today = timezone.localdate()
    note_representation(ana, son, title=TitleKind.LEGAL, by=agent, since=today, until=today + timedelta(days=30))

    assert [row.representative for row in representatives_of(ana)] == [son]
    assert [row.person for row in represented_by(son)] == [ana]
    assert representatives_of(ana, today + timedelta(days=31)) == []
    assert representatives_of(ana, today - timedelta(days=1)) == []


def test_noting_it_twice_notes_it_once_and_nobody_represents_themselves(
    organisation: Organisation, ana: Person, agent: User
) -> None:
    son = make.person(organisation)
    first = note_representation(ana, son, title=TitleKind.LEGAL, by=agent)

    assert note_representation(ana, son, title=TitleKind.LEGAL, by=agent) == first
    with pytest.raises(ActionRefused, match="a sí mismo"):
        note_representation(ana, ana, title=TitleKind.LEGAL, by=agent)
    with pytest.raises(ActionRefused, match="entidades distintas"):
        note_representation(ana, make.person(make.organisation()), title=TitleKind.LEGAL, by=agent)


def test_ending_it_leaves_its_history(organisation: Organisation, ana: Person, agent: User) -> None:
    son = make.person(organisation)
    old = note_representation(ana, son, title=TitleKind.LEGAL, by=agent, since=date(2026, 1, 1))

    end_representation(old, by=agent)
    end_representation(old, by=agent)

    assert representatives_of(ana) == []
    assert Representation.objects.get().since == date(2026, 1, 1)
    assert Event.objects.filter(verb="people.representation_ended").count() == 1


def test_an_organisation_is_noted_with_its_nif(client: Client, ana: Person, agent: User) -> None:
    client.force_login(agent)
    said = {"side": "of", "name": "Panadería Inventada SL", "is_legal": "on", "identity": "B12345674"}

    answer = client.post(f"/gestion/personas/{ana.pk}/representacion/", said | {"title": "statutory"})
    page = client.get(answer["Location"]).content.decode()

    [row] = represented_by(ana)
    assert (row.person.kind, row.person.identity_number) == (PersonKind.LEGAL, "B12345674")
    assert row.person.electronic_obligation == "legal_person"
    assert "Representa a" in page
    assert "Panadería Inventada SL" in page


def test_the_other_must_be_found_again(client: Client, ana: Person, agent: User) -> None:
    client.force_login(agent)

    answer = client.post(
        f"/gestion/personas/{ana.pk}/representacion/", {"side": "by", "name": "Luis", "title": "legal"}
    )

    assert answer.status_code == 422
    assert "Escriba su documento, su correo o su teléfono" in answer.content.decode()


def test_a_consent_keeps_the_text_as_it_was_shown(ana: Person, agent: User) -> None:
    given = record_assistance(
        ana, Consent(procedure=None, scope=SCOPE, consent_by=ConsentBy.SCREEN), official=agent, key="k"
    )
    again = record_assistance(
        ana, Consent(procedure=None, scope="otra", consent_by=ConsentBy.SCREEN), official=agent, key="k"
    )

    assert again == given
    assert "Ana Ruiz" in given.text
    assert SCOPE in given.text
    assert "***4567**" in given.text
    assert "12345678Z" not in given.text
    assert (given.language, given.text_version, given.official) == ("es", "2026-1", agent)
    event = Event.objects.get(verb="people.assisted")
    assert event.details == {"assistance": given.pk, "by": "screen", "version": "2026-1"}


def test_who_is_obliged_or_not_identified_or_has_not_signed_is_not_assisted(
    organisation: Organisation, ana: Person, agent: User
) -> None:
    on_screen = Consent(procedure=None, scope=SCOPE, consent_by=ConsentBy.SCREEN)

    with pytest.raises(ActionRefused, match="tiene que identificarse"):
        record_assistance(make.person(organisation), on_screen, official=agent, key="1")
    with pytest.raises(ActionRefused, match="Adjunte el documento firmado"):
        record_assistance(
            ana, Consent(procedure=None, scope=SCOPE, consent_by=ConsentBy.PAPER), official=agent, key="2"
        )
    Person.objects.filter(pk=ana.pk).update(electronic_obligation="professional")
    with pytest.raises(ActionRefused, match="debe relacionarse por medios electrónicos"):
        record_assistance(ana, on_screen, official=agent, key="3")
    assert not Assistance.objects.exists()


def test_the_whole_way_on_the_pages_with_a_signed_paper(client: Client, ana: Person, agent: User) -> None:
    client.force_login(agent)
    address = f"/gestion/personas/{ana.pk}/asistencia/"
    asked = {"scope": SCOPE, "key": "k", "office": "Mesa 2"}

    text = client.post(address, asked).content.decode()
    unsaid = client.post(address, asked | {"confirm": "1"})
    confirmed = asked | {"confirm": "1", "consent_by": "paper", "identified": "on"}
    answer = client.post(address, confirmed | {"scan": SimpleUploadedFile("firmado.pdf", PDF)})
    page = client.get(answer["Location"]).content.decode()
    paper = client.get(f"{answer['Location']}firmado/")

    assert "consiento de forma expresa" in text
    assert unsaid.status_code == 422
    assert "Consentimiento para ser asistido" in page
    assert "Copia para la persona" in page
    assert b"".join(paper) == PDF
    assert Event.objects.filter(verb="people.consent_read").count() == 2
    client.post(f"{answer['Location']}retirar/")
    assert "Consentimiento retirado" in client.get(answer["Location"]).content.decode()
    with pytest.raises(ActionRefused, match="ya estaba retirado"):
        revoke_assistance(Assistance.objects.get(), by=agent)
