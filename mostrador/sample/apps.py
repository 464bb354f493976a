"""Wiring of the sample office."""

from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "mostrador.sample"
