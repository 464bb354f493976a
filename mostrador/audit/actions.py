"""Write to the audit record."""

from typing import Any, Protocol

from django.db import models
from django.utils import timezone

from mostrador.audit.models import Event


class Actor(Protocol):
    """Whoever acts: a user of the accounts app, which stands above this one."""

    pk: Any
    name: Any


def record(
    verb: str,
    subject: models.Model,
    *,
    actor: Actor | None = None,
    organisation: models.Model | None = None,
    details: dict[str, Any] | None = None,
) -> Event:
    """Add one line, in the caller's transaction; a job seals it into the chain within a minute.

    Args:
        verb: Past tense with its app in front: "tickets.replied".
        subject: The row acted upon; its `organisation_id` owns the line unless `organisation` is given.
        actor: Who did it; None means the system itself or the public.
        organisation: For rows that belong to no organisation, or are one.
        details: Values worth keeping; never personal data of the public.
    """
    owner = organisation.pk if organisation else getattr(subject, "organisation_id", subject.pk)
    return Event.objects.create(
        organisation_id=owner,
        at=timezone.now(),
        actor_id=actor.pk if actor else None,
        actor_name=str(actor.name) if actor else "",
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_label=str(getattr(subject, "reference", "") or getattr(subject, "name", ""))[:200],
        details=details or {},
    )
