"""Wiring of organisations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    name = "mostrador.organisations"
    audit_words = {
        "organisations.calendar_computed": _("Calculó los festivos de un año"),
        "organisations.calendar_confirmation_withdrawn": _("Retiró la confirmación de un calendario"),
        "organisations.calendar_confirmed": _("Confirmó un calendario como oficial"),
        "organisations.calendar_imported": _("Importó un calendario"),
        "organisations.created": _("Creó una entidad"),
        "organisations.day_added": _("Añadió un día inhábil"),
        "organisations.day_removed": _("Quitó un día inhábil"),
        "organisations.host_added": _("Añadió un dominio"),
        "organisations.host_made_primary": _("Cambió el dominio principal"),
        "organisations.host_removed": _("Quitó un dominio"),
        "organisations.legal_page_written": _("Escribió una página legal"),
        "organisations.logo_changed": _("Cambió el logotipo"),
        "organisations.logo_removed": _("Quitó el logotipo"),
        "organisations.moved": _("Cambió de quién depende una entidad"),
        "organisations.procedure_created": _("Creó un procedimiento"),
        "organisations.team_created": _("Creó un equipo"),
        "organisations.theme_changed": _("Cambió los colores o la letra"),
        "organisations.timetable_added": _("Añadió un horario"),
        "organisations.timetable_changed": _("Cambió un horario"),
        "organisations.timetable_removed": _("Quitó un horario"),
        "organisations.topic_created": _("Creó un tema"),
    }
