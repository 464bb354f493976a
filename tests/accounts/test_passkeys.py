"""Passkeys in a real browser, with the authenticator that its developer tools pretend to have."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from mostrador.accounts.models import User
from tests import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "una contraseña larga"


@pytest.fixture
def user(page: Page) -> User:
    return make.user(make.organisation(host="localhost"))


def sign_in(page: Page, user: User) -> None:
    page.goto("/cuenta/entrar/?next=/cuenta/")
    page.get_by_label("Correo electrónico").fill(user.email)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()


def add_passkey(page: Page) -> None:
    page.goto("/cuenta/segundo-factor/llaves/anadir/")
    page.get_by_label("Nombre de la llave").fill("Mi portátil")
    page.get_by_role("button", name="Crear la llave").click()
    expect(page.get_by_role("heading", name="Códigos de recuperación", exact=True)).to_be_visible()


def test_a_passkey_is_added_and_opens_the_account_without_a_password(page: Page, user: User) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign_in(page, user)
    add_passkey(page)
    page.goto("/cuenta/salir/")
    page.get_by_role("button", name="Cerrar la sesión").click()

    page.goto("/cuenta/entrar/?next=/cuenta/")
    page.get_by_role("button", name="Entrar con una llave de acceso").click()

    expect(page.get_by_role("heading", name="Mi cuenta")).to_be_visible()
    key = Authenticator.objects.get(user=user, type="webauthn")
    assert key.wrap().name == "Mi portátil"
    assert complaints == []


def test_a_passkey_is_the_second_step_after_the_password(page: Page, user: User) -> None:
    sign_in(page, user)
    add_passkey(page)
    page.goto("/cuenta/salir/")
    page.get_by_role("button", name="Cerrar la sesión").click()

    sign_in(page, user)
    expect(page.get_by_role("heading", name="Segundo paso para entrar")).to_be_visible()
    page.get_by_role("button", name="Usar una llave de acceso").click()

    expect(page.get_by_role("heading", name="Mi cuenta")).to_be_visible()


def test_a_passkey_is_renamed_and_taken_away(page: Page, user: User) -> None:
    sign_in(page, user)
    add_passkey(page)

    page.goto("/cuenta/segundo-factor/llaves/")
    page.get_by_role("link", name="Cambiar el nombre").click()
    page.get_by_label("Nombre de la llave").fill("Llave azul")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("rowheader", name="Llave azul")).to_be_visible()
    page.get_by_role("link", name="Quitar").click()
    page.get_by_role("button", name="Quitar la llave").click()

    expect(page.get_by_text("Todavía no tiene llaves")).to_be_visible()
    assert not Authenticator.objects.filter(user=user).exists()


def test_whoever_cancels_is_told_and_loses_nothing(page: Page, user: User) -> None:
    sign_in(page, user)
    page.goto("/cuenta/segundo-factor/llaves/anadir/")
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('cancelled')) }")
    page.get_by_label("Nombre de la llave").fill("Mi portátil")

    page.get_by_role("button", name="Crear la llave").click()

    expect(page.get_by_text("No se ha podido crear la llave.")).to_be_visible()
    expect(page.get_by_label("Nombre de la llave")).to_have_value("Mi portátil")
