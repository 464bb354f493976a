"""What each organisation does with the kinds of tickets, and the legal terms that run."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import OrganisationOwned, Team
from mostrador.organisations.rules.legal_terms import Unit
from mostrador.tickets.choices import TicketKind
from mostrador.tickets.models.tickets import Ticket


class KindSettings(OrganisationOwned):
    """How an organisation, and those below it that say nothing else, handles one kind of ticket."""

    kind = models.CharField(_("clase"), max_length=32, choices=TicketKind)
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("equipo")
    )
    is_offered = models.BooleanField(_("se ofrece al público"), default=True)
    # Language → text, in place of the ones that come with the program.
    acknowledgements = models.JSONField(_("acuse de recibo"), default=dict, blank=True)
    replies = models.JSONField(_("plantilla de respuesta"), default=dict, blank=True)

    class Meta:
        verbose_name = _("clase de consulta")
        verbose_name_plural = _("clases de consultas")
        constraints = [models.UniqueConstraint(fields=["organisation", "kind"], name="kind_settings_once")]

    def __str__(self) -> str:
        return self.kind


class LegalTerm(models.Model):
    """The term that the law sets for answering one ticket, as it was counted.

    `Ticket.legal_due_at` is the end of its last day, for lists; here is how that day came about.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="legal_term")
    amount = models.PositiveSmallIntegerField(_("cuánto"))
    unit = models.CharField(_("unidad"), max_length=14, choices=[(unit.value, unit.value) for unit in Unit])
    last_day = models.DateField(_("último día"))
    # Some year that decided it has no confirmed calendar: the date has no legal effect yet.
    is_provisional = models.BooleanField(_("provisional"), default=False)
    # While it is suspended: since when, until when at most, and the working days that were left.
    suspended_on = models.DateField(_("suspendido el"), null=True, blank=True)
    resumes_by = models.DateTimeField(_("se reanuda como tarde"), null=True, blank=True)
    days_left = models.PositiveSmallIntegerField(_("días hábiles que quedaban"), null=True, blank=True)
    suspensions = models.PositiveSmallIntegerField(_("suspensiones"), default=0)
    extended_at = models.DateTimeField(_("ampliado"), null=True, blank=True)
    reason = models.TextField(_("motivo de la suspensión o ampliación"), blank=True)

    class Meta:
        verbose_name = _("plazo legal")
        verbose_name_plural = _("plazos legales")
        constraints = [
            models.CheckConstraint(
                condition=Q(suspended_on__isnull=True, resumes_by__isnull=True, days_left__isnull=True)
                | Q(suspended_on__isnull=False, resumes_by__isnull=False, days_left__isnull=False),
                name="legal_term_suspended_wholly",
            ),
        ]
        indexes = [
            models.Index(
                fields=["resumes_by", "id"], condition=Q(resumes_by__isnull=False), name="legal_term_to_resume"
            ),
        ]

    def __str__(self) -> str:
        return f"of ticket #{self.ticket_id}"
