"""Wiring of the sample office."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SampleConfig(AppConfig):
    name = "mostrador.sample"
    audit_words = {
        "sample.removed": _("Se quitó la oficina de muestra"),
    }
