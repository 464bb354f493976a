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
    BOUNCED = "bounced", _("devuelto")
    BLOCKED = "blocked", _("no enviado: la dirección devuelve el correo")
    HELD = "held", _("retenido para no responder sin fin")


WAITING_STATES = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
# What somebody may ask to send (again).
RESENDABLE_STATES = (
    *WAITING_STATES,
    DeliveryState.DEAD,
    DeliveryState.KEPT,
    DeliveryState.DISCARDED,
    DeliveryState.BOUNCED,
    DeliveryState.BLOCKED,
    DeliveryState.HELD,
)


class Problem(TextChoices):
    """Why the last attempt failed, in words that an administrator understands."""

    UNREACHABLE = "unreachable", _("No se pudo conectar con el servidor de correo.")
    SILENT = "silent", _("El servidor de correo no contestó a tiempo.")
    CREDENTIALS = "credentials", _("El servidor de correo no acepta el usuario o la contraseña configurados.")
    ENCRYPTION = "encryption", _("No se pudo establecer una conexión cifrada con el servidor de correo.")
    POSTPONED = "postponed", _("El servidor de correo pidió que se intente más tarde.")
    REFUSED = "refused", _("El servidor de correo rechazó el mensaje: no se intentará de nuevo.")
    INTERRUPTED = "interrupted", _("El envío se interrumpió varias veces sin llegar a terminar.")
    FILES = "files", _("No se pudieron leer los archivos que lleva.")


class Severity(TextChoices):
    """How a bounce leaves a message: it will never arrive, it did not arrive this time, or it is only late."""

    HARD = "hard", _("No llegó")
    SOFT = "soft", _("No llegó esta vez")
    DELAYED = "delayed", _("Se retrasa")


class BounceReason(TextChoices):
    """Why a message did not arrive, for whoever wrote it."""

    NO_MAILBOX = "no_mailbox", _("La dirección no existe.")
    NO_DOMAIN = "no_domain", _("El dominio de la dirección no existe o no recibe correo.")
    DISABLED = "disabled", _("El buzón está desactivado.")
    MOVED = "moved", _("La persona ya no usa esa dirección.")
    FULL = "full", _("El buzón está lleno.")
    TOO_BIG = "too_big", _("El mensaje es demasiado grande para ese buzón.")
    REFUSED = "refused", _("El servidor de destino rechazó el mensaje por sus normas o lo tomó por no deseado.")
    RESTRICTED = "restricted", _("Ese buzón no admite correo de fuera o de desconocidos.")
    LOOP = "loop", _("El mensaje daba vueltas entre servidores.")
    UNREACHABLE = "unreachable", _("No se pudo conectar con el servidor de destino.")
    LATER = "later", _("El servidor de destino pidió intentarlo más tarde.")
    UNKNOWN = "unknown", _("El servidor de destino no explica el motivo.")

    @property
    def is_about_address(self) -> bool:
        """Tell whether writing to the address again is in vain."""
        return self in {BounceReason.NO_MAILBOX, BounceReason.NO_DOMAIN, BounceReason.DISABLED, BounceReason.MOVED}


class Folder(TextChoices):
    """What the page of the outbox shows."""

    ALL = "todos", _("Todos")
    WAITING = "en-espera", _("En espera")
    DEAD = "sin-enviar", _("No se pudieron enviar")
    RETURNED = "devueltos", _("Devueltos")
    HELD = "retenidos", _("Retenidos")
