"""Wiring of the service's status."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceStatusConfig(AppConfig):
    name = "mostrador.service_status"
    audit_words = {
        "service_status.incident_ended": _("Dio por terminada una incidencia"),
        "service_status.incident_opened": _("Abrió una incidencia"),
    }
