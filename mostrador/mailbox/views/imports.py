"""Bringing in what was in a mailbox before it was ours."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.mailbox.actions import importing as actions
from mostrador.mailbox.choices import FetchProblem, ImportState
from mostrador.mailbox.forms.imports import ImportForm
from mostrador.mailbox.models import MailImport
from mostrador.mailbox.views.rows import box_of, import_of
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond

MEANING = {
    ImportState.WAITING: "info",
    ImportState.RUNNING: "info",
    ImportState.DONE: "good",
    ImportState.STOPPED: "neutral",
    ImportState.FAILED: "bad",
}


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def imports(request: StaffRequest, pk: int) -> HttpResponse:
    """List the imports of a mailbox and begin one; «Ver las carpetas» asks the server which it has."""
    box = box_of(request, pk)
    form = ImportForm()
    if request.method == "POST" and "folders" in request.POST:
        try:
            form = ImportForm(folders=actions.folders_of(box))
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("mailbox:imports", pk=box.pk)
    elif request.method == "POST":
        form = ImportForm(request.POST)
        if form.is_valid():
            try:
                begun = actions.start_import(box, **form.cleaned_data, by=request.user)
            except ActionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect("mailbox:import_detail", pk=begun.pk)
    rows = [_row(each) for each in box.imports.select_related("started_by").order_by("-pk")[:20]]
    page = {"box": box, "form": form, "rows": rows}
    return respond(request, "mailbox/administrator/imports.html", page, status=422 if form.errors else 200)


@require_GET
@staff_page(Role.ADMINISTRATOR)
def import_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how far an import has come; the page asks every two seconds."""
    shown = import_of(request, pk)
    page = {
        **_row(shown),
        "box": shown.mailbox,
        "goes_on": shown.state in actions.GOING,
        "may_resume": shown.state in {ImportState.STOPPED, ImportState.FAILED},
        "problem": FetchProblem(shown.problem).label if shown.problem in FetchProblem.values else "",
    }
    return respond(request, "mailbox/administrator/import_detail.html", page, fragment="progress")


@require_POST
@staff_page(Role.ADMINISTRATOR)
def import_stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop an import; it can go on later."""
    actions.stop_import(import_of(request, pk), by=request.user)
    return redirect("mailbox:import_detail", pk=pk)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def import_resume(request: StaffRequest, pk: int) -> HttpResponse:
    """Go on where it stopped."""
    try:
        actions.resume_import(import_of(request, pk), by=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("mailbox:import_detail", pk=pk)


def _row(each: MailImport) -> dict[str, Any]:
    state = ImportState(each.state)
    return {"each": each, "state": str(state.label), "meaning": MEANING[state]}
