"""Which organisation is being visited, and in which language."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone, translation
from django.utils.encoding import escape_uri_path
from django.utils.functional import Promise

from mostrador.organisations import queries
from mostrador.organisations.choices import LEGAL_PATHS
from mostrador.shared.pages import respond

# Load balancers ask by address, and the first organisation is made before any host name is known.
PATHS_WITHOUT_ORGANISATION = ("/salud/", "/primeros-pasos/")
LOOPBACK = frozenset({"127.0.0.1", "[::1]", "0.0.0.0"})  # noqa: S104 - compared with, not listened on
SLASHES = "/\\"  # two of them would lead to another site
ANY_LANGUAGE, ANY_ZONE = "es", "Europe/Madrid"


class OrganisationMiddleware:
    """Set `request.organisation` from the host name and take the language from the path.

    `/ca/ayuda/` is the page `/ayuda/` in Catalan: the prefix is taken off before addresses are resolved, and put in
    front of every address that the page writes. The organisation's own language has no prefix: `/es/ayuda/` leads to
    `/ayuda/`, and `/ca` to `/ca/`. An unknown host is told so calmly (404); 127.0.0.1 leads to `localhost`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        host, port = split_domain_port(request.get_host())
        organisation = request.organisation = queries.organisation_for_host(host)
        if organisation is None:
            return self._without_organisation(request, host, port)
        request.footer_links = _footer_links()
        first, slash, rest = request.path_info.lstrip("/").partition("/")
        if first not in organisation.languages:
            return self._answer(request, organisation.default_language, "/")
        if request.method == "GET" and first == organisation.default_language:
            return _moved(request, f"/{rest.lstrip(SLASHES)}")
        if request.method == "GET" and not slash:
            return _moved(request, f"/{first}/")
        request.path_info = f"/{rest}"
        prefix = "/" if first == organisation.default_language else f"/{first}/"
        return self._answer(request, first, prefix)

    def _without_organisation(self, request: Any, host: str, port: str) -> HttpResponse:
        if request.path_info.startswith(PATHS_WITHOUT_ORGANISATION):
            return self._answer(request, ANY_LANGUAGE, "/")
        if host in LOOPBACK and queries.organisation_for_host("localhost"):
            return HttpResponseRedirect(f"{request.scheme}://localhost{port and f':{port}'}{request.get_full_path()}")
        request.language = ANY_LANGUAGE
        with translation.override(ANY_LANGUAGE):
            page = {"host": host, "nobody_yet": queries.nothing_is_set_up()}
            response = respond(request, "organisations/public/unknown_host.html", page, status=404)
            response["Cache-Control"] = "no-store"
            return response

    def _answer(self, request: Any, language: str, prefix: str) -> HttpResponse:
        request.language = language
        before = get_script_prefix()
        set_script_prefix(prefix)
        zone = request.organisation.time_zone if request.organisation else ANY_ZONE
        try:
            with translation.override(language), timezone.override(zone):
                response = self.get_response(request)
                response.headers.setdefault("Content-Language", request.language)
                return response
        finally:
            set_script_prefix(before)


def _moved(request: HttpRequest, path: str) -> HttpResponse:
    """Lead to another path, for now: which language has no prefix may change, and browsers remember for ever."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(escape_uri_path(path) + (f"?{query}" if query else ""))


class _LegalAddress:
    """The address of a legal page, with the language of the page on which it is written."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __str__(self) -> str:
        return f"{get_script_prefix()}{self.path}/"


def _footer_links() -> list[tuple[str | Promise, _LegalAddress]]:
    """Return the links that the law asks for on every page (RD 1112/2018, art. 15; Ley 34/2002, art. 10)."""
    return [(kind.label, _LegalAddress(path)) for kind, path in LEGAL_PATHS.items()]
