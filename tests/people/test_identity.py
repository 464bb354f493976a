"""Identity numbers: checked, kept sealed, found, shown masked, and seen whole only by whoever says why."""

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from mostrador.accounts.choices import Role
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.people.actions import find_or_create_person
from mostrador.people.actions.persons import renew_identity_numbers
from mostrador.people.models import Person
from mostrador.people.rules.identity import is_valid_identity, kind_of_identity, masked, normalise_identity
from mostrador.people.rules.sealing import digest, digests, present_key, seal, unseal
from tests import make

NUMBER = "12345678Z"


@pytest.fixture
def ana(organisation: Organisation) -> Person:
    return find_or_create_person(organisation, name="Ana Ruiz", email="ana@casa.example", identity=NUMBER)


def raw_columns() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(p)::text FROM people_person p ORDER BY id")
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("dni", "12345678Z"),
        ("dni", "00000000T"),
        ("nie", "X1234567L"),
        ("nie", "Y1234567X"),
        ("nie", "Z1234567R"),
        ("nif", "K1234567L"),
        ("nif", "A58818501"),
        ("nif", "P2807900B"),
        ("nif", "Q2826000H"),
        ("nif", "G12345674"),
        ("passport", "AAA123456"),
    ],
)
def test_right_numbers_are_taken(kind: str, number: str) -> None:
    assert is_valid_identity(kind, number)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("dni", "12345678A"),
        ("dni", "1234567Z"),
        ("nie", "X1234567A"),
        ("nie", "12345678Z"),
        ("nif", "A58818500"),
        ("nif", "P28079002"),
        ("passport", "A?"),
        ("passport", ""),
    ],
)
def test_wrong_numbers_are_not(kind: str, number: str) -> None:
    assert not is_valid_identity(kind, number)


def test_every_dni_has_one_letter() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for number in range(0, 100_000_000, 7_654_321):
        assert sum(is_valid_identity("dni", f"{number:08}{letter}") for letter in letters) == 1


@pytest.mark.parametrize(
    ("typed", "stored"), [(" 12.345.678-z ", "12345678Z"), ("x-1234567-l", "X1234567L"), ("234567-M", "00234567M")]
)
def test_a_number_is_compared_in_one_form_however_it_was_typed(typed: str, stored: str) -> None:
    assert normalise_identity(typed) == stored


def test_the_form_says_which_document_it_is() -> None:
    kinds = [kind_of_identity(number) for number in ("12345678Z", "X1234567L", "A58818501", "AAA123456")]

    assert kinds == ["dni", "nie", "nif", None]


