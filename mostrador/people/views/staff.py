"""Persons, as the desk sees them. Every look at somebody's data is recorded."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.people.actions import persons as actions
from mostrador.people.actions.merging import UNDO_WITHIN
from mostrador.people.choices import PersonKind, RevealReason
from mostrador.people.forms import HoldForm, PersonForm, RevealForm, SearchForm
from mostrador.people.models import Merge, Person
from mostrador.people.queries import persons as queries
from mostrador.people.queries.own_data import consents_of
from mostrador.people.queries.requests import requests_of
from mostrador.people.rules import keepers
from mostrador.people.views.common import DESK, READERS, contact_of, facts_of, name_of, visible
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import day, moment
from mostrador.shared.pages import respond


@require_http_methods(["GET", "POST"])
@staff_page(*READERS)
def search(request: StaffRequest) -> HttpResponse:
    """Find a person. Posted, so that what was typed stays out of addresses, histories and logs."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    found: list[Person] | None = None
    if request.method == "POST" and form.is_valid():
        found = queries.people_found(request.access, form.cleaned_data["words"])
        actions.note_search(request.organisation, by=request.user, found=len(found))
    page = {
        "form": form,
        "rows": None if found is None else [_row(person, request.organisation.pk) for person in found],
        "count": "" if found is None else _count(len(found)),
        "may_join": request.access.has(*DESK),
        "may_administer": request.access.has(Role.ADMINISTRATOR),
    }
    return respond(request, "people/staff/search.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET"])
@staff_page(*READERS)
def person(request: StaffRequest, person_id: int) -> HttpResponse:
    """Show one person and what they have here; a record that was joined leads to the one that stayed."""
    shown = visible(request, person_id)
    if shown.merged_into_id is not None:
        return redirect("people:person", person_id=queries.surviving(shown).pk)
    actions.note_access(shown, by=request.user)
    may_administer = _has_here(request, shown, Role.ADMINISTRATOR)
    page = {
        "person": shown,
        "name": name_of(shown),
        "facts": facts_of(shown),
        "signals": queries.signals_of(shown, request.access),
        "held": queries.what_is_held(shown, request.access),
        "report": _report(shown),
        "representatives": queries.representatives_of(shown),
        "represented": queries.represented_by(shown),
        "consents": consents_of(shown, request.access),
        "alike": [_other(other, reason.label) for other, reason in queries.alike(shown)] if shown.is_known else [],
        "merges": [_merge(merged) for merged in queries.merges_of(shown)],
        "requests": requests_of(shown) if may_administer else [],
        "may_change": shown.is_known and _has_here(request, shown, *READERS),
        "may_join": shown.is_known and _has_here(request, shown, *DESK),
        "may_administer": may_administer,
    }
    return respond(request, "people/staff/person.html", page)


@require_http_methods(["GET", "POST"])
@staff_page(*READERS)
def edit(request: StaffRequest, person_id: int) -> HttpResponse:
    """Correct what is known of a person."""
    shown = visible(request, person_id)
    if not shown.is_known:
        return redirect("people:person", person_id=person_id)
    form = PersonForm(shown, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            changed = actions.change_person(
                shown, actions.Details(**data | {"kind": PersonKind(data["kind"])}), by=request.user
            )
        except ActionRefused as refusal:
            form.add_error("identity", str(refusal))
        else:
            messages.success(request, _("Guardado.") if changed else _("No había nada que cambiar."))
            return redirect("people:person", person_id=shown.pk)
    if request.method == "GET":
        actions.note_access(shown, by=request.user)
    page = {"person": shown, "name": name_of(shown), "form": form}
    return respond(request, "people/staff/edit.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(*READERS)
def reveal(request: StaffRequest, person_id: int) -> HttpResponse:
    """Show the whole identity number to somebody who says what for; only in the answer to that."""
    shown = visible(request, person_id)
    form, number = RevealForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST" and form.is_valid():
        try:
            number = actions.reveal_identity(shown, by=request.user, reason=RevealReason(form.cleaned_data["reason"]))
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
    page = {"person": shown, "name": name_of(shown), "form": form, "number": number}
    return respond(request, "people/staff/reveal.html", page, fragment="identity", status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def hold(request: StaffRequest, person_id: int) -> HttpResponse:
    """Say until when the law obliges to keep somebody's data."""
    shown = visible(request, person_id, Role.ADMINISTRATOR)
    initial = {"held_until": shown.held_until, "hold_reason": shown.hold_reason}
    form = HoldForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hold_person(
                shown,
                by=request.user,
                until=form.cleaned_data["held_until"],
                reason=form.cleaned_data["hold_reason"],
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Guardado."))
            return redirect("people:person", person_id=shown.pk)
    page = {"person": shown, "name": name_of(shown), "form": form}
    return respond(request, "people/staff/hold.html", page, status=422 if form.errors else 200)


def _has_here(request: StaffRequest, person: Person, *roles: Role) -> bool:
    return request.access.has(*roles) and person.organisation_id in request.access.organisation_ids(*roles)


def _row(person: Person, visited: int) -> dict[str, Any]:
    return {
        "pk": person.pk,
        "name": person.name or _("Sin nombre"),
        "contact": contact_of(person),
        "organisation": person.organisation.short_name if person.organisation_id != visited else "",
        "since": day(person.created_at),
    }


def _other(person: Person, reason: object) -> dict[str, Any]:
    return {"pk": person.pk, "name": person.name or _("Sin nombre"), "contact": contact_of(person), "reason": reason}


def _merge(merged: Merge) -> dict[str, Any]:
    may_undo = merged.undone_at is None and merged.settled_at is None
    return {
        "pk": merged.pk,
        "at": moment(merged.merged_at),
        "by": merged.merged_by.name if merged.merged_by else "",
        "undone_at": merged.undone_at,
        "may_undo": may_undo and timezone.now() - merged.merged_at <= UNDO_WITHIN,
    }


def _count(found: int) -> str:
    if found == queries.MOST_FOUND:
        return _("Las %(count)d personas más recientes. Precise más la búsqueda si no está entre ellas.") % {
            "count": found
        }
    return ngettext("%(count)d persona", "%(count)d personas", found) % {"count": found}


def _report(person: Person) -> list[tuple[str, str]]:
    """Return how many things were erased, by what people call the app."""
    counts = {app: sum(things.values()) for app, things in person.erasure_report.items()}
    return [(str(keeper.title), str(counts[keeper.name])) for keeper in keepers() if keeper.name in counts]
