"""What people do with their own account: name, language, password, second factor, sessions."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as authenticator
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as identities
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts import actions, queries
from mostrador.accounts.access import AccountRequest, own_account_page
from mostrador.accounts.choices import Role
from mostrador.accounts.forms import ProfileForm
from mostrador.accounts.models import Membership
from mostrador.accounts.views.sign_in import identity_providers, page, with_providers
from mostrador.shared.pages import respond
from mostrador.shared.tokens import token_hash

change_password = page(account.password_change, own_account_page)
set_password = page(account.password_set, own_account_page)
reauthenticate = page(account.reauthenticate, own_account_page)
reauthenticate_with_code = page(second_factor.reauthenticate, own_account_page)
reauthenticate_with_passkey = page(passkeys.reauthenticate_webauthn, own_account_page)
second_factor_index = page(second_factor.index, own_account_page, post=False)
add_authenticator = page(authenticator.activate_totp, own_account_page)
remove_authenticator = page(authenticator.deactivate_totp, own_account_page)
show_recovery_codes = page(recovery_codes.view_recovery_codes, own_account_page, post=False)
make_recovery_codes = page(recovery_codes.generate_recovery_codes, own_account_page)
download_recovery_codes = page(recovery_codes.download_recovery_codes, own_account_page, post=False)
list_passkeys = page(passkeys.list_webauthn, own_account_page, post=False)
add_passkey = page(passkeys.add_webauthn, own_account_page)
rename_passkey = page(passkeys.edit_webauthn, own_account_page)
remove_passkey = page(passkeys.remove_webauthn, own_account_page)
linked_identities = page(with_providers(identities.connections), own_account_page)


@require_http_methods(["GET", "POST"])
@own_account_page
def own_account(request: AccountRequest) -> HttpResponse:
    """Show one's account; POST changes name and language."""
    languages = [(code, name) for code, name in settings.LANGUAGES if code in request.organisation.languages]
    initial = {"name": request.user.name, "language": request.user.language}
    form = ProfileForm(request.POST or None, initial=initial, languages=languages)
    if request.method == "POST" and form.is_valid():
        actions.change_profile(request.user, **form.cleaned_data)
        messages.success(request, _("Cambios guardados."))
        return redirect("accounts:own_account")
    memberships = (
        Membership.objects.filter(user=request.user).select_related("organisation").order_by("organisation__path", "pk")
    )
    content = {
        "form": form,
        "work": [(Role(one.role).label, one.organisation.name) for one in memberships],
        "has_second_factor": queries.has_second_factor(request.user),
        "session_count": queries.sessions_of(request.user).count(),
        "has_providers": bool(identity_providers(request)),
    }
    return respond(request, "accounts/own/own_account.html", content, status=422 if form.errors else 200)


@require_POST
@own_account_page
def keys(request: AccountRequest) -> HttpResponse:
    """Say whether one wants keys of one letter (WCAG 2.1.4)."""
    actions.use_keys(request.user, uses_keys=request.POST.get("uses_keys") == "1")
    if request.htmx:
        return HttpResponse(status=204)
    messages.success(request, _("Cambios guardados."))
    return redirect("accounts:own_account")


@require_GET
@own_account_page
def second_factor_needed(request: AccountRequest) -> HttpResponse:
    """Explain why a second factor is needed before going on, and where to set one up."""
    return respond(request, "accounts/own/second_factor_needed.html", {"next": request.GET.get("next", "")})


@require_GET
@own_account_page
def sessions(request: AccountRequest) -> HttpResponse:
    """List the devices where one is signed in."""
    rows = [
        {
            "handle": _handle(row.pk),
            "device": row.device,
            "since": row.signed_in_at,
            "current": row.pk == request.session.session_key,
        }
        for row in queries.sessions_of(request.user)
    ]
    return respond(request, "accounts/own/sessions.html", {"sessions": rows})


@require_POST
@own_account_page
def end_session(request: AccountRequest) -> HttpResponse:
    """Sign out of one other device."""
    others = queries.sessions_of(request.user).exclude(pk=request.session.session_key)
    session = next((one for one in others if _handle(one.pk) == request.POST.get("session")), None)
    if session is None:
        raise Http404
    actions.end_session(session, organisation=request.organisation, by=request.user)
    messages.success(request, _("Sesión cerrada."))
    return redirect("accounts:sessions")


@require_POST
@own_account_page
def end_other_sessions(request: AccountRequest) -> HttpResponse:
    """Sign out of every other device."""
    ended = actions.end_other_sessions(
        request.user, current=request.session.session_key, organisation=request.organisation
    )
    text = ngettext("Se ha cerrado %(count)s sesión.", "Se han cerrado %(count)s sesiones.", ended) % {"count": ended}
    messages.success(request, text)
    return redirect("accounts:sessions")


def _handle(session_key: str) -> str:
    """Return a name for a session that a page may carry: the key itself would open it."""
    return token_hash(session_key)[:16]
