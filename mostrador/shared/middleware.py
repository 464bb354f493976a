"""The request being answered, for what is drawn deep inside a page."""

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from markupsafe import Markup

_current: ContextVar[HttpRequest] = ContextVar("current_request")


class CurrentRequestMiddleware:
    """Remember the request while it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = _current.set(request)
        try:
            return self.get_response(request)
        finally:
            _current.reset(before)


def current_request() -> HttpRequest | None:
    """Return the request being answered, or None in jobs and commands."""
    return _current.get(None)


def csrf_field() -> Markup:
    """Return the hidden field that every form posted to us carries (a global of the templates).

    Raises:
        LookupError: Called outside of a request.
    """
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(get_token(_current.get()))
