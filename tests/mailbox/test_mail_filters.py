"""Rules that are tried on mail before a ticket is opened: written, tried, put in order, deleted."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.mailbox.models import FilterRule, Mailbox
from mostrador.organisations.models import Organisation
from tests import make


@pytest.fixture
def administrator(organisation: Organisation, client: Client) -> User:
    """Signed in."""
    user = make.user(organisation, Role.ADMINISTRATOR)
    client.force_login(user)
    return user


TYPED: dict[str, Any] = {"sender": "@tienda.example", "action": "spam", "is_active": "on"}


def in_order(mailbox: Mailbox) -> list[str]:
    return list(FilterRule.objects.filter(mailbox=mailbox).order_by("position").values_list("sender", flat=True))


def test_without_rules_the_page_says_what_happens_anyway(mailbox: Mailbox, client: Client, administrator: User) -> None:
    page = client.get(f"/gestion/buzones/{mailbox.pk}/reglas/").text

    assert "Todavía no hay reglas" in page
    assert "los robots ya se apartan solos" in page


def test_a_rule_is_written_read_in_words_and_written_again(
    mailbox: Mailbox, client: Client, administrator: User
) -> None:
    team = make.team(mailbox.organisation)
    client.post(
        f"/gestion/buzones/{mailbox.pk}/reglas/nueva/",
        TYPED | {"action": "team", "team": str(team.pk), "tag": "sobra", "kind": "list"},
    )

    rule = FilterRule.objects.get()
    assert (rule.sender, rule.kind, rule.action, rule.team, rule.tag) == ("@tienda.example", "list", "team", team, "")
    page = client.get(f"/gestion/buzones/{mailbox.pk}/reglas/").text
    assert f"Darlo a un equipo: {team.name}" in page
    assert "«@tienda.example»" in page

    client.post(f"/gestion/buzones/reglas/{rule.pk}/", TYPED)

    rule.refresh_from_db()
    assert (rule.kind, rule.action, rule.team, rule.is_active) == ("", "spam", None, True)
    assert Event.objects.filter(verb="mailbox.filter_saved").count() == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"action": "drop"}, "al menos una cosa"),
        ({"sender": "a@b.example", "action": "team"}, "Elija el equipo"),
        ({"sender": "a@b.example", "action": "tag"}, "Escriba la etiqueta"),
    ],
)
def test_a_rule_that_is_not_whole_is_refused(
    mailbox: Mailbox, client: Client, administrator: User, typed: dict[str, str], sentence: str
) -> None:
    answer = client.post(f"/gestion/buzones/{mailbox.pk}/reglas/nueva/", typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not FilterRule.objects.exists()


def test_trying_shows_what_it_would_have_matched_and_keeps_nothing(
    mailbox: Mailbox, client: Client, administrator: User
) -> None:
    make.taken_in(mailbox, make.raw_mail(subject="Ofertas de otoño", sender="Tienda <no@correo.tienda.example>"))
    make.taken_in(mailbox, make.raw_mail(subject="No puedo firmar"))

    page = client.post(f"/gestion/buzones/{mailbox.pk}/reglas/nueva/", TYPED | {"try": "1"}).text

    assert "De los últimos 2 mensajes se habría aplicado a 1." in page
    assert ">Ofertas de otoño</a>" in page
    assert ">No puedo firmar</a>" not in page
    assert 'value="@tienda.example"' in page
    assert not FilterRule.objects.exists()


def test_rules_change_places_and_are_deleted_after_asking(
    mailbox: Mailbox, client: Client, administrator: User
) -> None:
    for sender in ("a@b.example", "c@d.example"):
        client.post(f"/gestion/buzones/{mailbox.pk}/reglas/nueva/", TYPED | {"sender": sender})
    second = FilterRule.objects.get(sender="c@d.example")

    client.post(f"/gestion/buzones/reglas/{second.pk}/mover/", {"up": "1"})
    assert in_order(mailbox) == ["c@d.example", "a@b.example"]

    assert "¿Borrar la regla?" in client.get(f"/gestion/buzones/reglas/{second.pk}/borrar/").text
    client.post(f"/gestion/buzones/reglas/{second.pk}/borrar/")
    assert in_order(mailbox) == ["a@b.example"]


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    mailbox: Mailbox,
    client: Client,
    administrator: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    many: int,
) -> None:
    topic = make.topic(mailbox.organisation)
    for number in range(many):
        FilterRule.objects.create(mailbox=mailbox, subject=f"a{number}", action="topic", topic=topic)
    client.get(f"/gestion/buzones/{mailbox.pk}/reglas/")

    with django_assert_num_queries(6):
        client.get(f"/gestion/buzones/{mailbox.pk}/reglas/")
