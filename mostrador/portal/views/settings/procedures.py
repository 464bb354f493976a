"""Procedures (trámites) of the sede."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.organisations import actions, queries
from mostrador.organisations.forms import ProcedureForm
from mostrador.organisations.models import Procedure
from mostrador.portal.views.settings.common import offer_undo, saved, show, status_of, tried, typed

PAGE_SIZE = 100


@require_GET
@staff_page(Role.ADMINISTRATOR)
def procedures(request: StaffRequest) -> HttpResponse:
    """List the procedures by SIA code, a hundred at a time."""
    after = request.GET.get("desde", "")
    rows = list(queries.procedures_of(request.organisation).filter(sia_code__gt=after)[: PAGE_SIZE + 1])
    page = {
        "rows": rows[:PAGE_SIZE],
        "next_after": rows[PAGE_SIZE - 1].sia_code if len(rows) > PAGE_SIZE else "",
        "retired": list(queries.procedures_of(request.organisation, retired=True)[:PAGE_SIZE]),
    }
    return show(request, "portal/administrator/procedures.html", page, here=_("Procedimientos"))


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def procedure_new(request: StaffRequest) -> HttpResponse:
    """Add a procedure."""
    form = ProcedureForm(request.organisation, typed(request))
    if request.method == "POST" and saved(
        form,
        lambda data: actions.create_procedure(
            request.organisation,
            sia_code=data["sia_code"],
            names=form.names,
            url=data["url"],
            actor=request.user,
        ),
    ):
        messages.success(request, _("El procedimiento está creado."))
        return redirect("portal:procedures")
    return _show(request, form, None, here=_("Procedimiento nuevo"))


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def procedure(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a procedure."""
    row = get_object_or_404(Procedure, organisation=request.organisation, pk=pk)
    form = ProcedureForm(request.organisation, typed(request), initial=ProcedureForm.initial_of(row))
    if request.method == "POST" and saved(
        form,
        lambda data: actions.describe_procedure(
            row,
            {"sia_code": data["sia_code"], "names": row.names | form.names, "url": data["url"]},
            actor=request.user,
        ),
    ):
        messages.success(request, _("Guardado."))
        return redirect("portal:procedures")
    return _show(request, form, row, here=row.name)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def procedure_retire(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a procedure out of every list."""
    row = get_object_or_404(Procedure, organisation=request.organisation, pk=pk)
    if tried(request, lambda: actions.retire_procedure(row, actor=request.user)):
        words = _("Ha retirado el procedimiento «%(name)s».") % {"name": row.name}
        offer_undo(request, kind="procedure", words=words, values={"pk": row.pk})
    return redirect("portal:procedures")


@require_POST
@staff_page(Role.ADMINISTRATOR)
def procedure_restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring a retired procedure back."""
    row = get_object_or_404(Procedure, organisation=request.organisation, pk=pk)
    actions.restore_procedure(row, actor=request.user)
    messages.success(request, _("El procedimiento «%(name)s» vuelve a usarse.") % {"name": row.name})
    return redirect("portal:procedures")


def _show(request: StaffRequest, form: ProcedureForm, row: Procedure | None, *, here: str) -> HttpResponse:
    return show(
        request,
        "portal/administrator/procedure.html",
        {"form": form, "procedure": row},
        here=here,
        above=[(_("Procedimientos"), reverse("portal:procedures"))],
        status=status_of(form),
    )
