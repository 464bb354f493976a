"""Fixed lists of values."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Break(TextChoices):
    """What is wrong with a line of the chain."""

    CHANGED = "changed", _("el apunte no es el que se selló")
    EVENT_MISSING = "event_missing", _("falta el apunte de esta línea")
    SEAL_MISSING = "seal_missing", _("falta esta línea de la cadena")
    NOT_FOLLOWING = "not_following", _("no continúa la línea anterior: alguien cambió el orden o intercaló apuntes")
    BACKDATED = "backdated", _("lleva una fecha muy anterior a la de las líneas que la preceden")
    END_MISSING = "end_missing", _("la cadena ya no llega hasta una huella que se guardó fuera")
    UNSEALED = "unsealed", _("apunte sin sellar desde hace demasiado tiempo")
