"""Who may act for whom."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import OrganisationOwned
from mostrador.people.choices import TitleKind
from mostrador.people.models.persons import Person


class RepresentationQuerySet(models.QuerySet["Representation"]):
    """Filters over representations."""

    def valid_on(self, day: date) -> Self:
        """In force on that day, of people whose data were not erased."""
        return self.filter(
            Q(until__isnull=True) | Q(until__gte=day),
            since__lte=day,
            ended_at__isnull=True,
            person__erased_at__isnull=True,
            representative__erased_at__isnull=True,
        )


class Representation(OrganisationOwned):
    """Somebody acts for a person or an organisation, by a title, for some time (Ley 39/2015, art. 5)."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="represented_by", verbose_name=_("a quién representa")
    )
    representative = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="represents", verbose_name=_("quién representa")
    )
    title = models.CharField(_("título"), max_length=12, choices=TitleKind)
    since = models.DateField(_("desde"))
    until = models.DateField(_("hasta"), null=True, blank=True)
    # Somebody said that it holds no more, whatever its last day was.
    ended_at = models.DateTimeField(_("terminada"), null=True)
    # Which document was seen, and where it is; never the document itself.
    evidence = models.CharField(_("cómo se acreditó"), max_length=300, blank=True)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(_("anotada"))

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        verbose_name = _("representación")
        verbose_name_plural = _("representaciones")
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("representative")), name="representation_of_another"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="representation_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"
