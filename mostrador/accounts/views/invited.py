"""The pages of somebody who was invited: their private link."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.socialaccount.providers.base import AuthProcess
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mostrador.accounts import actions, queries
from mostrador.accounts.access import PublicRequest, citizen_page
from mostrador.accounts.adapters import INVITATION_KEY
from mostrador.accounts.choices import InvitationState
from mostrador.accounts.forms import AcceptInvitationForm
from mostrador.accounts.models import Invitation, User
from mostrador.accounts.views.sign_in import going_to_provider, identity_providers
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond

TEMPLATE = "accounts/public/accept_invitation.html"


@require_http_methods(["GET", "POST"])
@citizen_page
def accept_invitation(request: PublicRequest, token: str) -> HttpResponseBase:
    """Show an invitation; POST makes the account and signs in, or adds the roles to the account that is signed in."""
    invitation = _of_here(request, token)
    if invitation is None or invitation.state_at(timezone.now()) != InvitationState.OPEN:
        return respond(request, "accounts/public/spent_invitation.html", {"invitation": invitation}, status=410)
    if User.objects.filter(email__iexact=invitation.email, is_active=True).exists():
        return _join(request, invitation, token)
    return _make_account(request, invitation, token)


@require_POST
@citizen_page
def accept_with_provider(request: PublicRequest, token: str, provider: str) -> HttpResponse:
    """Accept an invitation by signing in with an identity provider; the account has no password then."""
    invitation = _of_here(request, token)
    chosen = next((one for one in identity_providers(request) if one.sub_id == provider), None)
    if invitation is None or chosen is None:
        raise Http404
    request.session[INVITATION_KEY] = invitation.pk
    return going_to_provider(request, chosen.redirect(request, AuthProcess.LOGIN).url)


def _of_here(request: PublicRequest, token: str) -> Invitation | None:
    invitation = queries.invitation_with_token(token)
    return invitation if invitation and invitation.organisation_id == request.organisation.pk else None


def _make_account(request: PublicRequest, invitation: Invitation, token: str) -> HttpResponseBase:
    form = AcceptInvitationForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        try:
            user = actions.accept_invitation(invitation, name=form.cleaned_data["name"], password=password)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            credentials = {"email": user.email, "password": password}
            return _signed_in(request, user, credentials)
    page = {"invitation": invitation, "token": token, "form": form, "providers": identity_providers(request)}
    return respond(request, TEMPLATE, page, status=422 if form.errors else 200)


def _signed_in(request: PublicRequest, user: User, credentials: dict[str, Any]) -> HttpResponseBase:
    response: HttpResponseBase = perform_password_login(request, credentials, Login(user=user, email=user.email))
    return response


def _join(request: PublicRequest, invitation: Invitation, token: str) -> HttpResponse:
    refused = ""
    if request.method == "POST" and isinstance(request.user, User):
        try:
            actions.join_with_invitation(invitation, user=request.user)
        except ActionRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(
                request, _("Ya puede trabajar en %(organisation)s.") % {"organisation": invitation.organisation}
            )
            return redirect("/gestion/")
    page = {"invitation": invitation, "token": token, "form": None, "providers": [], "refused": refused}
    return respond(request, TEMPLATE, page, status=422 if refused else 200)
