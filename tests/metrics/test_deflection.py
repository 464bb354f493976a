"""Articles that were read before people asked all the same."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.help_centre.models import Article, DailyReading
from mostrador.metrics.rules import asked_for_each_hundred
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions.tickets import mark_spam
from mostrador.tickets.models import Ticket, TicketDraft
from tests import make
from tests.shared.browser import Drawn, opened
from tests.tickets import wizard

PAGE = "/gestion/medidas/articulos/"
MARCH = "?period=dates&first=2026-03-01&last=2026-03-31"
MOMENT = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


def asked_after(organisation: Organisation, *articles: Article, at: datetime = MOMENT, **fields: Any) -> Ticket:
    with time_machine.travel(at, tick=False):
        return make.ticket(organisation, articles_read=[article.pk for article in articles], **fields)


def was_read(article: Article, times: int, on: date | None = None) -> None:
    DailyReading.objects.create(article=article, on=on or MOMENT.date(), language="es", readings=times)


def csv_of(client: Client, query: str = MARCH) -> list[str]:
    return client.get(f"{PAGE}articulos.csv{query}").text.lstrip("\ufeff").splitlines()


@pytest.fixture
def director(client: Client, organisation: Organisation) -> Client:
    """Signed in."""
    client.force_login(make.user(organisation, Role.DIRECTOR))
    return client


def test_articles_come_with_readings_contacts_and_their_rate(director: Client, organisation: Organisation) -> None:
    signing, paying = make.article(organisation, title="Firmar"), make.article(organisation, title="=Pagar")
    make.article(organisation, title="Bastó")
    was_read(signing, 150)
    was_read(signing, 50, on=date(2026, 3, 31))
    was_read(signing, 999, on=date(2026, 4, 1))
    asked_after(organisation, signing, paying)
    asked_after(organisation, signing)
    asked_after(organisation, signing, at=datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # April in Madrid
    make.ticket(organisation, articles_seen=[signing.pk])

    assert csv_of(director) == [
        "articulo;titulo;lecturas;consultas;consultas_por_100_lecturas",
        "firmar;Firmar;200;2;1,0",
        "pagar;'=Pagar;0;1;",
    ]
    page = director.get(PAGE + MARCH).text
    assert "Firmar" in page
    assert "Bastó" not in page
    assert "Cómo se calcula" in page


def test_spam_does_not_count(director: Client, organisation: Organisation) -> None:
    ticket = asked_after(organisation, make.article(organisation))
    mark_spam(ticket, author=make.user(organisation))

    assert len(csv_of(director)) == 1
    assert "Nadie preguntó después de leer" in director.get(PAGE + MARCH).text


def test_the_latest_five_subjects_lead_to_their_tickets(director: Client, organisation: Organisation) -> None:
    article = make.article(organisation)
    tickets = [
        asked_after(organisation, article, subject=f"Asunto {day}", at=MOMENT.replace(day=day)) for day in range(1, 8)
    ]

    page = director.get(PAGE + MARCH).text

    shown = [ticket.subject for ticket in tickets if ticket.subject in page]
    assert shown == ["Asunto 3", "Asunto 4", "Asunto 5", "Asunto 6", "Asunto 7"]
    assert page.index("Asunto 7") < page.index("Asunto 3")
    assert f"/gestion/consultas/{tickets[-1].reference}/" in page


def test_nobody_sees_subjects_or_figures_of_where_they_do_not_work(client: Client, organisation: Organisation) -> None:
    child = make.organisation(parent=organisation)
    article = make.article(organisation)
    asked_after(child, article, subject="De la hija")
    asked_after(organisation, article, subject="De aquí")
    asked_after(make.organisation(), article, subject="De otra")

    client.force_login(make.user(organisation, Role.DIRECTOR))
    alone = client.get(PAGE + MARCH).text
    assert csv_of(client)[1].split(";")[3] == "1"
    client.force_login(make.user(organisation, Role.DIRECTOR, with_descendants=True))
    above = client.get(PAGE + MARCH).text
    assert csv_of(client)[1].split(";")[3] == "2"

    subjects = ("De aquí", "De la hija", "De otra")
    assert [subject in alone for subject in subjects] == [True, False, False]
    assert [subject in above for subject in subjects] == [True, True, False]


def test_articles_of_strangers_are_not_named(director: Client, organisation: Organisation) -> None:
    asked_after(organisation, make.article(make.organisation(), title="Ajeno"))

    assert len(csv_of(director)) == 1


def test_a_stranger_finds_no_page(client: Client, organisation: Organisation) -> None:
    client.force_login(make.user(make.organisation(), Role.DIRECTOR))

    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}articulos.csv").status_code == 404


def test_a_wrong_period_is_told(director: Client) -> None:
    wrong = "?period=dates&first=2026-03-31&last=2026-03-01"

    assert director.get(PAGE + wrong).status_code == 422
    assert director.get(f"{PAGE}articulos.csv{wrong}")["Location"] == PAGE + wrong


OPENED = "/consultas/nueva/leido/"


def opens(client: Client, slug: str, site: str = "same-origin") -> int:
    return client.post(OPENED, {"article": slug}, headers={"Sec-Fetch-Site": site}).status_code


def test_what_was_opened_before_asking_is_known_and_what_was_only_suggested_is_not(
    client: Client, organisation: Organisation
) -> None:
    first, second = make.article(organisation, title="Primero"), make.article(organisation, title="Segundo")
    suggested = make.article(organisation, title="No aparece mi certificado en la lista")
    reader = Client()

    client.post("/consultas/nueva/", {"text": wizard.TEXT, "read": str(first.pk)})
    answers = [opens(client, "segundo"), opens(client, "segundo"), opens(client, "nada"), opens(reader, "segundo")]
    wizard.say_where(client)
    wizard.say_how_to_reach(client)
    wizard.send(client)

    ticket = Ticket.objects.get()
    assert answers == [204, 204, 204, 204]
    assert ticket.articles_read == [first.pk, second.pk]
    assert suggested.pk in ticket.articles_seen
    assert not TicketDraft.objects.filter(ticket=None).exists()


def test_other_sites_cannot_say_what_was_opened(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="Uno")
    wizard.start(client)

    assert opens(client, "uno", site="cross-site") == 403
    assert "opened" not in TicketDraft.objects.get().answers


@pytest.mark.browser
def test_following_a_suggestion_says_so(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="No aparece mi certificado en la lista")
    wizard.start(client)
    page = client.get("/consultas/nueva/sugerencias/")
    drawn = Drawn({"/consultas/nueva/sugerencias/": (page.content, {"content-type": "text/html"})})

    with opened(drawn) as window:
        window.goto("/consultas/nueva/sugerencias/")
        with window.expect_request("**" + OPENED):
            window.get_by_role("link", name="No aparece mi certificado en la lista").click()

    assert drawn.posts == ["article=no-aparece-mi-certificado-en-la-lista"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_has_the_same_number_of_queries(
    director: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        article = make.article(organisation, title=f"Uno {number}")
        was_read(article, 10)
        asked_after(organisation, article)
    director.get(PAGE + MARCH)

    with django_assert_num_queries(10):
        director.get(PAGE + MARCH)


def test_the_measures_lead_to_it(director: Client) -> None:
    assert f'href="{PAGE}"' in director.get("/gestion/medidas/").text


@pytest.mark.parametrize(
    ("tickets", "readings", "rate"), [(0, 0, None), (3, 0, None), (0, 10, 0), (1, 200, 0.5), (3, 2, 150)]
)
def test_the_rate_is_of_each_hundred_readings(tickets: int, readings: int, rate: float | None) -> None:
    assert asked_for_each_hundred(tickets=tickets, readings=readings) == rate
