"""Signing in and out: allauth's views with our templates, open to everybody, and what stands around them."""

import functools
from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as identities
from allauth.socialaccount.providers.base import Provider
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from mostrador.accounts.access import PublicRequest, View, citizen_page
from mostrador.accounts.adapters import SocialAccountAdapter
from mostrador.shared.pages import respond

Decorator = Callable[[Callable[..., HttpResponseBase]], View]


def page(view: Callable[..., HttpResponseBase], access: Decorator, *, post: bool = True) -> View:
    """Put a rule of access on a view of allauth, and 422 on its answers when the form came back with errors."""

    @functools.wraps(view)
    def ruled(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if request.method == "POST" and response.status_code == 200 and form is not None and form.errors:
            response.status_code = 422
        return response

    methods = ["GET", "POST"] if post else ["GET"]
    wrapped: View = require_http_methods(methods)(access(ruled))
    return wrapped


def by_provider(view: Callable[..., HttpResponseBase]) -> View:
    """Go to a provider of identities by way of a page of ours.

    Browsers that obey our `form-action 'self'` do not follow a redirect to another host after a form was sent; the page
    takes them there without a form.
    """

    @functools.wraps(view)
    def leaving(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and isinstance(response, HttpResponseRedirect):
            return going_to_provider(request, response.url)
        return response

    return page(leaving, citizen_page)


def going_to_provider(request: PublicRequest, address: str) -> HttpResponse:
    """Say that the visitor is being taken to the provider, and take them there."""
    response = respond(request, "accounts/public/going_to_provider.html", {"address": address})
    response["Cache-Control"] = "no-store"
    return response


def with_providers(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a page of allauth the identity providers of the installation, to show a button for each."""

    @functools.wraps(view)
    def shown(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            response.context_data["providers"] = identity_providers(request)
        return response

    return shown


def identity_providers(request: PublicRequest) -> list[Provider]:
    """Return the identity providers of the installation (SIGN_IN_PROVIDERS)."""
    providers: list[Provider] = SocialAccountAdapter(request).list_providers(request)
    return providers


def refusing_rubbish(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer what is not even XML like any other answer that no provider gave; the SAML library does not expect it."""

    @functools.wraps(view)
    def patient(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except SyntaxError:  # lxml's errors of parsing are SyntaxErrors
            return respond(request, "socialaccount/authentication_error.html", {}, status=401)

    return patient


def saml(name: str) -> Callable[..., HttpResponseBase]:
    """Return a SAML view of allauth, loaded when somebody comes that way: its libraries take 5 MB of each process."""

    def view(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        from allauth.socialaccount.providers.saml import views  # noqa: PLC0415

        response: HttpResponseBase = getattr(views, name)(request, *args, **kwargs)
        return response

    return view


login = page(with_providers(account.login), citizen_page)
logout = page(account.logout, citizen_page)
account_inactive = page(account.account_inactive, citizen_page, post=False)
password_reset = page(account.password_reset, citizen_page)
password_reset_done = page(account.password_reset_done, citizen_page, post=False)
password_reset_from_key = page(account.password_reset_from_key, citizen_page)
password_reset_from_key_done = page(account.password_reset_from_key_done, citizen_page, post=False)
authenticate = page(second_factor.authenticate, citizen_page)
login_with_passkey = page(passkeys.login_webauthn, citizen_page)

login_cancelled = page(identities.login_cancelled, citizen_page, post=False)
login_error = page(identities.login_error, citizen_page, post=False)
oidc_login = by_provider(oidc.login)
oidc_callback = page(oidc.callback, citizen_page, post=False)
saml_login = by_provider(saml("login"))
# What a provider lets the browser post carries its signature in the place of our token.
saml_acs = page(csrf_exempt(saml("acs")), citizen_page)
saml_finish_acs = page(refusing_rubbish(saml("finish_acs")), citizen_page, post=False)
saml_sls = page(csrf_exempt(refusing_rubbish(saml("sls"))), citizen_page)
saml_metadata = page(saml("metadata"), citizen_page, post=False)


@require_GET
@citizen_page
def unknown_identity(request: PublicRequest) -> HttpResponse:
    """Say calmly that the provider's identity belongs to no account here, and what to do."""
    return respond(request, "accounts/public/unknown_identity.html", {}, status=403)
