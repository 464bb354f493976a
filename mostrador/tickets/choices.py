"""Fixed lists of values."""

from enum import Enum, auto

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mostrador.accounts.choices import Role

# Who sees restricted tickets of other teams too.
RESTRICTED_ROLES = (Role.SUPERVISOR, Role.ADMINISTRATOR)


class DraftsOpen(Enum):
    """By which decision of the organisation somebody may read what others have not sent (`WritingRules`)."""

    TO_COLLEAGUES = auto()
    TO_SUPERVISORS = auto()
    TO_NOBODY = auto()


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
    """Legally different inboxes, each with its own term (`rules.kinds`)."""

    SUPPORT = "support", _("consulta de soporte")
    SUGGESTION = "suggestion", _("sugerencia")
    COMPLAINT = "complaint", _("queja")
    ACCESSIBILITY_COMMUNICATION = "accessibility_communication", _("comunicación sobre accesibilidad")
    ACCESSIBILITY_COMPLAINT = "accessibility_complaint", _("queja sobre accesibilidad")
    ACCESSIBILITY_CLAIM = "accessibility_claim", _("reclamación sobre accesibilidad")
    DATA_PROTECTION = "data_protection", _("derecho de protección de datos")
    PHISHING = "phishing", _("aviso de suplantación")


class Impact(IntegerChoices):
    """How many people it touches (ITIL)."""

    MANY_PEOPLE = 1, _("a muchas personas")
    SEVERAL_PEOPLE = 2, _("a varias personas")
    ONE_PERSON = 3, _("a una persona")


class Urgency(IntegerChoices):
    """How soon it harms (ITIL)."""

    HIGH = 1, pgettext_lazy("urgency", "alta")
    MEDIUM = 2, pgettext_lazy("urgency", "media")
    LOW = 3, pgettext_lazy("urgency", "baja")


class Priority(IntegerChoices):
    """In which order the desk works: impact × urgency (ITIL)."""

    CRITICAL = 1, pgettext_lazy("urgency", "crítica")
    HIGH = 2, pgettext_lazy("urgency", "alta")
    NORMAL = 3, pgettext_lazy("urgency", "normal")
    LOW = 4, pgettext_lazy("urgency", "baja")


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


class Act(TextChoices):
    """What somebody does that may change whose turn it is."""

    DESK_REPLIES = "desk_replies", _("responder")
    PERSON_REPLIES = "person_replies", _("contestar")
    WAIT_FOR_US = "wait_for_us", _("dejarla pendiente de nosotros")
    WAIT_FOR_PERSON = "wait_for_person", _("dejarla pendiente de la persona")
    WAIT_FOR_THIRD_PARTY = "wait_for_third_party", _("dejarla pendiente de un tercero")
    RESOLVE = "resolve", _("resolver")
    REOPEN = "reopen", _("reabrir")
    CLOSE = "close", _("cerrar")
    MARK_SPAM = "mark_spam", _("marcar como correo no deseado")
    MERGE = "merge", _("unirla a otra")


class MessageKind(TextChoices):
    """Who may read it."""

    PUBLIC = "public", _("respuesta")
    NOTE = "note", _("nota interna")
    EVENT = "event", _("suceso")


