"""Wiring of notifications."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mostrador.people.rules import register_personal_data


class NotificationsConfig(AppConfig):
    name = "mostrador.notifications"
    audit_words = {
        "notifications.allowed_again": _("Permitió de nuevo los envíos a una dirección"),
        "notifications.discarded": _("Descartó un mensaje que no se pudo enviar"),
        "notifications.read": _("Leyó un mensaje enviado"),
        "notifications.resent": _("Envió otra vez un mensaje"),
        "notifications.signing_begun": _("Empezó a firmar lo que sale de una dirección"),
        "notifications.signing_stopped": _("Dejó de firmar lo que sale de una dirección"),
    }

    def ready(self) -> None:
        """Say that the copies of e-mails are personal data."""
        register_personal_data(
            "notifications",
            title=_("Mensajes enviados"),
            export="mostrador.notifications.queries.personal_data_of",
            erase="mostrador.notifications.actions.erase_personal_data",
            move="mostrador.notifications.actions.move_to_person",
        )
