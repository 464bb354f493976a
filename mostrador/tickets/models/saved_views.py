"""Views that people have made for themselves and for each other."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.organisations.models import OrganisationOwned, Team
from mostrador.tickets.choices import RESTRICTED_ROLES, ViewColumn, ViewOf, ViewSort
from mostrador.tickets.rules.conditions import Filter


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Filters with a name."""

    def kept(self) -> Self:
        """Not taken away."""
        return self.filter(removed_at__isnull=True)

    def visible_to(self, access: Access) -> Self:
        """One's own at the visited organisation, and shared ones: of one's teams, or all of them to who supervises."""
        mine = Q(owner=access.user)
        shared = Q(owner__isnull=True)
        if not access.has(*RESTRICTED_ROLES):
            shared &= Q(team__isnull=True) | Q(team__in=access.team_ids)
        return self.filter(mine | shared, organisation=access.visited)


class SavedView(OrganisationOwned):
    """A list of tickets by conditions: somebody's own, a team's, or the whole organisation's (neither of the two)."""

    name = models.CharField(_("nombre"), max_length=60)
    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("de quién es")
    )
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("equipo")
    )
    of = models.CharField(_("entre cuáles"), max_length=8, choices=ViewOf, default=ViewOf.OPEN)
    # {"all": [conditions], "any": [conditions]}, as `rules.conditions.Filter` writes them.
    asked = models.JSONField(_("condiciones"), default=dict, blank=True)
    sort = models.CharField(_("orden"), max_length=8, choices=ViewSort, default=ViewSort.DUE)
    columns = ArrayField(
        models.CharField(max_length=12, choices=ViewColumn), verbose_name=_("columnas"), default=list, blank=True
    )
    position = models.PositiveSmallIntegerField(_("lugar"), default=0)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Undone within a day; then the row goes.
    removed_at = models.DateTimeField(_("borrada"), null=True, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("vista")
        verbose_name_plural = _("vistas")
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(team__isnull=True), name="saved_view_of_one_person_or_team"
            ),
        ]
        indexes = [
            # Beside every list of the desk.
            models.Index(
                fields=["organisation", "position", "id"],
                condition=Q(removed_at__isnull=True),
                name="saved_view_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def filter(self) -> Filter:
        """Its conditions."""
        return Filter.read(self.asked)

    @property
    def is_shared(self) -> bool:
        """Whether others use it too."""
        return self.owner_id is None


class DeskStart(OrganisationOwned):
    """With which list somebody begins: one of the desk's, or the key of a saved view."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    starts_with = models.CharField(_("lista"), max_length=24)

    class Meta:
        verbose_name = _("lista con la que se empieza")
        verbose_name_plural = _("listas con las que se empieza")
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="desk_start_once")]

    def __str__(self) -> str:
        return self.starts_with
