"""Saved views: put together, arranged, shared, taken away."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond
from mostrador.tickets.actions import saved_views as actions
from mostrador.tickets.choices import DeskList, ViewColumn
from mostrador.tickets.forms.saved_views import Builder, ViewForm
from mostrador.tickets.models import SavedView
from mostrador.tickets.permissions import DESK, may_change_view
from mostrador.tickets.queries import desk as lists
from mostrador.tickets.queries import saved_views as queries
from mostrador.tickets.queries.conditions import understood
from mostrador.tickets.rules.views import known_columns
from mostrador.tickets.views.desk import capped

PREVIEWED = 5  # rows


@require_GET
@staff_page()
def views(request: StaffRequest) -> HttpResponse:
    """Show the saved views to arrange them, with which one the desk opens, and what was taken away."""
    own, shared = queries.arranged(request.access)
    beside = lists.beside(request.access)
    every = [*own, *shared]
    page = {
        "own": own,
        "shared": shared,
        "removed": queries.removed_views(request.access),
        "starts": [("", _("La de siempre"))]
        + [(each.value, str(each.label)) for each in DeskList]
        + [(str(each.view.pk), each.view.name) for each in every],
        "starts_with": beside.starts_with,
        "sees_settings": request.access.has(*DESK),
    }
    return respond(request, "tickets/agent/views.html", page)


@require_http_methods(["GET", "POST"])
@staff_page()
def view_new(request: StaffRequest) -> HttpResponse:
    """Put a view together and keep it."""
    return _build(request, None)


@require_http_methods(["GET", "POST"])
@staff_page()
def view_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a view; one that others look after can be looked at, and kept as a copy of one's own."""
    return _build(request, get_object_or_404(queries.visible_views(request.access), pk=pk))


@require_POST
@staff_page()
def view_copy(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a copy for oneself, and open it to be changed."""
    view = get_object_or_404(queries.visible_views(request.access), pk=pk)
    try:
        copy = actions.copy_view(view, access=request.access)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("tickets:views")
    return redirect("tickets:view_edit", pk=copy.pk)


@require_POST
@staff_page()
def view_move(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a view one place higher or lower."""
    view = get_object_or_404(queries.visible_views(request.access), pk=pk)
    try:
        actions.move_view(view, up="up" in request.POST, access=request.access)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("tickets:views")


@require_POST
@staff_page()
def view_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a view away; the page that follows offers to bring it back."""
    view = get_object_or_404(queries.visible_views(request.access), pk=pk)
    try:
        actions.remove_view(view, access=request.access)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Vista borrada. Puede recuperarla durante un día."))
    return redirect("tickets:views")


@require_POST
@staff_page()
def view_restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring a view back."""
    view = get_object_or_404(SavedView.objects.visible_to(request.access), pk=pk)
    try:
        actions.restore_view(view, access=request.access)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Ha recuperado la vista «%(name)s».") % {"name": view.name})
    return redirect("tickets:views")


@require_POST
@staff_page()
def begin_with(request: StaffRequest) -> HttpResponse:
    """Choose with which list the desk opens for oneself."""
    wanted = request.POST.get("starts_with", "")
    pk = row_key(wanted)
    is_view = pk is not None and queries.visible_views(request.access).filter(pk=pk).exists()
    if wanted and wanted not in DeskList.values and not is_view:
        messages.error(request, _("Esa lista ya no existe. Elija otra."))
    else:
        actions.begin_with(request.organisation, wanted, user=request.user)
        messages.success(request, _("Guardado: las consultas se abrirán con esa lista."))
    return redirect("tickets:views")


# --- Putting a view together --------------------------------------------------------------------------


def _build(request: StaffRequest, view: SavedView | None) -> HttpResponse:
    """Show what a view is made of and its first rows; a button adds or takes out a condition, another keeps it."""
    may_change = view is None or may_change_view(request.access, view)
    builder = Builder(request.organisation, request.access)
    lost: tuple[Any, ...] = ()
    if request.method == "POST":
        form = ViewForm(request.organisation, request.access, request.POST)
        builder.read(request.POST)
        if not {"add", "take_out", "preview"} & request.POST.keys():
            if kept := _keep(request, view if may_change else None, form, builder):
                return kept
            return _builder_page(request, view, form, builder, may_change=may_change, status=422)
        form = ViewForm(request.organisation, request.access, initial=request.POST.dict())
    else:
        form = ViewForm(request.organisation, request.access, initial=ViewForm.initial_of(view))
        if view is not None:
            asked, found = understood(view.filter, request.organisation)
            builder.fill(asked)
            lost = tuple(found)
            if not may_change:
                form.initial["whose"] = "me"
    return _builder_page(request, view, form, builder, may_change=may_change, lost=lost)


def _keep(request: StaffRequest, view: SavedView | None, form: ViewForm, builder: Builder) -> HttpResponse | None:
    are_valid = [form.is_valid(), builder.is_valid()]
    for sentence in builder.errors:
        form.add_error(None, sentence)
    if not all(are_valid):
        return None
    described = form.described(builder.asked())
    try:
        if view is None:
            view = actions.create_view(request.organisation, described, access=request.access)
        else:
            actions.change_view(view, described, access=request.access)
    except ActionRefused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Vista guardada."))
    return redirect(f"{reverse('tickets:desk')}?lista={view.pk}")


def _builder_page(
    request: StaffRequest,
    view: SavedView | None,
    form: ViewForm,
    builder: Builder,
    *,
    may_change: bool,
    lost: tuple[Any, ...] = (),
    status: int = 200,
) -> HttpResponse:
    trial = _trial(request, form)
    asked = builder.asked() if request.method == "POST" else _begun(builder, view)
    shown = lists.view_page(trial, asked, request.access)
    number = None if shown.took_too_long else lists.count_of(trial, asked, request.access)
    page = {
        "view": view,
        "form": form,
        "builder": builder,
        "may_change": may_change,
        "lost": lost,
        "address": request.path,
        "field_names": builder.choices.names(),
        "rows": shown.rows[:PREVIEWED],
        "columns": [{"label": ViewColumn(column).label} for column in known_columns(trial.columns)],
        "has_several_organisations": shown.has_several_organisations,
        "took_too_long": shown.took_too_long,
        "count": capped(number) if number is not None else "",
    }
    fragment = "preview" if request.POST.get("preview") == "live" else "builder"
    return respond(request, "tickets/agent/view.html", page, fragment=fragment, status=status)


def _begun(builder: Builder, view: SavedView | None) -> Any:
    """Return the conditions with which the builder begins."""
    return understood(view.filter, builder.choices.organisation)[0] if view else builder.asked()


def _trial(request: StaffRequest, form: ViewForm) -> SavedView:
    """Return a view as the form describes it so far, not kept."""
    chosen = {name: form[name].value() or "" for name in (*form.column_names, "of", "sort")}
    columns = [chosen[name] for name in form.column_names if chosen[name]]
    return SavedView(organisation=request.organisation, of=chosen["of"], sort=chosen["sort"], columns=columns)
