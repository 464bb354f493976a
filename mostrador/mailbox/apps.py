"""Wiring of mailbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mostrador.tickets.rules.beside import register_beside


class MailboxConfig(AppConfig):
    name = "mostrador.mailbox"
    audit_words = {
        "mailbox.mail_downloaded": _("Descargó el original de un correo recibido"),
        "mailbox.mail_read": _("Leyó un correo recibido"),
        "mailbox.pictures_loaded": _("Mostró las imágenes remotas de un correo recibido"),
        "mailbox.read_again": _("Mandó leer de nuevo un correo"),
        "mailbox.ticket_made": _("Hizo una consulta de un correo apartado"),
    }

    def ready(self) -> None:
        """Tell `tickets` what stands beside messages that were mails."""
        register_beside("mailbox", "mostrador.mailbox.queries.beside.beside")
