"""What supervisors and administrators decide: kinds of tickets, service levels, fields of their own, lists of tasks."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond
from mostrador.tickets.actions import fields as field_actions
from mostrador.tickets.actions import kinds as kind_actions
from mostrador.tickets.actions import service_levels as level_actions
from mostrador.tickets.actions import tasks as task_actions
from mostrador.tickets.choices import TicketKind
from mostrador.tickets.forms.fields import FieldForm
from mostrador.tickets.forms.kinds import KindForm, LevelForm
from mostrador.tickets.forms.task_lists import TaskListForm
from mostrador.tickets.models import CustomField, KindSettings, ServiceLevel, TaskList
from mostrador.tickets.queries.fields import rows_of
from mostrador.tickets.queries.level_tables import kind_rows, level_rows, matrix
from mostrador.tickets.queries.levels import handling
from mostrador.tickets.rules.kinds import BY_SLUG, rule_of

DECIDERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


# --- Kinds --------------------------------------------------------------------------------------------


@require_GET
@staff_page(*DECIDERS)
def kinds(request: StaffRequest) -> HttpResponse:
    """List the kinds of tickets with their terms and who handles them."""
    return respond(request, "tickets/supervisor/kinds.html", {"rows": kind_rows(request.organisation)})


@require_http_methods(["GET", "POST"])
@staff_page(*DECIDERS)
def kind(request: StaffRequest, slug: str) -> HttpResponse:
    """Say how one kind is handled."""
    which = BY_SLUG.get(slug)
    if which is None:
        raise Http404
    row = KindSettings.objects.filter(organisation=request.organisation, kind=which).first()
    offered = handling(request.organisation, which).is_offered
    form = KindForm(request.organisation, _typed(request), initial=KindForm.initial_of(row, is_offered=offered))
    if request.method == "POST" and form.is_valid():
        kind_actions.save_kind(request.organisation, which, form.values(), actor=request.user)
        messages.success(request, _("Guardado."))
        return redirect("tickets:kinds")
    here = capfirst(str(TicketKind(which).label))
    return _show(request, "kind", form, here=here, slug=slug, rule=rule_of(which))


# --- Service levels -----------------------------------------------------------------------------------


@require_GET
@staff_page(*DECIDERS)
def levels(request: StaffRequest) -> HttpResponse:
    """Show what is promised for each kind and priority, and the levels that say so."""
    own, inherited = level_rows(request.organisation)
    page = {"matrix": matrix(request.organisation), "own": own, "inherited": inherited}
    return respond(request, "tickets/supervisor/levels.html", page)


@require_http_methods(["GET", "POST"])
@staff_page(*DECIDERS)
def level_new(request: StaffRequest) -> HttpResponse:
    """Add a service level; one for the same tickets is replaced."""
    form = LevelForm(request.organisation, _typed(request), initial=LevelForm.initial_of(None))
    if _saved(request, form, lambda data: level_actions.save_level(request.organisation, data, actor=request.user)):
        return redirect("tickets:levels")
    return _show(request, "level", form, here=_("Nivel de servicio nuevo"), level=None)


@require_http_methods(["GET", "POST"])
@staff_page(*DECIDERS)
def level(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a service level."""
    row = get_object_or_404(ServiceLevel, organisation=request.organisation, pk=pk)
    form = LevelForm(request.organisation, _typed(request), level=row, initial=LevelForm.initial_of(row))
    if _saved(request, form, lambda data: level_actions.save_level(request.organisation, data, actor=request.user)):
        return redirect("tickets:levels")
    return _show(request, "level", form, here=_("Nivel de servicio"), level=row)


@require_POST
@staff_page(*DECIDERS)
def level_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take out a service level; the next more general one holds."""
    row = get_object_or_404(ServiceLevel, organisation=request.organisation, pk=pk)
    level_actions.remove_level(row, actor=request.user)
    messages.success(request, _("Ha quitado el nivel de servicio. Los relojes se vuelven a contar en un minuto."))
    return redirect("tickets:levels")


# --- Fields -------------------------------------------------------------------------------------------


@require_GET
@staff_page(*DECIDERS)
def fields(request: StaffRequest) -> HttpResponse:
    """List the fields of the organisation's own."""
    page = {"rows": rows_of(request.organisation), "removed": rows_of(request.organisation, removed=True)}
    return respond(request, "tickets/supervisor/fields.html", page)


