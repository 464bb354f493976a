"""Errors: what happened, what was kept, what to do now."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse

from mostrador.accounts.queries import administrators_of
from mostrador.shared.pages import respond


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the request could not be understood (400), or that it was more than any form of ours takes (413)."""
    if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return respond(request, "errors/413.html", {}, status=413)
    return respond(request, "errors/400.html", {}, status=400)


def permission_denied(request: Any, exception: Exception | None = None) -> HttpResponse:
    """Say whom to ask (403): members of the organisation learn who administers it."""
    is_member = hasattr(request, "access") and request.user.is_authenticated and request.access.has()
    ask = administrators_of(request.organisation) if is_member else []
    return respond(request, "errors/403.html", {"ask": ask}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing at this address (404)."""
    return respond(request, "errors/404.html", {}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that it was our fault (500)."""
    return respond(request, "errors/500.html", {}, status=500)


def csrf_failure(request: Any, reason: str = "") -> HttpResponse:
    """Keep what was typed when the form's token has expired: show it again, to be sent once more.

    What another site sent in the person's name is not shown: one click would send it with a good token. Passwords are
    not written back into a page; files have to be chosen again, which browsers leave to the person.
    """
    if _sent_by_another_site(request):
        return permission_denied(request)
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
    page = {
        "has_cookies": settings.CSRF_COOKIE_NAME in request.COOKIES,
        "typed": typed,
        "words": [value for _name, value in typed if " " in value.strip()],
        "files": {name: [file.name for file in files] for name, files in request.FILES.lists()},
    }
    response = respond(request, "errors/csrf.html", page, status=403)
    response["Cache-Control"] = "no-store"
    return response


def _sent_by_another_site(request: HttpRequest) -> bool:
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"cross-site", "same-site"}
    origin = request.headers.get("Origin", "null")  # older browsers say "null" of our pages behind private links too
    return origin not in {"null", f"{request.scheme}://{request.get_host()}"}
