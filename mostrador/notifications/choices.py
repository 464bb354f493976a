"""Fixed lists of values."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeliveryState(TextChoices):
    """Where an outgoing message is."""

    QUEUED = "queued", _("en espera")
    SENT = "sent", _("enviado")
    DEFERRED = "deferred", _("se reintentará")
    DEAD = "dead", _("no se pudo enviar")
    KEPT = "kept", _("guardado aquí")
    DISCARDED = "discarded", _("descartado")


WAITING_STATES = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
# What somebody may ask to send (again).
RESENDABLE_STATES = (*WAITING_STATES, DeliveryState.DEAD, DeliveryState.KEPT, DeliveryState.DISCARDED)


class Problem(TextChoices):
    """Why the last attempt failed, in words that an administrator understands."""

    UNREACHABLE = "unreachable", _("No se pudo conectar con el servidor de correo.")
    SILENT = "silent", _("El servidor de correo no contestó a tiempo.")
    CREDENTIALS = "credentials", _("El servidor de correo no acepta el usuario o la contraseña configurados.")
    ENCRYPTION = "encryption", _("No se pudo establecer una conexión cifrada con el servidor de correo.")
    POSTPONED = "postponed", _("El servidor de correo pidió que se intente más tarde.")
    REFUSED = "refused", _("El servidor de correo rechazó el mensaje: no se intentará de nuevo.")
    INTERRUPTED = "interrupted", _("El envío se interrumpió varias veces sin llegar a terminar.")


class Folder(TextChoices):
    """What the page of the outbox shows."""

    ALL = "todos", _("Todos")
    WAITING = "en-espera", _("En espera")
    DEAD = "sin-enviar", _("No se pudieron enviar")
