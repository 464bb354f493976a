"""The pages of those who publish, in a real browser."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone

from mostrador.accounts.choices import Role
from mostrador.help_centre.actions import drafts
from mostrador.help_centre.models import Adaptation
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from tests import make
from tests.journeys.faults import RULES
from tests.shared.browser import Drawn, opened

pytestmark = pytest.mark.browser


@pytest.fixture
def pages(organisation: Organisation) -> dict[str, str]:
    """Addresses by what they show: everything that may be on a page is there."""
    above = make.organisation()
    organisation.parent, organisation.path = above, f"{above.path}{organisation.pk}/"
    organisation.save(update_fields=["parent", "path"])
    lent = make.article(above, title="Heredado")
    Adaptation.objects.create(organisation=organisation, article=lent, is_hidden=True)
    writer, long = make.user(organisation, Role.EDITOR), "Palabra que no cambia en nada. " * 60
    soon = timezone.localdate() + timedelta(days=3)
    article = make.article(organisation, title="No puedo firmar", body=f"Abra el programa. {long}")
    drafts.write_and_publish(article, "ca", ArticleText("No puc signar", "Resum.", "Text."), author=None)
    drafts.write_and_publish(article, "es", ArticleText("No puedo firmar", "Resumen.", f"Ábralo. {long}"), author=None)
    make.article(organisation, title="Por revisar", details={"review_by": soon})
    draft = drafts.save_draft(
        article, "es", ArticleText("No puedo firmar", "Resumen.", f"Abra Autofirma. {long}"), author=writer
    )
    drafts.submit_for_review(draft, author=writer)
    drafts.comment(draft.version, author=writer, text="¿Está bien?", quote="Abra Autofirma")
    text = f"/gestion/articulos/{article.pk}/es"
    return {
        "list": "/gestion/articulos/",
        "translations": "/gestion/articulos/traducciones/?idioma=ca&lista=desfasadas",
        "adaptations": "/gestion/articulos/heredados/",
        "adaptation": f"/gestion/articulos/heredados/{lent.pk}/",
        "review": f"{text}/revision/",
        "stale": f"/gestion/articulos/{article.pk}/ca/revision/",
        "history": f"{text}/historia/",
        "difference": f"{text}/historia/diferencia/?a=borrador",
        "supersede": f"{text}/sustituir/?titulo=por",
    }


@pytest.fixture
def drawn(pages: dict[str, str], organisation: Organisation) -> Drawn:
    """As another editor gets them."""
    client = Client()
    client.force_login(make.user(organisation, Role.EDITOR))
    answers = {address: client.get(address) for address in pages.values()}
    assert {answer.status_code for answer in answers.values()} == {200}
    return Drawn({address: (answer.content, dict(answer.items())) for address, answer in answers.items()})


def test_the_pages_are_accessible_and_fit_a_telephone(drawn: Drawn, pages: dict[str, str]) -> None:
    found, wide = [], []

    with opened(drawn) as page:
        for name, address in pages.items():
            page.set_viewport_size({"width": 360, "height": 800})
            page.goto(address)
            page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true; })")
            wide += [name] if page.evaluate("document.documentElement.scrollWidth") > 360 else []
            page.set_viewport_size({"width": 1280, "height": 900})
            result = Axe().run(page, options=RULES)
            found += [(name, fault["id"], fault["nodes"][0]["html"]) for fault in result.response["violations"]]

    assert (found, wide) == ([], [])
    assert drawn.complaints == []


def test_words_selected_in_the_text_become_the_quote(drawn: Drawn, pages: dict[str, str]) -> None:
    with opened(drawn) as page:
        page.goto(pages["review"])
        page.locator("[data-quotable] .intro").select_text()
        page.wait_for_function("document.querySelector('[data-quote]').value !== ''")

        assert page.input_value("[data-quote]") == "Resumen."


def test_without_scripts_everything_can_be_done(drawn: Drawn, pages: dict[str, str]) -> None:
    with opened(drawn, scripts=False) as page:
        page.goto(pages["review"])
        names = [button.inner_text() for button in page.locator("main .publication button:visible").all()]
        page.locator("summary", has_text="Pedir cambios").click()

        assert names == ["Publicar"]
        assert page.locator("textarea[name=changes]").is_visible()
