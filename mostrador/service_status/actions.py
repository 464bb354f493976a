"""How incidents of the service begin and end."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation
from mostrador.service_status.models import Incident
from mostrador.shared.errors import ActionRefused


@transaction.atomic
def open_incident(
    organisation: Organisation, *, title: str, author: User, description: str = "", began_at: datetime | None = None
) -> Incident:
    """Say that something of the sede fails for many.

    Args:
        organisation: Whose sede.
        title: In one line.
        author: Who says so.
        description: What is known.
        began_at: Since when, aware; now when unknown.

    Raises:
        ActionRefused: There is no title, or it would begin in the future.
    """
    now, title = timezone.now(), " ".join(title.split())[:160]
    if not title:
        raise ActionRefused(_("Escriba qué ocurre."))
    if began_at is not None and began_at > now:
        raise ActionRefused(_("Una incidencia no puede empezar en el futuro. Corrija la hora."))
    incident = Incident.objects.create(
        organisation=organisation,
        title=title,
        description=description,
        began_at=began_at or now,
        opened_by=author,
    )
    record("service_status.incident_opened", incident, actor=author)
    return incident


@transaction.atomic
def end_incident(incident: Incident, *, author: User) -> None:
    """Say that it works again. Ending it twice changes nothing."""
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if incident.ended_at is not None:
        return
    incident.ended_at = timezone.now()
    incident.save(update_fields=["ended_at"])
    record("service_status.incident_ended", incident, actor=author)
