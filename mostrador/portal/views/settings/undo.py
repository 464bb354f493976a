"""Bring back what was taken away last."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.organisations import actions
from mostrador.organisations.models import Procedure, Team, Topic
from mostrador.portal.views.settings.common import UNDO, tried


@require_POST
@staff_page(Role.ADMINISTRATOR)
def undo(request: StaffRequest) -> HttpResponse:
    """Bring back the last thing that this person took away from this organisation."""
    kept = request.session.get(UNDO, {}).get(str(request.organisation.pk))
    if not kept:
        messages.info(request, _("No hay nada que deshacer."))
        return redirect("portal:settings")
    restore, page = RESTORERS[kept["kind"]]
    if tried(request, lambda: restore(request, kept["values"])):
        del request.session[UNDO]
        messages.success(request, _("Deshecho: está como antes."))
    if "year" in kept["values"]:
        return redirect(page, year=kept["values"]["year"])
    return redirect(page)


def _day(request: StaffRequest, values: Mapping[str, Any]) -> None:
    actions.restore_day(request.organisation, values, actor=request.user)


def _confirmation(request: StaffRequest, values: Mapping[str, Any]) -> None:
    actions.confirm_year(request.organisation, values["year"], source=values["source"], actor=request.user)


def _timetable(request: StaffRequest, values: Mapping[str, Any]) -> None:
    actions.restore_timetable(request.organisation, values, actor=request.user)


def _host(request: StaffRequest, values: Mapping[str, Any]) -> None:
    actions.add_host(request.organisation, values["name"], actor=request.user)


def _logo(request: StaffRequest, values: Mapping[str, Any]) -> None:
    actions.restore_logo(request.organisation, values["name"], actor=request.user)


def _team(request: StaffRequest, values: Mapping[str, Any]) -> None:
    team = get_object_or_404(Team, organisation=request.organisation, pk=values["pk"])
    actions.restore_team(team, actor=request.user)


def _topic(request: StaffRequest, values: Mapping[str, Any]) -> None:
    topic = get_object_or_404(Topic, organisation=request.organisation, pk=values["pk"])
    actions.restore_topic(topic, actor=request.user)


def _procedure(request: StaffRequest, values: Mapping[str, Any]) -> None:
    procedure = get_object_or_404(Procedure, organisation=request.organisation, pk=values["pk"])
    actions.restore_procedure(procedure, actor=request.user)


# Kind of what was taken away: how it comes back, and on which page it is seen again.
RESTORERS: dict[str, tuple[Callable[[StaffRequest, Mapping[str, Any]], None], str]] = {
    "day": (_day, "portal:calendar"),
    "confirmation": (_confirmation, "portal:calendar"),
    "timetable": (_timetable, "portal:hours"),
    "host": (_host, "portal:hosts"),
    "logo": (_logo, "portal:theme"),
    "team": (_team, "portal:teams"),
    "topic": (_topic, "portal:topics"),
    "procedure": (_procedure, "portal:procedures"),
}
