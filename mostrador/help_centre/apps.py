"""Wiring of the help centre."""

from django.apps import AppConfig


class HelpCentreConfig(AppConfig):
    name = "mostrador.help_centre"
