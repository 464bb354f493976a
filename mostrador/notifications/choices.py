"""Fixed lists of values."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeliveryState(TextChoices):
    """Where an outgoing message is."""

    QUEUED = "queued", _("en espera")
    SENT = "sent", _("enviado")
    DEFERRED = "deferred", _("se reintentará")
    DEAD = "dead", _("no se pudo enviar")
    KEPT = "kept", _("guardado aquí: no hay servidor de correo")
