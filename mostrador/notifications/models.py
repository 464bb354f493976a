"""The outbox."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.notifications.choices import WAITING_STATES, DeliveryState, Problem
from mostrador.organisations.models import OrganisationOwned
from mostrador.people.models import Person


class OutgoingMessageQuerySet(models.QuerySet["OutgoingMessage"]):
    """Filters of the outbox."""

    def visible_to(self, access: Access) -> Self:
        """Messages of the organisations that this user administers."""
        return self.filter(organisation__in=access.organisation_ids(Role.ADMINISTRATOR))

    def waiting(self) -> Self:
        """Still to be sent."""
        return self.filter(state__in=WAITING_STATES)

    def dead(self) -> Self:
        """Given up on: waits for somebody."""
        return self.filter(state=DeliveryState.DEAD)

    def due(self, moment: datetime) -> Self:
        """To be sent, and its next attempt is not after `moment`."""
        return self.waiting().filter(next_attempt_at__lte=moment)


class OutgoingMessage(OrganisationOwned):
    """One e-mail, written in the transaction that caused it and sent by a job, at least once, with one Message-ID."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(_("motivo"), max_length=60)  # "tickets.reply": which template and which settings
    about = models.CharField(_("asunto de que trata"), max_length=80, blank=True)  # "tickets.ticket:12", a value
    to = models.EmailField(_("para"))
    sender = models.CharField(_("de"), max_length=500)
    subject = models.CharField(_("asunto"), max_length=250)
    text = models.TextField(_("texto"))
    html = models.TextField(_("texto con formato"), blank=True)
    language = models.CharField(_("idioma"), max_length=5)
    message_id = models.CharField("Message-ID", max_length=250, unique=True)
    in_reply_to = models.CharField("In-Reply-To", max_length=250, blank=True)
    references = models.TextField("References", blank=True)
    headers = models.JSONField(_("otras cabeceras"), default=dict, blank=True)
    state = models.CharField(_("estado"), max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("intentos"), default=0)
    problem = models.CharField(_("problema"), max_length=12, choices=Problem, blank=True)
    last_error = models.TextField(_("último error"), blank=True)
    created_at = models.DateTimeField(_("escrito"))
    next_attempt_at = models.DateTimeField(_("próximo intento"), null=True)
    sent_at = models.DateTimeField(_("enviado"), null=True)

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("mensaje de salida")
        verbose_name_plural = _("mensajes de salida")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="outbox_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["queued", "deferred"]) | Q(next_attempt_at__isnull=False),
                name="outbox_waiting_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="outbox_sent_has_moment"
            ),
        ]
        indexes = [
            # The page of the outbox: one organisation, newest first.
            models.Index(fields=["organisation", "-id"], name="outbox_newest_first"),
            # What waits for somebody.
            models.Index(fields=["organisation", "-id"], condition=Q(state="dead"), name="outbox_dead_letters"),
            # What the watchman looks for: due and not yet sent.
            models.Index(fields=["next_attempt_at"], condition=Q(state__in=["queued", "deferred"]), name="outbox_due"),
            models.Index(fields=["about"], name="outbox_about"),
            # Retention: what is old enough to be forgotten.
            models.Index(fields=["created_at"], name="outbox_by_age"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.state}"
