"""Rules of automation, and what each has done."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation, OrganisationOwned
from mostrador.tickets.choices import RULE_KEEPERS, Happening, RunOutcome
from mostrador.tickets.models.tickets import Ticket


class RuleQuerySet(models.QuerySet["Rule"]):
    """Filters with a name."""

    def for_tickets_of(self, organisation: Organisation) -> Self:
        """Rules at work for the organisation's tickets, in the order in which they apply: its ancestors' first."""
        return self.filter(organisation__in=organisation.lineage, is_active=True).order_by(
            "organisation__path", "position", "pk"
        )

    def visible_to(self, access: Access) -> Self:
        """Rules of the organisations where this user keeps rules."""
        return self.filter(organisation__in=access.organisation_ids(*RULE_KEEPERS))


class Rule(OrganisationOwned):
    """When something happens, if the ticket is so, then do this; for the organisation and its descendants."""

    name = models.CharField(_("nombre"), max_length=120)
    happening = models.CharField(_("cuándo"), max_length=24, choices=Happening)
    # All must hold (`rules.conditions.Condition`, as written).
    conditions = models.JSONField(_("si"), default=list, blank=True)
    # In order (`rules.automation.Deed`, as written).
    deeds = models.JSONField(_("entonces"), default=list)
    # What is said of an automated act (Ley 40/2015, art. 41): what for, and who answers for it. Nobody in particular in
    # the rules that a new office begins with: the organisation does.
    purpose = models.CharField(_("para qué"), max_length=300, blank=True)
    responsible = models.ForeignKey(
        User, verbose_name=_("responsable"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    position = models.PositiveSmallIntegerField(_("orden"), default=0)
    is_active = models.BooleanField(_("en marcha"), default=False)
    # Why the product itself stopped it: what it compares with was deleted, for example.
    stopped_because = models.CharField(_("parada porque"), max_length=200, blank=True)
    # Its key in the set that a new office begins with, or that of the form that made it, so that it is made once.
    origin = models.CharField(max_length=40, blank=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("regla")
        verbose_name_plural = _("reglas")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "origin"], condition=~models.Q(origin=""), name="rule_origin_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "position"], name="rule_in_order")]

    def __str__(self) -> str:
        return self.name


class RuleRun(models.Model):
    """What one rule did with one ticket, once; the record of automated acts (Ley 40/2015, art. 41)."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="runs")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    ran_at = models.DateTimeField(_("momento"))
    happening = models.CharField(max_length=24, choices=Happening)
    outcome = models.CharField(_("resultado"), max_length=10, choices=RunOutcome)
    # Of each deed: {"deed": "add_tag", "refused": "why not, if so"}.
    done = models.JSONField(default=list)
    # The rules whose deeds led here, the first one first.
    chain = ArrayField(models.BigIntegerField(), default=list)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("ejecución de una regla")
        verbose_name_plural = _("ejecuciones de las reglas")
        indexes = [
            models.Index(F("rule"), F("ran_at").desc(), name="rule_run_newest"),
            models.Index(fields=["ticket", "rule", "-ran_at"], name="rule_run_of_ticket"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} of rule #{self.rule_id}"
