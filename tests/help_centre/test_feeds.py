"""What search engines and feed readers get."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.help_centre.actions.drafts import write_and_publish
from mostrador.help_centre.choices import ArticleKind, Audience
from mostrador.help_centre.queries import machines
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from mostrador.shared.caching import forget_pages
from tests import make

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
ATOM = "{http://www.w3.org/2005/Atom}"
HERE = "http://testserver:8000"
NEWS = {"kind": ArticleKind.NEWS}


def test_programs_are_told_where_the_map_is(client: Client, organisation: Organisation) -> None:
    page = client.get("/robots.txt")

    assert page["Content-Type"] == "text/plain; charset=utf-8"
    assert page.text == (
        "User-agent: *\nDisallow: /gestion/\nDisallow: /cuenta/\nDisallow: /vivo/\n"
        "Sitemap: http://testserver/sitemap.xml\n"
    )


def test_the_map_has_every_public_article_in_its_languages(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="Firmar")
    write_and_publish(article, "ca", ArticleText("Signar", "Així.", "Text."), author=None)
    make.article(organisation, title="Interno", details={"audience": Audience.STAFF})
    make.article(organisation, title="Borrador", is_published=False)
    make.article(make.organisation(), title="De otros")

    index = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own
    part = ElementTree.fromstring(client.get(f"/sitemap/articulos-{article.pk}.xml").content)  # noqa: S314 - our own

    assert [place.text for place in index.iter(f"{MAP}loc")] == [
        "http://testserver/sitemap/paginas.xml",
        f"http://testserver/sitemap/articulos-{article.pk}.xml",
    ]
    es, ca = f"{HERE}/ayuda/articulo/firmar/", f"{HERE}/ca/ayuda/articulo/firmar/"
    assert [place.text for place in part.iter(f"{MAP}loc")] == [es, ca]
    assert [(link.get("hreflang"), link.get("href")) for link in part.iter(LINK)] == [("es", es), ("ca", ca)] * 2


def test_a_large_centre_has_a_map_in_parts(
    client: Client, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "ARTICLES_ON_ONE_MAP", 2)
    keys = [make.article(organisation, title=f"Artículo {number}").pk for number in range(5)]

    index = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own
    last = ElementTree.fromstring(client.get(f"/sitemap/articulos-{keys[4]}.xml").content)  # noqa: S314 - our own

    assert len(list(index.iter(f"{MAP}loc"))) == 4
    assert len(list(last.iter(f"{MAP}loc"))) == 1
    assert client.get(f"/sitemap/articulos-{keys[4] + 1}.xml").status_code == 404


def test_the_map_has_topics_and_codes(client: Client, organisation: Organisation) -> None:
    group = make.topic(organisation, slug="firmar")
    make.article(organisation, topic=make.topic(organisation, slug="pdf", parent=group))

    part = ElementTree.fromstring(client.get("/sitemap/paginas.xml").content)  # noqa: S314 - our own

    places = {place.text for place in part.iter(f"{MAP}loc")}
    expected = ("/", "/eu/", "/ayuda/firmar/", "/ca/ayuda/pdf/", "/ayuda/codigos/", "/en/ayuda/codigos/SAF_09/")
    assert {f"{HERE}{path}" for path in expected} <= places
    assert len(places) == 5 * (3 + 2 + 393)


def test_news_are_read_on_a_page_and_in_a_feed_of_each_language(client: Client, organisation: Organisation) -> None:
    old = make.article(organisation, title="Cerramos <en> agosto", body="Todo\x0b [el mes](articulo:x).", details=NEWS)
    old.versions.update(published_at=timezone.now() - timedelta(days=40))
    new = make.article(organisation, title="Abrimos", details=NEWS)
    write_and_publish(new, "ca", ArticleText("Obrim", "Ja.", "Text."), author=None)
    make.article(organisation, title="No es novedad")

    page = client.get("/ca/ayuda/novedades/").text
    feed = ElementTree.fromstring(client.get("/ca/ayuda/novedades.atom").content)  # noqa: S314 - our own
    home = client.get("/").text

    titles = [(entry.findtext(f"{ATOM}title"), entry.get(f"{{{XML}}}lang")) for entry in feed.iter(f"{ATOM}entry")]
    assert titles == [("Obrim", "ca"), ("Cerramos <en> agosto", "es")]
    assert feed.get(f"{{{XML}}}lang") == "ca"
    assert len({entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")}) == 2
    assert "<p>Todo" in (list(feed.iter(f"{ATOM}content"))[1].text or "")
    assert page.index("Obrim") < page.index("Cerramos")
    assert "No es novedad" not in page.partition("<main")[2]
    assert '<link rel="alternate" type="application/atom+xml" title="Novedades" href="/ayuda/novedades.atom">' in home
    assert 'href="/ayuda/novedades/">Todas las novedades</a>' in home


XML = "http://www.w3.org/XML/1998/namespace"


def test_without_news_the_page_and_the_feed_say_so(client: Client, organisation: Organisation) -> None:
    feed = ElementTree.fromstring(client.get("/ayuda/novedades.atom").content)  # noqa: S314 - our own

    assert list(feed.iter(f"{ATOM}entry")) == []
    assert "Todavía no hay novedades" in client.get("/ayuda/novedades/").text


@pytest.mark.parametrize("articles", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/sitemap.xml", 2),
        ("/sitemap/paginas.xml", 4),
        ("/sitemap/articulos-1.xml", 4),
        ("/ayuda/novedades/", 3),
        ("/ayuda/novedades.atom", 3),
    ],
)
def test_what_is_sent_asks_the_same_number_of_queries(
    client: Client,
    organisation: Organisation,
    django_assert_num_queries: DjangoAssertNumQueries,
    articles: int,
    address: str,
    queries: int,
) -> None:
    for number in range(articles):
        make.article(organisation, title=f"Novedad {number}", details=NEWS)
    forget_pages()

    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
