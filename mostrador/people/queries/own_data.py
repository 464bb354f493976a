"""What this app keeps of a person besides who they are, for themselves."""

from typing import Any

from django.core.files import File
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.permissions import Access
from mostrador.people.models import Assistance, DataRequest, Person, Representation
from mostrador.people.rules import PersonalData

LABELS = {
    "what": _("Qué es"),
    "title": _("Título"),
    "with": _("Con quién"),
    "since": _("Desde"),
    "until": _("Hasta"),
    "evidence": _("Cómo se acreditó"),
    "scope": _("Para qué"),
    "moment": _("Momento"),
    "text": _("Texto"),
    "official": _("Quién le atendió"),
    "revoked_at": _("Retirado"),
    "state": _("Estado"),
}


def personal_data(person: Person) -> PersonalData:
    """Return a person's representations, consents with their signed papers, and requests about data. Three queries.

    Of the other side of a representation only its name is told.
    """
    assistances = list(Assistance.objects.filter(person=person).select_related("official").order_by("pk"))
    records = [
        *_representations(person),
        *(_consent(assistance) for assistance in assistances),
        *(_request(request) for request in DataRequest.objects.filter(person=person).order_by("pk")),
    ]
    files: dict[str, File[Any]] = {
        f"{assistance.pk}-{assistance.scan_name}": assistance.scan for assistance in assistances if assistance.scan
    }
    return PersonalData(records, dict(LABELS), files)


def consents_of(person: Person, access: Access) -> list[Assistance]:
    """Return the consents of a person, newest first. One query."""
    mine = Assistance.objects.filter(person=person, organisation__in=access.organisation_ids())
    return list(mine.select_related("official", "procedure").order_by("-pk"))


def _representations(person: Person) -> list[dict[str, Any]]:
    rows = Representation.objects.filter(Q(person=person) | Q(representative=person))
    return [
        {
            "what": str(_("Le representa")) if row.person_id == person.pk else str(_("Representa a")),
            "with": row.representative.name if row.person_id == person.pk else row.person.name,
            "title": row.get_title_display(),
            "since": row.since,
            "until": row.until,
            "evidence": row.evidence,
        }
        for row in rows.select_related("person", "representative").order_by("pk")
    ]


def _consent(assistance: Assistance) -> dict[str, Any]:
    return {
        "what": str(_("Consentimiento para ser asistida")),
        "scope": assistance.scope,
        "moment": assistance.consented_at,
        "official": assistance.official.name,
        "text": assistance.text,
        "revoked_at": assistance.revoked_at,
    }


def _request(request: DataRequest) -> dict[str, Any]:
    return {
        "what": str(request.get_kind_display()),
        "moment": request.asked_at,
        "state": str(request.get_state_display()),
    }
