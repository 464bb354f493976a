"""How long tickets are kept, what would be erased tonight, and what was erased."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.shared.formats import exact_date
from mostrador.shared.pages import respond
from mostrador.tickets.actions import retention as actions
from mostrador.tickets.choices import TicketKind
from mostrador.tickets.forms.contacts import RetentionForm
from mostrador.tickets.models import RetentionRun
from mostrador.tickets.queries import retention as queries


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def retention(request: StaffRequest) -> HttpResponse:
    """Show the terms and what was erased; keep other terms, or only say what they would erase."""
    organisation = request.organisation
    kinds = [(kind.value, str(capfirst(kind.label))) for kind in TicketKind]
    form = RetentionForm(
        kinds, request.POST if request.method == "POST" else None, initial=queries.days_by_kind(organisation)
    )
    preview = None
    if request.method == "POST" and form.is_valid():
        if "preview" not in request.POST:
            actions.keep_rules(organisation, form.cleaned_data, by=request.user)
            messages.success(request, _("Guardado. Se aplica desde esta noche."))
            return redirect("tickets:retention")
        counts = queries.preview(organisation, form.cleaned_data)
        preview = [(label, counts[kind]) for kind, label in kinds if counts[kind]]
    runs = queries.runs_of(organisation)
    page = {
        "form": form,
        "preview": preview,
        "runs": [line for run in runs for line in _lines(run)],
        "people": sum(run.people for run in runs),
    }
    return respond(request, "tickets/agent/retention.html", page, status=422 if form.errors else 200)


def _lines(run: RetentionRun) -> list[dict[str, Any]]:
    return [
        {
            "day": exact_date(run.on),
            "rule": f"{capfirst(TicketKind(line['kind']).label)}, "
            + ngettext("%(days)s día", "%(days)s días", line["days"]) % {"days": line["days"]},
            **{what: line[what] for what in ("tickets", "messages", "files")},
        }
        for line in run.erased
    ]
