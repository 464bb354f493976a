"""Saying how it went, from the link in the e-mail."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from mostrador.feedback import actions
from mostrador.feedback.models import Survey
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.people.actions import erase_person
from mostrador.people.rules import keepers
from mostrador.tickets.actions import tickets
from tests import make


@pytest.fixture
def link(organisation: Organisation) -> str:
    """The address in the e-mail, with 4 chosen."""
    Organisation.objects.update(is_sample=True)
    agent = make.user(organisation)
    ticket = make.ticket(organisation)
    tickets.reply_as_desk(ticket, author=agent, text="Instale el certificado.")
    tickets.resolve(ticket, author=agent)
    actions.ask_opinions()
    found = re.search(r"/opinion/[^/]+/\?valor=4", OutgoingMessage.objects.get(kind="feedback.survey").text)
    assert found
    return found[0]


def test_the_link_opens_with_its_value_chosen_and_writes_nothing(client: Client, link: str) -> None:
    response = client.get(link)

    html = response.content.decode()
    assert response.status_code == 200
    assert re.findall(r'value="(\d)"[^>]*checked', html) == ["4"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]
    assert Survey.objects.get().answered_at is None


@pytest.mark.parametrize("value", ["", "0", "6", "<script>", "44"])
def test_a_value_that_does_not_exist_chooses_nothing(client: Client, link: str, value: str) -> None:
    response = client.get(link.replace("valor=4", f"valor={value}"))

    assert response.status_code == 200
    assert "checked" not in response.content.decode()


def test_the_answer_is_kept_once(client: Client, link: str) -> None:
    response = client.post(link, {"score": "5", "comment": "<script>alert(1)</script>"})

    survey = Survey.objects.get()
    assert (response.status_code, response["Location"]) == (302, "/opinion/gracias/")
    assert client.get(response["Location"]).status_code == 200
    assert (survey.score, survey.comment) == (5, "<script>alert(1)</script>")
    assert survey.answered_at is not None


def test_a_used_link_says_so_and_changes_nothing(client: Client, link: str) -> None:
    client.post(link, {"score": "5"})

    again = client.get(link)
    second = client.post(link, {"score": "1"})

    assert [again.status_code, second.status_code] == [410, 410]
    assert "Ya recibimos su opinión" in again.content.decode()
    assert Survey.objects.get().score == 5


def test_an_expired_link_says_so(client: Client, link: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        response = client.post(link, {"score": "5"})

    assert response.status_code == 410
    assert "ha caducado" in response.content.decode()
    assert Survey.objects.get().score is None


def test_without_a_choice_the_comment_is_kept_on_the_page(client: Client, link: str) -> None:
    response = client.post(link, {"comment": "Tardaron poco"})

    html = response.content.decode()
    assert response.status_code == 422
    assert "Elija una de las cinco respuestas." in html
    assert "Tardaron poco" in html


def test_a_comment_that_is_too_long_is_told(client: Client, link: str) -> None:
    response = client.post(link, {"score": "3", "comment": "a" * 2001})

    assert response.status_code == 422
    assert Survey.objects.get().score is None


def test_a_link_of_another_organisation_does_not_exist_here(client: Client, link: str) -> None:
    other = make.organisation()

    assert client.get(link, headers={"host": other.host}).status_code == 404


def test_an_invented_link_does_not_exist(client: Client, organisation: Organisation) -> None:
    assert client.get("/opinion/inventado/").status_code == 404


def test_a_post_without_a_token_against_forgery_is_refused(organisation: Organisation, link: str) -> None:
    response = Client(enforce_csrf_checks=True).post(link, {"score": "1"})

    assert response.status_code == 403
    assert Survey.objects.get().score is None


def test_erasing_a_person_clears_the_comment_and_keeps_the_score(client: Client, link: str) -> None:
    client.post(link, {"score": "2", "comment": "Soy Ana, de Peñalba"})
    survey = Survey.objects.select_related("ticket__person", "organisation").get()

    report = erase_person(survey.ticket.person, by=make.user(survey.organisation))

    survey.refresh_from_db()
    assert (survey.score, survey.comment) == (2, "")
    assert report["feedback"] == {"comments": 1}


def test_the_export_of_a_person_has_their_opinions(client: Client, link: str) -> None:
    client.post(link, {"score": "2", "comment": "Regular"})
    survey = Survey.objects.select_related("ticket__person").get()

    [keeper] = [keeper for keeper in keepers() if keeper.name == "feedback"]
    data = keeper.export_function()(survey.ticket.person)

    assert data.records == [
        {
            "ticket": survey.ticket.reference,
            "asked_at": survey.sent_at,
            "answered_at": survey.answered_at,
            "score": 2,
            "comment": "Regular",
        }
    ]
