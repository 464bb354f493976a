"""Wiring of the shared code."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "mostrador.shared"
