"""Wiring of the audit record."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "mostrador.audit"
