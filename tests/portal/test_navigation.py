"""What surrounds the pages of the desk: own account, other organisations, the way out."""

import lxml.html  # type: ignore[import-untyped]  # ships no types
import pytest
from django.test import Client
from django.urls import reverse

from mostrador.accounts.choices import Role
from mostrador.accounts.queries import access_of
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.portal.permissions import sections_of, settings_of_desk
from tests import make


def rail(client: Client) -> list[tuple[str, str]]:
    """Return words and address of every link of the rail's menus."""
    page = lxml.html.fromstring(client.get("/cuenta/").content)
    links = page.xpath("//*[contains(@class, 'rail-menu')]//a")
    return [(" ".join(link.text_content().split()), link.get("href")) for link in links]


def test_whoever_works_at_one_organisation_has_nothing_to_switch(organisation: Organisation, client: Client) -> None:
    client.force_login(make.user(organisation))

    assert rail(client) == [("Mi cuenta", "/cuenta/")]


def test_whoever_works_at_several_goes_from_one_desk_to_another(organisation: Organisation, client: Client) -> None:
    make.organisation(parent=organisation, host="villa.example", name="Ayuntamiento de Villa")
    client.force_login(make.user(organisation, Role.SUPERVISOR, with_descendants=True))

    links = rail(client)

    assert [(words, address.partition(":8000")[2] or address) for words, address in links] == [
        (organisation.name, "/gestion/"),
        ("Ayuntamiento de Villa", "/gestion/"),
        ("Mi cuenta", "/cuenta/"),
    ]
    assert links[1][1].startswith("http://villa.example")


def test_the_way_out_is_a_form_and_not_a_link(organisation: Organisation, client: Client) -> None:
    client.force_login(make.user(organisation))

    page = lxml.html.fromstring(client.get("/cuenta/").content)

    (form,) = page.xpath("//*[contains(@class, 'rail-menu')]//form")
    assert (form.get("method"), form.get("action")) == ("post", "/cuenta/salir/")


# --- The sections ---------------------------------------------------------------------------------------


def sections(client: Client, path: str) -> list[tuple[str, str, str | None]]:
    """Return words, address and mark of every link of the navigation."""
    page = lxml.html.fromstring(client.get(path).content)
    links = page.xpath("//nav[contains(@class, 'rail-navigation')]//a")
    return [(" ".join(a.text_content().split()), a.get("href"), a.get("aria-current")) for a in links]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.AGENT, ["Consultas", "Menciones", "Personas", "Artículos", "Medidas", "Ajustes de la mesa"]),
        (
            Role.ADMINISTRATOR,
            ["Consultas", "Supervisión", "Personas", "Centro de ayuda", "Medidas", "Configuración"],
        ),
        (Role.EDITOR, ["Centro de ayuda", "Medidas"]),
        (Role.SECURITY_OFFICER, ["Artículos", "Medidas", "Registro"]),
    ],
)
def test_each_role_has_a_handful_of_sections(
    organisation: Organisation, client: Client, role: Role, expected: list[str]
) -> None:
    client.force_login(make.user(organisation, role))

    assert [words for words, _address, _mark in sections(client, "/cuenta/")] == expected


def test_the_section_one_is_in_shows_what_belongs_to_it_and_is_marked(
    organisation: Organisation, client: Client
) -> None:
    client.force_login(make.user(organisation, Role.ADMINISTRATOR))

    marked = {
        path: [(words, mark) for words, _address, mark in sections(client, path) if mark]
        for path in (
            "/gestion/consultas/",
            "/gestion/incidencias/",
            "/gestion/consultas/campos/",
            "/gestion/reglas/",
            "/gestion/supervision/calidad/",
        )
    }

    assert marked == {
        "/gestion/consultas/": [("Consultas", "page")],
        "/gestion/incidencias/": [("Consultas", "true"), ("Incidencias", "page")],
        "/gestion/consultas/campos/": [("Configuración", "true"), ("Ajustes de la mesa", "page")],
        "/gestion/reglas/": [("Configuración", "true"), ("Ajustes de la mesa", "page")],
        "/gestion/supervision/calidad/": [("Supervisión", "true"), ("Revisión de calidad", "page")],
    }


@pytest.mark.parametrize("role", list(Role))
def test_every_section_and_setting_opens_and_is_found_by_its_name(
    organisation: Organisation, client: Client, role: Role
) -> None:
    user = make.user(organisation, role)
    client.force_login(user)
    access = access_of(user, organisation)

    for section in [*sections_of(access), *settings_of_desk(access)]:
        address = reverse(section.address)
        assert client.get(address).status_code == 200, address
        found = client.post("/gestion/buscar/", {"q": str(section.label)}, headers={"HX-Request": "true"}).text
        assert f'data-href="{address}"' in found
    assert not Event.objects.filter(verb="people.searched").exists()


@pytest.mark.parametrize(
    ("role", "back"), [(Role.AGENT, "/gestion/ajustes/"), (Role.EDITOR, "/gestion/consultas/")], ids=["agent", "editor"]
)
def test_a_setting_leads_back_to_where_its_reader_may_go(
    organisation: Organisation, client: Client, role: Role, back: str
) -> None:
    client.force_login(make.user(organisation, role))

    page = lxml.html.fromstring(client.get("/gestion/consultas/vistas/").content)

    assert [link.get("href") for link in page.xpath("//main//a[contains(@class, 'back')]")] == [back]
    assert client.get(back).status_code == 200
