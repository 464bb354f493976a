"""The organisation's own data, and the bodies that depend on it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.actions import refuse_narrow_administrator
from mostrador.accounts.choices import Role
from mostrador.organisations import actions, queries
from mostrador.organisations.forms import DetailsForm, MoveForm, NewOrganisationForm
from mostrador.organisations.models import Organisation
from mostrador.portal.views.settings.common import saved, show, status_of, typed


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def organisation(request: StaffRequest) -> HttpResponse:
    """Change names, codes, languages, zone and contact data."""
    body = request.organisation
    form = DetailsForm(typed(request), initial=DetailsForm.initial_of(body))
    if request.method == "POST" and saved(
        form, lambda data: actions.describe_organisation(body, data, actor=request.user)
    ):
        messages.success(request, _("Guardado. Los visitantes lo verán en menos de dos minutos."))
        return redirect("portal:organisation")
    page = {"form": form}
    return show(request, "portal/administrator/organisation.html", page, here=_("Entidad"), status=status_of(form))


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def dependents(request: StaffRequest) -> HttpResponse:
    """Show the tree under this organisation and add a body that depends on it."""
    body = request.organisation
    initial = {"region": body.region, "time_zone": body.time_zone}
    form = NewOrganisationForm(typed(request), initial=initial)
    if request.method == "POST" and saved(form, lambda data: _create(request, data)):
        messages.success(request, _("La entidad está creada. Visítela en su dominio para terminar de configurarla."))
        return redirect("portal:dependents")
    page = {"form": form, "rows": queries.branch_rows(body)}
    here = _("Entidades dependientes")
    return show(request, "portal/administrator/dependents.html", page, here=here, status=status_of(form))


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a body of this tree depend on another one of it, after saying what that changes."""
    branch = queries.tree_under(request.organisation)
    body = get_object_or_404(
        Organisation.objects.under(request.organisation).exclude(pk=request.organisation.pk), pk=pk
    )
    choices = [other for other in branch if not other.path.startswith(body.path)]
    form = MoveForm(choices, typed(request), initial={"parent": body.parent_id})
    if request.method == "POST" and saved(form, lambda data: _move(request, body, data["parent"])):
        messages.success(request, _("%(name)s ha cambiado de sitio.") % {"name": body.name})
        return redirect("portal:dependents")
    page = {"form": form, "body": body}
    above = [(_("Entidades dependientes"), reverse("portal:dependents"))]
    return show(request, "portal/administrator/move.html", page, here=body.name, above=above, status=status_of(form))


def _create(request: StaffRequest, data: Mapping[str, Any]) -> None:
    refuse_narrow_administrator(request.organisation, request.user)
    actions.create_organisation(
        data["name"],
        host=data["host"],
        parent=request.organisation,
        details={name: data[name] for name in ("short_name", "region", "time_zone")},
        actor=request.user,
    )


def _move(request: StaffRequest, body: Organisation, parent: Organisation) -> None:
    refuse_narrow_administrator(request.organisation, request.user)
    actions.move_organisation(body, parent=parent, actor=request.user)
