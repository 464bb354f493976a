"""What the pages of the desk show beside their own content."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from mostrador.portal.permissions import sections_of


class NavigationMiddleware:
    """Put the sections of the desk on the requests of its pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        is_desk = request.path_info.startswith(("/gestion/", "/cuenta/", "/sistema-de-diseno/"))
        if is_desk and request.organisation is not None and request.user.is_authenticated:
            request.staff_navigation = [
                (section.label, section.address, request.path_info.startswith(section.prefix), None)
                for section in sections_of(request.access)
            ]
        return self.get_response(request)
