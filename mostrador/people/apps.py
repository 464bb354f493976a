"""Wiring of people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "mostrador.people"
    audit_words = {
        "people.erased": _("Suprimió los datos de una persona"),
        "people.exported": _("Exportó los datos de una persona"),
        "people.searched": _("Buscó a una persona"),
        "people.viewed": _("Vio los datos de una persona"),
    }
