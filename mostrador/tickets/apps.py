"""Wiring of tickets."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mostrador.people.rules import register_personal_data


class TicketsConfig(AppConfig):
    name = "mostrador.tickets"

    def ready(self) -> None:
        """Tell `people` what is kept here about persons."""
        register_personal_data(
            "tickets",
            title=_("Consultas"),
            export="mostrador.tickets.queries.personal_data.personal_data",
            erase="mostrador.tickets.actions.retention.erase_person",
            overview="mostrador.tickets.queries.personal_data.entries",
        )
