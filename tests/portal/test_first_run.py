"""An installation without the sample office is set up once, by whoever has the link from the terminal."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, User
from mostrador.notifications.choices import Problem
from mostrador.notifications.errors import NotDelivered
from mostrador.organisations import queries
from mostrador.organisations.models import CalendarYear, Organisation, Team
from mostrador.portal import actions
from mostrador.shared.errors import ActionRefused
from mostrador.shared.tokens import token_hash
from tests import make

pytestmark = pytest.mark.django_db

TOKEN = "the-token-of-the-terminal"
ADDRESS = "/primeros-pasos/"
TYPED = {
    "clave": TOKEN,
    "name": "Ayuntamiento de Prueba",
    "short_name": "Prueba",
    "host": "soporte.prueba.example",
    "languages": ["es", "gl"],
    "default_language": "es",
    "region": "GA",
    "time_zone": "Europe/Madrid",
    "team": "Atención ciudadana",
    "administrator_name": "Uxía Prado",
    "administrator_email": "uxia@prueba.example",
    "password": "una frase larga y propia",
}


@pytest.fixture(autouse=True)
def token_file(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIRECTORY = tmp_path
    file = tmp_path / "setup-token"
    file.write_text(token_hash(TOKEN))
    return file


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


def test_link_opens_the_wizard_at_any_host(visitor: Client) -> None:
    answer = visitor.get(ADDRESS, {"clave": TOKEN})

    assert answer.status_code == 200
    assert 'value="localhost"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
def test_wrong_link_finds_nothing(visitor: Client, token: str) -> None:
    assert visitor.get(ADDRESS, {"clave": token}).status_code == 404
    assert visitor.post(ADDRESS, TYPED | {"clave": token}).status_code == 404
    assert not Organisation.objects.exists()


def test_without_a_printed_link_nobody_gets_in(visitor: Client, token_file: Path) -> None:
    token_file.unlink()

    assert visitor.get(ADDRESS, {"clave": TOKEN}).status_code == 404


def test_link_does_nothing_once_there_is_an_organisation(client: Client, organisation: Organisation) -> None:
    assert client.get(ADDRESS, {"clave": TOKEN}).status_code == 404
    assert client.post(ADDRESS, TYPED).status_code == 404


def test_wizard_makes_organisation_team_calendar_and_administrator(visitor: Client, token_file: Path) -> None:
    answer = visitor.post(ADDRESS, TYPED)

    made = queries.organisation_for_host("soporte.prueba.example")
    user = User.objects.get(email="uxia@prueba.example")
    assert made is not None
    assert answer.status_code == 302
    assert answer["Location"].startswith("http://soporte.prueba.example")
    assert answer["Location"].endswith("/gestion/configuracion/")
    assert (made.name, made.languages, made.region) == ("Ayuntamiento de Prueba", ["es", "gl"], "GA")
    assert list(Team.objects.values_list("name", "is_default")) == [("Atención ciudadana", True)]
    assert CalendarYear.objects.filter(organisation=made, confirmed_at=None).count() == 2
    assert queries.working_calendar(made).timetables
    assert user.check_password("una frase larga y propia")
    assert Membership.objects.filter(
        user=user, organisation=made, role=Role.ADMINISTRATOR, with_descendants=True
    ).exists()
    assert not token_file.exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"password": "corta"}, "corta"),
        ({"host": "dos palabras"}, "nombre de dominio"),
        ({"default_language": "eu"}, "Marque también este idioma"),
        ({"administrator_email": "uxia"}, "correo"),
    ],
)
def test_mistake_is_explained_and_what_was_typed_is_kept(
    visitor: Client, change: dict[str, str], message: str, token_file: Path
) -> None:
    answer = visitor.post(ADDRESS, TYPED | change)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert "Ayuntamiento de Prueba" in page
    assert not Organisation.objects.exists()
    assert token_file.exists()


def test_second_of_two_at_once_is_refused(visitor: Client) -> None:
    office = actions.FirstOffice(**{name: value for name, value in TYPED.items() if name != "clave"})  # type: ignore[arg-type]
    make.organisation()

    with pytest.raises(ActionRefused, match="ya tiene una entidad"):
        actions.open_first_office(office, token=TOKEN)


class TestMail:
    def try_mail(self, visitor: Client, **changes: str) -> str:
        return visitor.post(ADDRESS, TYPED | changes | {"try_mail": "1"}).content.decode()

    def test_without_server_it_says_where_messages_are_kept_and_keeps_what_was_typed(self, visitor: Client) -> None:
        page = self.try_mail(visitor)

        assert "No hay servidor de correo configurado" in page
        assert "una frase larga y propia" in page
        assert "Hay un dato que revisar" not in page
        assert not Organisation.objects.exists()

    def test_server_that_takes_the_message(
        self, visitor: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.SMTP_HOST = "smtp.prueba.example"
        sent = []
        monkeypatch.setattr(actions, "hand_over", lambda letter, server: sent.append(letter.to))

        page = self.try_mail(visitor)

        assert sent == ["uxia@prueba.example"]
        assert "aceptó el mensaje para uxia@prueba.example" in page

    def test_server_that_refuses_is_quoted(
        self, visitor: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.SMTP_HOST = "smtp.prueba.example"

        def refuse(*_arguments: object) -> None:
            raise NotDelivered(Problem.REFUSED, "550 no such user")

        monkeypatch.setattr(actions, "hand_over", refuse)

        assert "550 no such user" in self.try_mail(visitor)

    def test_address_that_is_none_is_said(self, visitor: Client) -> None:
        answer = visitor.post(ADDRESS, TYPED | {"administrator_email": "uxia", "try_mail": "1"})

        assert answer.status_code == 422
