"""Wiring of the audit record."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "mostrador.audit"
    # Each app names its own verbs this way; the viewer shows these words (tests/audit checks that none is missing).
    audit_words = {"audit.verified": _("Pidió comprobar la cadena del registro")}
