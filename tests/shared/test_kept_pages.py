"""Pages that are kept rendered for a minute."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from mostrador.organisations.models import Organisation
from mostrador.shared import caching
from tests import make

ADDRESS = "/ayuda/articulo/no-aparece/"


def test_a_kept_page_asks_nothing_of_the_database(
    client: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.article(organisation, title="No aparece")
    first = client.get(ADDRESS)

    with django_assert_num_queries(0):
        again = client.get(ADDRESS)
        known = client.get(ADDRESS, headers={"If-None-Match": first["ETag"]})

    assert (again.content, dict(again.headers)) == (first.content, dict(first.headers))
    assert "Content-Security-Policy" in again
    assert (known.status_code, known.content) == (304, b"")


def test_a_page_is_kept_for_one_host_only(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="No aparece")
    make.organisation(host="otra.example")
    client.get(ADDRESS)

    elsewhere = client.get(ADDRESS, headers={"Host": "otra.example"})
    nowhere = client.get(ADDRESS, headers={"Host": "desconocida.example"})

    assert (elsewhere.status_code, nowhere.status_code) == (404, 404)


def test_pages_are_kept_only_as_long_as_there_is_room(
    client: Client,
    organisation: Organisation,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make.article(organisation, title="No aparece")
    one = len(client.get(ADDRESS).content)
    monkeypatch.setattr(caching, "MOST_BYTES", 2 * one + 500)
    for number in range(3):
        client.get(f"{ADDRESS}?{number}")

    with django_assert_num_queries(0):
        client.get(f"{ADDRESS}?2")
        client.get(f"{ADDRESS}?1")
    with CaptureQueriesContext(connection) as asked:
        client.get(ADDRESS)
    assert len(asked) > 0


def test_a_form_is_never_kept(client: Client, organisation: Organisation) -> None:
    first, second = client.get("/consultas/nueva/"), client.get("/consultas/nueva/")

    assert "no-store" in first["Cache-Control"]
    assert first.content != second.content


def test_a_page_is_drawn_again_when_its_minute_is_over(
    client: Client, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = make.article(organisation, title="No aparece")
    client.get(ADDRESS)
    article.versions.update(title="Ya aparece")

    kept = client.get(ADDRESS)
    monkeypatch.setattr(caching, "FRESH_SECONDS", 0)
    later = client.get(ADDRESS)

    assert ("Ya aparece" in kept.text, "Ya aparece" in later.text) == (False, True)


def test_a_page_drawn_while_something_was_published_is_not_kept(
    client: Client, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = make.article(organisation, title="No aparece")
    as_kept = caching._as_kept

    def published_meanwhile(response: HttpResponse) -> Any:
        article.versions.update(title="Ya aparece")
        caching.forget_pages()
        return as_kept(response)

    monkeypatch.setattr(caching, "_as_kept", published_meanwhile)
    before = client.get(ADDRESS)
    monkeypatch.setattr(caching, "_as_kept", as_kept)
    after = client.get(ADDRESS)

    assert ("No aparece" in before.text, "Ya aparece" in after.text) == (True, True)
