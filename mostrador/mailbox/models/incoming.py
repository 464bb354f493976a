"""What came in, as it came, and what became of it."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.mailbox.choices import KEPT_ASIDE, MailKind, MailState, Outcome, Via
from mostrador.mailbox.models.mailboxes import Mailbox, MailImport
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import OrganisationOwned
from mostrador.tickets.models import Message, Ticket


class IncomingMailQuerySet(models.QuerySet["IncomingMail"]):
    """Filters over what came in."""

    def visible_to(self, access: Access) -> Self:
        """Mail of the mailboxes that this user administers."""
        return self.filter(organisation__in=access.organisation_ids(Role.ADMINISTRATOR))

    def due(self, moment: datetime) -> Self:
        """To be read, and nobody does at this moment."""
        return self.filter(state=MailState.RECEIVED, next_attempt_at__lte=moment)


class IncomingMail(OrganisationOwned):
    """One message as a server gave it to us, kept byte for byte in the storage, and what became of it.

    The row is written before the server is told that we have it; reading it comes after, once.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="+", verbose_name=_("buzón"))
    via = models.CharField(_("por dónde llegó"), max_length=8, choices=Via)
    # Name in the storage; empty once its words were erased.
    file = models.CharField(_("original"), max_length=200, blank=True)
    sha256 = models.CharField(_("huella"), max_length=64)
    size_bytes = models.PositiveBigIntegerField(_("tamaño"))
    received_at = models.DateTimeField(_("recibido"))
    envelope_from = models.CharField(_("remitente del sobre"), max_length=320, blank=True)
    envelope_to = ArrayField(models.CharField(max_length=320), verbose_name=_("destinatarios del sobre"), default=list)
    imported_by = models.ForeignKey(MailImport, on_delete=models.SET_NULL, null=True, related_name="+")

    state = models.CharField(_("estado"), max_length=10, choices=MailState, default=MailState.RECEIVED)
    outcome = models.CharField(_("qué se hizo"), max_length=12, choices=Outcome, blank=True)
    attempts = models.PositiveSmallIntegerField(_("intentos"), default=0)
    # While it is being read this lies ahead; a reader that dies is noticed by it.
    next_attempt_at = models.DateTimeField(_("próximo intento"))
    last_error = models.TextField(_("último error"), blank=True)
    read_at = models.DateTimeField(_("leído"), null=True)

    # What was read.
    message_id = models.CharField("Message-ID", max_length=250, blank=True)
    sender = models.CharField(_("remitente"), max_length=320, blank=True)
    sender_name = models.CharField(_("nombre del remitente"), max_length=200, blank=True)
    subject = models.CharField(_("asunto"), max_length=250, blank=True)
    to = ArrayField(models.CharField(max_length=320), default=list)
    cc = ArrayField(models.CharField(max_length=320), default=list)
    sent_at = models.DateTimeField(_("fechado"), null=True)
    kind = models.CharField(_("clase"), max_length=12, choices=MailKind, blank=True)
    rule = models.CharField(_("regla que lo decidió"), max_length=40, blank=True)
    # What was cut off the new words: quotes and signature, shown folded.
    rest = models.TextField(_("texto citado"), blank=True)
    has_html = models.BooleanField(_("con formato"), default=False)
    # SPF, DKIM and DMARC, who signed it, pointers at deceit, defects: for whoever reads the ticket.
    authenticity = models.JSONField(_("comprobaciones"), default=dict)
    signature = models.JSONField(_("firma"), default=dict)
    warnings = models.JSONField(_("avisos"), default=list)
    defects = ArrayField(models.CharField(max_length=40), default=list)

    ticket = models.ForeignKey(
        Ticket, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("consulta")
    )
    # What it became in its ticket.
    said = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("mensaje")
    )
    # Which of ours it is about, when it is a bounce or a receipt.
    about = models.ForeignKey(OutgoingMessage, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("correo recibido")
        verbose_name_plural = _("correos recibidos")
        constraints = [
            # However often a server gives us the same bytes, we have them once.
            models.UniqueConstraint(fields=["mailbox", "sha256"], name="incoming_mail_once"),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(outcome=""), name="incoming_mail_done_has_outcome"),
        ]
        indexes = [
            # The page of a mailbox, newest first; and of what was kept aside.
            models.Index(fields=["mailbox", "-id"], name="incoming_mail_newest"),
            models.Index(
                fields=["organisation", "-id"],
                condition=Q(outcome__in=[each.value for each in KEPT_ASIDE], ticket__isnull=True),
                name="incoming_mail_aside",
            ),
            # Threads: which of them an answer names.
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="incoming_mail_by_message_id"),
            # What is to be read.
            models.Index(fields=["next_attempt_at"], condition=Q(state="received"), name="incoming_mail_unread"),
            # The page of a mailbox: what waits for somebody.
            models.Index(fields=["mailbox", "-id"], condition=Q(state="failed"), name="incoming_mail_failed"),
            # Retention of what has no ticket; how much came of late.
            models.Index(fields=["mailbox", "received_at"], name="incoming_mail_by_time"),
            models.Index(fields=["ticket"], condition=Q(ticket__isnull=False), name="incoming_mail_of_ticket"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"
