"""Records that may be of one person, and records that were joined."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import OrganisationOwned
from mostrador.people.choices import DuplicateReason
from mostrador.people.models.persons import Person


class PossibleDuplicate(OrganisationOwned):
    """Two records that look like one person; the nightly job finds them, somebody of the desk decides."""

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("por qué lo parecen"), max_length=8, choices=DuplicateReason)
    found_at = models.DateTimeField(_("encontrada"))
    # Somebody said that they are two people; they are not offered again.
    told_apart_at = models.DateTimeField(_("son personas distintas desde"), null=True)
    told_apart_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("posible duplicado")
        verbose_name_plural = _("posibles duplicados")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_in_order"),
        ]
        indexes = [
            # The list: what nobody has decided yet, newest first.
            models.Index(
                fields=["organisation", "-id"], condition=Q(told_apart_at__isnull=True), name="duplicate_undecided"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.first_id} and #{self.second_id}"


class Merge(OrganisationOwned):
    """Two records were joined; it can be undone for a day, and then only that it happened is kept."""

    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", verbose_name=_("la que queda"))
    gone = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", verbose_name=_("la que se unió"))
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    merged_at = models.DateTimeField(_("unidas"))
    # What was moved, by app: {"tickets": {"tickets": [12, 15]}}.
    moved = models.JSONField(_("qué se movió"), default=dict)
    # Values of the record that stayed, as they were and as they were chosen; emptied after a day.
    before = models.JSONField(_("valores anteriores"), default=dict)
    chosen = models.JSONField(_("valores elegidos"), default=dict)
    undone_at = models.DateTimeField(_("deshecha"), null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # When the other record was emptied, so that it cannot be undone any more.
    settled_at = models.DateTimeField(_("definitiva"), null=True)

    class Meta:
        verbose_name = _("unión de personas")
        verbose_name_plural = _("uniones de personas")
        indexes = [
            # Those that can still be undone.
            models.Index(
                fields=["merged_at"],
                condition=Q(settled_at__isnull=True, undone_at__isnull=True),
                name="merge_not_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.gone_id} into #{self.kept_id}"
