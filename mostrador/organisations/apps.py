"""Wiring of organisations."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "mostrador.organisations"
