"""Fields of an organisation's own, and their answers on tickets."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import steps
from mostrador.tickets.choices import EventCode
from mostrador.tickets.models import CustomField, Ticket
from mostrador.tickets.queries.fields import fields_about
from mostrador.tickets.rules.fields import kept, key_from


@transaction.atomic
def save_answers(ticket: Ticket, *, author: User, answers: Mapping[str, Any]) -> None:
    """Write the answers to the fields of a ticket's topic; those to other and to removed fields stay as they were."""
    ticket = steps.locked(ticket)
    fields = fields_about(ticket.organisation, ticket.topic)
    asked = {field.key for field in fields}
    after = {key: value for key, value in ticket.custom.items() if key not in asked} | kept(fields, answers)
    changed = [field for field in fields if ticket.custom.get(field.key) != after.get(field.key)]
    if not changed:
        return
    now = timezone.now()
    ticket.custom = after
    names = ", ".join(field.name_in("es") for field in changed)
    steps.note_event(ticket, EventCode.FIELDS_CHANGED, names, now=now, author=author)
    steps.save(ticket, now)
    steps.done("tickets.fields_changed", ticket, actor=author, details={"fields": [field.key for field in changed]})


@transaction.atomic
def create_field(organisation: Organisation, values: Mapping[str, Any], *, actor: User | None) -> CustomField:
    """Add a field; its key is made from its Spanish name and never changes."""
    lineage = CustomField.objects.filter(organisation__in=organisation.lineage)
    below = CustomField.objects.filter(organisation__path__startswith=organisation.path)
    taken = [*lineage.values_list("key", flat=True), *below.values_list("key", flat=True)]
    key = key_from(values["names"]["es"], taken)
    row = CustomField.objects.create(organisation=organisation, key=key, **values)
    record("tickets.field_saved", row, actor=actor, organisation=organisation, details={"key": key})
    return row


@transaction.atomic
def change_field(row: CustomField, values: Mapping[str, Any], *, actor: User) -> None:
    """Change a field. Its kind stays: answers are kept as that kind.

    Raises:
        ActionRefused: It would depend on itself, also through others.
    """
    depends_on = values.get("depends_on")
    while depends_on is not None:
        if depends_on.pk == row.pk:
            raise ActionRefused(_("Un campo no puede depender de sí mismo. Elija otro."))
        depends_on = depends_on.depends_on
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    record("tickets.field_saved", row, actor=actor, organisation=row.organisation, details={"key": row.key})


@transaction.atomic
def remove_field(row: CustomField, *, actor: User) -> None:
    """Ask it no more; what was answered stays readable on the tickets."""
    row.removed_at = timezone.now()
    row.save(update_fields=["removed_at"])
    record("tickets.field_removed", row, actor=actor, organisation=row.organisation, details={"key": row.key})


@transaction.atomic
def restore_field(row: CustomField, *, actor: User) -> None:
    """Ask it again."""
    row.removed_at = None
    row.save(update_fields=["removed_at"])
    record("tickets.field_saved", row, actor=actor, organisation=row.organisation, details={"key": row.key})
