"""Find out what the visitor may do here."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from mostrador.accounts.queries import access_of

STAFF_PREFIXES = ("/gestion/", "/cuenta/", "/sistema-de-diseno/")


class AccessMiddleware:
    """Set `request.access` (computed when first used) and, on staff pages, the user's own language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.organisation is None:
            return self.get_response(request)
        request.access = SimpleLazyObject(lambda: access_of(request.user, request.organisation))
        if request.path_info.startswith(STAFF_PREFIXES) and request.user.is_authenticated:
            request.language = request.user.language
            with translation.override(request.language):
                return self.get_response(request)
        return self.get_response(request)

    def process_view(self, request: Any, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Refuse a page that does not say who may open it: an oversight must not open a door.

        Raises:
            PermissionDenied: The view wears none of the decorators of `accounts.access`.
        """
        if not hasattr(view, "access"):
            raise PermissionDenied
