"""What people of the desk do together: join, divide and relate tickets, name colleagues, follow, ask, share work."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import OrganisationOwned, Team, Topic
from mostrador.service_status.models import Incident
from mostrador.tickets.choices import RelationKind, ReplyOutcome
from mostrador.tickets.models.tickets import Message, Ticket


class Merge(models.Model):
    """A duplicate was joined to another ticket, with what it takes to take that back."""

    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges_away")
    target = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges_here")
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién"))
    merged_at = models.DateTimeField(_("momento"))
    moved = ArrayField(models.BigIntegerField(), verbose_name=_("mensajes que pasaron"), default=list)
    # How both tickets were and what was added to the target (`actions.merging`).
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("deshecha"), null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("unión de consultas")
        verbose_name_plural = _("uniones de consultas")
        constraints = [
            models.CheckConstraint(condition=~Q(source=F("target")), name="merge_of_two"),
            models.UniqueConstraint(fields=["source"], condition=Q(undone_at__isnull=True), name="merge_one_stands"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} of ticket #{self.source_id} into #{self.target_id}"


class Relation(models.Model):
    """Two tickets have to do with each other; read from both ends."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="relations")
    other = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="relations_from_others")
    kind = models.CharField(_("relación"), max_length=12, choices=RelationKind)
    related_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("quién")
    )  # empty: the system, from an e-mail
    related_at = models.DateTimeField(_("momento"))

    class Meta:
        verbose_name = _("relación entre consultas")
        verbose_name_plural = _("relaciones entre consultas")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "other"], name="relation_once"),
            models.CheckConstraint(condition=~Q(ticket=F("other")), name="relation_of_two"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} of ticket #{self.ticket_id} and #{self.other_id}"


class IncidentReply(models.Model):
    """One answer to everybody whose ticket an incident caused, sent by a job."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+", verbose_name=_("incidencia"))
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién"))
    texts = models.JSONField(_("textos"), default=dict)  # {"es": "…"}: each person reads theirs
    resolves = models.BooleanField(_("resuelve las consultas"), default=False)
    ends_incident = models.BooleanField(_("da la incidencia por terminada"), default=False)
    written_at = models.DateTimeField(_("momento"))
    # Until then it can be taken back.
    starts_at = models.DateTimeField(_("empieza"))
    cancelled_at = models.DateTimeField(_("anulada"), null=True)
    finished_at = models.DateTimeField(_("acabada"), null=True)
    # The form that asked for it carried this key.
    idempotency_key = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("respuesta a una incidencia")
        verbose_name_plural = _("respuestas a incidencias")
        constraints = [
            models.UniqueConstraint(fields=["incident", "idempotency_key"], name="incident_reply_asked_once"),
        ]
        indexes = [
            # What a worker left half done.
            models.Index(
                fields=["starts_at"],
                condition=Q(finished_at__isnull=True, cancelled_at__isnull=True),
                name="incident_reply_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} of incident #{self.incident_id}"


class IncidentReplyTicket(models.Model):
    """A ticket that an answer to everybody is for, and what became of it."""

    reply = models.ForeignKey(IncidentReply, on_delete=models.CASCADE, related_name="tickets")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(_("resultado"), max_length=12, choices=ReplyOutcome, default=ReplyOutcome.PENDING)
    done_at = models.DateTimeField(_("momento"), null=True)

    class Meta:
        verbose_name = _("consulta de una respuesta a una incidencia")
        verbose_name_plural = _("consultas de respuestas a incidencias")
        constraints = [models.UniqueConstraint(fields=["reply", "ticket"], name="incident_reply_ticket_once")]

    def __str__(self) -> str:
        return f"#{self.pk} ticket #{self.ticket_id} {self.outcome}"


class Presence(models.Model):
    """Somebody of the desk has the page of a ticket in front of them; it counts for 45 seconds."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    is_writing = models.BooleanField(_("escribe"), default=False)
    seen_at = models.DateTimeField(_("visto"))

    class Meta:
        verbose_name = _("presencia")
        verbose_name_plural = _("presencias")
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="presence_once")]
        indexes = [models.Index(fields=["seen_at"], name="presence_by_moment")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.user_id} at ticket #{self.ticket_id}"


