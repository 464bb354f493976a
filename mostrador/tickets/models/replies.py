"""What the desk is about to say: drafts, answers on their way, prepared ones, and questions to third parties."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.help_centre.models import Article
from mostrador.organisations.models import OrganisationOwned, Team, Topic
from mostrador.tickets.choices import After, NotSent
from mostrador.tickets.models.tickets import Message, Ticket, TicketDraft


class ReplyDraft(models.Model):
    """What somebody of the desk is writing in a ticket: their answer and their note."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="reply_drafts")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("quién"))
    text = models.TextField(_("respuesta"), blank=True)
    note = models.TextField(_("nota"), blank=True)
    # Goes up with every change: an older page, or another tab, never writes over what is newer.
    stand = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(_("cambiado"))

    class Meta:
        verbose_name = _("borrador de respuesta")
        verbose_name_plural = _("borradores de respuestas")
        constraints = [models.UniqueConstraint(fields=["ticket", "author"], name="reply_draft_once")]
        indexes = [models.Index(fields=["changed_at"], name="reply_draft_age")]

    def __str__(self) -> str:
        return f"#{self.pk} of ticket #{self.ticket_id}"


class PendingReply(models.Model):
    """An answer that was sent or scheduled and has not left: it can be taken back until it does."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="pending_replies")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién"))
    text = models.TextField(_("texto"))
    # Who else gets it by e-mail.
    cc = ArrayField(models.EmailField(), verbose_name=_("en copia"), default=list, blank=True)
    # How the ticket is left once it is sent.
    after = models.CharField(_("después"), max_length=16, choices=After, default=After.PERSON)
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    third_party = models.CharField(_("tercero"), max_length=120, blank=True)
    # Its files.
    draft = models.OneToOneField(TicketDraft, on_delete=models.SET_NULL, null=True, related_name="pending_reply")
    # Key of the newest message when it was written.
    seen_until = models.BigIntegerField(default=0)
    is_scheduled = models.BooleanField(_("programada"), default=False)
    created_at = models.DateTimeField(_("escrita"))
    send_at = models.DateTimeField(_("se envía"))
    key = models.CharField(max_length=64)
    message = models.OneToOneField(Message, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(_("enviada"), null=True)
    cancelled_at = models.DateTimeField(_("deshecha"), null=True)
    failed_at = models.DateTimeField(_("no enviada"), null=True)
    failed_reason = models.CharField(_("motivo"), max_length=16, choices=NotSent, blank=True)
    # When the author said that they know it was not sent.
    noticed_at = models.DateTimeField(_("vista"), null=True)

    class Meta:
        verbose_name = _("respuesta por enviar")
        verbose_name_plural = _("respuestas por enviar")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "key"], name="pending_reply_once"),
            models.CheckConstraint(condition=Q(after__in=After.values), name="pending_reply_after_known"),
        ]
        indexes = [
            models.Index(
                fields=["send_at"],
                condition=Q(sent_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True),
                name="pending_reply_due",
            ),
            models.Index(
                fields=["author"],
                condition=Q(failed_at__isnull=False, noticed_at__isnull=True),
                name="pending_reply_unnoticed",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} of ticket #{self.ticket_id}"


class CannedReply(OrganisationOwned):
    """An answer prepared for what is asked often."""

    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("equipo")
    )
    title = models.CharField(_("título"), max_length=80)
    shortcut = models.SlugField(_("atajo"), max_length=30)
    texts = models.JSONField(_("textos"), default=dict)  # language → Markdown with variables
    # Where it is offered; an empty list is everywhere.
    topic = models.ForeignKey(
        Topic, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("tema")
    )
    kinds = ArrayField(models.CharField(max_length=32), verbose_name=_("clases"), default=list, blank=True)
    channels = ArrayField(models.CharField(max_length=12), verbose_name=_("canales"), default=list, blank=True)
    states = ArrayField(models.CharField(max_length=24), verbose_name=_("estados"), default=list, blank=True)
    is_active = models.BooleanField(_("en uso"), default=True)
    use_count = models.PositiveIntegerField(_("usos"), default=0)
    last_used_at = models.DateTimeField(_("último uso"), null=True, blank=True)

    class Meta:
        verbose_name = _("respuesta preparada")
        verbose_name_plural = _("respuestas preparadas")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "shortcut"], name="canned_reply_shortcut_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Signature(OrganisationOwned):
    """How somebody of the desk signs their answers, before the team's signature."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("quién"))
    text = models.CharField(_("su firma"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("firma")
        verbose_name_plural = _("firmas")
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="signature_once")]

    def __str__(self) -> str:
        return self.text


class WritingRules(OrganisationOwned):
    """What an organisation decides about writing at its desk."""

    drafts_are_readable = models.BooleanField(_("el equipo puede leer los borradores"), default=True)
    # Who supervises without working in the ticket's team; everybody at the desk is told.
    supervisors_listen = models.BooleanField(_("quien supervisa puede leer los borradores"), default=False)

    class Meta:
        verbose_name = _("decisiones sobre la escritura")
        verbose_name_plural = _("decisiones sobre la escritura")
        constraints = [models.UniqueConstraint(fields=["organisation"], name="writing_rules_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ThirdPartyRequest(models.Model):
    """What was asked of somebody outside, who answers in a page of their own without an account."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="third_party_requests")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién"))
    name = models.CharField(_("nombre del tercero"), max_length=120)
    email = models.EmailField(_("correo electrónico"), blank=True)  # empty once erased
    text = models.TextField(_("qué se le pide"), blank=True)
    # What is quoted, as it was sent: without the person's data unless they were wanted.
    quoted = models.JSONField(default=list)
    files = models.ManyToManyField("tickets.Attachment", related_name="+")
    with_person = models.BooleanField(_("con los datos de la persona"), default=False)
    token_hash = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("enviada"))
    expires_at = models.DateTimeField(_("caduca"))
    answered_at = models.DateTimeField(_("contestada"), null=True)
    # Message-ID of the e-mail with which it was asked: who answers that answers this.
    email_id = models.CharField(max_length=250, blank=True)

    class Meta:
        verbose_name = _("petición a un tercero")
        verbose_name_plural = _("peticiones a terceros")
        constraints = [models.UniqueConstraint(fields=["ticket", "key"], name="third_party_request_once")]
        indexes = [
            models.Index(fields=["email_id"], condition=~Q(email_id=""), name="third_party_request_by_email"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} of ticket #{self.ticket_id}"
