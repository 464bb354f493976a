"""Surveys sent after a ticket is resolved."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import OrganisationOwned
from mostrador.tickets.models import Ticket


class Survey(OrganisationOwned):
    """One request for an opinion, answered or not. Its link is used once."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(_("enviada"))
    expires_at = models.DateTimeField(_("caduca"))
    score = models.PositiveSmallIntegerField(_("puntuación"), null=True)
    comment = models.CharField(_("comentario"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("contestada"), null=True)

    class Meta:
        verbose_name = _("encuesta")
        verbose_name_plural = _("encuestas")
        constraints = [
            models.UniqueConstraint(fields=["ticket"], name="survey_once_per_ticket"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(1, 5)), name="survey_score_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True, answered_at__isnull=True)
                | Q(score__isnull=False, answered_at__isnull=False),
                name="survey_answer_has_date",
            ),
        ]
        indexes = [
            # What the desk reads: answers of one organisation, newest first.
            models.Index(
                fields=["organisation", "-answered_at", "-id"],
                condition=Q(answered_at__isnull=False),
                name="survey_answers_newest_first",
            ),
            # Retention: old answers that still have words.
            models.Index(fields=["answered_at"], condition=~Q(comment=""), name="survey_with_comment"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} about ticket #{self.ticket_id}"
