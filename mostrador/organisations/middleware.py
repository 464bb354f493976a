"""Which organisation is being visited, and in which language."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone, translation

from mostrador.organisations.queries import organisation_for_host


class OrganisationMiddleware:
    """Set `request.organisation` from the host name and take the language from the path.

    `/ca/ayuda/` is the page `/ayuda/` in Catalan: the prefix is taken off before addresses are resolved, and put in
    front of every address that the page writes. An unknown host has no organisation (None); its pages answer 404.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        organisation = organisation_for_host(request.get_host().rsplit(":", 1)[0].lower())
        request.organisation = organisation
        if organisation is None:
            return self._answer(request, "es", "/")
        first, _, rest = request.path_info.lstrip("/").partition("/")
        if first in organisation.languages and first != organisation.default_language:
            request.path_info = f"/{rest}"
            return self._answer(request, first, f"/{first}/")
        return self._answer(request, organisation.default_language, "/")

    def _answer(self, request: Any, language: str, prefix: str) -> HttpResponse:
        request.language = language
        before = get_script_prefix()
        set_script_prefix(prefix)
        zone = request.organisation.time_zone if request.organisation else "Europe/Madrid"
        try:
            with translation.override(language), timezone.override(zone):
                response = self.get_response(request)
                response.headers.setdefault("Content-Language", request.language)
                return response
        finally:
            set_script_prefix(before)
