"""What every answer carries, whatever was asked; and what no log may carry."""

import logging

import pytest
from django.test import Client

from mostrador.accounts.choices import Role
from mostrador.organisations.models import Organisation
from mostrador.shared.logs import HidePrivateLinks
from mostrador.shared.tokens import new_token
from tests import make

STRICT = ("default-src 'none'", "frame-ancestors 'none'")


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/", "testserver", 200),
        ("/static/shared/base.css", "testserver", 200),
        ("/salud/", "testserver", 200),
        ("/no-existe/", "testserver", 404),
        ("/gestion/", "testserver", 302),
        ("/es/", "testserver", 302),
        ("/", "otra.example", 404),
        ("/", "no es un dominio", 400),
        ("/static/no-existe.css", "testserver", 404),
    ],
)
def test_every_answer_forbids_what_it_does_not_need(
    client: Client, organisation: Organisation, path: str, host: str, status: int
) -> None:
    answer = client.get(path, headers={"host": host})
    answer.close()  # a file

    assert answer.status_code == status
    assert all(rule in answer["Content-Security-Policy"] for rule in STRICT)
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_refused_form_forbids_it_too(organisation: Organisation) -> None:
    answer = Client(enforce_csrf_checks=True).post("/cuenta/entrar/", {"login": "ana@casa.example"})

    assert answer.status_code == 403
    assert all(rule in answer["Content-Security-Policy"] for rule in STRICT)


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://otra.example"}],
)
def test_what_another_site_typed_is_not_offered_to_be_sent(organisation: Organisation, headers: dict[str, str]) -> None:
    answer = Client(enforce_csrf_checks=True).post("/consultas/nueva/", {"text": "Cobro de Ana"}, headers=headers)

    assert answer.status_code == 403
    assert "Cobro de Ana" not in answer.text
    assert "csrfmiddlewaretoken" not in answer.text


def test_a_page_behind_a_private_link_may_be_sent_again_by_an_old_browser(organisation: Organisation) -> None:
    answer = Client(enforce_csrf_checks=True).post("/consultas/nueva/", {"text": "Mío"}, headers={"Origin": "null"})

    assert "Mío" in answer.text


def test_a_member_without_the_role_learns_whom_to_ask(client: Client, organisation: Organisation) -> None:
    administrator = make.user(organisation, Role.ADMINISTRATOR)
    child = make.organisation(parent=organisation, host="hija.example")
    above = make.user(organisation, Role.ADMINISTRATOR, with_descendants=True)
    client.force_login(make.user(child, Role.AGENT))

    page = client.get("/gestion/registro/", headers={"host": "hija.example"})

    assert page.status_code == 403
    assert above.name in page.text
    assert administrator.name not in page.text.replace(above.name, "")


@pytest.mark.parametrize("path", ["/", "/buscar/?q=firma", "/cuenta/entrar/", "/consultas/nueva/", "/accesibilidad/"])
def test_head_is_answered_like_get_without_content(client: Client, organisation: Organisation, path: str) -> None:
    page, head = client.get(path), client.head(path)

    assert (head.status_code, head.content, head["Content-Type"]) == (200, b"", page["Content-Type"])


@pytest.mark.parametrize("path", ["/consultas/s/{}/", "/cuenta/invitacion/{}/", "/opinion/{}/"])
def test_private_links_are_not_written_into_logs(client: Client, organisation: Organisation, path: str) -> None:
    token = new_token()
    written: list[str] = []
    handler = logging.Handler()
    handler.filters = [wanted for console in logging.getLogger().handlers for wanted in console.filters]
    handler.emit = lambda record: written.append(record.getMessage())  # type: ignore[method-assign]  # only for here
    logging.getLogger("django.request").addHandler(handler)

    try:
        client.get(path.format(token))
    finally:
        logging.getLogger("django.request").removeHandler(handler)

    assert [path.format("…") in line for line in written] == [True]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Not Found: /ayuda/articulo/no-aparece-mi-certificado-al-firmar/", "no-aparece-mi-certificado-al-firmar"),
        ("Forbidden (Origin checking failed): /cuenta/contrasena/nueva/1-cx2k5w-0123456789abcdef0123/", "nueva/…/"),
    ],
)
def test_addresses_of_articles_stay_readable_in_logs(line: str, kept: str) -> None:
    record = logging.LogRecord("django.security.csrf", logging.WARNING, "", 0, line, (), None)

    HidePrivateLinks().filter(record)

    assert kept in record.getMessage()
