"""The request being answered, for what is drawn deep inside a page."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
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


class HeadMiddleware:
    """Answer HEAD as GET; the server leaves the content out, and no view has to think of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        request.method = "HEAD"
        return response


class CsrfMiddleware(CsrfViewMiddleware):
    """Django's check of forms, which also takes those of pages behind private links.

    Such pages are sent with `Referrer-Policy: no-referrer`; browsers then say `Origin: null` of their own forms, and
    the truth only in `Sec-Fetch-Site`. A browser that does not say that is shown the form once more.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.headers.get("Origin") == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin":
            return True
        return super()._origin_verified(request)  # type: ignore[misc, no-any-return]  # not in the stubs


def current_request() -> HttpRequest | None:
    """Return the request being answered, or None in jobs and commands."""
    return _current.get(None)


def csrf_field() -> Markup:
    """Return the hidden field that every form posted to us carries (a global of the templates).

    Raises:
        LookupError: Called outside of a request.
    """
    request: Any = _current.get()
    if not hasattr(request, "csrf_token"):
        request.csrf_token = get_token(request)  # the same for every form of a page
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(request.csrf_token)
