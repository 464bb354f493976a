"""Fixed lists of values."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ArticleKind(TextChoices):
    """What sort of text it is."""

    FAQ = "faq", _("pregunta frecuente")
    TUTORIAL = "tutorial", _("paso a paso")
    GUIDE = "guide", _("guía")
    KNOWN_ERROR = "known_error", _("error conocido")
    NEWS = "news", _("novedad")


class Part(TextChoices):
    """Texts that an article may have beside its body; which ones depends on its kind (`rules.parts_of`)."""

    BEFORE = "before", _("qué necesita antes")
    SYMPTOM = "symptom", _("cómo se nota")
    CAUSE = "cause", _("por qué ocurre")
    WORKAROUND = "workaround", _("mientras tanto")
    EASY_READ = "easy_read", _("lectura fácil")


class FixState(TextChoices):
    """Whether a known error still happens."""

    OPEN = "open", _("sin resolver")
    FIXED = "fixed", _("resuelto")


class Audience(TextChoices):
    """Who may read an article."""

    PUBLIC = "public", _("todo el mundo")
    STAFF = "staff", _("el personal")
    TEAMS = "teams", _("solo los equipos elegidos")


class PublicationState(TextChoices):
    """Whether readers see a version."""

    DRAFT = "draft", _("borrador")
    PUBLISHED = "published", _("publicado")
    ARCHIVED = "archived", _("archivado")


class DraftStep(TextChoices):
    """How far a text that is being written has come."""

    WRITING = "writing", _("se está escribiendo")
    IN_REVIEW = "in_review", _("en revisión")
    CHANGES_ASKED = "changes_asked", _("se piden cambios")
    SCHEDULED = "scheduled", _("se publicará en su fecha")


class VideoKind(TextChoices):
    """How a video makes an article easier to reach."""

    SIGN_LANGUAGE = "sign_language", _("en lengua de signos")
    CAPTIONED = "captioned", _("con subtítulos")


class SearchScope(TextChoices):
    """What sort of thing is found, and by whom."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PROCEDURE = "procedure"
    ADAPTED = "adapted"  # what a body adds to an ancestor's article, for its own readers


class NextStep(TextChoices):
    """What somebody did after a search."""

    NOTHING = "", _("nada que sepamos")
    READ = "read", _("leer un artículo")
    ASKED = "asked", _("escribir una consulta")


class NotUsefulReason(TextChoices):
    """Why an article did not help."""

    NOT_MY_CASE = "not_my_case", _("No es mi caso")
    DID_NOT_WORK = "did_not_work", _("Lo he hecho y sigue sin funcionar")
    HARD_TO_FOLLOW = "hard_to_follow", _("No lo entiendo bien")
    OUT_OF_DATE = "out_of_date", _("Está desactualizado")


class WrittenIn(TextChoices):
    """In which language a text is, for readers of another one."""

    ES = "es", _("en castellano")
    CA = "ca", _("en catalán")
    GL = "gl", _("en gallego")
    EU = "eu", _("en euskera")
    EN = "en", _("en inglés")


class ExchangeKind(TextChoices):
    """Which way the articles go."""

    EXPORT = "export", _("exportación")
    IMPORT = "import", _("importación")


class ExchangeState(TextChoices):
    """How far an export or an import has come."""

    CHECKED = "checked", _("espera que la confirme")
    RUNNING = "running", _("en curso")
    DONE = "done", _("terminada")


class Change(TextChoices):
    """What became of a stretch of text between two versions of it."""

    EQUAL = "equal", _("sin cambios")
    ADDED = "added", _("añadido")
    REMOVED = "removed", _("quitado")


class ArticleList(TextChoices):
    """The lists in which editors look for what they have to do; the values stand in the address."""

    ALL = "", _("Todos")
    MINE = "mios", _("Mis borradores")
    IN_REVIEW = "en-revision", _("Esperan revisión")
    STALE = "desfasados", _("Desfasados")
    WITHOUT_OWNER = "sin-equipo", _("Sin equipo")
    TO_CHECK = "por-revisar", _("Por revisar")
