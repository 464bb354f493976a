"""Wiring of feedback."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mostrador.people.rules import register_personal_data


class FeedbackConfig(AppConfig):
    name = "mostrador.feedback"
    audit_words = {
        "feedback.answered": _("Una persona dio su opinión"),
        "feedback.asked": _("Se pidió opinión a una persona"),
    }

    def ready(self) -> None:
        """Say that comments are personal data."""
        register_personal_data(
            "feedback",
            title=_("Opiniones"),
            export="mostrador.feedback.queries.personal_data_of",
            erase="mostrador.feedback.actions.erase_personal_data",
            overview="mostrador.feedback.queries.entries",
            signals="mostrador.feedback.queries.signals",
        )
