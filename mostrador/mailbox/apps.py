"""Wiring of mailbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailboxConfig(AppConfig):
    name = "mostrador.mailbox"
    audit_words = {
        "mailbox.read_again": _("Mandó leer de nuevo un correo"),
        "mailbox.ticket_made": _("Hizo una consulta de un correo apartado"),
    }
