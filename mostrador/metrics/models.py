"""Roll-ups: what happened on one day to the tickets of one team and channel; figures never scan tickets."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import OrganisationOwned, Procedure, Team


class DailyRollup(OrganisationOwned):
    """One day of one team and channel, in the organisation's time zone.

    What concerns the first response counts on the day on which the contact was received, for the team that answered;
    resolution and satisfaction on the day of resolution, for the team that had it then. Histograms are
    {"minutes": how many}: they add up over days, and medians and percentiles are exact to the minute.
    """

    on = models.DateField(_("día"))
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    channel = models.CharField(_("canal"), max_length=12)
    received = models.PositiveIntegerField(default=0)
    responded = models.PositiveIntegerField(default=0)
    unanswered = models.PositiveIntegerField(default=0)  # received and not answered yet, or resolved without an answer
    spam = models.PositiveIntegerField(default=0)
    joined = models.PositiveIntegerField(default=0)  # to another contact, which counts for both
    response_elapsed = models.JSONField(default=dict)
    response_working = models.JSONField(default=dict)
    response_elapsed_seconds = models.BigIntegerField(default=0)  # sums, for exact means
    response_working_seconds = models.BigIntegerField(default=0)
    resolved = models.PositiveIntegerField(default=0)
    resolved_at_first_contact = models.PositiveIntegerField(default=0)
    provisional = models.PositiveIntegerField(default=0)  # of the resolved: less than 7 days ago
    surveyed = models.PositiveIntegerField(default=0)
    scores = models.JSONField(default=dict)  # {"5": how many}

    class Meta:
        verbose_name = _("resumen de un día")
        verbose_name_plural = _("resúmenes por día")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "on", "team", "channel"], nulls_distinct=False, name="daily_rollup_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.on} {self.team_id} {self.channel}"


class DailyUse(OrganisationOwned):
    """How often a procedure was asked about on one day: articles read and tickets received. No procedure: the rest."""

    on = models.DateField(_("día"))
    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, null=True, related_name="+")
    readings = models.PositiveIntegerField(_("lecturas"), default=0)
    tickets = models.PositiveIntegerField(_("consultas"), default=0)

    class Meta:
        verbose_name = _("uso de un día")
        verbose_name_plural = _("uso por día")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "on", "procedure"], nulls_distinct=False, name="daily_use_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.on} {self.procedure_id}"


class Progress(models.Model):
    """How far the roll-ups have followed what happens: one row for the whole installation."""

    last_message_id = models.BigIntegerField(default=0)
    surveys_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("avance de los resúmenes")
        verbose_name_plural = _("avance de los resúmenes")

    def __str__(self) -> str:
        return f"message #{self.last_message_id}"
