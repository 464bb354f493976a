"""Tickets, what is said in them, and what somebody is typing."""

from datetime import UTC, datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Least, Upper
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.help_centre.models import Article
from mostrador.notifications.models import Sender
from mostrador.organisations.models import Organisation, OrganisationOwned, Procedure, Team, Topic
from mostrador.people.models import Person
from mostrador.service_status.models import Incident
from mostrador.tickets.choices import (
    OPEN_STATES,
    RESTRICTED_ROLES,
    AuthorKind,
    Channel,
    ContactBy,
    Impact,
    MessageKind,
    Priority,
    State,
    TicketKind,
    Urgency,
)

AFTER_ALL_TERMS = datetime(9999, 1, 1, tzinfo=UTC)
IS_OPEN = Q(state__in=[state.value for state in OPEN_STATES])
# Waits for us, and nobody has it.
IS_FREE = Q(state__in=["new", "waiting_for_us"], assigned_to__isnull=True)


# `visible_to` for statements that are written out, where the table is called `t`; with `visible_values(access)`.
VISIBLE = (
    "(t.organisation_id = ANY(%(trusted)s::bigint[]) OR t.team_id = ANY(%(teams)s::bigint[])"
    " OR (t.organisation_id = ANY(%(organisations)s::bigint[]) AND NOT t.is_restricted))"
)


def visible_values(access: Access) -> dict[str, Any]:
    """Return the values that `VISIBLE` asks for."""
    return {
        "organisations": list(access.organisation_ids()),
        "trusted": list(access.organisation_ids(*RESTRICTED_ROLES)),
        "teams": list(access.team_ids),
    }


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Filters with a name in the desk's own words."""

    def of(self, organisation: Organisation) -> Self:
        """Tickets addressed to the organisation."""
        return self.filter(organisation=organisation)

    def open(self) -> Self:
        """Not resolved, not closed, not spam."""
        return self.filter(is_open=True)

    def visible_to(self, access: Access) -> Self:
        """Tickets of one's teams and of the organisations that one's memberships cover.

        Of the restricted ones (data protection, for example) only those of one's teams, and all of them to whom
        supervises or administers the organisation.
        """
        covered = Q(organisation__in=access.organisation_ids(), is_restricted=False)
        trusted = Q(organisation__in=access.organisation_ids(*RESTRICTED_ROLES))
        return self.filter(covered | trusted | Q(team__in=access.team_ids))


