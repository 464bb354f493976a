"""Wiring of integrations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "mostrador.integrations"
    audit_words = {
        "integrations.tickets_imported": _("Se importaron consultas"),
    }
