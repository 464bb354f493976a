"""Who is who, by what they give as contact."""

import pytest

from mostrador.organisations.models import Organisation
from mostrador.people.actions import find_or_create_person
from mostrador.people.models import Person
from mostrador.people.rules import name_in_archive, name_key, normalise_phone, readable_phone
from tests import make


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("600 11 22 33", "+34600112233"),
        ("+34 600-112-233", "+34600112233"),
        ("0034600112233", "+34600112233"),
        ("(971) 12.34.56", "+34971123456"),
        ("+351 21 123 4567", "+351211234567"),
        ("112", "112"),
        ("", ""),
        ("extensión 4", "4"),
    ],
)
def test_a_phone_is_compared_in_one_form_however_it_was_typed(typed: str, stored: str) -> None:
    assert normalise_phone(typed) == stored


def test_a_phone_is_read_in_groups() -> None:
    assert [readable_phone(number) for number in ("+34600112233", "+351211234567", "")] == [
        "600 112 233",
        "+351211234567",
        "",
    ]


@pytest.mark.parametrize(
    ("path", "inside"), [("../../etc/passwd", "etc/passwd"), ("/a//b.pdf", "a/b.pdf"), ('x:"y"?.pdf', "x__y__.pdf")]
)
def test_a_file_of_the_archive_stays_inside_wherever_it_is_unpacked(path: str, inside: str) -> None:
    assert name_in_archive(path) == inside


def test_the_same_address_is_the_same_person_whatever_its_case(organisation: Organisation) -> None:
    first = find_or_create_person(organisation, name="Ana Ruiz", email="Ana@Casa.example", language="es")

    second = find_or_create_person(
        organisation, name="Otra", email=" ana@casa.EXAMPLE", phone="600112233", language="gl"
    )

    second.refresh_from_db()
    assert second == first
    assert (second.name, second.email, second.phone, second.language) == (
        "Ana Ruiz",
        "ana@casa.example",
        "+34600112233",
        "gl",
    )


def test_without_an_address_the_phone_decides(organisation: Organisation) -> None:
    first = find_or_create_person(organisation, name="Ana", phone="600 112 233")

    assert find_or_create_person(organisation, phone="+34600112233") == first
    assert find_or_create_person(organisation, email="ana@casa.example", phone="600112233") != first


def test_without_any_contact_it_is_somebody_new_each_time(organisation: Organisation) -> None:
    assert find_or_create_person(organisation) != find_or_create_person(organisation)


def test_each_organisation_knows_its_own_people(organisation: Organisation) -> None:
    here = find_or_create_person(organisation, email="ana@casa.example")

    assert find_or_create_person(make.organisation(), email="ana@casa.example") != here


@pytest.mark.parametrize(
    "email", ["x" * 243 + "@casa.example", "ana", "a..b@casa.example", "ana@casa..example", "a\ud800@x.es"]
)
def test_an_address_to_which_nothing_can_be_sent_is_left_out(organisation: Organisation, email: str) -> None:
    person = find_or_create_person(organisation, name="Ana Ruiz", email=email)

    assert (person.name, person.email) == ("Ana Ruiz", "")


def test_an_address_with_foreign_letters_is_kept(organisation: Organisation) -> None:
    assert find_or_create_person(organisation, email="Pérez@España.example").email == "pérez@españa.example"


def test_names_are_searched_as_the_database_folds_them(organisation: Organisation) -> None:
    name = "María-José Núñez ÀÈÌÒÙ Çelik Äöü D'Oliva"

    person = find_or_create_person(organisation, name=name)

    assert Person.objects.get(pk=person.pk).name_key == name_key(name) == "maria-jose nunez aeiou celik aou d'oliva"
