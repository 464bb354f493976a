"""Quality review: a sample of answered tickets, read again by somebody who did not answer them."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation, OrganisationOwned
from mostrador.tickets.models.tickets import Ticket


class QualitySample(OrganisationOwned):
    """Tickets drawn by lot from those resolved between two days."""

    since = models.DateField(_("desde"))
    until = models.DateField(_("hasta, incluido"))
    drawn_at = models.DateTimeField(_("sorteada"))
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién la sorteó"))

    class Meta:
        verbose_name = _("muestra de calidad")
        verbose_name_plural = _("muestras de calidad")
        indexes = [models.Index(fields=["organisation", "-drawn_at"], name="quality_sample_newest")]

    def __str__(self) -> str:
        return f"{self.since} – {self.until}"


class QualityReviewQuerySet(models.QuerySet["QualityReview"]):
    """Filters with a name."""

    def of(self, organisation: Organisation) -> Self:
        """Reviews of the organisation's samples."""
        return self.filter(sample__organisation=organisation)

    def done(self) -> Self:
        """Already written."""
        return self.filter(reviewed_at__isnull=False)


class QualityReview(models.Model):
    """What somebody found when reading one of them again."""

    sample = models.ForeignKey(QualitySample, on_delete=models.CASCADE, related_name="reviews")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    # Who answered last: whom the review is about, and who reads it.
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién respondió"))
    reviewer = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("quién la revisó")
    )
    reviewed_at = models.DateTimeField(_("revisada"), null=True)
    # Criterion → 0, 1 or 2; None where it does not apply.
    scores = models.JSONField(_("puntuación"), default=dict)
    comment = models.TextField(_("comentario"), blank=True)

    objects = QualityReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("revisión de calidad")
        verbose_name_plural = _("revisiones de calidad")
        constraints = [
            models.UniqueConstraint(fields=["sample", "ticket"], name="quality_review_once"),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True) | Q(reviewer__isnull=False), name="quality_review_has_reviewer"
            ),
        ]
        indexes = [models.Index(fields=["agent", "-reviewed_at"], name="quality_review_of_agent")]

    def __str__(self) -> str:
        return f"#{self.pk} of ticket #{self.ticket_id}"
