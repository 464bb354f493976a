"""Fixed lists of values."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PersonKind(TextChoices):
    """Whom the law sees: somebody, or an organisation with rights of its own."""

    NATURAL = "natural", _("persona física")
    LEGAL = "legal", _("organización (persona jurídica)")


class IdentityKind(TextChoices):
    """Which document says who somebody is."""

    DNI = "dni", _("DNI")
    NIE = "nie", _("NIE")
    NIF = "nif", _("NIF de una organización, o NIF que empieza por K, L o M")
    PASSPORT = "passport", _("pasaporte")
    OTHER = "other", _("otro documento")


class PreferredContact(TextChoices):
    """How somebody likes to be reached."""

    NONE = "", _("Sin preferencia")
    EMAIL = "email", _("Por correo electrónico")
    PHONE = "phone", _("Por teléfono")
    IN_PERSON = "in_person", _("En persona")


class ElectronicObligation(TextChoices):
    """Why somebody must deal with the administration electronically (Ley 39/2015, art. 14.2 and 14.3)."""

    NONE = "", _("No está obligada, o no consta")
    LEGAL_PERSON = "legal_person", _("Es una persona jurídica (art. 14.2.a)")
    NO_PERSONALITY = "no_personality", _("Es una entidad sin personalidad jurídica (art. 14.2.b)")
    PROFESSIONAL = "professional", _("Ejerce una profesión con colegiación obligatoria (art. 14.2.c)")
    REPRESENTATIVE = "representative", _("Representa a alguien que está obligado (art. 14.2.d)")
    PUBLIC_EMPLOYEE = "public_employee", _("Es personal público y actúa por su empleo (art. 14.2.e)")
    BY_REGULATION = "by_regulation", _("Lo manda un reglamento para este procedimiento (art. 14.3)")


class TitleKind(TextChoices):
    """By which title somebody acts for another (Ley 39/2015, art. 5)."""

    LEGAL = "legal", _("representación legal: padre, madre, tutela o curatela")
    STATUTORY = "statutory", _("representación de la organización: administración, presidencia, apoderamiento")
    PUBLIC_DEED = "public_deed", _("poder notarial")
    APUD_ACTA = "apud_acta", _("apoderamiento apud acta")
    REGISTER = "register", _("registro electrónico de apoderamientos")
    PRIVATE = "private", _("autorización escrita")
    PRESUMED = "presumed", _("sin acreditar: solo actos de trámite y gestiones (art. 5.3)")


class RevealReason(TextChoices):
    """Why somebody of the desk needs a whole identity number; a fixed list, since the record is for ever."""

    CONFIRM = "confirm", _("Comprobar quién es la persona que atiendo")
    LOOK_UP = "look_up", _("Buscar su expediente en otra aplicación")
    REPRESENTATION = "representation", _("Comprobar una representación")
    RIGHTS = "rights", _("Atender un derecho de protección de datos")


class DuplicateReason(TextChoices):
    """Why two records look like one person."""

    EMAIL = "email", _("el mismo correo")
    PHONE = "phone", _("el mismo teléfono")
    NAME = "name", _("el mismo nombre")


class RequestKind(TextChoices):
    """What was asked about somebody's data (RGPD, arts. 15, 17 and 20)."""

    EXPORT = "export", _("copia de los datos")
    ERASURE = "erasure", _("supresión")


class RequestState(TextChoices):
    """How far a request has come."""

    WAITING = "waiting", _("en cola")
    DONE = "done", _("hecha")
    REFUSED = "refused", _("no se pudo hacer")


class IdentityCheck(TextChoices):
    """How whoever asks for data was known to be that person (RGPD, art. 12.6)."""

    DOCUMENT = "document", _("Mostró su documento en persona")
    ELECTRONIC = "electronic", _("Se identificó en la sede electrónica")
    ADDRESS = "address", _("Lo confirmó desde el correo que tenemos")
    REPRESENTATIVE = "representative", _("Lo pide quien le representa, y lo ha acreditado")
    AUTHORITY = "authority", _("Lo ordena una autoridad o el delegado de protección de datos")


class ConsentBy(TextChoices):
    """How an assisted person said yes."""

    PAPER = "paper", _("Firmó en papel")
    SCREEN = "screen", _("Lo leyó en la pantalla y consintió ante mí")
