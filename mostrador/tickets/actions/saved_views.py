"""Views: made, changed, copied, moved, shared and taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation, Team
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import language_name
from mostrador.tickets.choices import ViewColumn, ViewOf, ViewSort
from mostrador.tickets.models import DeskStart, SavedView
from mostrador.tickets.permissions import may_change_view, may_share_views
from mostrador.tickets.queries.saved_views import UNDO_REMOVAL_WITHIN
from mostrador.tickets.rules.conditions import Condition, Filter

MOST_VIEWS = 60  # of one person, and shared ones of one organisation
MOST_CONDITIONS = 30


@dataclass(frozen=True, slots=True)
class Described:
    """What a view shows and for whom.

    Attributes:
        name: At most 60 characters.
        asked: Conditions.
        of: Which tickets it chooses from.
        sort: In which order.
        columns: What it says of each.
        team: For whom it is; with `is_shared` and no team, for the whole organisation.
        is_shared: Whether others use it too.
    """

    name: str
    asked: Filter
    of: str = ViewOf.OPEN
    sort: str = ViewSort.DUE
    columns: Sequence[str] = ()
    team: Team | None = None
    is_shared: bool = False


@transaction.atomic
def create_view(organisation: Organisation, described: Described, *, access: Access) -> SavedView:
    """Keep a new view, last of its kind.

    Raises:
        ActionRefused: Shared views are made by who supervises; there are 60 already; or it has too many conditions.
    """
    _refuse(described, access)
    views = _neighbours(organisation, None if described.is_shared else access.user)
    if views.count() >= MOST_VIEWS:
        raise ActionRefused(_("Ya hay %(count)s vistas. Borre alguna que no use.") % {"count": MOST_VIEWS})
    view = SavedView(organisation=organisation, created_by=access.user, position=_last(views))
    _describe(view, described, access.user)
    view.save()
    record("tickets.view_created", view, actor=access.user)
    return view


@transaction.atomic
def change_view(view: SavedView, described: Described, *, access: Access) -> None:
    """Change what a view shows, its name, or for whom it is.

    Raises:
        ActionRefused: It is not for this person to change, or to share.
    """
    view = _locked(view, access)
    _refuse(described, access)
    if described.is_shared != view.is_shared:
        view.position = _last(_neighbours(view.organisation, None if described.is_shared else access.user))
    _describe(view, described, access.user)
    view.save()
    record("tickets.view_changed", view, actor=access.user)


@transaction.atomic
def copy_view(view: SavedView, *, access: Access) -> SavedView:
    """Make a copy of a view for oneself."""
    described = Described(
        name=(_("%(name)s (copia)") % {"name": view.name})[:60],
        asked=view.filter,
        of=view.of,
        sort=view.sort,
        columns=view.columns,
    )
    return create_view(view.organisation, described, access=access)


@transaction.atomic
def remove_view(view: SavedView, *, access: Access) -> None:
    """Take a view away; it can be brought back for a day.

    Raises:
        ActionRefused: It is not for this person to take away.
    """
    view = _locked(view, access)
    now = timezone.now()
    SavedView.objects.filter(organisation=view.organisation_id, removed_at__lt=now - UNDO_REMOVAL_WITHIN).delete()
    view.removed_at = now
    view.save(update_fields=["removed_at"])
    record("tickets.view_removed", view, actor=access.user)


@transaction.atomic
def restore_view(view: SavedView, *, access: Access) -> None:
    """Bring back a view that was taken away.

    Raises:
        ActionRefused: It is not for this person to bring back.
    """
    view = _locked(view, access)
    if view.removed_at is None:
        return
    view.removed_at = None
    view.save(update_fields=["removed_at"])
    record("tickets.view_restored", view, actor=access.user)


@transaction.atomic
def move_view(view: SavedView, *, up: bool, access: Access) -> None:
    """Put a view one place higher or lower among one's own, or among the shared ones.

    Raises:
        ActionRefused: It is not for this person to move.
    """
    view = _locked(view, access)
    views = list(_neighbours(view.organisation, view.owner).order_by("position", "pk").select_for_update())
    place = next(number for number, each in enumerate(views) if each.pk == view.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(views):
        views[place], views[other] = views[other], views[place]
    for position, each in enumerate(views):
        each.position = position
    SavedView.objects.bulk_update(views, ["position"])


@transaction.atomic
def begin_with(organisation: Organisation, starts_with: str, *, user: User) -> None:
    """Keep with which list the desk opens for somebody: one of `DeskList` or the key of a view; "" for the usual."""
    if not starts_with:
        DeskStart.objects.filter(organisation=organisation, user=user).delete()
        return
    DeskStart.objects.update_or_create(organisation=organisation, user=user, defaults={"starts_with": starts_with})


@transaction.atomic
def set_up_views(organisation: Organisation) -> None:
    """Give an organisation that has no shared views those that most desks want. Safe to run any number of times."""
    if SavedView.objects.filter(organisation=organisation, owner=None).exists():
        return
    with translation.override(organisation.default_language):
        views = [
            Described(
                _("Su plazo acaba pronto"),
                Filter((Condition("person_deadline_on", "due_within", "7d"),)),
                columns=[ViewColumn.DEADLINE, ViewColumn.STATE, ViewColumn.TERM, ViewColumn.WHO],
            ),
            Described(
                _("Sin movimiento hace una semana"),
                Filter((Condition("last_activity_at", "older_than", "7d"),)),
                sort=ViewSort.QUIET,
                columns=[ViewColumn.ACTIVITY, ViewColumn.STATE, ViewColumn.WHO],
            ),
            Described(_("Reabiertas"), Filter((Condition("reopenings", "at_least", 1),))),
            *(
                Described(
                    _("En %(language)s") % {"language": language_name(language)},
                    Filter((Condition("language", "in", [language]),)),
                )
                for language in organisation.languages
                if language != organisation.default_language
            ),
        ]
    for position, described in enumerate(views):
        view = SavedView(organisation=organisation, position=position)
        _describe(view, described, None)
        view.save()


def _describe(view: SavedView, described: Described, user: User | None) -> None:
    view.name, view.of, view.sort = described.name, described.of, described.sort
    view.asked, view.columns = described.asked.written(), list(described.columns)
    view.team = described.team if described.is_shared else None
    view.owner = None if described.is_shared or user is None else user


def _refuse(described: Described, access: Access) -> None:
    if described.is_shared and not may_share_views(access):
        raise ActionRefused(_("Las vistas de un equipo o de todos las guarda quien supervisa. Guárdela para usted."))
    if len(described.asked.conditions) > MOST_CONDITIONS:
        raise ActionRefused(
            _("Una vista tiene como mucho %(count)s condiciones. Quite alguna.") % {"count": MOST_CONDITIONS}
        )


def _locked(view: SavedView, access: Access) -> SavedView:
    view = SavedView.objects.select_for_update(of=("self",)).select_related("organisation", "owner").get(pk=view.pk)
    if not may_change_view(access, view):
        raise ActionRefused(_("Esta vista la cambia quien supervisa. Puede hacer una copia para usted."))
    return view


def _neighbours(organisation: Organisation, owner: User | None) -> Any:
    return SavedView.objects.kept().filter(organisation=organisation, owner=owner)


def _last(views: Any) -> int:
    last = views.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1