class Watcher(models.Model):
    """Somebody of the desk follows a ticket: they are told by e-mail when the person writes."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="watchers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(_("desde"))

    class Meta:
        verbose_name = _("seguimiento")
        verbose_name_plural = _("seguimientos")
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="watcher_once")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.user_id} follows ticket #{self.ticket_id}"


class Mention(models.Model):
    """Somebody of the desk was named in an internal note."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    mentioned_at = models.DateTimeField(_("momento"))
    read_at = models.DateTimeField(_("leída"), null=True)

    class Meta:
        verbose_name = _("mención")
        verbose_name_plural = _("menciones")
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="mention_once")]
        indexes = [
            # One's own page, and the count that every page of the desk shows.
            models.Index(fields=["user", "-mentioned_at", "-id"], name="mention_of_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="mention_unread"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} of {self.user_id}"


class SecondOpinion(models.Model):
    """A question to a colleague or a team about a ticket that stays with whoever has it. Both texts are notes of it."""

    question = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="opinion")
    asked_user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    asked_team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    answer = models.OneToOneField(Message, on_delete=models.SET_NULL, null=True, related_name="+")
    # When it was answered or taken back; until then it waits.
    settled_at = models.DateTimeField(_("momento"), null=True)

    class Meta:
        verbose_name = _("segunda opinión")
        verbose_name_plural = _("segundas opiniones")
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_user__isnull=True) ^ Q(asked_team__isnull=True), name="opinion_of_one"
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_user", "asked_team"], condition=Q(settled_at__isnull=True), name="opinion_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} about message #{self.question_id}"


class Task(models.Model):
    """One thing to do for a ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="tasks")
    text = models.CharField(_("tarea"), max_length=200)
    assigned_to = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("quién la hace")
    )
    due_on = models.DateField(_("para el día"), null=True)
    done_at = models.DateTimeField(_("hecha"), null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # The form that added it carried this key.
    idempotency_key = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("tarea")
        verbose_name_plural = _("tareas")
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) ^ Q(done_by__isnull=False), name="task_done_by_somebody"
            ),
            models.UniqueConstraint(
                fields=["ticket", "idempotency_key"], condition=~Q(idempotency_key=""), name="task_added_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} of ticket #{self.ticket_id}"


class TaskList(OrganisationOwned):
    """A named list of things to do, put onto tickets of a team or a topic with one choice; descendants use it too."""

    name = models.CharField(_("nombre"), max_length=80)
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("equipo")
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("tema")
    )
    texts = ArrayField(models.CharField(max_length=200), verbose_name=_("tareas"))
    idempotency_key = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("lista de tareas")
        verbose_name_plural = _("listas de tareas")
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="task_list_name_once")]

    def __str__(self) -> str:
        return self.name


class TimeEntry(models.Model):
    """Working time that somebody spent on a ticket; `Ticket.minutes_spent` keeps the sum."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="time_entries")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién"))
    minutes = models.PositiveSmallIntegerField(_("minutos"))
    note = models.CharField(_("en qué"), max_length=200, blank=True)
    noted_at = models.DateTimeField(_("momento"))
    idempotency_key = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("tiempo dedicado")
        verbose_name_plural = _("tiempos dedicados")
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="time_entry_takes_time"),
            models.UniqueConstraint(
                fields=["ticket", "idempotency_key"], condition=~Q(idempotency_key=""), name="time_entry_noted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} of ticket #{self.ticket_id}: {self.minutes} min"


class Tag(OrganisationOwned):
    """A tag that an organisation has used, to suggest it again."""

    name = models.CharField(_("etiqueta"), max_length=40)
    uses = models.PositiveIntegerField(_("usos"), default=0)

    class Meta:
        verbose_name = _("etiqueta")
        verbose_name_plural = _("etiquetas")
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="tag_once")]
        indexes = [models.Index(fields=["organisation", "-uses", "name"], name="tag_most_used")]

    def __str__(self) -> str:
        return self.name
