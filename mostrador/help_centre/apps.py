"""Wiring of the help centre."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HelpCentreConfig(AppConfig):
    name = "mostrador.help_centre"
    audit_words = {
        "help_centre.adapted": _("Añadió texto a un artículo de otra entidad"),
        "help_centre.article_changed": _("Cambió los datos de un artículo"),
        "help_centre.article_created": _("Creó un artículo"),
        "help_centre.export_taken": _("Descargó los artículos exportados"),
        "help_centre.exported": _("Exportó los artículos"),
        "help_centre.imported": _("Importó artículos"),
        "help_centre.changes_asked": _("Pidió cambios en un borrador"),
        "help_centre.comment_settled": _("Atendió un comentario sobre un borrador"),
        "help_centre.commented": _("Comentó un borrador"),
        "help_centre.draft_discarded": _("Descartó un borrador"),
        "help_centre.expired": _("Dejó de mostrar un artículo al llegar su fecha"),
        "help_centre.found_up_to_date": _("Revisó un artículo y lo dio por bueno"),
        "help_centre.hidden": _("Ocultó a sus lectores un artículo de otra entidad"),
        "help_centre.picture_added": _("Añadió una imagen a un artículo"),
        "help_centre.published": _("Publicó un artículo"),
        "help_centre.synonyms_forgotten": _("Quitó sus cambios de un grupo de sinónimos"),
        "help_centre.synonyms_left": _("Apagó un grupo de sinónimos"),
        "help_centre.synonyms_saved": _("Guardó un grupo de sinónimos"),
        "help_centre.synonyms_used": _("Encendió un grupo de sinónimos"),
        "help_centre.review_asked": _("Pidió la revisión de un borrador"),
        "help_centre.review_reminded": _("Recordó por correo que hay artículos que revisar"),
        "help_centre.revision_restored": _("Recuperó un texto anterior"),
        "help_centre.scheduled": _("Puso fecha de publicación a un borrador"),
        "help_centre.shown_again": _("Volvió a mostrar un artículo"),
        "help_centre.superseded": _("Cambió el artículo que sustituye a otro"),
        "help_centre.translation_confirmed": _("Confirmó que una traducción sigue valiendo"),
        "help_centre.unhidden": _("Volvió a mostrar un artículo de otra entidad"),
        "help_centre.unscheduled": _("Quitó la fecha de publicación a un borrador"),
        "help_centre.withdrawn": _("Retiró un artículo"),
    }
