"""The same act on many tickets: what was asked, and what came of it for each."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import OrganisationOwned
from mostrador.tickets.choices import BulkItemState, BulkKind
from mostrador.tickets.models.tickets import Ticket


class BulkAct(OrganisationOwned):
    """One act on many tickets, of whoever asked for it at an organisation."""

    kind = models.CharField(_("qué"), max_length=16, choices=BulkKind)
    # Keys and words that the act needs; the words of an answer are cleared once it has been sent.
    values = models.JSONField(default=dict)
    # What it does, in the words of the page.
    words = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién"))
    asked_at = models.DateTimeField(_("pedido"))
    finished_at = models.DateTimeField(_("terminado"), null=True)
    undo_asked_at = models.DateTimeField(_("pedido deshacer"), null=True)
    undone_at = models.DateTimeField(_("deshecho"), null=True)
    # Of the form that asked for it, so that pressing twice does it once.
    idempotency_key = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("acto sobre varias consultas")
        verbose_name_plural = _("actos sobre varias consultas")
        constraints = [models.UniqueConstraint(fields=["by", "idempotency_key"], name="bulk_act_once")]
        indexes = [models.Index(fields=["asked_at"], name="bulk_act_by_age")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class BulkItem(models.Model):
    """One ticket of such an act."""

    act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="items")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=BulkItemState, default=BulkItemState.WAITING)
    # Why it was refused, or could not be undone, in words.
    reason = models.CharField(max_length=300, blank=True)
    # The columns that the act changed, before and after.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("consulta de un acto")
        verbose_name_plural = _("consultas de un acto")
        constraints = [models.UniqueConstraint(fields=["act", "ticket"], name="bulk_item_once")]
        indexes = [
            # What is left to do.
            models.Index(fields=["act", "id"], condition=Q(state="waiting"), name="bulk_item_waiting")
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"
