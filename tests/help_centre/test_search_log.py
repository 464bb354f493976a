"""What is kept of a search, what came of it, and what remains after 90 days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from mostrador.help_centre.actions import searches
from mostrador.help_centre.models import DailySearch, SearchLog
from mostrador.help_centre.queries.search import SearchResult
from mostrador.help_centre.rules.privacy import without_person_data
from mostrador.organisations.models import Organisation
from tests import make

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def days() -> list[tuple[Any, ...]]:
    return list(
        DailySearch.objects.order_by("on", "text").values_list(
            "on", "text", "searches", "without_result", "opened", "asked"
        )
    )


def searched(organisation: Organisation, text: str = "firmar", **fields: Any) -> SearchLog:
    """A search as it is kept."""
    known = {"key": f"k{SearchLog.objects.count()}", "at": timezone.now(), "language": "es", "found": 1}
    return SearchLog.objects.create(organisation=organisation, text=text, **known | fields)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("No me deja FIRMAR", "no me deja firmar"),
        ("soy ana.ruiz@correo.example y no entro", "soy y no entro"),
        ("cl@ve no funciona", without_person_data("cl@ve") + " no funciona"),
        ("mi dni es 12345678Z", "mi dni es"),
        ("mi dni es 12.345.678-Z", "mi dni es"),
        ("nie X-1234567-L caducado", "nie caducado"),
        ("llámeme al 600 12 34 56", "llameme al"),
        ("llámeme al +34 600-123-456 por favor", "llameme al + por favor"),
        ("cuenta ES91 2100 0418 4502 0005 1332", "cuenta"),
        ("ES9121000418450200051332", ""),
        ("expediente2026001234", ""),
        ("SAF 9 y AF200109", "saf9 y af200109"),
        ("modelo 303 de 2026", "modelo 303 de 2026"),
        (
            "https://sede.example/consultas/seguimiento/abc?nif=1&x=2 no abre",
            without_person_data("sede.example") + " no abre",
        ),
        ("csv 3f2a9c1e-4b5d-4c6e-8f70-112233445566", "csv"),
        ("x" * 5000, ""),
        ("a b " * 200, ("a b " * 50).strip()),
    ],
)
def test_what_tells_who_asked_is_left_out(typed: str, kept: str) -> None:
    assert without_person_data(typed) == kept


def test_a_search_is_kept_with_what_it_found_and_nothing_of_who_searched(
    client: Client, organisation: Organisation
) -> None:
    article = make.article(organisation, title="No aparece mi certificado")

    with time_machine.travel(NOON, tick=False):
        page = client.get("/buscar/", {"q": "Certificado, soy ana@correo.example"}).text
        client.get("/ca/buscar/", {"q": "xyzzy"})
        client.get("/buscar/")

    kept = SearchLog.objects.order_by("pk")
    assert list(kept.values_list("organisation", "at", "language", "text", "found", "articles")) == [
        (organisation.pk, NOON, "es", "certificado, soy", 1, [article.pk]),
        (organisation.pk, NOON, "ca", "xyzzy", 0, []),
    ]
    assert f'data-search="{kept[0].key}"' in page


def test_a_search_that_cannot_be_kept_is_answered_all_the_same(
    client: Client, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.article(organisation, title="No aparece mi certificado")

    def fail(**fields: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(SearchLog.objects, "create", fail)
    page = client.get("/buscar/", {"q": "certificado"})

    assert page.status_code == 200
    assert "data-search" not in page.text
    assert 'href="/ayuda/articulo/no-aparece-mi-certificado/"' in page.text


def test_the_first_result_opened_is_noted_with_its_place(client: Client, organisation: Organisation) -> None:
    one, other = make.article(organisation, title="Firmar"), make.article(organisation, title="Firmar un PDF")
    log = searched(organisation)

    for article, place in ((one, 2), (other, 1)):
        told = {"key": log.key, "article": article.pk, "place": place}
        answer = client.post("/buscar/abierto/", told, headers=SAME_ORIGIN)

    log.refresh_from_db()
    assert (answer.status_code, answer.cookies) == (204, {})
    assert (log.opened_id, log.opened_place, log.next_step) == (one.pk, 2, "read")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"key": "otra"},
        {"key": "\x00"},
        {"key": "k0", "article": "x", "place": "99999999999"},
        {"key": "k0", "article": "9" * 18, "place": "-1"},
    ],
)
def test_anything_may_be_told_of_a_search(client: Client, organisation: Organisation, told: dict[str, str]) -> None:
    log = searched(organisation, key="k0")

    answer = client.post("/buscar/abierto/", told, headers=SAME_ORIGIN)

    log.refresh_from_db()
    assert (answer.status_code, log.opened_id, log.opened_place) == (204, None, None)


def test_only_pages_of_ours_tell_what_was_opened_and_only_of_their_own_searches(
    client: Client, organisation: Organisation
) -> None:
    elsewhere = make.organisation()
    article, theirs = make.article(elsewhere), searched(elsewhere)
    told = {"key": theirs.key, "article": article.pk, "place": 1}

    from_another_site = client.post("/buscar/abierto/", told, headers={"Sec-Fetch-Site": "cross-site"})
    client.post("/buscar/abierto/", told, headers=SAME_ORIGIN)

    theirs.refresh_from_db()
    assert (from_another_site.status_code, theirs.opened_id, theirs.next_step) == (403, None, "")


def test_who_read_and_then_wrote_to_us_is_counted_as_both(organisation: Organisation) -> None:
    article = make.article(organisation)
    log = searched(organisation)

    searches.open_result(organisation, log.key, article_id=article.pk, place=1)
    searches.led_to_ticket(log.key)
    searches.open_result(organisation, log.key, article_id=article.pk, place=1)
    searches.led_to_ticket("")
    searches.count_searches()

    assert days() == [(timezone.localdate(), "firmar", 1, 0, 1, 1)]


def test_searches_are_counted_by_day_and_counting_again_changes_nothing(organisation: Organisation) -> None:
    for hour in (9, 10):
        searched(organisation, at=datetime(2026, 11, 18, hour, tzinfo=UTC))
    searched(organisation, "xyzzy", at=datetime(2026, 11, 18, 23, 30, tzinfo=UTC), found=0)  # the 19th in Spain

    with time_machine.travel(NOON, tick=False):
        searches.count_searches()
        searches.count_searches()
        searched(organisation, at=NOON - timedelta(hours=1))
        SearchLog.objects.filter(text="xyzzy").update(next_step="asked")
        searches.count_searches()

    assert days() == [
        (date(2026, 11, 18), "firmar", 2, 0, 0, 0),
        (date(2026, 11, 19), "xyzzy", 1, 1, 0, 1),
        (date(2026, 11, 20), "firmar", 1, 0, 0, 0),
    ]


def test_after_ninety_days_only_counts_remain(organisation: Organisation) -> None:
    for ago in (92, 91, 90, 1):
        searched(organisation, at=NOON - timedelta(days=ago))

    with time_machine.travel(NOON, tick=False):
        forgotten = [searches.forget_old_searches(), searches.forget_old_searches()]

    assert forgotten == [2, 0]
    assert SearchLog.objects.count() == 2
    assert [(day[0], day[2]) for day in days()] == [((NOON - timedelta(days=ago)).date(), 1) for ago in (92, 91, 90, 1)]


def test_the_key_of_a_search_cannot_be_guessed(organisation: Organisation) -> None:
    keys = {searches.keep_search(organisation, "firmar", "es", SearchResult()) for _time in range(5)}

    assert len(keys) == 5
    assert {len(key) for key in keys} == {16}