@pytest.mark.parametrize(
    ("number", "shown"),
    [("12345678Z", "***4567**"), ("X1234567L", "****4567*"), ("AAA123456", "*****3456"), ("123", "***"), ("", "")],
)
def test_four_characters_are_seen(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_the_database_never_holds_the_number(ana: Person) -> None:
    raw = raw_columns()

    assert ana.identity_number == NUMBER
    assert NUMBER not in raw
    assert NUMBER[:8] not in raw
    assert masked(NUMBER).strip("*") not in raw.replace(ana.identity_sealed, "").replace(ana.identity_digest, "")


def test_the_same_number_is_sealed_differently_each_time_and_found_the_same() -> None:
    assert seal(NUMBER) != seal(NUMBER)
    assert unseal(seal(NUMBER)) == NUMBER
    assert digest(NUMBER) == digest(NUMBER) != digest("00000000T")
    assert (seal(""), unseal(""), digest("")) == ("", "", "")


def test_a_lost_key_leaves_nothing_to_read(settings: Settings) -> None:
    sealed = seal(NUMBER)
    settings.SECRET_KEY = "otra"

    assert unseal(sealed) == ""


def test_after_the_key_has_changed_numbers_are_read_found_and_sealed_anew(
    organisation: Organisation, ana: Person, settings: Settings
) -> None:
    before, settings.SECRET_KEY_FALLBACKS = ana.identity_key, [settings.SECRET_KEY]
    settings.SECRET_KEY = "la nueva"

    assert Person.objects.get(pk=ana.pk).identity_number == NUMBER
    assert Person.objects.of(organisation).with_identity(NUMBER).get() == ana
    assert (renew_identity_numbers(), renew_identity_numbers()) == (1, 0)

    settings.SECRET_KEY_FALLBACKS = []
    fresh = Person.objects.get(pk=ana.pk)
    assert (fresh.identity_number, fresh.identity_key) == (NUMBER, present_key())
    assert fresh.identity_key != before
    assert fresh.identity_digest in digests(NUMBER)


def test_one_record_is_found_by_number_before_address_and_address_before_nothing(
    organisation: Organisation, ana: Person
) -> None:
    assert find_or_create_person(organisation, email="otra@casa.example", identity="12345678-z") == ana
    assert find_or_create_person(organisation, email="ana@casa.example") == ana
    same_address = find_or_create_person(organisation, email="ana@casa.example", identity="00000000T")
    assert same_address != ana  # a family shares its address


def test_the_number_of_somebody_known_is_added_once(organisation: Organisation) -> None:
    known = find_or_create_person(organisation, email="ana@casa.example")

    find_or_create_person(organisation, email="ana@casa.example", identity=NUMBER)

    assert Person.objects.get(pk=known.pk).identity_number == NUMBER


def test_the_desk_finds_by_number_and_sees_it_masked(client: Client, organisation: Organisation, ana: Person) -> None:
    client.force_login(make.user(organisation))

    found = client.post("/gestion/personas/", {"words": "12345678-Z"}).content.decode()
    page = client.get(f"/gestion/personas/{ana.pk}/").content.decode()

    assert f"/gestion/personas/{ana.pk}/" in found
    assert "DNI ***4567**" in page
    assert NUMBER not in page


def test_whoever_says_why_sees_the_whole_number_and_is_recorded(
    client: Client, organisation: Organisation, ana: Person
) -> None:
    agent = make.user(organisation)
    client.force_login(agent)
    address = f"/gestion/personas/{ana.pk}/documento/"

    asked = client.get(address).content.decode()
    refused = client.post(address)
    shown = client.post(address, {"reason": "confirm"}).content.decode()

    assert NUMBER not in asked
    assert (refused.status_code, NUMBER in refused.content.decode()) == (422, False)
    assert NUMBER in shown
    event = Event.objects.get(verb="people.identity_revealed")
    assert (event.actor_id, event.subject_id, event.details) == (agent.pk, ana.pk, {"reason": "confirm"})
    assert (event.subject_label, NUMBER in str(event.details)) == ("", False)


def test_correcting_somebody_says_what_changed_and_never_the_values(
    client: Client, organisation: Organisation, ana: Person
) -> None:
    client.force_login(make.user(organisation, Role.SUPERVISOR))
    known = {"kind": "natural", "name": "Ana Ruiz", "email": "ana@casa.example", "language": "es"}

    client.post(f"/gestion/personas/{ana.pk}/editar/", known | {"identity": "X1234567L", "notes": "Oye mal."})

    fresh = Person.objects.get(pk=ana.pk)
    assert (fresh.identity_kind, fresh.identity_number, fresh.notes) == ("nie", "X1234567L", "Oye mal.")
    event = Event.objects.get(verb="people.changed")
    assert event.details == {"fields": ["identity", "notes"]}


@pytest.mark.parametrize(
    ("identity", "sentence"),
    [("12345678A", "El documento no es correcto"), ("00000000T", "Otra ficha tiene ese documento")],
)
def test_a_wrong_or_taken_number_comes_back_with_what_was_typed(
    client: Client, organisation: Organisation, ana: Person, identity: str, sentence: str
) -> None:
    find_or_create_person(organisation, name="Otro", identity="00000000T")
    client.force_login(make.user(organisation))
    known = {"kind": "natural", "name": "Ana Otra", "language": "es"}

    answer = client.post(f"/gestion/personas/{ana.pk}/editar/", known | {"identity": identity})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Ana Otra" in answer.content.decode()
    assert Person.objects.get(pk=ana.pk).name == "Ana Ruiz"


def test_a_number_can_be_taken_out(client: Client, organisation: Organisation, ana: Person) -> None:
    client.force_login(make.user(organisation))
    known = {"kind": "natural", "name": "Ana Ruiz", "language": "es", "forget_identity": "on"}

    client.post(f"/gestion/personas/{ana.pk}/editar/", known)

    fresh = Person.objects.get(pk=ana.pk)
    assert (fresh.identity_kind, fresh.identity_sealed, fresh.identity_digest, fresh.identity_key) == ("", "", "", "")