@require_http_methods(["GET", "POST"])
@staff_page(*DECIDERS)
def field_new(request: StaffRequest) -> HttpResponse:
    """Add a field."""
    rows = rows_of(request.organisation)
    initial = {"position": max((row.position for row in rows), default=0) + 10}
    form = FieldForm(request.organisation, _typed(request), initial=initial)
    if _saved(
        request, form, lambda _data: field_actions.create_field(request.organisation, form.values(), actor=request.user)
    ):
        return redirect("tickets:fields")
    return _show(request, "field", form, here=_("Campo nuevo"), field=None)


@require_http_methods(["GET", "POST"])
@staff_page(*DECIDERS)
def field(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a field."""
    rows = CustomField.objects.filter(organisation=request.organisation).select_related("topic", "depends_on")
    row = get_object_or_404(rows, pk=pk)
    form = FieldForm(request.organisation, _typed(request), field=row, initial=FieldForm.initial_of(row))
    if _saved(request, form, lambda _data: field_actions.change_field(row, form.values(), actor=request.user)):
        return redirect("tickets:fields")
    return _show(request, "field", form, here=row.name, field=row)


@require_POST
@staff_page(*DECIDERS)
def field_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask it no more."""
    row = get_object_or_404(CustomField, organisation=request.organisation, pk=pk)
    field_actions.remove_field(row, actor=request.user)
    messages.success(request, _("Ya no se pregunta «%(name)s». Lo contestado se sigue viendo.") % {"name": row.name})
    return redirect("tickets:fields")


@require_POST
@staff_page(*DECIDERS)
def field_restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask it again."""
    row = get_object_or_404(CustomField, organisation=request.organisation, pk=pk)
    field_actions.restore_field(row, actor=request.user)
    messages.success(request, _("«%(name)s» vuelve a preguntarse.") % {"name": row.name})
    return redirect("tickets:fields")


# --- Lists of tasks -----------------------------------------------------------------------------------


@require_GET
@staff_page(*DECIDERS)
def task_lists(request: StaffRequest) -> HttpResponse:
    """List what may be put onto a ticket with one choice."""
    rows = TaskList.objects.filter(organisation=request.organisation).select_related("team", "topic")
    return respond(request, "tickets/supervisor/task_lists.html", {"rows": rows.order_by("name", "pk")})


@require_http_methods(["GET", "POST"])
@staff_page(*DECIDERS)
def task_list_new(request: StaffRequest) -> HttpResponse:
    """Write a list of tasks."""
    form = TaskListForm(request.organisation, _typed(request))
    if _saved(
        request,
        form,
        lambda data: task_actions.save_task_list(
            request.organisation, form.values(), actor=request.user, idempotency_key=data["key"]
        ),
    ):
        return redirect("tickets:task_lists")
    return _show(request, "task_list", form, here=_("Lista nueva"), task_list=None)


@require_http_methods(["GET", "POST"])
@staff_page(*DECIDERS)
def task_list(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a list of tasks; tickets that have them keep them."""
    row = _own_list(request, pk)
    form = TaskListForm(request.organisation, _typed(request), task_list=row)
    if _saved(
        request,
        form,
        lambda _data: task_actions.save_task_list(
            request.organisation, form.values(), actor=request.user, task_list=row
        ),
    ):
        return redirect("tickets:task_lists")
    return _show(request, "task_list", form, here=row.name, task_list=row)


@require_POST
@staff_page(*DECIDERS)
def task_list_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Offer a list no more."""
    row = _own_list(request, pk)
    task_actions.remove_task_list(row, actor=request.user)
    messages.success(
        request, _("Ha quitado la lista «%(name)s». Las tareas ya puestas se quedan.") % {"name": row.name}
    )
    return redirect("tickets:task_lists")


def _own_list(request: StaffRequest, pk: int) -> TaskList:
    rows = TaskList.objects.filter(organisation=request.organisation).select_related("team", "topic", "organisation")
    return get_object_or_404(rows, pk=pk)


def _typed(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _saved(request: StaffRequest, form: forms.Form, act: Callable[[dict[str, Any]], object]) -> bool:
    """Run an action with what was typed when it is valid; a refusal shows on the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except ActionRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Guardado."))
    return True


def _show(request: StaffRequest, name: str, form: forms.Form, *, here: str, **more: Any) -> HttpResponse:
    is_bad = form.is_bound and bool(form.errors)
    page = {"form": form, "here": here} | more
    return respond(request, f"tickets/supervisor/{name}.html", page, status=422 if is_bad else 200)
