"""Fixed lists of values."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Weekday(IntegerChoices):
    """ISO 8601 day of the week."""

    MONDAY = 1, _("lunes")
    TUESDAY = 2, _("martes")
    WEDNESDAY = 3, _("miércoles")
    THURSDAY = 4, _("jueves")
    FRIDAY = 5, _("viernes")
    SATURDAY = 6, _("sábado")
    SUNDAY = 7, _("domingo")


class DayScope(TextChoices):
    """For whom a day is non-working (Ley 39/2015, art. 30.7)."""

    NATIONAL = "national", _("nacional")
    REGIONAL = "regional", _("autonómico")
    LOCAL = "local", _("local")
    OWN = "own", _("propio de la entidad")


class DayOrigin(TextChoices):
    """Whether a day comes from a published calendar or was computed."""

    OFFICIAL = "official", _("oficial")
    COMPUTED = "computed", _("calculado")


class LegalPageKind(TextChoices):
    """Pages that the law asks for."""

    ACCESSIBILITY = "accessibility", _("Accesibilidad")
    PRIVACY = "privacy", _("Protección de datos")
    LEGAL_NOTICE = "legal_notice", _("Aviso legal")


class Typeface(TextChoices):
    """Typefaces that an organisation may choose."""

    INTER = "inter", "Inter"
    SYSTEM = "system", _("la del equipo de cada persona")
    SERIF = "serif", _("con remates")
