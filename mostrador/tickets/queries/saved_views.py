"""The views that somebody may see and arrange."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation, Team
from mostrador.tickets.models import SavedView
from mostrador.tickets.permissions import may_change_view

UNDO_REMOVAL_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """A view where views are arranged."""

    view: SavedView
    may_change: bool


def visible_views(access: Access) -> QuerySet[SavedView]:
    """Return the views that somebody may open at the visited organisation. No query yet."""
    return SavedView.objects.visible_to(access).kept().select_related("team", "owner")


def arranged(access: Access) -> tuple[list[Listed], list[Listed]]:
    """Return one's own views, and those that are shared, in their order. One query."""
    views = [Listed(view, may_change_view(access, view)) for view in visible_views(access).order_by("position", "pk")]
    return [each for each in views if not each.view.is_shared], [each for each in views if each.view.is_shared]


def removed_views(access: Access) -> list[SavedView]:
    """Return what was taken away within the last day and this person may bring back, the last one first. One query."""
    since = timezone.now() - UNDO_REMOVAL_WITHIN
    views = SavedView.objects.visible_to(access).filter(removed_at__gte=since).select_related("team", "owner")
    return [view for view in views.order_by("-removed_at", "-pk") if may_change_view(access, view)]


def teams_to_share_with(organisation: Organisation) -> QuerySet[Team]:
    """Return the teams at work that a view may be for: the organisation's, and those above that help it."""
    return Team.objects.filter(organisation__in=organisation.lineage, is_active=True).order_by("name", "pk")
