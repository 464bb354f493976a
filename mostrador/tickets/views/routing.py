"""How the work is shared out: each person's own part, and for supervisors that of teams and colleagues."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.organisations.models import Team
from mostrador.shared.pages import respond
from mostrador.tickets.actions import routing as actions
from mostrador.tickets.forms.routing import AgentRoutingForm, LanguagesForm, TeamRoutingForm
from mostrador.tickets.models import TeamRouting
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.queries import routing as queries

ARRANGERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS, Role.ADMINISTRATOR)
def routing(request: StaffRequest) -> HttpResponse:
    """Show one's languages and whether one receives tickets, supervisors everybody's; POST keeps the languages."""
    own = queries.routing_of(request.user, request.organisation)
    form = LanguagesForm(own, request.organisation, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.set_agent_rules(
            request.user,
            request.organisation,
            languages=form.cleaned_data["languages"],
            topics=None,
            load_limit=own.load_limit,
            actor=request.user,
        )
        messages.success(request, _("Guardado."))
        return redirect("tickets:routing")
    arranges = request.access.has(*ARRANGERS)
    page = {
        "form": form,
        "own": own,
        "handles": request.access.has(*HANDLERS),
        "teams": queries.team_rows(request.organisation) if arranges else [],
        "agents": queries.agent_rows(request.organisation) if arranges else [],
        "arranges": arranges,
    }
    return respond(request, "tickets/agent/routing.html", page, status=422 if form.errors else 200)


@require_POST
@staff_page(*HANDLERS)
def availability(request: StaffRequest) -> HttpResponse:
    """Say whether one receives tickets, and hand over what waits when asked to."""
    is_available = request.POST.get("available") == "1"
    hand_over = request.POST.get("hand_over") == "1"
    actions.set_available(
        request.user, request.organisation, is_available=is_available, hand_over=hand_over, actor=request.user
    )
    if is_available:
        words = _("Vuelve a recibir consultas.")
    elif hand_over:
        words = _("No recibirá consultas. Las que esperan respuesta pasan a sus compañeros.")
    else:
        words = _("No recibirá consultas hasta que lo diga. Las que ya tiene siguen siendo suyas.")
    messages.success(request, words)
    return redirect("tickets:routing")


@require_http_methods(["GET", "POST"])
@staff_page(*ARRANGERS)
def routing_team(request: StaffRequest, pk: int) -> HttpResponse:
    """Settle how a team shares out its tickets."""
    team = get_object_or_404(Team, organisation=request.organisation, pk=pk, is_active=True)
    rule = TeamRouting.objects.filter(team=team).first() or TeamRouting(team=team)
    form = TeamRoutingForm(rule, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.set_team_rules(team, **form.cleaned_data, actor=request.user)
        messages.success(request, _("Guardado. Lo que esperaba se reparte en unos minutos."))
        return redirect("tickets:routing")
    page = {"form": form, "team": team}
    return respond(request, "tickets/agent/routing_team.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(*ARRANGERS)
def routing_agent(request: StaffRequest, pk: int) -> HttpResponse:
    """Settle what somebody attends to, and whether they receive tickets."""
    person = next((one for one in queries.agents_of(request.organisation) if one.pk == pk), None)
    if person is None:
        raise Http404
    own = queries.routing_of(person, request.organisation)
    form = AgentRoutingForm(own, request.organisation, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.set_agent_rules(person, request.organisation, **form.cleaned_data, actor=request.user)
        actions.set_available(
            person,
            request.organisation,
            is_available="away" not in request.POST,
            hand_over="away" in request.POST,
            actor=request.user,
        )
        messages.success(request, _("Guardado."))
        return redirect("tickets:routing")
    page = {"form": form, "person": person, "own": own}
    return respond(request, "tickets/agent/routing_agent.html", page, status=422 if form.errors else 200)
