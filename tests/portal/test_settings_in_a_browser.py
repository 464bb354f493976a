"""The settings pages in a real browser: accessible, fitting a telephone, and with a preview that follows the colour."""

from datetime import UTC, datetime

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse

from mostrador.accounts.choices import Role
from mostrador.organisations import actions
from mostrador.organisations.models import Organisation
from mostrador.portal.urls import SETTINGS
from tests import make
from tests.shared.browser import Drawn, opened

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

NOT_READ = {"undo", "logo", "logo_remove", "calendar_now", "theme_preview"}
PAGES = [
    *(
        reverse(f"portal:{view.__name__}")
        for address, view in SETTINGS
        if "<" not in address and view.__name__ not in NOT_READ
    ),
    reverse("portal:calendar", kwargs={"year": 2026}),
    reverse("portal:calendar_import", kwargs={"year": 2026}),
    reverse("portal:legal_page_edit", kwargs={"kind": "privacy", "language": "es"}),
    "/accesibilidad/",
]
PREVIEW = reverse("portal:theme_preview")


def draw(organisation: Organisation, language: str) -> Drawn:
    administrator = make.user(organisation, Role.ADMINISTRATOR)
    administrator.language = language
    administrator.save()
    make.topic(organisation)
    make.organisation(parent=organisation)
    actions.retire_team(make.team(organisation), actor=None)
    actions.create_procedure(organisation, sia_code="2012345", names={"es": "Empadronarse"}, actor=None)
    actions.compute_year(organisation, 2026, actor=None)
    client = Client()
    with time_machine.travel(datetime(2026, 11, 23, 16, 40, tzinfo=UTC), tick=False):
        client.force_login(administrator)
        answers = {address: client.get(address) for address in PAGES}
        preview = client.get(PREVIEW, {"accent": "#ffd700"}, headers={"HX-Request": "true"})
    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(PAGES, 200)
    drawn = {address: (answer.content, dict(answer.items())) for address, answer in answers.items()}
    return Drawn(drawn | {f"{PREVIEW}?accent=%23ffd700": (preview.content, dict(preview.items()))})


def test_pages_are_accessible(organisation: Organisation) -> None:
    drawn = draw(organisation, "es")

    with opened(drawn) as page:
        found = {}
        for address in PAGES:
            page.goto(address)
            found[address] = [violation["id"] for violation in Axe().run(page).response["violations"]]

    assert found == {address: [] for address in PAGES}
    assert drawn.complaints == []


@pytest.mark.parametrize("language", ["es", "eu"])
def test_pages_fit_a_telephone(organisation: Organisation, language: str) -> None:
    drawn = draw(organisation, language)

    with opened(drawn, width=360) as page:
        too_wide = []
        for address in PAGES:
            page.goto(address)
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                too_wide.append(address)

    assert too_wide == []


def test_preview_follows_the_colour_while_it_is_chosen(organisation: Organisation) -> None:
    drawn = draw(organisation, "es")

    with opened(drawn) as page:
        page.goto(reverse("portal:theme"))
        before = page.locator("#theme-preview li").first.inner_text()
        page.locator("[name=accent]").fill("#ffd700")
        page.get_by_text("Se usará #645303").wait_for()

    assert "Se lee bien" in before
    assert drawn.complaints == []
    assert drawn.posts == []
