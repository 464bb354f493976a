"""What happens to the electronic office as a whole."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import OrganisationOwned


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Filters with a name."""

    def running(self) -> Self:
        """Begun and not ended."""
        return self.filter(ended_at__isnull=True)


class Incident(OrganisationOwned):
    """An interruption of the sede, or a part of it, that touches many people (ITIL: incident of the service)."""

    title = models.CharField(_("qué ocurre"), max_length=160)
    description = models.TextField(_("qué se sabe"), blank=True)
    began_at = models.DateTimeField(_("empezó"))
    ended_at = models.DateTimeField(_("terminó"), null=True, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién la abrió"))

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incidencia")
        verbose_name_plural = _("incidencias")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
                name="incident_ends_after_it_begins",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-began_at"], name="incident_newest_first"),
        ]

    def __str__(self) -> str:
        return self.title
