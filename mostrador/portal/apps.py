"""Wiring of the portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "mostrador.portal"
