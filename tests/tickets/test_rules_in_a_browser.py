"""Rules of automation in a real browser: accessible at both widths, and written with the keyboard alone."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page

from mostrador.accounts.choices import Role
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import rule_runs, rules
from mostrador.tickets.choices import Deed, Happening
from mostrador.tickets.models import Rule
from mostrador.tickets.rules.automation import Deed as Deed_
from mostrador.tickets.rules.conditions import Condition
from tests import make
from tests.shared.browser import Drawn, opened
from tests.tickets.desk import agent_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

RULES = "/gestion/reglas/"
TEXTS = {"es": "Hola, {{ persona.nombre }}.", "ca": "Bon dia."}


def pages_of(organisation: Organisation) -> Drawn:
    """A rule that has done something, one that rests, and every page about them."""
    supervisor = agent_of(organisation, Role.SUPERVISOR)
    team = make.team(organisation)
    made: list[Rule] = []
    wholes: list[dict[str, Any]] = [
        {
            "happening": Happening.OPENED,
            "conditions": [Condition("subject", "contains", "certificado")],
            "deeds": [
                *(Deed_(Deed.ADD_TAG, "firma"), Deed_(Deed.TELL_ASSIGNEE, "Mírela"), Deed_(Deed.SET_PRIORITY, 2)),
                *(Deed_(Deed.WRITE_TO_PERSON, TEXTS), Deed_(Deed.TRANSFER, team.pk, team.name)),
            ],
        },
        {
            "happening": Happening.TIME,
            "conditions": [
                Condition("last_activity_at", "older_than", "5d"),
                Condition("team", "in", [team.pk], {str(team.pk): team.name}),
            ],
            "deeds": [Deed_(Deed.RESOLVE)],
        },
    ]
    for number, whole in enumerate(wholes):
        named: dict[str, Any] = {
            "name": f"Regla {number}",
            "purpose": "Que lo vea quien sabe.",
            "responsible": supervisor,
        }
        made.append(rules.save_rule(organisation, author=supervisor, **named, **whole))
    make.ticket(organisation)
    rules.start_rule(made[0], author=supervisor)
    rule_runs.apply_rules(make.ticket(organisation).pk, Happening.OPENED)
    client = Client()
    client.force_login(supervisor)
    each = [f"{RULES}{rule.pk}/{page}" for rule in made for page in ("", "prueba/", "borrar/", "registro/")]
    answers = {address: client.get(address) for address in (RULES, f"{RULES}nueva/", *each)}
    assert {answer.status_code for answer in answers.values()} == {200}
    return Drawn({address: (answer.content, dict(answer.items())) for address, answer in answers.items()})


def faults(page: Page) -> list[str]:
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "light"), (1280, "dark")])
def test_every_page_of_rules_is_accessible_and_fits(organisation: Organisation, width: int, scheme: str) -> None:
    drawn = pages_of(organisation)

    with opened(drawn, width=width, scheme=scheme) as page:
        found = {}
        for each in drawn.pages:
            page.goto(each)
            found[each] = faults(page)

    assert found == {each: [] for each in drawn.pages}
    assert drawn.complaints == []


@pytest.mark.parametrize("address", [f"{RULES}nueva/", "/gestion/consultas/vistas/nueva/"])
def test_what_scripts_put_in_the_place_of_the_builder_is_no_form(organisation: Organisation, address: str) -> None:
    """A form with a button called "remove" cannot be taken out: its `remove` is the button."""
    client = Client()
    client.force_login(agent_of(organisation, Role.SUPERVISOR))

    fragment = client.post(address, {"add": "all", "all-add": "subject"}, headers={"HX-Request": "true"})

    assert fragment.content.decode().strip().partition("<div")[2].startswith(' id="builder"')


def test_a_row_is_added_with_the_keyboard(organisation: Organisation) -> None:
    drawn = pages_of(organisation)

    with opened(drawn) as page:
        page.goto(f"{RULES}nueva/")
        page.get_by_label("Añadir lo que hace").focus()
        page.keyboard.type("Escribir una nota")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)

    assert any("deed-add" in post and "write_note" in post for post in drawn.posts)
