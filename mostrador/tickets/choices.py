"""Fixed lists of values."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    """How the person reached us (RD 203/2021, art. 4)."""

    WEB = "web", _("formulario web")
    EMAIL = "email", _("correo electrónico")
    CHAT = "chat", _("chat")
    PHONE = "phone", _("teléfono")
    IN_PERSON = "in_person", _("presencial")
    API = "api", _("otra aplicación")
    WIDGET = "widget", _("ventana de ayuda en la sede")


class TicketKind(TextChoices):
    """Legally different inboxes; only support queries are handled for now."""

    SUPPORT = "support", _("consulta de soporte")


class State(TextChoices):
    """Whose turn it is."""

    NEW = "new", _("nueva")
    WAITING_FOR_US = "waiting_for_us", _("pendiente de nosotros")
    WAITING_FOR_PERSON = "waiting_for_person", _("pendiente de la persona")
    WAITING_FOR_THIRD_PARTY = "waiting_for_third_party", _("pendiente de un tercero")
    RESOLVED = "resolved", _("resuelta")
    CLOSED = "closed", _("cerrada")
    SPAM = "spam", _("correo no deseado")


OPEN_STATES = (State.NEW, State.WAITING_FOR_US, State.WAITING_FOR_PERSON, State.WAITING_FOR_THIRD_PARTY)


class MessageKind(TextChoices):
    """Who may read it."""

    PUBLIC = "public", _("respuesta")
    NOTE = "note", _("nota interna")
    EVENT = "event", _("suceso")


class AuthorKind(TextChoices):
    """Who wrote it."""

    PERSON = "person", _("la persona")
    STAFF = "staff", _("el equipo")
    SYSTEM = "system", _("el sistema")


class ContactBy(TextChoices):
    """How the person wants the answer."""

    EMAIL = "email", _("Por correo electrónico")
    PHONE = "phone", _("Por teléfono")
    IN_PERSON = "in_person", _("Iré en persona con la referencia")
