"""Fixed lists of values of e-mail."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MailKind(TextChoices):
    """Who or what wrote a mail."""

    HUMAN = "human", _("De una persona")
    BOUNCE = "bounce", _("Aviso de entrega fallida o retrasada")
    AUTO_REPLY = "auto-reply", _("Respuesta automática")
    LIST = "list", _("De una lista de correo")
    RECEIPT = "receipt", _("Confirmación de entrega, de lectura o de asistencia")
    REPORT = "report", _("Informe de un proveedor de correo")


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
