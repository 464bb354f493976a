"""Organisations themselves: making, describing and moving them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.audit.actions import Actor, record
from mostrador.organisations.actions import calendars, hosts, hours, teams
from mostrador.organisations.actions.changes import calendars_changed, save_changes
from mostrador.organisations.choices import TimeZone
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused

DETAILS = frozenset(
    {
        "name",
        "short_name",
        "dir3_code",
        "languages",
        "default_language",
        "time_zone",
        "region",
        "sede_url",
        "email",
        "phone",
        "postal_address",
    }
)


@transaction.atomic
def create_organisation(
    name: str,
    *,
    host: str,
    parent: Organisation | None = None,
    details: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
    is_sample: bool = False,
    ready: bool = True,
) -> Organisation:
    """Add a public body that answers at a host name.

    Args:
        name: Full name.
        host: Host name without port.
        parent: The body it depends on, whose languages, zone and community it takes unless `details` says otherwise.
        details: Any other of `DETAILS`.
        actor: Who did it.
        is_sample: It goes with `mostrador sample --remove`.
        ready: Add what a desk needs to start: a team, hours from 9 to 14 and the computed days of two years.

    Raises:
        ActionRefused: The host name is taken, or the main language is not among those offered.
    """
    values = _inherited(parent) | {"name": name, "short_name": name[:60]} | _known(details or {})
    _check_languages(values["languages"], values["default_language"])
    organisation = Organisation.objects.create(parent=parent, is_sample=is_sample, **values)
    organisation.path = f"{parent.path if parent else '/'}{organisation.pk}/"
    organisation.save(update_fields=["path"])
    record("organisations.created", organisation, actor=actor, organisation=organisation, details={"host": host})
    hosts.add_host(organisation, host, actor=actor)
    if ready:
        _make_ready(organisation, actor=actor)
    return organisation


@transaction.atomic
def describe_organisation(organisation: Organisation, changes: Mapping[str, Any], *, actor: Actor | None) -> None:
    """Change an organisation's data. Another zone or community changes its working time from now on.

    Raises:
        ActionRefused: The main language is not among those offered.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    values = _known(changes)
    _check_languages(
        values.get("languages", organisation.languages), values.get("default_language", organisation.default_language)
    )
    save_changes(organisation, values, verb="organisations.described", actor=actor, organisation=organisation)
    if {"time_zone", "region"} & values.keys():
        calendars_changed(organisation)


@transaction.atomic
def move_organisation(organisation: Organisation, *, parent: Organisation | None, actor: Actor | None) -> None:
    """Make an organisation, with all that depend on it, depend on another one or on none.

    Memberships "with descendants" of its old ancestors no longer reach it; those of the new ones do.

    Raises:
        ActionRefused: The new parent is the organisation itself or depends on it.
    """
    list(Organisation.objects.select_for_update().order_by("pk").values_list("pk"))  # the tree moves one at a time
    organisation.refresh_from_db(fields=["path", "parent"])
    if parent is not None:
        parent.refresh_from_db(fields=["path"])
        if parent.path.startswith(organisation.path):
            raise ActionRefused(
                _("Una entidad no puede depender de sí misma ni de otra que depende de ella. Elija otra.")
            )
    before, after = organisation.path, f"{parent.path if parent else '/'}{organisation.pk}/"
    if before == after:
        return
    Organisation.objects.filter(path__startswith=before).update(
        path=Concat(Value(after), Substr(F("path"), Length(Value(before)) + 1))
    )
    organisation.parent, organisation.path = parent, after
    organisation.save(update_fields=["parent"])
    record(
        "organisations.moved",
        organisation,
        actor=actor,
        organisation=organisation,
        details={"path": [before, after]},
    )
    calendars_changed(organisation)


def _inherited(parent: Organisation | None) -> dict[str, Any]:
    if parent is None:
        language = settings.LANGUAGE_CODE
        return {"languages": [language], "default_language": language, "time_zone": TimeZone.MADRID.value, "region": ""}
    names = ("languages", "default_language", "time_zone", "region", "accent", "typeface")
    return {name: getattr(parent, name) for name in names}


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse what is not the organisation's data: theme, path and version have actions of their own."""
    if unknown := values.keys() - DETAILS:
        raise ValueError(f"not data of an organisation: {', '.join(sorted(unknown))}")
    return dict(values)


def _check_languages(languages: Sequence[str], default: str) -> None:
    offered = dict(settings.LANGUAGES)
    if not languages or any(language not in offered for language in languages):
        raise ActionRefused(_("Elija al menos un idioma de la lista."))
    if default not in languages:
        raise ActionRefused(_("El idioma principal tiene que ser uno de los que se ofrecen. Márquelo también."))


def _make_ready(organisation: Organisation, *, actor: Actor | None) -> None:
    teams.create_team(organisation, name=_("Soporte"), is_default=True, actor=actor)
    if organisation.parent is None:
        hours.save_timetable(organisation, hours.MORNINGS, name=_("Horario habitual"), actor=actor)
    today = timezone.localdate()
    for year in (today.year, today.year + 1):
        calendars.compute_year(organisation, year, actor=actor)
