"""Who may open a page. Every view wears exactly one of these decorators."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.accounts.queries import has_second_factor
from mostrador.organisations.models import Organisation

Arguments = ParamSpec("Arguments")
View = Callable[..., HttpResponseBase]


class PublicRequest(HttpRequest):
    """A request from anybody: only the organisation and the language are known."""

    organisation: Organisation
    language: str
    htmx: HtmxDetails
    is_cacheable: bool  # whether the page may be kept and shown to others (`shared.caching.cacheable`)


class StaffRequest(PublicRequest):
    """A request from somebody who works at the visited organisation."""

    user: User
    access: Access


class AccountRequest(PublicRequest):
    """A request from somebody who is signed in, whatever they do here."""

    user: User


def public_page(view: Callable[Concatenate[PublicRequest, Arguments], HttpResponseBase]) -> View:
    """Let anybody in, signed in or not. The page is the same for everybody, so it may be cached."""
    return _open_to_all(view, "public")


def citizen_page(view: Callable[Concatenate[PublicRequest, Arguments], HttpResponseBase]) -> View:
    """Let anybody in; the page is this visitor's own (a form, a private link), so nobody caches or indexes it."""

    @functools.wraps(view)
    def private(request: Any, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer" if "token" in kwargs else "same-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return _open_to_all(never_cache(private), "citizen")


def same_origin_post(view: Callable[Concatenate[PublicRequest, Arguments], HttpResponseBase]) -> View:
    """Let anybody post the small form of a cacheable page, which carries no token, from our own pages only.

    Browsers say where a post comes from in `Sec-Fetch-Site`, or at least in `Origin`.
    """

    @functools.wraps(view)
    def wrapper(request: Any, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
        if not _from_our_own_page(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return csrf_exempt(_open_to_all(never_cache(wrapper), "public, same origin"))


def signed_post(view: Callable[Concatenate[PublicRequest, Arguments], HttpResponseBase]) -> View:
    """Let any program in: what it posts is signed, and the view believes nothing else."""
    return csrf_exempt(_open_to_all(never_cache(view), "public, signed"))


def staff_page(
    *roles: Role,
) -> Callable[[Callable[Concatenate[StaffRequest, Arguments], HttpResponseBase]], View]:
    """Let in people with one of these roles (any, when none is named) at the visited organisation.

    Anonymous visitors go to sign-in, people without a role here get 404, members without the role get 403. Whoever has
    a role that needs a second factor, here or elsewhere, is led to set one up first.
    """

    def decorator(view: Callable[Concatenate[StaffRequest, Arguments], HttpResponseBase]) -> View:
        @functools.wraps(view)
        def wrapper(request: Any, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if not request.access.has():
                raise Http404
            if not request.access.has(*roles):
                raise PermissionDenied
            if request.access.needs_second_factor and not _has_second_factor(request):
                return _to_second_factor(request)
            return view(request, *args, **kwargs)

        return _marked(never_cache(wrapper), "staff: " + (", ".join(sorted(roles)) or "any role"))

    return decorator


def own_account_page(view: Callable[Concatenate[AccountRequest, Arguments], HttpResponseBase]) -> View:
    """Let in anybody who is signed in, for what is theirs alone."""

    @functools.wraps(view)
    def wrapper(request: Any, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    return _marked(never_cache(wrapper), "own account")


def _open_to_all(view: Callable[..., HttpResponseBase], access: str) -> View:
    @functools.wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return _marked(wrapper, access)


def _marked(view: Callable[..., HttpResponseBase], access: str) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def _to_sign_in(request: Any) -> HttpResponse:
    return _elsewhere(request, reverse("account_login"))


def _to_second_factor(request: Any) -> HttpResponse:
    return _elsewhere(request, reverse("accounts:second_factor_needed"))


def _elsewhere(request: Any, address: str) -> HttpResponse:
    """Send the browser to another page, which sends it back here afterwards."""
    redirect = redirect_to_login(request.get_full_path(), address)
    return HttpResponseClientRedirect(redirect["Location"]) if request.htmx else redirect


def _has_second_factor(request: Any) -> bool:
    """Tell whether the session began with a second factor, here or at a provider that vouches for it, or one is set up.

    A provider vouches when its settings say `"second_factor": true` (docs/operating/sign-in.md).
    """
    for method in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, ()):
        if method["method"] == "mfa" or method.get("provider") in _vouching_providers():
            return True
    return has_second_factor(request.user)


def _vouching_providers() -> set[str]:
    apps = [app for kind in settings.SOCIALACCOUNT_PROVIDERS.values() for app in kind.get("APPS", ())]
    return {app["provider_id"] for app in apps if app.get("settings", {}).get("second_factor") is True}


def _from_our_own_page(request: HttpRequest) -> bool:
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Origin", "") == f"{request.scheme}://{request.get_host()}"