class EventCode(TextChoices):
    """What happened, in the words of the conversation; `%(first)s` and `%(second)s` are its values."""

    ACKNOWLEDGED = "acknowledged", _("Se envió el acuse de recibo.")
    ASSIGNED = "assigned", _("Asignada a %(first)s.")
    RELEASED = "released", _("Se quedó sin asignar.")
    TRANSFERRED = "transferred", _("Pasó de %(first)s a %(second)s.")
    CLASSIFIED = "classified", _("Tema: %(first)s. Trámite: %(second)s.")
    WAITING_FOR_US = "waiting_for_us", _("Quedó pendiente de nosotros.")
    WAITING_FOR_PERSON = "waiting_for_person", _("Quedó pendiente de la persona.")
    WAITING_FOR_THIRD_PARTY = "waiting_for_third_party", _("Quedó pendiente de %(first)s.")
    RESOLVED = "resolved", _("Resuelta.")
    RESOLVED_WITH = "resolved_with", _("Resuelta con el artículo «%(first)s».")
    SOLVED_BY_PERSON = "solved_by_person", _("La persona dice que ya está resuelta.")
    NOT_SOLVED_BY_PERSON = "not_solved_by_person", _("La persona dice que no está resuelta.")
    REOPENED = "reopened", _("Reabierta.")
    UNDONE = "undone", _("Se deshizo la resolución.")
    MARKED_SPAM = "marked_spam", _("Marcada como correo no deseado.")
    NOT_SPAM = "not_spam", _("Recuperada: no era correo no deseado.")
    CLOSED = "closed", _("Cerrada.")
    ERASED = "erased", _("Se suprimieron sus palabras y archivos.")
    RULE_APPLIED = "rule_applied", _("Se aplicó la regla «%(first)s».")
    KIND_CHANGED = "kind_changed", _("Pasó a ser %(first)s. Motivo: «%(second)s».")
    PRIORITIZED = "prioritized", _("Prioridad: %(first)s.")
    DEADLINE_NOTED = "deadline_noted", _("Su plazo termina el %(first)s.")
    DEADLINE_REMOVED = "deadline_removed", _("Se quitó el fin de su plazo.")
    TERM_SUSPENDED = "term_suspended", _("Se suspendió el plazo legal. Motivo: «%(first)s».")
    TERM_RESUMED = "term_resumed", _("El plazo legal vuelve a contar. Último día: %(first)s.")
    TERM_EXTENDED = "term_extended", _("Se amplió el plazo legal hasta el %(first)s. Motivo: «%(second)s».")
    LEVEL_BREACHED = "level_breached", _("Venció el nivel de servicio: %(first)s.")
    FIELDS_CHANGED = "fields_changed", _("Se cambiaron otros datos: %(first)s.")
    TAGGED = "tagged", _("Etiqueta puesta: %(first)s.")
    UNTAGGED = "untagged", _("Etiqueta quitada: %(first)s.")
    INCIDENT_SET = "incident_set", _("La causa la incidencia «%(first)s».")
    BULK_UNDONE = "bulk_undone", _("Se deshizo lo hecho a varias consultas: %(first)s.")
    CAME_BACK = "came_back", _("Volvió al equipo: %(first)s no está disponible.")
    REPLY_NOT_SENT = "reply_not_sent", _("No se envió la respuesta de %(first)s.")
    THIRD_PARTY_ASKED = "third_party_asked", _("Se preguntó a %(first)s.")
    MERGED_HERE = "merged_here", _("Se unió aquí la consulta %(first)s.")
    MERGED_AWAY = "merged_away", _("Se unió a la consulta %(first)s, donde sigue la conversación.")
    UNMERGED = "unmerged", _("Se deshizo la unión con la consulta %(first)s.")
    SPLIT_AWAY = "split_away", _("Parte de la conversación pasó a la consulta %(first)s.")
    SPLIT_HERE = "split_here", _("Salió de la consulta %(first)s.")
    RELATED = "related", _("Tiene relación con la consulta %(first)s.")
    UNRELATED = "unrelated", _("Dejó de tener relación con la consulta %(first)s.")
    INCIDENT_CLEARED = "incident_cleared", _("Ya no se debe a la incidencia «%(first)s».")
    MAIL_RETURNED = "mail_returned", _("No llegó un correo nuestro: «%(first)s».")
    MAIL_DELAYED = "mail_delayed", _("Un correo nuestro tarda en llegar: «%(first)s».")
    MAIL_READ = "mail_read", _("Confirmó que ha leído un correo nuestro.")
    OTHER_ADDRESS = "other_address", _("Escribió desde una dirección que no conocíamos.")
    ADDRESS_BLOCKED = "address_blocked", _("Ya no se escribe a su dirección: devuelve los correos.")
    OPINION_ASKED = "opinion_asked", _("Pidió una segunda opinión a %(first)s.")
    OPINION_GIVEN = "opinion_given", _("Dio su opinión.")
    OPINION_WITHDRAWN = "opinion_withdrawn", _("Retiró la pregunta a %(first)s.")
    FORWARDED = "forwarded", _("Se reenvió un mensaje a %(first)s.")
    COPY_ADDED = "copy_added", _("Se puso en copia a %(first)s.")
    COPY_REMOVED = "copy_removed", _("Se quitó de la copia a %(first)s.")


class AuthorKind(TextChoices):
    """Who wrote it."""

    PERSON = "person", _("la persona")
    STAFF = "staff", _("el equipo")
    SYSTEM = "system", _("el sistema")
    THIRD = "third", _("un tercero")


class ContactBy(TextChoices):
    """How the person wants the answer."""

    EMAIL = "email", _("Por correo electrónico")
    PHONE = "phone", _("Por teléfono")
    IN_PERSON = "in_person", _("Iré en persona con la referencia")


class DeskList(TextChoices):
    """The lists that every desk has; the values are words of their addresses."""

    MINE = "mias", _("Mías")
    UNASSIGNED = "sin-asignar", _("Sin asignar")
    SOON = "vencen-pronto", _("Vencen pronto")
    WAITING = "esperan-respuesta", _("A la espera de la persona")
    TEAMS = "equipos", _("De mis equipos")
    ALL = "todas", _("Todas las abiertas")
    RESOLVED = "resueltas", _("Resueltas hace poco")


