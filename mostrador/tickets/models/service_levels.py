"""What is promised to be done by when, and the clocks that measure it."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import OrganisationOwned, Team
from mostrador.tickets.choices import ClockStep, Metric, Priority, TicketKind
from mostrador.tickets.models.tickets import Ticket


class ServiceLevel(OrganisationOwned):
    """What is promised for some tickets of an organisation and of those below it, in working minutes.

    Of the levels that fit a ticket the most particular one holds (`rules.service_levels.promises`). A target left empty
    is what the next more general level says; zero means that nothing is promised.
    """

    kind = models.CharField(_("clase"), max_length=32, choices=TicketKind, blank=True)
    priority = models.PositiveSmallIntegerField(_("prioridad"), choices=Priority, null=True, blank=True)
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("equipo")
    )
    first_response_minutes = models.PositiveIntegerField(_("primera respuesta"), null=True, blank=True)
    next_response_minutes = models.PositiveIntegerField(_("siguiente respuesta"), null=True, blank=True)
    resolution_minutes = models.PositiveIntegerField(_("resolución"), null=True, blank=True)
    # While a third party has the matter, which is nobody's fault at the desk.
    pauses_for_third_party = models.BooleanField(_("se detiene mientras depende de un tercero"), default=True)
    # Working minutes before the end at which whoever has it is warned; zero for no warning.
    warn_minutes = models.PositiveIntegerField(_("avisar antes del final"), default=60)
    # What happens when it was not met.
    tells_team = models.BooleanField(_("avisar al equipo"), default=True)
    tells_supervisors = models.BooleanField(_("avisar a quien supervisa"), default=True)
    raises_priority = models.BooleanField(_("subir la prioridad"), default=False)
    passes_to = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("pasar al equipo")
    )

    class Meta:
        verbose_name = _("nivel de servicio")
        verbose_name_plural = _("niveles de servicio")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "priority", "team"],
                nulls_distinct=False,
                name="service_level_once",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Clock(OrganisationOwned):
    """How long the desk has worked towards one promise about one ticket. Started again, it begins a new round.

    Its working time is that of its runs: `runs` are the finished ones, as [from, to, team, seconds worked], and since
    `running_since` another one goes on. What it counts with is today's calendar of each team, until it stops.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    metric = models.CharField(_("medida"), max_length=16, choices=Metric)
    level = models.ForeignKey(ServiceLevel, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    target = models.DurationField(_("objetivo, en tiempo de trabajo"))
    started_at = models.DateTimeField(_("empezó"))
    # Answers given before this round: one more ends the round of the next response.
    replies = models.PositiveSmallIntegerField(default=0)
    runs = models.JSONField(default=list, blank=True)
    running_since = models.DateTimeField(_("corre desde"), null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Of the ticket's organisation, as the dates were computed; it changes with hours, holidays and levels.
    calendar_version = models.UUIDField()
    due_at = models.DateTimeField(_("vence"), null=True, blank=True)
    warn_at = models.DateTimeField(_("aviso"), null=True, blank=True)
    # The next moment at which something has to be done about it; empty when nothing has.
    look_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(_("avisado"), null=True, blank=True)
    breached_at = models.DateTimeField(_("incumplido desde"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalado"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("terminó"), null=True, blank=True)
    worked = models.DurationField(_("tiempo de trabajo de las vueltas terminadas"), default=timedelta(0))

    class Meta:
        verbose_name = _("reloj")
        verbose_name_plural = _("relojes")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "metric"], name="clock_once_per_metric"),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(running_since__isnull=True, look_at__isnull=True),
                name="clock_stopped_does_not_run",
            ),
        ]
        indexes = [
            # What the watch has to look at, the most overdue first.
            models.Index(fields=["look_at", "id"], condition=Q(look_at__isnull=False), name="clock_to_look_at"),
            # Those to count again when calendars or levels of an organisation change.
            models.Index(fields=["organisation", "id"], condition=Q(stopped_at__isnull=True), name="clock_not_stopped"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} of ticket #{self.ticket_id}"


class ClockEvent(models.Model):
    """One line of a clock's history."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="events")
    step = models.CharField(_("qué"), max_length=12, choices=ClockStep)
    at = models.DateTimeField(_("momento"))
    worked = models.DurationField(_("tiempo de trabajo hasta entonces"))
    target = models.DurationField(_("objetivo"))
    due_at = models.DateTimeField(_("vencía"), null=True, blank=True)

    class Meta:
        verbose_name = _("suceso de un reloj")
        verbose_name_plural = _("sucesos de relojes")
        indexes = [models.Index(fields=["clock", "at", "id"], name="clock_event_history")]

    def __str__(self) -> str:
        return f"{self.step} of clock #{self.clock_id}"


class CountedWith(OrganisationOwned):
    """With which version of its calendar the clocks of an organisation were counted last."""

    calendar_version = models.UUIDField()

    class Meta:
        verbose_name = _("calendario con el que se contó")
        verbose_name_plural = _("calendarios con los que se contó")
        constraints = [models.UniqueConstraint(fields=["organisation"], name="counted_with_once")]

    def __str__(self) -> str:
        return f"#{self.organisation_id}"
