"""Wiring of people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mostrador.people.rules import register_personal_data


class PeopleConfig(AppConfig):
    name = "mostrador.people"
    audit_words = {
        "people.assisted": _("Recogió el consentimiento de una persona a la que asiste"),
        "people.changed": _("Cambió los datos de una persona"),
        "people.consent_read": _("Leyó el consentimiento de una persona"),
        "people.consent_revoked": _("Anotó que una persona retira su consentimiento"),
        "people.copy_asked": _("Pidió una copia de los datos de una persona"),
        "people.erased": _("Suprimió los datos de una persona"),
        "people.erasure_asked": _("Pidió suprimir los datos de una persona"),
        "people.exported": _("Descargó la copia de los datos de una persona"),
        "people.held": _("Mandó conservar los datos de una persona por obligación legal"),
        "people.identity_revealed": _("Vio el documento completo de una persona"),
        "people.let_go": _("Dejó de conservar los datos de una persona por obligación legal"),
        "people.merge_undone": _("Deshizo la unión de dos fichas"),
        "people.merged": _("Unió dos fichas de una persona"),
        "people.representation_ended": _("Anotó el fin de una representación"),
        "people.represented": _("Anotó quién representa a una persona"),
        "people.searched": _("Buscó a una persona"),
        "people.told_apart": _("Dijo que dos fichas son de personas distintas"),
        "people.viewed": _("Vio los datos de una persona"),
    }

    def ready(self) -> None:
        """Say what is kept here besides who a person is."""
        register_personal_data(
            "people",
            title=_("Representación, consentimientos y peticiones"),
            export="mostrador.people.queries.own_data.personal_data",
            erase="mostrador.people.actions.own_data.erase",
            move="mostrador.people.actions.own_data.move",
        )
