"""Who gets what comes in: the rules of each team, and what each person of the desk attends to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import OrganisationOwned, Team, Topic
from mostrador.tickets.choices import RoutingMode


class TeamRouting(models.Model):
    """How a team shares out its tickets. A team without this row is manual, without limits."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(_("reparto"), max_length=12, choices=RoutingMode, default=RoutingMode.MANUAL)
    # Tickets of one person that wait for us; zero means no limit.
    load_limit = models.PositiveSmallIntegerField(_("consultas a la vez por persona"), default=0)
    # Whoever answered a person within so many days is given what that person brings; zero means nobody in particular.
    keep_days = models.PositiveSmallIntegerField(_("días en que sigue con quien ya le atendió"), default=0)
    # Whose turn was the last one.
    last_given_to = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("reparto de un equipo")
        verbose_name_plural = _("repartos de los equipos")

    def __str__(self) -> str:
        return f"{self.team_id}: {self.mode}"


class AgentRouting(OrganisationOwned):
    """What somebody attends to at an organisation and its teams. Without this row: everything, and always there."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("quién"))
    is_available = models.BooleanField(_("recibe consultas"), default=True)
    # Both empty: any.
    languages = ArrayField(
        models.CharField(max_length=5), verbose_name=_("idiomas que atiende"), default=list, blank=True
    )
    topics = models.ManyToManyField(Topic, related_name="+", blank=True, verbose_name=_("temas que atiende"))
    # Instead of the team's; empty means the team's.
    load_limit = models.PositiveSmallIntegerField(_("consultas a la vez"), null=True, blank=True)

    class Meta:
        verbose_name = _("reparto de una persona")
        verbose_name_plural = _("repartos de las personas")
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="agent_routing_once")]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.organisation_id}"