# Who writes and stops the rules of automation.
RULE_KEEPERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


class Happening(TextChoices):
    """What a rule of automation waits for: an act, as the audit record names it without its app, or time."""

    OPENED = "opened", _("al abrirse una consulta")
    PERSON_REPLIED = "person_replied", _("cuando la persona escribe")
    REPLIED = "replied", _("cuando respondemos")
    NOTED = "noted", _("cuando se escribe una nota interna")
    ASSIGNED = "assigned", _("cuando cambia quién la lleva")
    TRANSFERRED = "transferred", _("cuando pasa a otro equipo")
    CLASSIFIED = "classified", _("cuando se dice de qué trata")
    STATE_CHANGED = "state_changed", _("cuando cambia de quién depende")
    RESOLVED = "resolved", _("cuando se resuelve")
    SOLVED_BY_PERSON = "solved_by_person", _("cuando la persona dice que está resuelta")
    REOPENED = "reopened", _("cuando se reabre")
    KIND_CHANGED = "kind_changed", _("cuando cambia de clase")
    MERGED = "merged", _("cuando otra consulta se une a ella")
    LEVEL_WARNED = "level_warned", _("cuando queda poco para que venza un nivel de servicio")
    LEVEL_BREACHED = "level_breached", _("cuando vence un nivel de servicio")
    TIME = "time", _("con el tiempo: se comprueba cada diez minutos")


class Deed(TextChoices):
    """What a rule of automation does."""

    ADD_TAG = "add_tag", _("poner una etiqueta")
    REMOVE_TAG = "remove_tag", _("quitar una etiqueta")
    SET_PRIORITY = "set_priority", _("fijar la prioridad")
    SET_TOPIC = "set_topic", _("decir de qué trata")
    TRANSFER = "transfer", _("pasarla a un equipo")
    ASSIGN = "assign", _("asignarla a una persona")
    RELEASE = "release", _("dejarla sin asignar")
    WAIT_FOR_US = "wait_for_us", _("dejarla pendiente de nosotros")
    RESOLVE = "resolve", _("resolverla")
    CLOSE = "close", _("cerrarla")
    WRITE_TO_PERSON = "write_to_person", _("escribir a la persona")
    PUT_TASKS = "put_tasks", _("poner una lista de tareas")
    WRITE_NOTE = "write_note", _("escribir una nota interna")
    TELL_ASSIGNEE = "tell_assignee", _("avisar por correo a quien la lleva")
    TELL_TEAM = "tell_team", _("avisar por correo a su equipo")
    TELL_SUPERVISORS = "tell_supervisors", _("avisar por correo a supervisión")


class RunOutcome(TextChoices):
    """How a rule's run went."""

    DONE = "done", _("hecho")
    REFUSED = "refused", _("no se pudo todo")
    STOPPED = "stopped", _("parada: daba vueltas")


# Who watches the desk and reviews its quality.
BOARD_ROLES = (Role.SUPERVISOR, Role.ADMINISTRATOR)


class Criterion(TextChoices):
    """What a quality review looks at."""

    SOLVES = "solves", _("Responde a lo que se preguntó")
    RIGHT = "right", _("Lo que dice es correcto y se puede comprobar")
    CLEAR = "clear", _("Se entiende a la primera, en la lengua de la persona")
    KIND = "kind", _("El trato es correcto y cercano")
    RECORDED = "recorded", _("Queda bien registrada: tema, trámite y notas")


class ViewOf(TextChoices):
    """Which tickets a saved view chooses from."""

    OPEN = "open", _("Las abiertas")
    RESOLVED = "resolved", _("Las resueltas que aún no se han cerrado")
    ALL = "all", _("Todas, también las cerradas y el correo no deseado")


class ViewSort(TextChoices):
    """In which order a list comes."""

    DUE = "due", _("Antes la que antes vence")
    PRIORITY = "priority", _("Antes la de más prioridad")
    OLDEST = "oldest", _("Antes la más antigua")
    NEWEST = "newest", _("Antes la más reciente")
    ACTIVE = "active", _("Antes la que se movió hace menos")
    QUIET = "quiet", _("Antes la que lleva más tiempo parada")
    RESOLVED = "resolved", _("Antes la última resuelta")


class ViewColumn(TextChoices):
    """What a list says of each ticket beside its subject and person."""

    STATE = "state", _("Estado")
    WAITING = "waiting", _("Espera")
    TERM = "term", _("Plazo")
    WHO = "who", _("Quién")
    PRIORITY = "priority", _("Prioridad")
    KIND = "kind", _("Clase")
    CHANNEL = "channel", _("Canal")
    LANGUAGE = "language", _("Idioma")
    TAGS = "tags", _("Etiquetas")
    REFERENCE = "reference", _("Referencia")
    OPENED = "opened", _("Recibida")
    ACTIVITY = "activity", _("Última actividad")
    RESOLVED = "resolved", _("Resuelta")
    DEADLINE = "deadline", _("Fin de su plazo")
    MINUTES = "minutes", _("Minutos dedicados")


