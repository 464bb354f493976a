"""The editors' board and the words that mean the same, in a browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone

from mostrador.accounts.choices import Role
from mostrador.help_centre.actions.synonyms import save_synonyms
from mostrador.help_centre.models import ArticleVote, DailyReading, DailySearch
from mostrador.organisations.models import Organisation
from tests import make
from tests.journeys.faults import RULES
from tests.shared.browser import Drawn, opened

GROUP = "/gestion/sinonimos/tacografo/"
ADDRESSES = ["/gestion/centro-de-ayuda/", "/gestion/sinonimos/", "/gestion/sinonimos/nuevo/", GROUP]


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_editors_are_accessible_and_fit(client: Client, organisation: Organisation, width: int) -> None:
    client.force_login(make.user(organisation, Role.EDITOR))
    article = make.article(organisation, title="Tarjeta de tacógrafo", details={"review_by": timezone.localdate()})
    save_synonyms(organisation, "", {"es": ["tacógrafo", "disco"]}, author=None)
    for text, nothing in (("tacografo", 1), ("camion", 0)):
        DailySearch.objects.create(
            organisation=organisation,
            on=timezone.localdate(),
            language="gl",
            text=text,
            searches=2,
            without_result=nothing,
        )
    DailyReading.objects.create(article=article, on=timezone.localdate(), language="es", readers_lost={"eu": 3})
    for _time in range(5):
        ArticleVote.objects.create(
            version=article.versions.get(),
            useful=False,
            reason="not_my_case",
            comment="No",
            voted_at=timezone.now(),
        )
    answers = {address: client.get(address) for address in ADDRESSES}
    words = {"words_es": "tacógrafo\ndisco del camión", "question": "disco del camión", "language": "es", "try": "1"}
    answers["/probado/"] = client.post(GROUP, words)
    drawn = Drawn({address: (answer.content, dict(answer.items())) for address, answer in answers.items()})
    faults = []

    with opened(drawn, width=width) as page:
        for address in answers:
            page.goto(address)
            result = Axe().run(page, options=RULES)
            faults += [(address, found["id"], found["nodes"][0]["html"]) for found in result.response["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                faults.append((address, "wider than the screen", ""))

    assert faults == []
