"""Persons, as the desk sees them. Every look at somebody's data is recorded."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.people import actions
from mostrador.people.forms import ErasureForm, SearchForm
from mostrador.people.models import Person
from mostrador.people.queries import MOST_FOUND, export_of, people_found, what_is_held
from mostrador.people.rules import keepers, readable_phone
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import day, moment
from mostrador.shared.pages import respond


@require_http_methods(["GET", "POST"])
@staff_page(Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)
def search(request: StaffRequest) -> HttpResponse:
    """Find a person. Posted, so that what was typed stays out of addresses, histories and logs."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    found: list[Person] | None = None
    if request.method == "POST" and form.is_valid():
        found = people_found(request.access, form.cleaned_data["words"])
        actions.note_search(request.organisation, by=request.user, found=len(found))
    page = {
        "form": form,
        "rows": None if found is None else [_row(person, request.organisation.pk) for person in found],
        "count": "" if found is None else _count(len(found)),
    }
    return respond(request, "people/staff/search.html", page, status=422 if form.errors else 200)


@require_GET
@staff_page(Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)
def person(request: StaffRequest, person_id: int) -> HttpResponse:
    """Show one person and what they have here."""
    shown = _visible(request, person_id)
    actions.note_access(shown, by=request.user)
    page = {
        "person": shown,
        "facts": _facts(shown),
        "held": what_is_held(shown, request.access),
        "report": _report(shown),
        "form": forms.Form(),
        "may_administer": shown.organisation_id in request.access.organisation_ids(Role.ADMINISTRATOR)
        and request.access.has(Role.ADMINISTRATOR),
    }
    return respond(request, "people/staff/person.html", page)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def export(request: StaffRequest, person_id: int) -> FileResponse:
    """Hand over a copy of everything about a person."""
    shown = _visible(request, person_id, Role.ADMINISTRATOR)
    actions.note_export(shown, by=request.user)
    name = f"datos-persona-{shown.pk}.zip"
    return FileResponse(export_of(shown), as_attachment=True, filename=name, content_type="application/zip")


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def erase(request: StaffRequest, person_id: int) -> HttpResponse:
    """Say what will be erased and what stays, and do it once that is confirmed."""
    shown = _visible(request, person_id, Role.ADMINISTRATOR)
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.erase_person(shown, by=request.user)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Los datos de la persona se han suprimido."))
            return redirect("people:person", person_id=shown.pk)
    page = {
        "person": shown,
        "form": form,
        "facts": _facts(shown),
        "titles": [str(keeper.title) for keeper in keepers()],
    }
    return respond(request, "people/staff/erase.html", page, status=422 if form.errors else 200)


def _visible(request: StaffRequest, person_id: int, *roles: Role) -> Person:
    visible = Person.objects.visible_to(request.access, *roles).select_related("organisation")
    return get_object_or_404(visible, pk=person_id)


def _row(person: Person, visited: int) -> dict[str, Any]:
    contact = [person.email, readable_phone(person.phone)]
    return {
        "pk": person.pk,
        "name": person.name or _("Sin nombre"),
        "contact": " · ".join(value for value in contact if value),
        "organisation": person.organisation.short_name if person.organisation_id != visited else "",
        "since": day(person.created_at),
    }


def _count(found: int) -> str:
    if found == MOST_FOUND:
        return _("Las %(count)d personas más recientes. Precise más la búsqueda si no está entre ellas.") % {
            "count": found
        }
    return ngettext("%(count)d persona", "%(count)d personas", found) % {"count": found}


def _facts(person: Person) -> list[tuple[str, Any]]:
    if person.erased_at:
        return [(_("Datos suprimidos"), moment(person.erased_at))]
    return [
        (_("Nombre"), person.name or "—"),
        (_("Correo electrónico"), person.email or "—"),
        (_("Teléfono"), readable_phone(person.phone) or "—"),
        (_("Idioma"), dict(settings.LANGUAGES).get(person.language, person.language)),
        (_("Primer contacto"), moment(person.created_at)),
    ]


def _report(person: Person) -> list[tuple[str, str]]:
    """Return how many things were erased, by what people call the app."""
    counts = {app: sum(things.values()) for app, things in person.erasure_report.items()}
    return [(str(keeper.title), str(counts[keeper.name])) for keeper in keepers() if keeper.name in counts]
