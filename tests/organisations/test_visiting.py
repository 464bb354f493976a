"""Which organisation answers at an address, and in which language."""

import pytest
from django.test import Client

from mostrador.organisations.actions import add_host
from mostrador.organisations.models import Organisation
from tests import make

pytestmark = pytest.mark.django_db


def test_unknown_host_is_told_calmly(organisation: Organisation) -> None:
    answer = Client(SERVER_NAME="otra.example").get("/")

    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Aquí no atiende nadie" in page
    assert "otra.example" in page
    assert organisation.name not in page


def test_new_installation_points_to_the_terminal() -> None:
    answer = Client(SERVER_NAME="localhost").get("/")

    assert answer.status_code == 404
    assert "primeros pasos" in answer.content.decode()


def test_address_of_this_computer_leads_to_its_name(organisation: Organisation) -> None:
    add_host(organisation, "localhost", actor=None)

    answer = Client(headers={"host": "127.0.0.1:8000"}).get("/ayuda/?q=firma")

    assert answer["Location"] == "http://localhost:8000/ayuda/?q=firma"


def test_health_answers_at_any_host() -> None:
    assert Client(SERVER_NAME="10.0.0.7").get("/salud/").status_code == 200


@pytest.mark.parametrize(
    ("path", "language"),
    [("/accesibilidad/", "es"), ("/ca/accesibilidad/", "ca"), ("/eu/accesibilidad/", "eu")],
)
def test_language_is_in_the_path(client: Client, organisation: Organisation, path: str, language: str) -> None:
    answer = client.get(path)

    page = answer.content.decode()
    assert (answer.status_code, answer["Content-Language"]) == (200, language)
    assert f'<html lang="{language}"' in page
    prefix = "" if language == "es" else f"/{language}"
    assert f'href="{prefix}/privacidad/"' in page


def test_own_language_has_no_prefix(client: Client, organisation: Organisation) -> None:
    answer = client.get("/es/accesibilidad/?a=1")

    assert (answer.status_code, answer["Location"]) == (302, "/accesibilidad/?a=1")


def test_a_language_alone_leads_to_its_home_page(client: Client, organisation: Organisation) -> None:
    answers = [client.get(path)["Location"] for path in ("/ca", "/ca?q=%C3%B1", "/es", "/es/%3Fa%23b")]

    assert answers == ["/ca/", "/ca/?q=%C3%B1", "/", "/%3Fa%23b"]


def test_another_main_language_is_not_hidden_by_what_browsers_remember(
    client: Client, organisation: Organisation
) -> None:
    before = client.get("/es/accesibilidad/")
    Organisation.objects.filter(pk=organisation.pk).update(default_language="ca")
    after = client.get("/es/accesibilidad/")

    assert (before.status_code, after.status_code, after["Content-Language"]) == (302, 200, "es")


@pytest.mark.parametrize("path", ["/es//otra.example/", "/es/\\otra.example/", "/es/%2F%2Fotra.example/"])
def test_prefix_never_leads_to_another_site(client: Client, organisation: Organisation, path: str) -> None:
    location = client.get(path).headers.get("Location", "/")

    assert location.startswith("/")
    assert not location.startswith(("//", "/\\", "/%5C"))


def test_language_that_is_not_offered_is_no_prefix(client: Client) -> None:
    made = make.organisation(host="uno.example")
    made.languages = ["es"]
    made.save()

    assert Client(SERVER_NAME="uno.example").get("/ca/accesibilidad/").status_code == 404


def test_main_language_may_be_another(client: Client) -> None:
    made = make.organisation(host="dous.example")
    made.default_language = "gl"
    made.save()
    visitor = Client(SERVER_NAME="dous.example")

    assert visitor.get("/accesibilidad/")["Content-Language"] == "gl"
    assert visitor.get("/es/accesibilidad/")["Content-Language"] == "es"
    assert visitor.get("/gl/accesibilidad/")["Location"] == "/accesibilidad/"
