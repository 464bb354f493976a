"""Fixed lists of values."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ArticleKind(TextChoices):
    """What sort of text it is."""

    FAQ = "faq", _("pregunta frecuente")
    TUTORIAL = "tutorial", _("paso a paso")
    GUIDE = "guide", _("guía")


class PublicationState(TextChoices):
    """Whether readers see a version."""

    DRAFT = "draft", _("borrador")
    PUBLISHED = "published", _("publicado")
    ARCHIVED = "archived", _("archivado")


class NotUsefulReason(TextChoices):
    """Why an article did not help."""

    NOT_MY_CASE = "not_my_case", _("No es mi caso")
    DID_NOT_WORK = "did_not_work", _("Lo he hecho y sigue sin funcionar")
    HARD_TO_FOLLOW = "hard_to_follow", _("No lo entiendo bien")
    OUT_OF_DATE = "out_of_date", _("Está desactualizado")
