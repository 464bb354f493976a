"""Wiring of integrations."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "mostrador.integrations"
