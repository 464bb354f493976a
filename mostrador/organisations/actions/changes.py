"""What the actions of this app share: saving what changed, and telling that calendars did."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.db import models

from mostrador.audit.actions import Actor, record
from mostrador.organisations.models import Organisation


def save_changes(
    row: models.Model,
    values: Mapping[str, Any],
    *,
    verb: str,
    actor: Actor | None,
    organisation: Organisation | None = None,
) -> bool:
    """Save the values that differ and record them with what they were; tell whether any did."""
    changed = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return False
    for name, (_before, after) in changed.items():
        setattr(row, name, after)
    row.save(update_fields=list(changed))
    details = {name: [_plain(before), _plain(after)] for name, (before, after) in changed.items()}
    record(verb, row, actor=actor, organisation=organisation, details={"changed": details})
    return True


def calendars_changed(organisation: Organisation) -> None:
    """Make every process read the calendars again of an organisation and of those under it, which may inherit them."""
    version = uuid4()
    Organisation.objects.under(organisation).update(calendar_version=version)
    organisation.calendar_version = version


def _plain(value: Any) -> Any:
    """Return a value as the audit record keeps it."""
    if isinstance(value, models.Model):
        return value.pk
    return value if isinstance(value, (str, int, bool, list, dict, type(None))) else str(value)
