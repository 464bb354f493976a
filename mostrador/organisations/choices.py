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


# Where those pages are, in every language: people print and dictate these addresses.
LEGAL_PATHS = {
    LegalPageKind.ACCESSIBILITY: "accesibilidad",
    LegalPageKind.PRIVACY: "privacidad",
    LegalPageKind.LEGAL_NOTICE: "aviso-legal",
}


class Typeface(TextChoices):
    """Typefaces that an organisation may choose."""

    INTER = "inter", "Inter"
    SYSTEM = "system", _("La del equipo de cada persona")
    SERIF = "serif", _("Con remates")


class Region(TextChoices):
    """Autonomous communities and cities, by the second part of their ISO 3166-2 code, as `holidays` knows them."""

    AN = "AN", _("Andalucía")
    AR = "AR", _("Aragón")
    AS = "AS", _("Principado de Asturias")
    IB = "IB", _("Illes Balears")
    CN = "CN", _("Canarias")
    CB = "CB", _("Cantabria")
    CL = "CL", _("Castilla y León")
    CM = "CM", _("Castilla-La Mancha")
    CT = "CT", _("Cataluña")
    CE = "CE", _("Ceuta")
    VC = "VC", _("Comunitat Valenciana")
    EX = "EX", _("Extremadura")
    GA = "GA", _("Galicia")
    RI = "RI", _("La Rioja")
    MD = "MD", _("Comunidad de Madrid")
    ML = "ML", _("Melilla")
    MC = "MC", _("Región de Murcia")
    NC = "NC", _("Comunidad Foral de Navarra")
    PV = "PV", _("País Vasco")


class TimeZone(TextChoices):
    """Time zones of Spain."""

    MADRID = "Europe/Madrid", _("Península, Illes Balears y Melilla")
    CEUTA = "Africa/Ceuta", _("Ceuta")
    CANARIAS = "Atlantic/Canary", _("Canarias")


class CalendarFault(TextChoices):
    """Why a line of a calendar file was not understood."""

    NO_DATE = "no_date", _("No encuentro la fecha. Escríbala como 2026-12-25 o 25/12/2026.")
    NO_NAME = "no_name", _("Falta el nombre del día.")
    UNKNOWN_SCOPE = "unknown_scope", _("No conozco el ámbito. Escriba nacional, autonómico, local o propio.")
    REPEATED = "repeated", _("Esta fecha ya está más arriba en el mismo fichero.")
    OTHER_REPETITION = "other_repetition", _("Solo se entienden los días que se repiten una vez al año.")
    UNREADABLE = "unreadable", _("Esta parte del fichero está dañada.")
