"""Host names."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.organisations import actions, queries
from mostrador.organisations.forms import HostForm
from mostrador.organisations.models import HostName
from mostrador.portal.views.settings.common import offer_undo, saved, show, status_of, tried, typed


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def hosts(request: StaffRequest) -> HttpResponse:
    """List the names at which the organisation answers and add one."""
    form = HostForm(typed(request))
    if request.method == "POST" and saved(
        form, lambda data: actions.add_host(request.organisation, data["name"], actor=request.user)
    ):
        messages.success(request, _("El dominio está añadido. Recuerde apuntarlo a este servidor."))
        return redirect("portal:hosts")
    page = {"form": form, "rows": list(queries.hosts_of(request.organisation))}
    return show(request, "portal/administrator/hosts.html", page, here=_("Dominios"), status=status_of(form))


@require_POST
@staff_page(Role.ADMINISTRATOR)
def host_primary(request: StaffRequest, pk: int) -> HttpResponse:
    """Tell people another name from now on."""
    row = get_object_or_404(HostName, organisation=request.organisation, pk=pk)
    actions.make_host_primary(row, actor=request.user)
    messages.success(request, _("Los enlaces de los correos llevarán desde ahora a %(name)s.") % {"name": row.name})
    return redirect("portal:hosts")


@require_POST
@staff_page(Role.ADMINISTRATOR)
def host_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop answering at a name."""
    row = get_object_or_404(HostName, organisation=request.organisation, pk=pk)
    name = row.name
    if tried(request, lambda: actions.remove_host(row, actor=request.user)):
        words = _("Ha quitado el dominio %(name)s.") % {"name": name}
        offer_undo(request, kind="host", words=words, values={"name": name})
    return redirect("portal:hosts")
