"""Calls and visits as they were written down, and how long words are kept."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import OrganisationOwned
from mostrador.tickets.choices import Channel, TicketKind
from mostrador.tickets.models.tickets import Ticket


class DeskContact(models.Model):
    """One call or visit that the desk wrote down, in the ticket that it opened or that it was about."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="desk_contacts")
    channel = models.CharField(_("canal"), max_length=12, choices=Channel)
    office = models.CharField(_("oficina o mesa"), max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutos"), default=0)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién la anotó"))
    written_at = models.DateTimeField(_("anotada"))
    # The form carried this key, so that pressing twice writes one down.
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        verbose_name = _("llamada o visita")
        verbose_name_plural = _("llamadas y visitas")

    def __str__(self) -> str:
        return f"#{self.pk} {self.channel}"


class RetentionRule(OrganisationOwned):
    """For how many days after its closing the words of a ticket of this kind are kept."""

    kind = models.CharField(_("clase"), max_length=32, choices=TicketKind)
    days = models.PositiveIntegerField(_("días"))

    class Meta:
        verbose_name = _("plazo de conservación")
        verbose_name_plural = _("plazos de conservación")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind"], name="retention_rule_once_per_kind"),
            models.CheckConstraint(condition=Q(days__gte=1), name="retention_rule_some_days"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.days}"


class RetentionRun(OrganisationOwned):
    """What was erased on one day because its time was over, by rule; the report stays when the words are gone."""

    on = models.DateField(_("día"))
    finished_at = models.DateTimeField(_("terminó"))
    # A list of lines such as {"kind": "support", "days": 1826, "tickets": 3, "messages": 9, "files": 1}.
    erased = models.JSONField(_("qué se suprimió"), default=list)
    people = models.PositiveIntegerField(_("personas"), default=0)

    class Meta:
        verbose_name = _("supresión por plazo")
        verbose_name_plural = _("supresiones por plazo")
        constraints = [models.UniqueConstraint(fields=["organisation", "on"], name="retention_run_once_a_day")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.on}"
