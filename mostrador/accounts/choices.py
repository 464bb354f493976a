"""Fixed lists of values."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What somebody does at an organisation."""

    AGENT = "agent", _("agente de soporte")
    SUPERVISOR = "supervisor", _("supervisión")
    EDITOR = "editor", _("edición de contenidos")
    TECHNICIAN = "technician", _("técnica de sistemas")
    SECURITY_OFFICER = "security_officer", _("responsable de seguridad")
    TRAINER = "trainer", _("formación")
    DIRECTOR = "director", _("dirección (solo lectura)")
    ADMINISTRATOR = "administrator", _("administración")


class InvitationState(TextChoices):
    """What can be done with an invitation."""

    OPEN = "open", _("pendiente")
    ACCEPTED = "accepted", _("aceptada")
    REVOKED = "revoked", _("anulada")
    EXPIRED = "expired", _("caducada")
