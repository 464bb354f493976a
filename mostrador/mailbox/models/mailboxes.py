"""Mailboxes, how far each has been read, and what is decided about its mail before a ticket is opened."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.mailbox.choices import (
    Afterwards,
    FetchProblem,
    FilterAction,
    ImportState,
    MailKind,
    Security,
    SignIn,
    Way,
)
from mostrador.mailbox.rules.filters import Filter
from mostrador.notifications.models import Sender
from mostrador.organisations.models import OrganisationOwned, Team, Topic
from mostrador.shared.sealing import seal, unseal

SEALED_FOR = "mailbox.secret"


def inbox_only() -> list[str]:
    """Return the folders of a new mailbox."""
    return ["INBOX"]


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    """Filters over mailboxes."""

    def visible_to(self, access: Access) -> Self:
        """Mailboxes of the organisations that this user administers."""
        return self.filter(organisation__in=access.organisation_ids(Role.ADMINISTRATOR))

    def fetched(self) -> Self:
        """In use, and we go and look."""
        return self.filter(is_active=True, way__in=[Way.IMAP, Way.POP3])

    def of_address(self, address: str) -> Self:
        """In use, with this address, whatever the way."""
        return self.alias(key=Lower("address")).filter(key=address.lower(), is_active=True)


class Mailbox(OrganisationOwned):
    """One address of an organisation: how its mail reaches us, and whose desk answers it."""

    name = models.CharField(_("nombre"), max_length=80)
    address = models.EmailField(_("dirección"))
    aliases = ArrayField(models.EmailField(), verbose_name=_("otras direcciones suyas"), default=list, blank=True)
    is_active = models.BooleanField(_("en uso"), default=True)
    way = models.CharField(_("cómo llega el correo"), max_length=12, choices=Way, default=Way.IMAP)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("equipo")
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("tema")
    )
    # Of those whose mail does not tell its language.
    language = models.CharField(_("idioma"), max_length=5)
    # From which address its tickets are answered.
    sender = models.ForeignKey(
        Sender, on_delete=models.PROTECT, related_name="+", verbose_name=_("dirección desde la que se responde")
    )

    # The server, when we go and look.
    host = models.CharField(_("servidor"), max_length=200, blank=True)
    port = models.PositiveIntegerField(_("puerto"), default=993)
    security = models.CharField(_("cifrado"), max_length=8, choices=Security, default=Security.TLS)
    sign_in = models.CharField(_("identificación"), max_length=10, choices=SignIn, default=SignIn.PASSWORD)
    user = models.CharField(_("usuario"), max_length=200, blank=True)
    password_sealed = models.TextField(blank=True)
    folders = ArrayField(models.CharField(max_length=200), verbose_name=_("carpetas"), default=inbox_only)
    afterwards = models.CharField(
        _("qué se hace después en el servidor"), max_length=8, choices=Afterwards, default=Afterwards.LEAVE
    )
    done_folder = models.CharField(_("carpeta de lo ya recogido"), max_length=200, blank=True)
    # OAuth2: secrets are sealed (`shared.sealing`, purpose SEALED_FOR).
    oauth_tenant = models.CharField(_("inquilino (tenant)"), max_length=100, blank=True)
    oauth_client = models.CharField(_("identificador de la aplicación"), max_length=200, blank=True)
    oauth_secret_sealed = models.TextField(blank=True)
    oauth_refresh_sealed = models.TextField(blank=True)
    oauth_token_url = models.URLField(_("dirección que da los permisos"), blank=True)
    oauth_scope = models.CharField(_("permisos que se piden"), max_length=300, blank=True)
    # Of a provider's inbound hook: requests are signed with it (HMAC-SHA256).
    hook_secret_sealed = models.TextField(blank=True)

    # Names of servers whose Authentication-Results we believe (RFC 8601, 2.5): those that wrote the last header.
    trusted_servers = ArrayField(
        models.CharField(max_length=200),
        verbose_name=_("servidores cuyas comprobaciones creemos"),
        default=list,
        blank=True,
    )
    sends_acknowledgement = models.BooleanField(_("enviar acuse de recibo"), default=True)
    # Nothing for longer than this is told; empty: what is unusual is learnt from its own past.
    quiet_alarm_hours = models.PositiveSmallIntegerField(_("avisar si no llega nada en (horas)"), null=True, blank=True)

    # How it goes.
    last_fetch_at = models.DateTimeField(_("última recogida"), null=True)
    last_mail_at = models.DateTimeField(_("último mensaje"), null=True)
    problem = models.CharField(_("problema"), max_length=16, choices=FetchProblem, blank=True)
    last_error = models.TextField(_("último error"), blank=True)
    failing_since = models.DateTimeField(_("falla desde"), null=True)
    alarmed_at = models.DateTimeField(_("aviso enviado"), null=True)
    created_at = models.DateTimeField(_("creado"))
    changed_at = models.DateTimeField(_("cambiado"))

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("buzón")
        verbose_name_plural = _("buzones")
        constraints = [
            # In the whole installation: what a mail server gives us is told apart by the address.
            models.UniqueConstraint(Lower("address"), name="mailbox_address_once"),
            models.CheckConstraint(condition=Q(way=Way.DELIVERED) | ~Q(host=""), name="mailbox_fetched_has_server"),
            models.CheckConstraint(
                condition=~Q(afterwards=Afterwards.MOVE) | ~Q(done_folder=""), name="mailbox_moved_has_folder"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def password(self) -> str:
        """The password in clear."""
        return unseal(self.password_sealed, purpose=SEALED_FOR)

    @property
    def oauth_secret(self) -> str:
        """The application's secret in clear."""
        return unseal(self.oauth_secret_sealed, purpose=SEALED_FOR)

    @property
    def oauth_refresh_token(self) -> str:
        """The refresh token in clear."""
        return unseal(self.oauth_refresh_sealed, purpose=SEALED_FOR)

    @property
    def hook_secret(self) -> str:
        """With what a provider signs, in clear."""
        return unseal(self.hook_secret_sealed, purpose=SEALED_FOR)

    @property
    def addresses(self) -> list[str]:
        """All its addresses, in lower case."""
        return [self.address.lower(), *(alias.lower() for alias in self.aliases)]


