"""The pages of sign-in, accounts, staff and record are accessible and fit a telephone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from mostrador.accounts import actions
from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit import jobs
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation
from tests import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANONYMOUS = [
    *("/cuenta/entrar/", "/cuenta/contrasena/olvidada/", "/cuenta/contrasena/olvidada/enviado/"),
    *("/cuenta/contrasena/nueva/1-c0ffee-0123/", "/cuenta/contrasena/nueva/hecho/", "/cuenta/desactivada/"),
    *("/cuenta/identidad-desconocida/", "/cuenta/identidades/cancelado/", "/cuenta/identidades/error/"),
    "/cuenta/invitacion/inventado/",
]
ACCOUNT = [
    *("/cuenta/", "/cuenta/contrasena/", "/cuenta/sesiones/", "/cuenta/identidades/", "/cuenta/salir/"),
    *("/cuenta/segundo-factor/", "/cuenta/segundo-factor/aplicacion/anadir/", "/cuenta/segundo-factor/llaves/"),
    *("/cuenta/segundo-factor/llaves/anadir/", "/cuenta/segundo-factor/necesario/"),
]
STAFF = ["/gestion/personal/", "/gestion/personal/invitar/", "/gestion/personal/segundo-factor/", "/gestion/registro/"]


@pytest.fixture
def organisation(page: Page) -> Organisation:
    return make.organisation(host="localhost", name="Diputación de Valdelmar")


@pytest.fixture
def administrator(organisation: Organisation) -> User:
    return make.user(organisation, Role.ADMINISTRATOR)


def faults(page: Page, addresses: list[str]) -> list[str]:
    found = []
    for address in addresses:
        page.goto(address)
        found += [f"{address}: {fault['id']}" for fault in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{address}: wider than the screen")
    return found


def test_pages_before_signing_in(page: Page, organisation: Organisation, administrator: User) -> None:
    _, link = actions.invite(organisation, email="n@sede.example", name="Nuria", roles=["agent"], by=administrator)

    assert faults(page, [*ANONYMOUS, f"/cuenta/{link.partition('/cuenta/')[2]}"]) == []


def test_pages_after_signing_in(page: Page, organisation: Organisation, administrator: User) -> None:
    person, gone = make.user(organisation), make.user(organisation)
    actions.remove_member(organisation, gone, by=administrator)
    actions.invite(organisation, email="n@sede.example", name="Nuria", roles=["agent"], by=administrator)
    line = record("accounts.invited", organisation, actor=administrator, details={"roles": ["agent"]})
    jobs.check_chains(0)
    page.goto("/cuenta/entrar/?next=/cuenta/")
    page.get_by_label("Correo electrónico").fill(administrator.email)
    page.get_by_label("Contraseña").fill("una contraseña larga")
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.get_by_role("heading", name="Mi cuenta").wait_for()

    found = faults(page, [*ACCOUNT, *STAFF, f"/gestion/personal/{person.pk}/", f"/gestion/registro/{line.pk}/"])

    assert found == []
