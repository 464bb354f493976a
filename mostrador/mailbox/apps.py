"""Wiring of mailbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mostrador.people.rules import register_personal_data
from mostrador.tickets.rules.beside import register_beside


class MailboxConfig(AppConfig):
    name = "mostrador.mailbox"
    audit_words = {
        "mailbox.changed": _("Cambió un buzón de correo"),
        "mailbox.check_started": _("Probó un buzón de correo"),
        "mailbox.created": _("Añadió un buzón de correo"),
        "mailbox.dkim_key_dropped": _("Dejó de firmar el correo de una dirección"),
        "mailbox.dkim_key_made": _("Creó la clave que firma el correo de una dirección"),
        "mailbox.expired": _("Se suprimieron correos apartados por su plazo de conservación"),
        "mailbox.filter_deleted": _("Borró una regla de filtrado del correo"),
        "mailbox.filter_moved": _("Cambió el orden de las reglas de filtrado del correo"),
        "mailbox.filter_saved": _("Guardó una regla de filtrado del correo"),
        "mailbox.import_resumed": _("Reanudó la importación de un buzón"),
        "mailbox.import_started": _("Empezó a importar un buzón"),
        "mailbox.import_stopped": _("Detuvo la importación de un buzón"),
        "mailbox.mail_downloaded": _("Descargó el original de un correo recibido"),
        "mailbox.mail_read": _("Leyó un correo recibido"),
        "mailbox.permitted": _("Guardó el permiso para leer un buzón"),
        "mailbox.pictures_loaded": _("Mostró las imágenes remotas de un correo recibido"),
        "mailbox.read_again": _("Hizo leer otra vez un correo recibido"),
        "mailbox.restarted": _("Volvió a poner en uso un buzón"),
        "mailbox.secret_renewed": _("Creó el secreto con que un proveedor firma el correo"),
        "mailbox.sender_changed": _("Cambió una dirección de envío"),
        "mailbox.stopped": _("Dejó de usar un buzón"),
        "mailbox.ticket_made": _("Hizo una consulta de un correo recibido"),
    }

    def ready(self) -> None:
        """Say that what comes in by e-mail is personal data, and what stands beside messages that were mails."""
        register_personal_data(
            "mailbox",
            title=_("Correo recibido"),
            export="mostrador.mailbox.queries.personal_data.personal_data",
            erase="mostrador.mailbox.actions.retention.erase_person",
        )
        register_beside("mailbox", "mostrador.mailbox.queries.beside.beside")
