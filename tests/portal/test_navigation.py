"""What surrounds the pages of the desk: own account, other organisations, the way out."""

import lxml.html  # type: ignore[import-untyped]  # ships no types
from django.test import Client

from mostrador.accounts.choices import Role
from mostrador.organisations.models import Organisation
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
