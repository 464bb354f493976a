"""The calendar of non-working days, year by year."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.organisations import actions, queries
from mostrador.organisations.choices import DayScope
from mostrador.organisations.forms import CalendarFileForm, ConfirmYearForm, DayForm
from mostrador.organisations.models import NonWorkingDay
from mostrador.organisations.rules.calendar_files import ReadCalendar, read_calendar
from mostrador.portal.views.settings.common import files, offer_undo, saved, show, status_of, typed

FIRST_YEAR, YEARS_AHEAD = 2016, 3  # Ley 39/2015 is in force since October 2016


@require_GET
@staff_page(Role.ADMINISTRATOR)
def calendar_now(request: StaffRequest) -> HttpResponse:
    """Lead to this year's calendar."""
    return redirect("portal:calendar", year=timezone.localdate().year)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def calendar(request: StaffRequest, year: int) -> HttpResponse:
    """Show the days of one year and add one."""
    _check(year)
    form = DayForm(request.organisation, year, typed(request))
    if request.method == "POST" and saved(
        form,
        lambda data: actions.add_day(
            request.organisation,
            data["on"],
            names=form.names,
            scope=DayScope(data["scope"]),
            source=data["source"],
            actor=request.user,
        ),
    ):
        messages.success(request, _("El día está en el calendario."))
        return redirect("portal:calendar", year=year)
    return _show(request, year, form, ConfirmYearForm())


@require_POST
@staff_page(Role.ADMINISTRATOR)
def calendar_compute(request: StaffRequest, year: int) -> HttpResponse:
    """Add the national and regional days that can be computed."""
    _check(year)
    added = actions.compute_year(request.organisation, year, actor=request.user)
    words = ngettext("Se ha añadido %(num)s día.", "Se han añadido %(num)s días.", added) % {"num": added}
    messages.success(request, words)
    return redirect("portal:calendar", year=year)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def calendar_confirm(request: StaffRequest, year: int) -> HttpResponse:
    """State that the calendar is the published one."""
    _check(year)
    form = ConfirmYearForm(typed(request))
    if saved(
        form,
        lambda data: actions.confirm_year(request.organisation, year, source=data["source"], actor=request.user),
    ):
        words = _("El calendario de %(year)s es oficial: sus plazos ya tienen efecto legal.") % {"year": year}
        messages.success(request, words)
        return redirect("portal:calendar", year=year)
    return _show(request, year, DayForm(request.organisation, year), form)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def calendar_withdraw(request: StaffRequest, year: int) -> HttpResponse:
    """Make the calendar provisional again."""
    _check(year)
    source = queries.year_state(request.organisation, year).official_source
    if actions.withdraw_confirmation(request.organisation, year, actor=request.user):
        words = _("El calendario de %(year)s vuelve a ser provisional.") % {"year": year}
        offer_undo(request, kind="confirmation", words=words, values={"year": year, "source": source})
    return redirect("portal:calendar", year=year)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def day_remove(request: StaffRequest, year: int, pk: int) -> HttpResponse:
    """Make a day working again."""
    day = get_object_or_404(NonWorkingDay, organisation=request.organisation, pk=pk, on__year=year)
    name = day.name
    values = actions.remove_day(day, actor=request.user)
    words = _("Ha quitado «%(name)s» del calendario.") % {"name": name}
    offer_undo(request, kind="day", words=words, values=values | {"year": year})
    return redirect("portal:calendar", year=year)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def calendar_import(request: StaffRequest, year: int) -> HttpResponse:
    """Take over an official calendar; what is not understood comes back to be corrected and sent again."""
    _check(year)
    form = CalendarFileForm(typed(request), files(request))
    report = None
    if request.method == "POST" and form.is_valid():
        report = _import(request, year, form)
        if not report["bad_lines"]:
            messages.success(request, _imported_words(report["done"]))
            return redirect("portal:calendar", year=year)
        again = "\n".join(bad.text for bad in report["bad_lines"])
        form = CalendarFileForm(initial=form.cleaned_data | {"file": None, "text": again})
    page = {"form": form, "year": year, "report": report, "state": queries.year_state(request.organisation, year)}
    return show(
        request,
        "portal/administrator/calendar_import.html",
        page,
        here=_("Importar"),
        above=[(_("Calendario de %(year)s") % {"year": year}, reverse("portal:calendar", kwargs={"year": year}))],
        status=422 if report else status_of(form),
    )


def _import(request: StaffRequest, year: int, form: CalendarFileForm) -> dict[str, Any]:
    data = form.cleaned_data
    read: ReadCalendar = read_calendar(
        form.content,
        zone=ZoneInfo(request.organisation.time_zone),
        years=[year],
        default_scope=DayScope(data["scope"]),
    )
    done = actions.import_days(
        request.organisation,
        read.days,
        source=data["source"],
        whole_years=data["whole_years"] and not read.bad_lines,  # a day not understood must not vanish
        actor=request.user,
    )
    return {"done": done, "bad_lines": read.bad_lines, "words": _imported_words(done)}


def _imported_words(done: actions.Imported) -> str:
    counts = {"added": done.added, "replaced": done.replaced, "unchanged": done.unchanged, "removed": done.removed}
    return (
        _("Días nuevos: %(added)s. Sustituidos: %(replaced)s. Ya estaban: %(unchanged)s. Quitados: %(removed)s.")
        % counts
    )


def _check(year: int) -> None:
    if not FIRST_YEAR <= year <= timezone.localdate().year + YEARS_AHEAD:
        raise Http404


def _show(request: StaffRequest, year: int, day_form: DayForm, confirm_form: ConfirmYearForm) -> HttpResponse:
    today = timezone.localdate()
    shown = {*queries.known_years(request.organisation), today.year, today.year + 1, year}
    page = {
        "year": year,
        "years": sorted(shown),
        "days": list(queries.non_working_days_of(request.organisation, year)),
        "state": queries.year_state(request.organisation, year),
        "years_to_confirm": queries.years_to_confirm(request.organisation, today),
        "form": day_form,
        "confirm_form": confirm_form,
    }
    return show(
        request,
        "portal/administrator/calendar.html",
        page,
        here=_("Calendario de %(year)s") % {"year": year},
        status=status_of(day_form, confirm_form),
    )
