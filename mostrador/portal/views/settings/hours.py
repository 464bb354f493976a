"""Opening hours."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.organisations import actions, queries
from mostrador.organisations.forms import TimetableForm, ValidityChoices
from mostrador.organisations.models import Timetable
from mostrador.portal.views.settings.common import offer_undo, saved, show, status_of, tried, typed


@require_GET
@staff_page(Role.ADMINISTRATOR)
def hours(request: StaffRequest) -> HttpResponse:
    """Show every timetable of the organisation and its teams."""
    rows = [
        {"timetable": timetable, "days": queries.shifts_by_weekday(timetable)}
        for timetable in queries.timetables_of(request.organisation)
    ]
    page = {"rows": rows, "inherits": request.organisation.parent_id is not None}
    return show(request, "portal/administrator/hours.html", page, here=_("Horarios"))


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def timetable_new(request: StaffRequest) -> HttpResponse:
    """Add a timetable."""
    form = TimetableForm(request.organisation, typed(request), initial={"validity": ValidityChoices.SEASON})
    if request.method == "POST" and saved(form, lambda data: _save(request, data, None)):
        messages.success(request, _("El horario está guardado y ya cuenta para los plazos de respuesta."))
        return redirect("portal:hours")
    return _show(request, form, None, here=_("Horario nuevo"))


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def timetable(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a timetable."""
    row = get_object_or_404(Timetable, organisation=request.organisation, pk=pk)
    form = TimetableForm(request.organisation, typed(request), initial=TimetableForm.initial_of(row))
    if request.method == "POST" and saved(form, lambda data: _save(request, data, row)):
        messages.success(request, _("El horario está guardado y ya cuenta para los plazos de respuesta."))
        return redirect("portal:hours")
    return _show(request, form, row, here=row.name)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def timetable_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Remove a timetable."""
    row = get_object_or_404(Timetable, organisation=request.organisation, pk=pk)
    values = tried(request, lambda: actions.remove_timetable(row, actor=request.user))
    if values:
        words = _("Ha quitado el horario «%(name)s».") % {"name": values["name"]}
        offer_undo(request, kind="timetable", words=words, values=values)
    return redirect("portal:hours")


def _save(request: StaffRequest, data: Any, row: Timetable | None) -> None:
    actions.save_timetable(
        request.organisation,
        data["shifts"],
        name=data["name"],
        team=data["team"],
        starts_on=data["starts_on"],
        ends_on=data["ends_on"],
        repeats=data["validity"] == ValidityChoices.SEASON,
        timetable=row,
        actor=request.user,
    )


def _show(request: StaffRequest, form: TimetableForm, row: Timetable | None, *, here: str) -> HttpResponse:
    return show(
        request,
        "portal/administrator/timetable.html",
        {"form": form, "timetable": row},
        here=here,
        above=[(_("Horarios"), reverse("portal:hours"))],
        status=status_of(form),
    )
