"""Wiring of the help centre."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HelpCentreConfig(AppConfig):
    name = "mostrador.help_centre"
    audit_words = {
        "help_centre.article_changed": _("Cambió los datos de un artículo"),
        "help_centre.article_created": _("Creó un artículo"),
        "help_centre.export_taken": _("Descargó los artículos exportados"),
        "help_centre.exported": _("Exportó los artículos"),
        "help_centre.imported": _("Importó artículos"),
        "help_centre.picture_added": _("Añadió una imagen a un artículo"),
        "help_centre.published": _("Publicó un artículo"),
        "help_centre.text_saved": _("Guardó el texto de un artículo"),
        "help_centre.withdrawn": _("Retiró un artículo"),
    }
