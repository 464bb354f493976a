"""Teams of an organisation. A team is never deleted: what it answered keeps its name."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mostrador.audit.actions import Actor, record
from mostrador.organisations.actions.changes import save_changes
from mostrador.organisations.models import Organisation, Team
from mostrador.shared.errors import ActionRefused


@transaction.atomic
def create_team(
    organisation: Organisation,
    *,
    name: str,
    signature: str = "",
    is_default: bool = False,
    slug: str = "",
    actor: Actor | None,
) -> Team:
    """Add a team. The first one of an organisation takes its new tickets."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    is_default = is_default or not Team.objects.filter(organisation=organisation, is_default=True).exists()
    if is_default:
        Team.objects.filter(organisation=organisation, is_default=True).update(is_default=False)
    team = Team.objects.create(
        organisation=organisation,
        name=name,
        slug=_free_slug(organisation, slug or slugify(name)),
        signature=signature,
        is_default=is_default,
    )
    record("organisations.team_created", team, actor=actor)
    return team


@transaction.atomic
def describe_team(team: Team, *, name: str, signature: str, is_default: bool, actor: Actor | None) -> None:
    """Change a team's data, or let it take the new tickets in place of another one.

    Raises:
        ActionRefused: No team would take the new tickets any more.
    """
    team = Team.objects.select_for_update().get(pk=team.pk)
    if team.is_default and not is_default:
        raise ActionRefused(
            _("Este equipo recibe las consultas nuevas. Para cambiarlo, marque la casilla en otro equipo.")
        )
    values: dict[str, Any] = {"name": name, "signature": signature, "is_default": is_default}
    if is_default and not team.is_default:
        Team.objects.filter(organisation=team.organisation_id, is_default=True).update(is_default=False)
    save_changes(team, values, verb="organisations.team_described", actor=actor)


@transaction.atomic
def retire_team(team: Team, *, actor: Actor | None) -> None:
    """Take a team out of every list; what it has open stays with it until somebody moves it.

    Raises:
        ActionRefused: It takes the new tickets.
    """
    team = Team.objects.select_for_update().get(pk=team.pk)
    if team.is_default:
        raise ActionRefused(_("Este equipo recibe las consultas nuevas. Antes de retirarlo, encárgueselas a otro."))
    save_changes(team, {"is_active": False}, verb="organisations.team_retired", actor=actor)


@transaction.atomic
def restore_team(team: Team, *, actor: Actor | None) -> None:
    """Bring a retired team back."""
    save_changes(team, {"is_active": True}, verb="organisations.team_restored", actor=actor)


def _free_slug(organisation: Organisation, wanted: str) -> str:
    base = (wanted or "equipo")[:50]
    taken = set(Team.objects.filter(organisation=organisation, slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)
