"""Addresses of tickets."""

from django.urls import path, register_converter

from mostrador.tickets.views import (
    agent,
    attachments,
    board,
    bulk,
    canned,
    citizen,
    contacts,
    desk,
    follow_up,
    incidents,
    levels,
    next_case,
    retention,
    routing,
    rules,
    saved_views,
    supervisor,
    third_parties,
    ticket,
    together,
    work,
    writing,
)


class TokenConverter:
    """A private token, as `shared.tokens.new_token` makes them."""

    regex = "[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        """Leave it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Leave it as it is."""
        return value


class ReferenceConverter:
    """A reference as it is stored, "7K3-M9C-A64": an address has one spelling."""

    regex = "[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}"

    def to_python(self, value: str) -> str:
        """Leave it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Leave it as it is."""
        return value


register_converter(TokenConverter, "token")
register_converter(ReferenceConverter, "reference")

app_name = "tickets"
urlpatterns = [
    path("consultas/nueva/", citizen.new, name="new"),
    path("consultas/nueva/sugerencias/", citizen.suggestions, name="suggestions"),
    path("consultas/nueva/leido/", citizen.article_opened, name="article_opened"),
    path("consultas/nueva/donde/", citizen.where, name="where"),
    path("consultas/nueva/contacto/", citizen.contact, name="contact"),
    path("consultas/nueva/comprobar/", citizen.check, name="check"),
    path("consultas/nueva/enviada/", citizen.sent, name="sent"),
    path("consultas/nueva/borrador/", citizen.autosave, name="autosave"),
    path("consultas/nueva/descartar/", citizen.discard, name="discard"),
    path("consultas/seguimiento/", follow_up.find, name="find"),
    path("consultas/seguimiento/enviado/", follow_up.find_done, name="find_done"),
    path("consultas/s/<token:token>/", follow_up.follow_up, name="follow_up"),
    path("consultas/s/<token:token>/resuelta/", follow_up.solved, name="solved"),
    path("consultas/s/<token:token>/sin-resolver/", follow_up.not_solved, name="not_solved"),
    path("consultas/s/<token:token>/archivo/<int:pk>/", follow_up.attachment, name="attachment"),
    path("gestion/consultas/", desk.desk, name="desk"),
    path("gestion/consultas/novedades/", desk.desk_news, name="desk_news"),
    path("gestion/consultas/recuentos/", desk.desk_counts, name="desk_counts"),
    path("gestion/consultas/vistas/", saved_views.views, name="views"),
    path("gestion/consultas/vistas/nueva/", saved_views.view_new, name="view_new"),
    path("gestion/consultas/vistas/empezar/", saved_views.begin_with, name="begin_with"),
    path("gestion/consultas/vistas/<int:pk>/", saved_views.view_edit, name="view_edit"),
    path("gestion/consultas/vistas/<int:pk>/copiar/", saved_views.view_copy, name="view_copy"),
    path("gestion/consultas/vistas/<int:pk>/mover/", saved_views.view_move, name="view_move"),
    path("gestion/consultas/vistas/<int:pk>/borrar/", saved_views.view_remove, name="view_remove"),
    path("gestion/consultas/vistas/<int:pk>/recuperar/", saved_views.view_restore, name="view_restore"),
    path("gestion/consultas/nueva/", contacts.log_contact, name="log_contact"),
    path("gestion/consultas/archivo/<int:pk>/", attachments.staff_attachment, name="staff_attachment"),
    path("gestion/consultas/<reference:reference>/", ticket.ticket_detail, name="ticket_detail"),
    path("gestion/consultas/<reference:reference>/novedades/", ticket.ticket_news, name="ticket_news"),
    path("gestion/consultas/<reference:reference>/para-articulo/", ticket.for_article, name="for_article"),
    path("gestion/consultas/<reference:reference>/responder/", ticket.reply, name="reply"),
    path("gestion/consultas/<reference:reference>/nota/", ticket.note, name="note"),
    path("gestion/consultas/<reference:reference>/asignarmela/", agent.take, name="take"),
    path("gestion/consultas/<reference:reference>/asignar/", agent.assign, name="assign"),
    path("gestion/consultas/<reference:reference>/clasificar/", agent.classify, name="classify"),
    path("gestion/consultas/<reference:reference>/traspasar/", agent.transfer, name="transfer"),
    path("gestion/consultas/<reference:reference>/estado/", agent.change_state, name="change_state"),
    path("gestion/consultas/<reference:reference>/resolver/", agent.resolve, name="resolve"),
    path("gestion/consultas/<reference:reference>/no-deseado/", agent.mark_spam, name="mark_spam"),
    path("gestion/consultas/<reference:reference>/reabrir/", agent.reopen, name="reopen"),
    path("gestion/supervision/", board.board, name="board"),
    path("gestion/supervision/pasar/", board.hand_over, name="hand_over"),
    path("gestion/supervision/borradores/", board.drafts_heard, name="drafts_heard"),
    path("gestion/supervision/calidad/", board.quality_samples, name="quality_samples"),
    path("gestion/supervision/calidad/<int:pk>/", board.quality_sample, name="quality_sample"),
    path("gestion/supervision/revision/<int:pk>/", board.quality_review, name="quality_review"),
    path("gestion/mis-revisiones/", board.own_quality, name="own_quality"),
    path("gestion/consultas/siguiente/", next_case.next_case, name="next_case"),
    path("gestion/consultas/varias/", bulk.bulk_ask, name="bulk_ask"),
    path("gestion/consultas/varias/hacer/", bulk.bulk_start, name="bulk_start"),
    path("gestion/consultas/varias/<int:pk>/", bulk.bulk, name="bulk"),
    path("gestion/consultas/varias/<int:pk>/deshacer/", bulk.bulk_undo, name="bulk_undo"),
    path("gestion/reparto/", routing.routing, name="routing"),
    path("gestion/reparto/disponible/", routing.availability, name="availability"),
    path("gestion/reparto/equipos/<int:pk>/", routing.routing_team, name="routing_team"),
    path("gestion/reparto/personas/<int:pk>/", routing.routing_agent, name="routing_agent"),
    path("gestion/reglas/", rules.rules, name="rules"),
    path("gestion/reglas/inventario.csv", rules.inventory, name="rules_inventory"),
    path("gestion/reglas/nueva/", rules.new, name="rule_new"),
    path("gestion/reglas/<int:pk>/", rules.edit, name="rule_edit"),
    path("gestion/reglas/<int:pk>/prueba/", rules.tried, name="rule_tried"),
    path("gestion/reglas/<int:pk>/en-marcha/", rules.start, name="rule_start"),
    path("gestion/reglas/<int:pk>/parar/", rules.stop, name="rule_stop"),
    path("gestion/reglas/<int:pk>/mover/", rules.move, name="rule_move"),
    path("gestion/reglas/<int:pk>/borrar/", rules.delete, name="rule_delete"),
    path("gestion/reglas/<int:pk>/registro/", rules.runs, name="rule_runs"),
    path("consultas/tercero/<token:token>/", third_parties.third_party, name="third_party"),
    path("consultas/tercero/<token:token>/archivo/<int:pk>/", third_parties.third_party_file, name="third_party_file"),
    path("gestion/consultas/firma/", writing.signature, name="signature"),
    path("gestion/consultas/respuestas/", canned.replies, name="canned_replies"),
    path("gestion/consultas/respuestas/nueva/", canned.new, name="canned_new"),
    path("gestion/consultas/respuestas/borradores/", canned.writing_rules, name="writing_rules"),
    path("gestion/consultas/respuestas/<int:pk>/", canned.edit, name="canned_edit"),
    path("gestion/consultas/respuestas/<int:pk>/uso/", canned.use, name="canned_use"),
    path("gestion/consultas/<reference:reference>/borrador/", writing.keep_draft, name="keep_draft"),
    path("gestion/consultas/<reference:reference>/sugerencias/", writing.ticket_suggestions, name="ticket_suggestions"),
    path("gestion/consultas/<reference:reference>/articulos/", writing.articles, name="ticket_articles"),
    path("gestion/consultas/<reference:reference>/articulos/<int:pk>/", writing.article, name="ticket_article"),
    path("gestion/consultas/<reference:reference>/articulos/<int:pk>/poner/", writing.put_article, name="put_article"),
    path("gestion/consultas/<reference:reference>/respuestas/", canned.pick, name="canned_pick"),
    path("gestion/consultas/<reference:reference>/respuestas/<int:pk>/poner/", canned.put, name="canned_put"),
    path("gestion/consultas/<reference:reference>/tercero/", third_parties.ask, name="ask_third_party"),
    path("gestion/consultas/<reference:reference>/reenviar/<int:pk>/", third_parties.forward, name="forward"),
    path("gestion/consultas/<reference:reference>/copia/<int:pk>/quitar/", writing.remove_copy, name="copy_remove"),
    path("gestion/consultas/<reference:reference>/correo/<int:pk>/reintentar/", writing.resend, name="email_resend"),
    path("gestion/consultas/<reference:reference>/por-enviar/<int:pk>/deshacer/", writing.undo, name="pending_undo"),
    path("gestion/consultas/<reference:reference>/por-enviar/<int:pk>/ahora/", writing.send_now, name="pending_now"),
    path("gestion/consultas/<reference:reference>/por-enviar/<int:pk>/hora/", writing.move, name="pending_move"),
    path("gestion/consultas/<reference:reference>/por-enviar/<int:pk>/visto/", writing.notice, name="pending_notice"),
    path("gestion/consultas/<reference:reference>/presencia/", together.ticket_presence, name="ticket_presence"),
    path("gestion/consultas/<reference:reference>/seguir/", together.follow, name="follow"),
    path("gestion/consultas/<reference:reference>/opinion/", together.ask_opinion, name="ask_opinion"),
    path("gestion/consultas/<reference:reference>/opinion/contestar/", together.answer_opinion, name="answer_opinion"),
    path("gestion/consultas/<reference:reference>/unir/", together.merge, name="merge"),
    path("gestion/consultas/<reference:reference>/unir/deshacer/", together.undo_merge, name="undo_merge"),
    path("gestion/consultas/<reference:reference>/separar/", together.split, name="split"),
    path("gestion/consultas/<reference:reference>/relacionar/", together.relate, name="relate"),
    path("gestion/consultas/<reference:reference>/relacionar/quitar/", together.unrelate, name="unrelate"),
    path("gestion/consultas/<reference:reference>/incidencia/", incidents.incident_of_ticket, name="ticket_incident"),
    path("gestion/consultas/<reference:reference>/trabajo/", work.work, name="work"),
    path("gestion/consultas/<reference:reference>/tareas/", work.tasks, name="tasks"),
    path("gestion/consultas/<reference:reference>/tiempo/", work.time, name="time"),
    path("gestion/consultas/<reference:reference>/etiquetas/", work.tags, name="tags"),
    path("gestion/consultas/<reference:reference>/etiquetas/usadas/", work.known_tags, name="known_tags"),
    path("gestion/menciones/", together.mentions_list, name="mentions_list"),
    path("gestion/menciones/leidas/", together.mentions_read, name="mentions_read"),
    path("gestion/incidencias/", incidents.incidents, name="incidents"),
    path("gestion/incidencias/<int:pk>/", incidents.incident, name="incident"),
    path("gestion/incidencias/<int:pk>/responder/", incidents.incident_answer, name="incident_answer"),
    path("gestion/incidencias/<int:pk>/respuestas/<int:reply>/", incidents.incident_reply, name="incident_reply"),
    path(
        "gestion/incidencias/<int:pk>/respuestas/<int:reply>/anular/",
        incidents.incident_reply_cancel,
        name="incident_reply_cancel",
    ),
    path("gestion/consultas/<reference:reference>/clase/", levels.change_kind, name="change_kind"),
    path("gestion/consultas/<reference:reference>/prioridad/", levels.set_priority, name="set_priority"),
    path("gestion/consultas/<reference:reference>/su-plazo/", levels.set_deadline, name="set_deadline"),
    path("gestion/consultas/<reference:reference>/plazo-legal/", levels.legal_term, name="legal_term"),
    path("gestion/consultas/<reference:reference>/otros-datos/", levels.answers, name="answers"),
    path("gestion/consultas/clases/", supervisor.kinds, name="kinds"),
    path("gestion/consultas/clases/<slug:slug>/", supervisor.kind, name="kind"),
    path("gestion/consultas/niveles/", supervisor.levels, name="levels"),
    path("gestion/consultas/niveles/nuevo/", supervisor.level_new, name="level_new"),
    path("gestion/consultas/niveles/<int:pk>/", supervisor.level, name="level"),
    path("gestion/consultas/niveles/<int:pk>/quitar/", supervisor.level_remove, name="level_remove"),
    path("gestion/consultas/campos/", supervisor.fields, name="fields"),
    path("gestion/consultas/campos/nuevo/", supervisor.field_new, name="field_new"),
    path("gestion/consultas/campos/<int:pk>/", supervisor.field, name="field"),
    path("gestion/consultas/campos/<int:pk>/quitar/", supervisor.field_remove, name="field_remove"),
    path("gestion/consultas/campos/<int:pk>/recuperar/", supervisor.field_restore, name="field_restore"),
    path("gestion/consultas/listas-de-tareas/", supervisor.task_lists, name="task_lists"),
    path("gestion/consultas/listas-de-tareas/nueva/", supervisor.task_list_new, name="task_list_new"),
    path("gestion/consultas/listas-de-tareas/<int:pk>/", supervisor.task_list, name="task_list"),
    path("gestion/consultas/listas-de-tareas/<int:pk>/quitar/", supervisor.task_list_remove, name="task_list_remove"),
    path("consultas/otros-motivos/", citizen.entrances, name="entrances"),
    path("consultas/nueva/datos/", citizen.details, name="details"),
    path(
        "gestion/consultas/<reference:reference>/representante/", contacts.set_representative, name="set_representative"
    ),
    path("gestion/configuracion/conservacion/", retention.retention, name="retention"),
]