class Ticket(OrganisationOwned):
    """One matter that a person brought to the desk."""

    reference = models.CharField(_("referencia"), max_length=11)
    kind = models.CharField(_("clase"), max_length=32, choices=TicketKind, default=TicketKind.SUPPORT)
    channel = models.CharField(_("canal"), max_length=12, choices=Channel)
    state = models.CharField(_("estado"), max_length=24, choices=State, default=State.NEW)
    subject = models.CharField(_("asunto"), max_length=160)
    language = models.CharField(_("idioma"), max_length=5)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("persona"))
    contact_by = models.CharField(_("respuesta"), max_length=12, choices=ContactBy, default=ContactBy.EMAIL)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("equipo"))
    assigned_to = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("quién la lleva")
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("tema")
    )
    procedure = models.ForeignKey(
        Procedure, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("procedimiento")
    )
    error_code = models.CharField(_("código o mensaje de error"), max_length=200, blank=True)
    page_url = models.CharField(_("página"), max_length=500, blank=True)
    third_party = models.CharField(_("tercero del que depende"), max_length=120, blank=True)
    # Part of the sede, in the desk's words, until the inventory of components exists.
    component = models.CharField(_("componente"), max_length=80, blank=True)
    device = models.CharField(_("equipo y navegador"), max_length=200, blank=True)
    incident = models.ForeignKey(
        Incident, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("incidencia")
    )
    # Who speaks for the person.
    representative = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("representante")
    )
    # Priority is what impact and urgency make of it (`rules.priority`).
    impact = models.PositiveSmallIntegerField(_("impacto"), choices=Impact, default=Impact.ONE_PERSON)
    urgency = models.PositiveSmallIntegerField(_("urgencia"), choices=Urgency, default=Urgency.MEDIUM)
    priority = models.PositiveSmallIntegerField(_("prioridad"), choices=Priority, default=Priority.NORMAL)
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("etiquetas"), default=list, blank=True)
    # Answers to the fields of its topic: key → value.
    custom = models.JSONField(_("otros datos"), default=dict, blank=True)
    # Only its team and whoever supervises may see it.
    is_restricted = models.BooleanField(_("reservada"), default=False)
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children", verbose_name=_("parte de")
    )
    # Of a duplicate: where its conversation went on. It is closed, and the figures leave it out.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("unida a")
    )
    # From which address the person is written to; empty: the organisation's.
    sender = models.ForeignKey(
        Sender, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("dirección de envío")
    )
    minutes_spent = models.PositiveIntegerField(_("minutos dedicados"), default=0)

    opened_at = models.DateTimeField(_("recibida"))
    # The last day of the legal term that the person says they have; and until when the desk should have acted on it.
    person_deadline_on = models.DateField(_("fin de su plazo"), null=True, blank=True)
    act_by = models.DateTimeField(_("hay que actuar antes de"), null=True, blank=True)
    # When the term ends that the law sets for answering a matter of this kind; empty while it is suspended.
    legal_due_at = models.DateTimeField(_("plazo legal de respuesta"), null=True, blank=True)
    legal_suspended_at = models.DateTimeField(_("plazo suspendido desde"), null=True, blank=True)
    # The nearest end of the clocks that run: the first answer, the next one, the resolution.
    due_at = models.DateTimeField(_("vence"), null=True)
    # Since when it is our turn; empty while it is somebody else's.
    waiting_since = models.DateTimeField(_("espera desde"), null=True)
    last_activity_at = models.DateTimeField(_("última actividad"))
    first_reply_at = models.DateTimeField(_("primera respuesta"), null=True)
    first_reply_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(_("resuelta"), null=True)
    # Spam is closed at once. The time after which words are erased counts from here.
    closed_at = models.DateTimeField(_("cerrada"), null=True)
    solved_by = models.ForeignKey(
        Article,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("artículo que la resolvió"),
    )
    # Counters kept by the actions, which first-contact resolution reads.
    public_replies = models.PositiveSmallIntegerField(_("respuestas públicas"), default=0)
    transfers = models.PositiveSmallIntegerField(_("cambios de equipo"), default=0)
    reopenings = models.PositiveSmallIntegerField(_("reaperturas"), default=0)
    # What was suggested to the person or read before writing; and of that, what they are known to have opened, so that
    # editors learn what did not help.
    articles_seen = ArrayField(models.BigIntegerField(), default=list, blank=True)
    articles_read = ArrayField(models.BigIntegerField(), default=list, blank=True)
    # Key of the search of the help centre that led to writing; its words are forgotten with the log of searches.
    search_key = models.CharField(max_length=24, blank=True)

    # Kept by the database: with a column of its own every plan can use the indexes of open tickets. Code asks `state`.
    is_open = models.GeneratedField(
        expression=IS_OPEN,  # type: ignore[arg-type]  # Django takes conditions too
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # Where it stands in the lists of the desk: those without a term come last. The database keeps it.
    queue_at = models.GeneratedField(
        expression=Coalesce(Least(F("due_at"), F("act_by")), Value(AFTER_ALL_TERMS)),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    # The form that opened it carried this key, so that pressing twice opens one ticket.
    opening_key = models.CharField(max_length=64, blank=True)
    # When its words and files were erased; the figures stay.
    erased_at = models.DateTimeField(_("datos suprimidos"), null=True)
    source = models.CharField(_("procede de"), max_length=60, blank=True)  # of imported tickets
    external_reference = models.CharField(_("referencia en origen"), max_length=120, blank=True)
    # What happened before is history: nobody is written to about it.
    imported_at = models.DateTimeField(_("importada"), null=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("consulta")
        verbose_name_plural = _("consultas")
        constraints = [
            # In the whole installation: one desk serves many organisations, and finds by reference alone.
            models.UniqueConstraint(fields=["reference"], name="ticket_reference_once"),
            models.UniqueConstraint(
                fields=["organisation", "opening_key"], condition=~Q(opening_key=""), name="ticket_opened_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "source", "external_reference"],
                condition=~Q(external_reference=""),
                name="ticket_external_reference_per_source",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="ticket_state_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="ticket_channel_known"),
            models.CheckConstraint(
                condition=Q(first_reply_at__isnull=True) | Q(first_reply_at__gte=F("opened_at")),
                name="ticket_reply_after_opening",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["resolved", "closed"]) | Q(resolved_at__isnull=False),
                name="ticket_resolved_has_date",
            ),
        ]
        indexes = [
            # The desk's lists, the most urgent first: of one organisation, of one team, of one person at the desk, and
            # of somebody who sees most of the installation.
            models.Index(
                fields=["organisation", "queue_at", "id"], condition=Q(is_open=True), name="ticket_open_of_organisation"
            ),
            models.Index(fields=["team", "queue_at", "id"], condition=Q(is_open=True), name="ticket_open_of_team"),
            models.Index(
                fields=["assigned_to", "queue_at", "id"], condition=Q(is_open=True), name="ticket_open_of_agent"
            ),
            models.Index(fields=["queue_at", "id"], condition=Q(is_open=True), name="ticket_open_first_due"),
            models.Index(
                fields=["queue_at", "id"],
                condition=Q(is_open=True, assigned_to__isnull=True),
                name="ticket_open_unassigned",
            ),
            # The same in other orders, and those that wait for the person, the longest first.
            models.Index(fields=["opened_at", "id"], condition=Q(is_open=True), name="ticket_open_by_age"),
            models.Index(
                fields=["priority", "queue_at", "id"], condition=Q(is_open=True), name="ticket_open_by_priority"
            ),
            models.Index(fields=["last_activity_at", "id"], condition=Q(is_open=True), name="ticket_open_by_activity"),
            models.Index(
                fields=["language", "queue_at", "id"], condition=Q(is_open=True), name="ticket_open_of_language"
            ),
            # Few among many: with a term of the person's own, and those that came back.
            models.Index(
                fields=["person_deadline_on", "id"],
                condition=Q(is_open=True, person_deadline_on__isnull=False),
                name="ticket_open_with_own_term",
            ),
            models.Index(
                fields=["queue_at", "id"], condition=Q(is_open=True, reopenings__gte=1), name="ticket_open_reopened"
            ),
            models.Index(
                fields=["last_activity_at", "id"],
                condition=Q(state=State.WAITING_FOR_PERSON),
                name="ticket_waiting_for_person",
            ),
            # What happened since a list was drawn.
            models.Index(fields=["last_activity_at", "id"], name="ticket_by_activity"),
            # Recently resolved ones; closing takes them out.
            models.Index(
                fields=["-resolved_at", "-id"], condition=Q(state=State.RESOLVED), name="ticket_resolved_not_closed"
            ),
            # The desk's search box: words of the subject of what is not closed.
            GinIndex(
                OpClass(Upper("subject"), name="gin_trgm_ops"),
                condition=Q(is_open=True) | Q(state=State.RESOLVED),
                name="ticket_words_of_subject",
            ),
            GinIndex(fields=["tags"], name="ticket_by_tag"),
            # What comes near the end of the person's own term, or of ours by law, and is not urgent yet.
            models.Index(
                fields=["act_by"],
                condition=Q(is_open=True, act_by__isnull=False, urgency__gt=1),
                name="ticket_person_deadline",
            ),
            models.Index(
                fields=["legal_due_at"],
                condition=Q(is_open=True, legal_due_at__isnull=False, urgency__gt=1),
                name="ticket_legal_deadline",
            ),
            # The next case: what waits for us and nobody has, by team and priority; whom it suits is in the index too.
            models.Index(
                fields=["team", "priority", "queue_at", "id"],
                include=["language", "topic", "organisation", "is_restricted"],
                condition=IS_FREE,
                name="ticket_free_of_team",
            ),
            # Of those the few whose person has a term.
            models.Index(
                fields=["team", "person_deadline_on"],
                condition=IS_FREE & Q(person_deadline_on__isnull=False),
                name="ticket_free_with_term",
            ),
            models.Index(fields=["incident"], condition=Q(incident__isnull=False), name="ticket_of_incident"),
            # A person's other contacts; first-contact resolution looks seven days ahead on the same topic.
            models.Index(fields=["person", "-opened_at"], name="ticket_of_person"),
            # Roll-ups of one day.
            models.Index(fields=["organisation", "opened_at"], name="ticket_by_opening"),
            models.Index(fields=["organisation", "resolved_at"], name="ticket_by_resolution"),
            # What was asked although an article had been read: of a period, and of one article.
            models.Index(
                fields=["organisation", "opened_at"], condition=~Q(articles_read=[]), name="ticket_after_reading"
            ),
            GinIndex(fields=["articles_read"], condition=~Q(articles_read=[]), name="ticket_after_reading_article"),
            # Retention: what was closed long ago and still has its words.
            models.Index(
                fields=["closed_at"],
                condition=Q(closed_at__isnull=False, erased_at__isnull=True),
                name="ticket_closed_with_words",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def addressee(self) -> Person:
        """Whom answers go to: who speaks for the person, or else the person (Ley 39/2015, art. 5.1)."""
        representative = self.representative
        return representative if representative is not None and representative.is_known else self.person


class TicketLink(models.Model):
    """A private link to one ticket, as one e-mail carries it; only the hash of its token is kept."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("creado"))
    expires_at = models.DateTimeField(_("caduca"))

    class Meta:
        verbose_name = _("enlace privado")
        verbose_name_plural = _("enlaces privados")
        indexes = [models.Index(fields=["expires_at"], name="ticket_link_expiry")]

    def __str__(self) -> str:
        return f"#{self.pk} of ticket #{self.ticket_id}"


class Message(models.Model):
    """One thing said, noted or done in a ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(_("tipo"), max_length=8, choices=MessageKind)
    author_kind = models.CharField(_("autoría"), max_length=8, choices=AuthorKind)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("quién"))
    # Of somebody who is neither the person nor of the desk.
    author_name = models.CharField(_("nombre"), max_length=120, blank=True)
    text = models.TextField(_("texto"))
    # The text is Markdown, as the reply editor writes it; else it is shown as it was typed.
    is_rich = models.BooleanField(_("con formato"), default=False)
    # Where it was said first, when it was moved by joining or dividing tickets.
    said_in = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(_("momento"))
    channel = models.CharField(_("canal"), max_length=12, choices=Channel, blank=True)
    # The page that sent it carries this key, so that pressing twice says it once.
    idempotency_key = models.CharField(max_length=64, blank=True)
    # Message-ID of the e-mail that told the person; answers by e-mail are recognised by it, and it is sent once.
    email_id = models.CharField("Message-ID", max_length=250, blank=True)

    class Meta:
        verbose_name = _("mensaje")
        verbose_name_plural = _("mensajes")
        constraints = [
            models.CheckConstraint(
                condition=Q(author_kind="staff", author__isnull=False)
                | (~Q(author_kind="staff") & Q(author__isnull=True)),
                name="message_staff_has_author",
            ),
            models.UniqueConstraint(
                fields=["ticket", "idempotency_key"], condition=~Q(idempotency_key=""), name="message_said_once"
            ),
        ]
        indexes = [
            models.Index(fields=["ticket", "written_at", "id"], name="message_conversation"),
            # Which e-mail somebody answers.
            models.Index(fields=["email_id"], condition=~Q(email_id=""), name="message_by_email_id"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} of ticket #{self.ticket_id}"


class Participant(models.Model):
    """Somebody in copy of a ticket's e-mails: the person or the desk put them there, and what they answer belongs."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    address = models.EmailField(_("dirección"))  # in lower case
    name = models.CharField(_("nombre"), max_length=120, blank=True)
    added_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("quién lo puso")
    )  # empty: the person
    added_at = models.DateTimeField(_("desde"))

    class Meta:
        verbose_name = _("persona en copia")
        verbose_name_plural = _("personas en copia")
        constraints = [models.UniqueConstraint(fields=["ticket", "address"], name="participant_once")]

    def __str__(self) -> str:
        return f"#{self.pk} of ticket #{self.ticket_id}"


class Attachment(models.Model):
    """A file that came with a message; its type was found by its content."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(_("archivo"), upload_to="attachments/%Y/%m/")
    name = models.CharField(_("nombre"), max_length=200)
    content_type = models.CharField(_("tipo"), max_length=100)
    size_bytes = models.PositiveBigIntegerField(_("tamaño"))
    sha256 = models.CharField(_("huella"), max_length=64)

    class Meta:
        verbose_name = _("adjunto")
        verbose_name_plural = _("adjuntos")

    def __str__(self) -> str:
        return f"#{self.pk} {self.content_type}"


class TicketDraft(OrganisationOwned):
    """What somebody is typing in the form, kept for 24 hours so that nothing is ever lost."""

    token_hash = models.CharField(max_length=64, unique=True)
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Once sent: the second press of the button shows the same reference.
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = _("borrador")
        verbose_name_plural = _("borradores")
        indexes = [models.Index(fields=["expires_at"], name="ticket_draft_expiry")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class DraftFile(models.Model):
    """A file already uploaded to a draft."""

    draft = models.ForeignKey(TicketDraft, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="drafts/%Y/%m/")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("archivo de un borrador")
        verbose_name_plural = _("archivos de borradores")

    def __str__(self) -> str:
        return f"#{self.pk} {self.content_type}"
