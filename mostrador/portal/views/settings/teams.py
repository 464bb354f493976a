"""Teams."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.organisations import actions, queries
from mostrador.organisations.forms import TeamForm
from mostrador.organisations.models import Team
from mostrador.portal.views.settings.common import offer_undo, saved, show, status_of, tried, typed


@require_GET
@staff_page(Role.ADMINISTRATOR)
def teams(request: StaffRequest) -> HttpResponse:
    """List the teams, those at work first."""
    page = {
        "rows": list(queries.teams_of(request.organisation)),
        "retired": list(queries.teams_of(request.organisation, retired=True)),
    }
    return show(request, "portal/administrator/teams.html", page, here=_("Equipos"))


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def team_new(request: StaffRequest) -> HttpResponse:
    """Add a team."""
    form = TeamForm(typed(request))
    if request.method == "POST" and saved(
        form, lambda data: actions.create_team(request.organisation, **data, actor=request.user)
    ):
        messages.success(request, _("El equipo está creado. Añada personas desde «Personal»."))
        return redirect("portal:teams")
    page = {"form": form, "team": None}
    return show(
        request,
        "portal/administrator/team.html",
        page,
        here=_("Equipo nuevo"),
        above=[(_("Equipos"), reverse("portal:teams"))],
        status=status_of(form),
    )


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def team(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a team."""
    row = get_object_or_404(Team, organisation=request.organisation, pk=pk)
    initial = {"name": row.name, "signature": row.signature, "is_default": row.is_default}
    form = TeamForm(typed(request), initial=initial)
    if request.method == "POST" and saved(form, lambda data: actions.describe_team(row, **data, actor=request.user)):
        messages.success(request, _("Guardado."))
        return redirect("portal:teams")
    page = {"form": form, "team": row}
    return show(
        request,
        "portal/administrator/team.html",
        page,
        here=row.name,
        above=[(_("Equipos"), reverse("portal:teams"))],
        status=status_of(form),
    )


@require_POST
@staff_page(Role.ADMINISTRATOR)
def team_retire(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a team out of every list."""
    row = get_object_or_404(Team, organisation=request.organisation, pk=pk)
    if tried(request, lambda: actions.retire_team(row, actor=request.user)):
        words = _("Ha retirado el equipo %(name)s.") % {"name": row.name}
        offer_undo(request, kind="team", words=words, values={"pk": row.pk})
    return redirect("portal:teams")


@require_POST
@staff_page(Role.ADMINISTRATOR)
def team_restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring a retired team back."""
    row = get_object_or_404(Team, organisation=request.organisation, pk=pk)
    actions.restore_team(row, actor=request.user)
    messages.success(request, _("El equipo %(name)s vuelve a trabajar.") % {"name": row.name})
    return redirect("portal:teams")
