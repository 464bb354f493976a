"""Calls and visits, written down at the desk."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.shared.pages import respond
from mostrador.shared.tokens import new_token
from mostrador.tickets.actions import contacts as actions
from mostrador.tickets.choices import Channel, ContactBy
from mostrador.tickets.forms.agent import LogForm
from mostrador.tickets.permissions import HANDLERS


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def log_contact(request: StaffRequest) -> HttpResponse:
    """Write down what somebody says by telephone or in person."""
    organisation = request.organisation
    initial = {
        "key": new_token(),
        "channel": Channel.PHONE.value,
        "contact_by": ContactBy.PHONE.value,
        "language": organisation.default_language,
    }
    form = LogForm(organisation, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        ticket = actions.log_contact(
            organisation, _contact(form), author=request.user, key=f"desk-{form.cleaned_data['key']}"
        )
        words = _("Anotada. Diga a la persona su referencia: %(reference)s.") % {"reference": ticket.reference}
        messages.success(request, words)
        return redirect("tickets:ticket_detail", reference=ticket.reference)
    return respond(request, "tickets/agent/log_contact.html", {"form": form}, status=422 if form.errors else 200)


def _contact(form: LogForm) -> actions.Contact:
    said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
    return actions.Contact(**said | {"channel": Channel(said["channel"]), "contact_by": ContactBy(said["contact_by"])})
