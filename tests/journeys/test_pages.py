"""Every page in every language: accessible, and fitting a telephone."""

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page

from tests.journeys.conftest import sign_in, speak
from tests.journeys.faults import faults
from tests.journeys.product import Product

LANGUAGES = [code for code, _name in settings.LANGUAGES]
CITIZENS = [
    *("/", "/buscar/?q=certificado", "/buscar/?q=zzzz", "/ayuda/clave/", "/ayuda/articulo/no-aparece-mi-certificado/"),
    *("/ayuda/firmar/", "/ayuda/novedades/", "/ayuda/codigos/", "/ayuda/codigos/SAF_09/", "/ayuda/codigos/ZZ_1/"),
    *(
        f"/ayuda/articulo/{slug}/"
        for slug in (
            "autofirma-rpm-deja-de-funcionar",
            "copiar-el-certificado-a-otro-equipo",
            "hacer-el-tramite-en-persona",
            "mantenimiento-mensual-de-la-sede",
            "no-aparece-mi-certificado/lectura-facil",
        )
    ),
    *("/consultas/nueva/", "/consultas/seguimiento/", "/hora-oficial/", "/accesibilidad/", "/privacidad/"),
    *("/aviso-legal/", "/no-existe/", "/cuenta/entrar/", "/cuenta/contrasena/olvidada/"),
]
STAFF = [
    *("/gestion/consultas/", "/gestion/personas/", "/gestion/articulos/", "/gestion/articulos/nuevo/"),
    *("/gestion/centro-de-ayuda/", "/gestion/sinonimos/", "/gestion/sinonimos/nuevo/"),
    *("/gestion/medidas/", "/gestion/opiniones/", "/gestion/personal/", "/gestion/personal/invitar/"),
    "/gestion/correo/direcciones/",
    *("/gestion/correo/", "/gestion/registro/", "/gestion/configuracion/", "/gestion/configuracion/calendario/2026/"),
    *("/gestion/configuracion/horarios/", "/gestion/configuracion/aspecto/", "/gestion/configuracion/entidad/"),
    "/gestion/incidencias/",
    *("/gestion/supervision/", "/gestion/supervision/calidad/", "/gestion/reglas/", "/gestion/reglas/nueva/"),
    *("/cuenta/", "/cuenta/sesiones/", "/cuenta/segundo-factor/"),
    "/gestion/personas/peticiones/",
    "/gestion/configuracion/conservacion/",
    *("/gestion/reparto/", "/gestion/buscar/"),
]
DESK = [
    *("/gestion/consultas/", "/gestion/consultas/nueva/?telefono=600112233", "/gestion/consultas/vistas/"),
    "/gestion/personas/duplicadas/",
    *("/gestion/consultas/respuestas/", "/gestion/consultas/firma/", "/gestion/menciones/", "/gestion/mis-revisiones/"),
]

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages"), pytest.mark.timeout(600)]


def faults_of(page: Page, addresses: list[str]) -> list[tuple[str, str, str]]:
    """Open each page and return what is wrong with it."""
    found = []
    for address in addresses:
        page.goto(address)
        found += faults(page)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_citizens_pages_are_accessible_on_a_telephone(window: Callable[..., Page], language: str) -> None:
    page = window(width=360)
    prefix = "" if language == "es" else f"/{language}"

    found = faults_of(page, [prefix + address for address in CITIZENS])

    assert found == []
    assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_the_desk_are_accessible(product: Product, window: Callable[..., Page], language: str) -> None:
    page = window(width=1280)
    sign_in(page, "administrator")
    speak(page, language)
    page.goto("/gestion/consultas/?cola=todas")
    ticket = page.locator("main table a").first.get_attribute("href") or ""

    found = faults_of(page, [*STAFF, ticket])

    assert page.locator("html").get_attribute("lang") == language
    assert found == []


@pytest.mark.parametrize("language", ["es", "eu"])  # Basque has the longest words
def test_pages_of_who_attends_are_accessible_on_a_telephone(
    product: Product, window: Callable[..., Page], language: str
) -> None:
    page = window(width=360)
    sign_in(page, "supervisor")
    speak(page, language)
    page.goto("/gestion/consultas/?lista=todas")
    ticket = page.locator("main table th a").first.get_attribute("href") or ""

    assert faults_of(page, [*DESK, ticket, f"{ticket}unir/", f"{ticket}tercero/", f"{ticket}plazo-legal/"]) == []
