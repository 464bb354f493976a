"""Wiring of accounts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "mostrador.accounts"
    audit_words = {
        "accounts.administrator_added": _("Se nombró administradora a una persona al instalar"),
        "accounts.authenticator_added": _("Añadió una aplicación de códigos a su cuenta"),
        "accounts.authenticator_removed": _("Quitó la aplicación de códigos de su cuenta"),
        "accounts.identity_linked": _("Vinculó una identidad a su cuenta"),
        "accounts.identity_unlinked": _("Desvinculó una identidad de su cuenta"),
        "accounts.invitation_resent": _("Envió de nuevo una invitación"),
        "accounts.invitation_revoked": _("Anuló una invitación"),
        "accounts.invited": _("Invitó a una persona"),
        "accounts.joined": _("Aceptó una invitación"),
        "accounts.member_added": _("Añadió a una persona"),
        "accounts.member_changed": _("Cambió las funciones de una persona"),
        "accounts.member_removed": _("Dio de baja a una persona"),
        "accounts.member_restored": _("Deshizo la baja de una persona"),
        "accounts.other_sessions_ended": _("Cerró sus demás sesiones"),
        "accounts.passkey_added": _("Añadió una llave de acceso a su cuenta"),
        "accounts.passkey_removed": _("Quitó una llave de acceso de su cuenta"),
        "accounts.password_changed": _("Cambió su contraseña"),
        "accounts.password_reset": _("Puso una contraseña nueva con un enlace por correo"),
        "accounts.password_set": _("Puso una contraseña a su cuenta"),
        "accounts.recovery_codes_made": _("Hizo códigos de recuperación nuevos"),
        "accounts.second_factor_demanded": _("Cambió quién necesita un segundo factor"),
        "accounts.second_factor_removed": _("Quitó el segundo factor de una persona"),
        "accounts.session_ended": _("Cerró una de sus sesiones"),
        "accounts.sign_in_failed": _("Intento de entrar con una contraseña equivocada"),
        "accounts.signed_in": _("Entró"),
        "accounts.signed_out": _("Cerró la sesión"),
    }
