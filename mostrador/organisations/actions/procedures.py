"""Procedures (trámites) of the sede, about which people ask."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mostrador.audit.actions import Actor, record
from mostrador.organisations.actions.changes import save_changes
from mostrador.organisations.models import Organisation, Procedure
from mostrador.shared.errors import ActionRefused


@transaction.atomic
def create_procedure(
    organisation: Organisation, *, sia_code: str, names: Mapping[str, str], url: str = "", actor: Actor | None
) -> Procedure:
    """Add a procedure.

    Raises:
        ActionRefused: The organisation has one with this SIA code already.
    """
    try:
        with transaction.atomic():
            procedure = Procedure.objects.create(
                organisation=organisation, sia_code=sia_code, names=dict(names), url=url
            )
    except IntegrityError as problem:
        raise _code_taken(sia_code) from problem
    record("organisations.procedure_created", procedure, actor=actor)
    return procedure


@transaction.atomic
def describe_procedure(procedure: Procedure, changes: Mapping[str, Any], *, actor: Actor | None) -> None:
    """Change a procedure's code, names or address.

    Raises:
        ActionRefused: The organisation has another one with this SIA code.
    """
    try:
        with transaction.atomic():
            save_changes(procedure, changes, verb="organisations.procedure_described", actor=actor)
    except IntegrityError as problem:
        raise _code_taken(changes["sia_code"]) from problem


@transaction.atomic
def retire_procedure(procedure: Procedure, *, actor: Actor | None) -> None:
    """Take a procedure out of every list; what was asked about it keeps it."""
    save_changes(procedure, {"is_active": False}, verb="organisations.procedure_retired", actor=actor)


@transaction.atomic
def restore_procedure(procedure: Procedure, *, actor: Actor | None) -> None:
    """Bring a retired procedure back."""
    save_changes(procedure, {"is_active": True}, verb="organisations.procedure_restored", actor=actor)


def _code_taken(sia_code: str) -> ActionRefused:
    return ActionRefused(_("Ya hay un procedimiento con el código SIA %(code)s.") % {"code": sia_code})
