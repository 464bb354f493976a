"""Reminders of the articles that have to be looked at again."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.help_centre.actions import articles
from mostrador.help_centre.jobs import remind_to_check
from mostrador.help_centre.models import Article
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from tests import make

pytestmark = pytest.mark.usefixtures("_in_november")
SOON, LATER = date(2026, 12, 23), date(2026, 12, 24)


@pytest.fixture
def _in_november() -> Any:
    with time_machine.travel(datetime(2026, 11, 23, 6, 20, tzinfo=UTC), tick=False):
        yield


def due(organisation: Organisation, title: str, **details: Any) -> Article:
    return make.article(organisation, title=title, details={"review_by": SOON} | details)


def letters() -> list[tuple[str, str]]:
    return [*OutgoingMessage.objects.order_by("pk").values_list("to", "subject")]


def test_one_message_tells_each_editor_of_all_articles_once(organisation: Organisation) -> None:
    editor = make.user(organisation, Role.EDITOR)
    make.user(organisation, Role.AGENT)
    due(organisation, "Vence pronto")
    due(organisation, "Venció", review_by=date(2026, 1, 1))
    due(organisation, "Vence más tarde", review_by=LATER)
    make.article(organisation, title="Sin publicar", is_published=False, details={"review_by": SOON})

    remind_to_check(timestamp=0)
    remind_to_check(timestamp=0)

    assert letters() == [(editor.email, "2 artículos para revisar")]
    text = OutgoingMessage.objects.get().text
    assert [title in text for title in ("Vence pronto", "Venció", "Vence más tarde", "Sin publicar")] == [
        *(True, True, False, False)
    ]
    assert f"/gestion/articulos/{Article.objects.get(slug='vence-pronto').pk}/es/revision/" in text


def test_the_owner_team_is_told_and_the_others_are_not(organisation: Organisation) -> None:
    team, empty = make.team(organisation), make.team(organisation)
    member = make.user(organisation, Role.EDITOR, teams=(team,))
    other = make.user(organisation, Role.EDITOR)
    due(organisation, "Del equipo", owner_team=team)
    due(organisation, "De un equipo sin nadie que edite", owner_team=empty)

    remind_to_check(timestamp=0)

    assert sorted(letters()) == sorted(
        [(member.email, "2 artículos para revisar"), (other.email, "1 artículo para revisar")]
    )


def test_each_is_told_in_their_own_language(organisation: Organisation) -> None:
    editor = make.user(organisation, Role.EDITOR)
    User.objects.filter(pk=editor.pk).update(language="ca")
    due(organisation, "Vence pronto")

    remind_to_check(timestamp=0)

    message = OutgoingMessage.objects.get()
    assert message.language == "ca"
    assert "/ca/gestion/articulos/" in message.text


def test_a_new_date_is_reminded_anew_and_the_same_one_is_not(organisation: Organisation) -> None:
    make.user(organisation, Role.EDITOR)
    article = due(organisation, "Vence pronto")
    remind_to_check(timestamp=0)

    article.refresh_from_db()
    articles.change_article(article, {"review_by": SOON}, author=None)
    remind_to_check(timestamp=0)
    once = len(letters())
    articles.change_article(article, {"review_by": date(2026, 12, 1)}, author=None)
    remind_to_check(timestamp=0)

    assert (once, len(letters())) == (1, 2)


def test_articles_of_a_body_without_editors_wait_for_one(organisation: Organisation) -> None:
    due(organisation, "Vence pronto")

    remind_to_check(timestamp=0)
    before = letters()
    editor = make.user(organisation, Role.ADMINISTRATOR)
    remind_to_check(timestamp=0)

    assert (before, letters()) == ([], [(editor.email, "1 artículo para revisar")])
