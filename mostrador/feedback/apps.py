"""Wiring of feedback."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mostrador.people.rules import register_personal_data
from mostrador.tickets.rules.conditions import register_field


class FeedbackConfig(AppConfig):
    name = "mostrador.feedback"
    audit_words = {
        "feedback.answered": _("Una persona dio su opinión"),
        "feedback.asked": _("Se pidió opinión a una persona"),
    }

    def ready(self) -> None:
        """Say that comments are personal data, and that lists of tickets may ask for the opinion."""
        register_personal_data(
            "feedback",
            title=_("Opiniones"),
            export="mostrador.feedback.queries.personal_data_of",
            erase="mostrador.feedback.actions.erase_personal_data",
            overview="mostrador.feedback.queries.entries",
            signals="mostrador.feedback.queries.signals",
        )
        register_field("satisfaction", "mostrador.feedback.queries.satisfaction_field")
