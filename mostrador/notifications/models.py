"""The outbox."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.notifications.choices import WAITING_STATES, BounceReason, DeliveryState, Problem, Severity
from mostrador.organisations.models import Organisation, OrganisationOwned, Team
from mostrador.people.models import Person
from mostrador.shared.sealing import unseal

SEALED_FOR = "notifications.dkim"


class Sender(OrganisationOwned):
    """An address from which an organisation writes, and what its mail server can do for it."""

    address = models.EmailField(_("dirección"))
    name = models.CharField(_("nombre"), max_length=120, blank=True)  # empty: the organisation's
    is_default = models.BooleanField(_("la que se usa si no se dice otra"), default=False)
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("equipo")
    )
    # What is sent to "address+anything" arrives too (RFC 5233): answers and bounces then say to what they belong.
    has_plus = models.BooleanField(_("recibe también con «+»"), default=False)
    per_minute = models.PositiveSmallIntegerField(_("mensajes por minuto como máximo"), null=True, blank=True)
    # When the next message may leave, if there is a limit: whoever takes a turn moves it on.
    next_turn_at = models.DateTimeField(null=True)
    # DKIM (RFC 6376): the private key is sealed (`shared.sealing`, purpose SEALED_FOR).
    dkim_selector = models.CharField(_("selector de DKIM"), max_length=63, blank=True)
    dkim_key_sealed = models.TextField(blank=True)

    class Meta:
        verbose_name = _("dirección de envío")
        verbose_name_plural = _("direcciones de envío")
        constraints = [
            models.UniqueConstraint(F("organisation"), Lower("address"), name="sender_once"),
            models.UniqueConstraint(fields=["organisation"], condition=Q(is_default=True), name="sender_one_default"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def dkim_key(self) -> str:
        """The private key (PEM) in clear."""
        return unseal(self.dkim_key_sealed, purpose=SEALED_FOR)


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

    def returned(self) -> Self:
        """Came back, or was not sent because others came back."""
        return self.filter(Q(state__in=[DeliveryState.BOUNCED, DeliveryState.BLOCKED]) | ~Q(bounced_to=[]))

    def held(self) -> Self:
        """Not sent, so that no two programs write to each other without end."""
        return self.filter(state=DeliveryState.HELD)

    def due(self, moment: datetime) -> Self:
        """To be sent, and its next attempt is not after `moment`."""
        return self.waiting().filter(next_attempt_at__lte=moment)


class OutgoingMessage(OrganisationOwned):
    """One e-mail, written in the transaction that caused it and sent by a job, at least once, with one Message-ID."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(_("motivo"), max_length=60)  # "tickets.reply": which template and which settings
    about = models.CharField(_("asunto de que trata"), max_length=80, blank=True)  # "tickets.ticket:12", a value
    to = models.EmailField(_("para"))
    cc = ArrayField(models.EmailField(), verbose_name=_("en copia"), default=list, blank=True)
    sender = models.CharField(_("de"), max_length=500)
    # Whose limits and signature it leaves with; empty: the installation's.
    sent_from = models.ForeignKey(Sender, on_delete=models.SET_NULL, null=True, related_name="+")
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
    # What came back after it was sent.
    bounce_severity = models.CharField(_("alcance de la devolución"), max_length=8, choices=Severity, blank=True)
    bounce_reason = models.CharField(_("motivo de la devolución"), max_length=12, choices=BounceReason, blank=True)
    bounce_said = models.TextField(_("lo que dijo el otro servidor"), blank=True)
    bounced_to = ArrayField(
        models.CharField(max_length=320), verbose_name=_("a quién no llegó"), default=list, blank=True
    )
    bounced_at = models.DateTimeField(_("devuelto"), null=True)
    # For whom the server has taken it: a message that was refused for others does not go to them again.
    taken_for = ArrayField(models.CharField(max_length=320), default=list, blank=True)
    # Its turn, where the sender has a limit per minute; taken once for each attempt.
    turn_at = models.DateTimeField(null=True)
    # Only because a message came in: what the brakes against loops count.
    is_reaction = models.BooleanField(default=False)
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
            models.Index(
                fields=["organisation", "-id"],
                condition=Q(state__in=["dead", "bounced", "blocked", "held"]),
                name="outbox_dead_letters",
            ),
            # What the watchman looks for: due and not yet sent.
            models.Index(fields=["next_attempt_at"], condition=Q(state__in=["queued", "deferred"]), name="outbox_due"),
            models.Index(fields=["about"], name="outbox_about"),
            # The brakes: what was answered by itself of late, and to whom; a flood of what was held back is not read.
            models.Index(
                fields=["organisation", "created_at"],
                include=["to", "about"],
                condition=Q(is_reaction=True) & ~Q(state__in=["held", "blocked", "discarded"]),
                name="outbox_reactions",
            ),
            # Retention: what is old enough to be forgotten.
            models.Index(fields=["created_at"], name="outbox_by_age"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.state}"


class OutgoingFile(models.Model):
    """A file that goes with a message; the content is that of the conversation, and is not kept twice."""

    message = models.ForeignKey(OutgoingMessage, on_delete=models.CASCADE, related_name="files")
    stored = models.CharField(max_length=200)  # name in the storage
    name = models.CharField(_("nombre"), max_length=200)
    content_type = models.CharField(_("tipo"), max_length=100)
    size_bytes = models.PositiveBigIntegerField(_("tamaño"))

    class Meta:
        verbose_name = _("archivo de un mensaje de salida")
        verbose_name_plural = _("archivos de mensajes de salida")

    def __str__(self) -> str:
        return f"#{self.pk} {self.content_type}"


class AddressHealthQuerySet(models.QuerySet["AddressHealth"]):
    """Filters over addresses with problems."""

    def visible_to(self, access: Access) -> Self:
        """Addresses to which organisations wrote that this user administers."""
        return self.filter(organisation__in=access.organisation_ids(Role.ADMINISTRATOR))

    def of(self, organisation: Organisation, addresses: Iterable[str]) -> Self:
        """What this organisation knows of these addresses."""
        return self.filter(organisation=organisation, address__in=[address.lower() for address in addresses])


class AddressHealth(OrganisationOwned):
    """What is known of an address to which mail was sent in vain."""

    address = models.CharField(_("dirección"), max_length=320)  # in lower case
    hard_bounces = models.PositiveSmallIntegerField(_("devoluciones definitivas"), default=0)
    # Those of them that say that there is nobody there (`BounceReason.is_about_address`).
    gone_bounces = models.PositiveSmallIntegerField(_("devoluciones porque no existe"), default=0)
    soft_bounces = models.PositiveSmallIntegerField(_("devoluciones pasajeras"), default=0)
    reason = models.CharField(_("motivo"), max_length=12, choices=BounceReason, blank=True)
    said = models.TextField(_("lo que dijo el otro servidor"), blank=True)
    last_bounce_at = models.DateTimeField(_("última devolución"), null=True)
    # From then on nothing is sent there, until somebody allows it again or mail comes from it.
    blocked_at = models.DateTimeField(_("sin envíos desde"), null=True)
    # Its owner took a message of ours for spam (RFC 5965).
    complained_at = models.DateTimeField(_("queja"), null=True)

    objects = AddressHealthQuerySet.as_manager()

    class Meta:
        verbose_name = _("dirección con problemas")
        verbose_name_plural = _("direcciones con problemas")
        constraints = [models.UniqueConstraint(fields=["organisation", "address"], name="address_health_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"