class Metric(TextChoices):
    """What a service level promises."""

    FIRST_RESPONSE = "first_response", _("primera respuesta")
    NEXT_RESPONSE = "next_response", _("siguiente respuesta")
    RESOLUTION = "resolution", _("resolución")


class ClockStep(TextChoices):
    """What happened to a clock, in the words of its history."""

    STARTED = "started", _("empieza")
    PAUSED = "paused", _("se detiene")
    RESUMED = "resumed", _("sigue")
    STOPPED = "stopped", _("termina")
    RECOUNTED = "recounted", _("se vuelve a contar")
    WARNED = "warned", _("aviso: queda poco")
    BREACHED = "breached", _("vence sin cumplirse")


class FieldKind(TextChoices):
    """What a field of one's own holds."""

    TEXT = "text", _("texto corto")
    LONG_TEXT = "long_text", _("texto largo")
    NUMBER = "number", _("número")
    DATE = "date", _("fecha")
    YES_NO = "yes_no", _("sí o no")
    CHOICE = "choice", _("una opción de una lista")
    SEVERAL = "several", _("varias opciones de una lista")


class RoutingMode(TextChoices):
    """How a team shares out what comes in."""

    MANUAL = "manual", _("cada persona toma las suyas")
    ROUND_ROBIN = "round_robin", _("por turno")
    LEAST_LOADED = "least_loaded", _("a quien tiene menos")


class BulkKind(TextChoices):
    """What can be done with many tickets at once."""

    ASSIGN = "assign", _("Asignar")
    TRANSFER = "transfer", _("Pasar a otro equipo")
    STATE = "state", _("Cambiar de quién dependen")
    ADD_TAG = "add_tag", _("Poner una etiqueta")
    REMOVE_TAG = "remove_tag", _("Quitar una etiqueta")
    PRIORITY = "priority", _("Cambiar la prioridad")
    TOPIC = "topic", _("Decir de qué tratan")
    INCIDENT = "incident", _("Asociar a una incidencia")
    MERGE = "merge", _("Unir en una")
    RESOLVE = "resolve", _("Responder y resolver")
    SPAM = "spam", _("Marcar como correo no deseado")


class BulkItemState(TextChoices):
    """What came of one ticket of an act on many."""

    WAITING = "waiting", _("pendiente")
    DONE = "done", _("hecha")
    REFUSED = "refused", _("no se pudo")
    UNDONE = "undone", _("deshecha")
    KEPT = "kept", _("no se pudo deshacer")


class After(TextChoices):
    """How an answer leaves the ticket."""

    PERSON = "person", _("pendiente de la persona")
    US = "us", _("pendiente de nosotros")
    THIRD_PARTY = "third_party", _("pendiente de un tercero")
    RESOLVED = "resolved", _("resuelta")


class NotSent(TextChoices):
    """Why an answer that waited was not sent."""

    ANSWERED = "answered", _("Mientras tanto respondió otra persona del equipo.")
    PERSON_WROTE = "person_wrote", _("La persona escribió después de que se programara.")
    NOT_OPEN = "not_open", _("La consulta ya no está abierta.")
    MERGED = "merged", _("La consulta se unió a otra.")
    ERASED = "erased", _("Se suprimieron los datos de la consulta.")
    AUTHOR_LEFT = "author_left", _("Quien la escribió ya no atiende esta consulta.")
    ARTICLE_GONE = "article_gone", _("El artículo que la resolvía ya no es de este centro de ayuda.")


class RelationKind(TextChoices):
    """How a ticket relates to another one."""

    RELATED = "related", _("tiene relación con")
    DUPLICATE = "duplicate", _("es lo mismo que")
    SPLIT = "split", _("salió de")


class RelationChoice(TextChoices):
    """What the desk may say of two tickets: the relations, and which one is part of the other."""

    RELATED = "related", _("Tiene relación con")
    DUPLICATE = "duplicate", _("Es lo mismo que")
    PART_OF = "part_of", _("Es parte de")
    INCLUDES = "includes", _("Incluye")


class ReplyOutcome(TextChoices):
    """What became of a ticket in an answer to everybody."""

    PENDING = "pending", _("pendiente")
    TOLD = "told", _("se le ha enviado por correo")
    WRITTEN = "written", _("escrita en su consulta; no recibe correo")
    NOT_OPEN = "not_open", _("ya no estaba abierta")
    MERGED = "merged", _("se unió a otra consulta")
    DETACHED = "detached", _("se quitó de la incidencia")
