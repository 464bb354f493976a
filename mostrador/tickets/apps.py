"""Wiring of tickets."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mostrador.people.rules import register_personal_data


class TicketsConfig(AppConfig):
    name = "mostrador.tickets"
    audit_words = {
        "tickets.assigned": _("Asignó una consulta"),
        "tickets.classified": _("Dijo de qué trata una consulta"),
        "tickets.closed": _("Se cerró una consulta"),
        "tickets.erased": _("Se suprimieron los datos personales de una consulta"),
        "tickets.marked_spam": _("Marcó una consulta como no deseada"),
        "tickets.not_solved_by_person": _("La persona dijo que no estaba resuelta"),
        "tickets.noted": _("Escribió una nota interna"),
        "tickets.opened": _("Se abrió una consulta"),
        "tickets.person_replied": _("La persona respondió"),
        "tickets.reopened": _("Reabrió una consulta"),
        "tickets.replied": _("Respondió a una consulta"),
        "tickets.resolved": _("Resolvió una consulta"),
        "tickets.solved_by_person": _("La persona dijo que estaba resuelta"),
        "tickets.state_changed": _("Cambió el estado de una consulta"),
        "tickets.prioritised": _("Cambió la prioridad de una consulta"),
        "tickets.quality_reviewed": _("Revisó la calidad de una respuesta"),
        "tickets.sample_drawn": _("Sorteó una muestra de calidad"),
        "tickets.reminded": _("Se escribió a la persona por una regla"),
        "tickets.rule_applied": _("Se aplicó una regla a una consulta"),
        "tickets.rule_deleted": _("Borró una regla"),
        "tickets.rule_moved": _("Cambió el orden de las reglas"),
        "tickets.rule_saved": _("Guardó una regla"),
        "tickets.rule_started": _("Puso en marcha una regla"),
        "tickets.rule_stopped": _("Se paró una regla"),
        "tickets.tagged": _("Cambió las etiquetas de una consulta"),
        "tickets.transferred": _("Pasó una consulta a otro equipo"),
        "tickets.view_changed": _("Cambió una vista de consultas"),
        "tickets.view_created": _("Guardó una vista de consultas"),
        "tickets.view_removed": _("Borró una vista de consultas"),
        "tickets.view_restored": _("Recuperó una vista de consultas"),
        "tickets.viewed": _("Vio una consulta"),
        "tickets.deadline_noted": _("Anotó el fin del plazo de la persona"),
        "tickets.field_removed": _("Quitó un campo propio"),
        "tickets.field_saved": _("Guardó un campo propio"),
        "tickets.fields_changed": _("Cambió otros datos de una consulta"),
        "tickets.kind_changed": _("Cambió la clase de una consulta"),
        "tickets.kind_saved": _("Cambió cómo se atiende una clase de consulta"),
        "tickets.level_breached": _("Venció un nivel de servicio"),
        "tickets.level_removed": _("Quitó un nivel de servicio"),
        "tickets.level_saved": _("Guardó un nivel de servicio"),
        "tickets.level_warned": _("Se avisó de que un nivel de servicio iba a vencer"),
        "tickets.prioritized": _("Cambió la prioridad de una consulta"),
        "tickets.term_extended": _("Amplió el plazo legal de una consulta"),
        "tickets.term_resumed": _("Reanudó el plazo legal de una consulta"),
        "tickets.term_suspended": _("Suspendió el plazo legal de una consulta"),
        "tickets.contact_logged": _("Anotó una llamada o una visita"),
        "tickets.representative_set": _("Dijo quién habla por la persona de una consulta"),
        "tickets.retention_changed": _("Cambió cuánto se conservan las consultas"),
        "tickets.retention_run": _("Se suprimieron consultas por su plazo de conservación"),
        "tickets.agent_rules_set": _("Cambió qué consultas atiende alguien"),
        "tickets.availability_set": _("Dijo si recibe consultas"),
        "tickets.came_back": _("Una consulta volvió al equipo"),
        "tickets.team_rules_set": _("Cambió el reparto de un equipo"),
        "tickets.bulk_asked": _("Pidió cambiar varias consultas"),
        "tickets.bulk_undone": _("Deshizo el cambio de una consulta"),
        "tickets.incident_set": _("Asoció una consulta a una incidencia"),
        "tickets.priority_set": _("Cambió la prioridad de una consulta"),
        "tickets.canned_changed": _("Cambió una respuesta preparada"),
        "tickets.canned_created": _("Creó una respuesta preparada"),
        "tickets.reply_not_sent": _("No se envió una respuesta que esperaba"),
        "tickets.reply_scheduled": _("Programó una respuesta"),
        "tickets.third_party_answered": _("Un tercero contestó sobre una consulta"),
        "tickets.third_party_asked": _("Preguntó a un tercero sobre una consulta"),
        "tickets.writing_rules_changed": _("Cambió quién lee los borradores"),
    }

    def ready(self) -> None:
        """Tell `people` what is kept here about persons."""
        register_personal_data(
            "tickets",
            title=_("Consultas"),
            export="mostrador.tickets.queries.personal_data.personal_data",
            erase="mostrador.tickets.actions.retention.erase_person",
            overview="mostrador.tickets.queries.personal_data.entries",
            move="mostrador.tickets.actions.retention.move_to_person",
            holds="mostrador.tickets.queries.personal_data.holds",
        )
