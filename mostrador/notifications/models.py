"""The outbox."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.notifications.choices import DeliveryState
from mostrador.organisations.models import OrganisationOwned
from mostrador.people.models import Person


class OutgoingMessage(OrganisationOwned):
    """One e-mail, written in the transaction that caused it and sent by a job, at least once, with one Message-ID."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(_("motivo"), max_length=60)  # "tickets.reply": which template and which settings
    about = models.CharField(_("asunto de que trata"), max_length=80, blank=True)  # "tickets.ticket:12", a value
    to = models.EmailField(_("para"))
    sender = models.CharField(_("de"), max_length=250)
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
    last_error = models.TextField(_("último error"), blank=True)
    created_at = models.DateTimeField(_("escrito"))
    next_attempt_at = models.DateTimeField(_("próximo intento"), null=True)
    sent_at = models.DateTimeField(_("enviado"), null=True)

    class Meta:
        verbose_name = _("mensaje de salida")
        verbose_name_plural = _("mensajes de salida")
        indexes = [
            # The page of the outbox: one organisation, newest first.
            models.Index(fields=["organisation", "-id"], name="outbox_newest_first"),
            # What waits for somebody.
            models.Index(fields=["organisation", "-id"], condition=Q(state="dead"), name="outbox_dead_letters"),
            # What the watchman looks for: due and not yet sent.
            models.Index(fields=["next_attempt_at"], condition=Q(state__in=["queued", "deferred"]), name="outbox_due"),
            models.Index(fields=["about"], name="outbox_about"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.state}"
