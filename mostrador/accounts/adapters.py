"""How allauth behaves here: nobody signs up by themselves; accounts begin with an invitation."""

import base64
import hashlib
import hmac
from io import BytesIO
from ipaddress import IPv6Address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mostrador.accounts import actions
from mostrador.accounts.choices import InvitationState
from mostrador.accounts.models import Invitation, User
from mostrador.accounts.rules import device_name
from mostrador.accounts.sessions import DEVICE, SIGNED_IN_AT
from mostrador.audit.actions import record
from mostrador.shared.errors import ActionRefused
from mostrador.shared.rate_limits import network_of

# The invitation that somebody is accepting with an identity provider, while they are away signing in there.
INVITATION_KEY = "accepting_invitation"

# What allauth tells the person by e-mail is also what the record keeps: template → verb.
SECURITY_EVENTS = {
    "account/email/password_changed": "accounts.password_changed",
    "account/email/password_reset": "accounts.password_reset",
    "account/email/password_set": "accounts.password_set",
    "mfa/email/totp_activated": "accounts.authenticator_added",
    "mfa/email/totp_deactivated": "accounts.authenticator_removed",
    "mfa/email/webauthn_added": "accounts.passkey_added",
    "mfa/email/webauthn_removed": "accounts.passkey_removed",
    "mfa/email/recovery_codes_generated": "accounts.recovery_codes_made",
    "socialaccount/email/account_connected": "accounts.identity_linked",
    "socialaccount/email/account_disconnected": "accounts.identity_unlinked",
}
MESSAGES = {
    "account/messages/logged_out.txt": _("Ha cerrado la sesión."),
    "account/messages/password_changed.txt": _("Contraseña cambiada."),
    "account/messages/password_set.txt": _("Contraseña guardada."),
    "mfa/messages/totp_activated.txt": _("Aplicación de códigos añadida."),
    "mfa/messages/totp_deactivated.txt": _("Aplicación de códigos quitada."),
    "mfa/messages/webauthn_added.txt": _("Llave de acceso añadida."),
    "mfa/messages/webauthn_removed.txt": _("Llave de acceso quitada."),
    "mfa/messages/recovery_codes_generated.txt": _("Códigos de recuperación nuevos. Los anteriores ya no sirven."),
    "socialaccount/messages/account_connected.txt": _("Identidad vinculada a su cuenta."),
    "socialaccount/messages/account_connected_updated.txt": _("Identidad vinculada a su cuenta."),
    "socialaccount/messages/account_connected_other.txt": _(
        "Esa identidad ya está vinculada a la cuenta de otra persona."
    ),
    "socialaccount/messages/account_disconnected.txt": _("Identidad desvinculada de su cuenta."),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Local accounts."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Esta cuenta está desactivada."),
        "email_password_mismatch": _("El correo o la contraseña no son correctos."),
        "enter_current_password": _("Esa no es su contraseña actual."),
        "incorrect_code": _("El código no es correcto o ha caducado."),
        "incorrect_password": _("La contraseña no es correcta."),
        "invalid_password_reset": _("El enlace ya no sirve. Pida otro."),
        "too_many_login_attempts": _("Demasiados intentos fallidos. Espere cinco minutos y vuelva a intentarlo."),
        "rate_limited": _("Demasiados intentos seguidos. Espere un poco y vuelva a intentarlo."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only invitations make accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return a stand-in for the visitor's address: limits on attempts need one, and nobody may keep the real one.

        A network of IPv6 counts as one visitor. `REMOTE_ADDR` is the visitor, not a proxy (config/front.py).
        """
        return address_stand_in(request.META.get("REMOTE_ADDR", ""))

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session; having just proven who they are, nobody is asked again right away."""
        super().login(request, user)
        request.session[DEVICE] = device_name(request.headers.get("User-Agent", ""))
        request.session[SIGNED_IN_AT] = timezone.now().isoformat()
        if methods := request.session.get(AUTHENTICATION_METHODS_SESSION_KEY):
            methods[-1]["reauthenticated"] = True
            request.session[AUTHENTICATION_METHODS_SESSION_KEY] = methods
        used = [method["method"] for method in methods or ()]
        _record(request, "accounts.signed_in", user, {"methods": used})

    def logout(self, request: HttpRequest) -> None:
        """End the session."""
        _record(request, "accounts.signed_out", request.user, {})
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note wrong passwords for accounts that exist; what strangers type is not kept."""
        user = User.objects.filter(email__iexact=credentials.get("email", "")).first()
        if user:
            _record(request, "accounts.sign_in_failed", user, {}, by_user=False)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say it in our words; what we have none for needs no saying."""
        if text := message or MESSAGES.get(message_template or ""):
            messages.add_message(request, level, str(text), extra_tags=extra_tags)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell somebody that the way they sign in has changed, and put it on record."""
        _record(self.request, SECURITY_EVENTS[template_prefix], user, {})
        context = {"event": SECURITY_EVENTS[template_prefix].removeprefix("accounts.")}
        self._write(user.email, "accounts/email/security_notice", context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send the one letter that people ask for themselves: the link to a new password."""
        if template_prefix != "account/email/password_reset_key":
            raise NotImplementedError(template_prefix)
        self._write(email, "accounts/email/new_password", {"link": context["password_reset_url"]})

    def _write(self, email: str, template: str, names: dict[str, Any]) -> None:
        user = User.objects.filter(email__iexact=email).first()
        organisation = self.request.organisation
        language = user.language if user else organisation.default_language
        actions.send_account_email(
            email, template, names | {"user": user}, organisation=organisation, language=language
        )


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticators, passkeys and recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("No puede quitar el segundo factor."),
        "cannot_generate_recovery_codes": _("Antes configure una aplicación de códigos o una llave de acceso."),
        "incorrect_code": _("El código no es correcto o ha caducado."),
    }

    def get_totp_issuer(self) -> str:
        """Name the account after the organisation where it was set up."""
        return str(context.request.organisation.short_name)

    def build_totp_svg(self, url: str) -> str:
        """Draw the code on white, so that it can be read on dark pages too."""
        import qrcode  # noqa: PLC0415 - with lxml 2 MB in every process, for what each person does once
        from qrcode.image.svg import SvgPathFillImage  # noqa: PLC0415

        buffer = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(buffer)
        return buffer.getvalue().decode()

    def encrypt(self, text: str) -> str:
        """Keep secrets unreadable in the database and its copies; the key comes from the installation's secret key."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Undo `encrypt`."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002 - allauth's name
        """Name a passkey for which the person wrote none."""
        return device_name(context.request.headers.get("User-Agent", "")) or str(_("Llave de acceso"))


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Identities of the installation's providers (OIDC, SAML)."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "invalid_token": _("La respuesta del proveedor de identidad no es válida."),
        "no_password": _("Antes ponga una contraseña a su cuenta, o no podrá volver a entrar."),
        "connected_other": _("Esa identidad ya está vinculada a la cuenta de otra persona."),
    }

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in identities that are linked to an account or come with an invitation; refuse others calmly."""
        accepting = request.session.pop(INVITATION_KEY, None)
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        invitation = Invitation.objects.select_related("organisation").filter(pk=accepting).first()
        if invitation is None or invitation.state_at(timezone.now()) != InvitationState.OPEN:
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("accounts:unknown_identity")))
        try:
            with transaction.atomic():
                user = actions.accept_invitation(invitation, name=invitation.name, password=None)
                sociallogin.connect(request, user)
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login"))) from refusal

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Only invitations make accounts."""
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tell somebody about a change of their identities, as of any other."""
        AccountAdapter(context.request).send_notification_mail(*args, **kwargs)


def address_stand_in(address: str) -> str:
    """Return an IPv6 address that stands for this one, computed with the secret key; the same for the same visitor."""
    digest = hmac.new(settings.SECRET_KEY.encode(), network_of(address).encode(), "sha256").digest()
    return str(IPv6Address(digest[:16]))


def _record(request: Any, verb: str, user: Any, details: dict[str, Any], *, by_user: bool = True) -> None:
    record(verb, user, actor=user if by_user else None, organisation=request.organisation, details=details)


def _cipher() -> Fernet:
    key = hashlib.sha256(b"second factor secrets|" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
