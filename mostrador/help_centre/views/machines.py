"""What search engines and feed readers fetch: the map of the site, what they may visit, and the news as a feed."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from mostrador.accounts.access import PublicRequest, public_page
from mostrador.help_centre.queries import machines as queries
from mostrador.help_centre.queries.readers import addresses
from mostrador.shared.caching import cacheable
from mostrador.shared.pages import respond

XML = "application/xml; charset=utf-8"


@require_GET
@public_page
@cacheable
def robots(request: PublicRequest) -> HttpResponse:
    """Say what programs may visit, and where the map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in ("/gestion/", "/cuenta/", "/vivo/"))]
    sitemap = request.build_absolute_uri(reverse("help_centre:sitemap"))
    return HttpResponse("\n".join([*lines, f"Sitemap: {sitemap}", ""]), content_type="text/plain; charset=utf-8")


@require_GET
@public_page
@cacheable
def sitemap(request: PublicRequest) -> HttpResponse:
    """List the parts of the map: one with pages, the others with articles."""
    parts = [
        reverse("help_centre:sitemap_pages"),
        *(
            reverse("help_centre:sitemap_articles", kwargs={"first": key})
            for key in queries.first_keys(request.organisation)
        ),
    ]
    page = {"parts": [request.build_absolute_uri(part) for part in parts]}
    return _xml(request, "help_centre/machines/sitemap.xml", page)


@require_GET
@public_page
@cacheable
def sitemap_pages(request: PublicRequest) -> HttpResponse:
    """List the pages that are no articles, in every language."""
    page = {"pages": queries.pages_on_map(request.organisation, request.language)}
    return _xml(request, "help_centre/machines/sitemap_part.xml", page)


@require_GET
@public_page
@cacheable
def sitemap_articles(request: PublicRequest, first: int) -> HttpResponse:
    """List the articles from one on, each in the languages in which it exists."""
    pages = queries.articles_on_map(request.organisation, first=first)
    if not pages:
        raise Http404
    return _xml(request, "help_centre/machines/sitemap_part.xml", {"pages": pages})


@require_GET
@public_page
@cacheable
def news(request: PublicRequest) -> HttpResponse:
    """Show what is new, the newest first."""
    organisation = request.organisation
    found = addresses(organisation, "help_centre:news", organisation.languages)
    page = {
        "news": queries.latest_news(organisation, request.language),
        "addresses": found,
        "canonical": found[request.language],
        "default_address": found[organisation.default_language],
    }
    return respond(request, "help_centre/citizen/news.html", page)


@require_GET
@public_page
@cacheable
def news_feed(request: PublicRequest) -> HttpResponse:
    """Send what is new to feed readers, in the language of the address (RFC 4287)."""
    news = queries.latest_news(request.organisation, request.language)
    page = {
        "news": news,
        "host": request.organisation.host,
        "own": request.build_absolute_uri(),
        "home": request.build_absolute_uri(reverse("help_centre:news")),
        "updated_at": max((each.updated_at for each in news), default=None),
    }
    response = _xml(request, "help_centre/machines/news.atom", page)
    response["Content-Type"] = "application/atom+xml; charset=utf-8"
    return response


def _xml(request: PublicRequest, template: str, page: dict[str, Any]) -> HttpResponse:
    response = respond(request, template, page)
    response["Content-Type"] = XML
    return response