def sealed(secret: str) -> str:
    """Return a secret of a mailbox as its columns keep it."""
    return seal(secret, purpose=SEALED_FOR)


class Folder(models.Model):
    """How far one folder has been read. POP3 has one, "INBOX", without numbers: there every message has its name."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="positions")
    name = models.CharField(_("carpeta"), max_length=200)
    # While it stays the same, numbers of messages (UID) mean the same (RFC 3501, 2.3.1.1).
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    # Up to there the server's new numbers are of mail that may be from before we came: what it got earlier is not ours.
    gone_through_until = models.BigIntegerField(default=0)
    ours_since = models.DateTimeField(_("recogida desde"), null=True)
    # Numbers that the server would not hand over, asked for each time; and those that are safe with us and to be moved
    # or deleted there.
    withheld = ArrayField(models.BigIntegerField(), default=list)
    to_clear = ArrayField(models.BigIntegerField(), default=list)
    read_at = models.DateTimeField(_("leída"), null=True)

    class Meta:
        verbose_name = _("carpeta")
        verbose_name_plural = _("carpetas")
        constraints = [models.UniqueConstraint(fields=["mailbox", "name"], name="mailbox_folder_once")]

    def __str__(self) -> str:
        return f"#{self.pk} of mailbox #{self.mailbox_id}"


class PopMessage(models.Model):
    """A message that is in a POP3 mailbox and not new to us; forgotten once it is gone there."""

    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="known")
    name = models.CharField(max_length=200)  # UIDL (RFC 1939, 7)
    to_clear = models.BooleanField(default=False)  # safe with us, and to be deleted there

    class Meta:
        verbose_name = _("mensaje de un buzón POP3")
        verbose_name_plural = _("mensajes de un buzón POP3")
        constraints = [models.UniqueConstraint(fields=["folder", "name"], name="mailbox_pop_message_once")]

    def __str__(self) -> str:
        return f"#{self.pk} of folder #{self.folder_id}"


class FilterRule(models.Model):
    """What is done with some mail before a ticket is opened; all that it says must be true of the mail."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="filters")
    position = models.PositiveSmallIntegerField(_("orden"), default=0)
    is_active = models.BooleanField(_("en uso"), default=True)
    sender = models.CharField(_("remitente"), max_length=200, blank=True)  # an address, "@domain", or a part
    recipient = models.CharField(_("destinatario"), max_length=200, blank=True)
    subject = models.CharField(_("el asunto contiene"), max_length=200, blank=True)
    words = models.CharField(_("el texto contiene"), max_length=200, blank=True)
    kind = models.CharField(_("clase de correo"), max_length=12, choices=MailKind, blank=True)
    action = models.CharField(_("qué se hace"), max_length=8, choices=FilterAction)
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("equipo")
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("tema")
    )
    tag = models.CharField(_("etiqueta"), max_length=40, blank=True)
    matched = models.PositiveIntegerField(_("veces aplicada"), default=0)
    last_matched_at = models.DateTimeField(_("última vez"), null=True)

    class Meta:
        verbose_name = _("regla de filtrado")
        verbose_name_plural = _("reglas de filtrado")
        constraints = [
            models.CheckConstraint(
                condition=~Q(sender="", recipient="", subject="", words="", kind=""), name="mail_filter_says_which"
            ),
            models.CheckConstraint(
                condition=(~Q(action="team") | Q(team__isnull=False))
                & (~Q(action="topic") | Q(topic__isnull=False))
                & (~Q(action="tag") | ~Q(tag="")),
                name="mail_filter_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.action}"

    def as_values(self) -> Filter:
        """The rule as it is decided with."""
        return Filter(
            key=self.pk,
            action=FilterAction(self.action),
            sender=self.sender,
            recipient=self.recipient,
            subject=self.subject,
            words=self.words,
            kind=self.kind,
            team=self.team_id,
            topic=self.topic_id,
            tag=self.tag,
        )


class MailImport(models.Model):
    """The mail that was in a mailbox before it was ours, brought in by portions; nobody is written to about it."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="imports")
    folder = models.CharField(_("carpeta"), max_length=200)
    # Of messages since that day; empty: all.
    since = models.DateField(_("desde"), null=True, blank=True)
    # Tickets come in as history, resolved; or as work to do.
    as_history = models.BooleanField(_("como historial, ya resuelto"), default=True)
    state = models.CharField(_("estado"), max_length=8, choices=ImportState, default=ImportState.WAITING)
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(_("mensajes"), default=0)
    done = models.PositiveIntegerField(_("traídos"), default=0)
    failed = models.PositiveIntegerField(_("sin leer"), default=0)
    problem = models.CharField(_("problema"), max_length=16, choices=FetchProblem, blank=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién"))
    started_at = models.DateTimeField(_("empezada"))
    # When something last moved: whoever stands still is woken up.
    moved_at = models.DateTimeField(_("último avance"), null=True)
    ended_at = models.DateTimeField(_("terminada"), null=True)

    class Meta:
        verbose_name = _("importación de un buzón")
        verbose_name_plural = _("importaciones de buzones")

    def __str__(self) -> str:
        return f"#{self.pk} of mailbox #{self.mailbox_id}"
