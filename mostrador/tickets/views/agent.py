"""What the people of the desk see and do: the lists, one ticket, and everything that may happen to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.help_centre.queries.search import search
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import lead_to, respond
from mostrador.tickets.actions import tickets as actions
from mostrador.tickets.choices import State
from mostrador.tickets.forms.agent import (
    AssignForm,
    ClassifyForm,
    ResolveForm,
    StateForm,
    TransferForm,
)
from mostrador.tickets.models import Ticket
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.queries import conversation
from mostrador.tickets.queries.suggestions import what_it_is_about
from mostrador.tickets.rules import ACT_THAT_LEADS_TO
from mostrador.tickets.views.one_ticket import back
from mostrador.tickets.views.ticket import handled, seen_until_of

SUGGESTED_ARTICLES = 6


# --- Acts on one ticket ---------------------------------------------------------------------------------------


@require_POST
@staff_page(*HANDLERS)
def take(request: StaffRequest, reference: str) -> HttpResponse:
    """Assign the ticket to oneself."""
    ticket = handled(request, reference)
    try:
        actions.assign(ticket, author=request.user, to=request.user, seen_until=seen_until_of(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return back(reference)
    return back(reference, _("Asignada a usted."), request)


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def assign(request: StaffRequest, reference: str) -> HttpResponse:
    """Give the ticket to somebody, or to nobody."""
    ticket = handled(request, reference)
    form = AssignForm(ticket, request.POST or None, initial={"to": ticket.assigned_to_id})
    if request.method == "POST" and form.is_valid():
        try:
            actions.assign(ticket, author=request.user, to=form.cleaned_data["to"], seen_until=seen_until_of(request))
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return back(reference, _("Guardado."), request)
    return _act_page(request, ticket, form, "assign")


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def classify(request: StaffRequest, reference: str) -> HttpResponse:
    """Say which topic, procedure and part of the service the ticket is about, and on which device."""
    ticket = handled(request, reference)
    initial = {
        "topic": ticket.topic_id,
        "procedure": ticket.procedure_id,
        "component": ticket.component,
        "device": ticket.device,
    }
    form = ClassifyForm(ticket, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.classify(ticket, author=request.user, **form.cleaned_data)
        return back(reference, _("Guardado."), request)
    return _act_page(request, ticket, form, "classify")


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def transfer(request: StaffRequest, reference: str) -> HttpResponse:
    """Pass the ticket to another team."""
    ticket = handled(request, reference)
    form = TransferForm(ticket, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.transfer(ticket, author=request.user, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("La consulta %(reference)s ha pasado de equipo.") % {"reference": reference})
            return lead_to(request, "tickets:desk")
    return _act_page(request, ticket, form, "transfer")


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def change_state(request: StaffRequest, reference: str) -> HttpResponse:
    """Say whose turn it is."""
    ticket = handled(request, reference)
    state = ticket.state if ticket.state in ACT_THAT_LEADS_TO else None
    form = StateForm(request.POST or None, initial={"state": state, "third_party": ticket.third_party})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_state(
                ticket,
                author=request.user,
                state=State(form.cleaned_data["state"]),
                third_party=form.cleaned_data["third_party"],
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return back(reference, _("Guardado."), request)
    return _act_page(request, ticket, form, "change_state")


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def resolve(request: StaffRequest, reference: str) -> HttpResponse:
    """Resolve the ticket, with the article that helped; the search box finds others than those suggested."""
    ticket = handled(request, reference)
    question = (request.POST.get("q") or request.GET.get("q") or "").strip()
    articles = search(
        ticket.organisation, question or what_it_is_about(ticket), ticket.language, limit=SUGGESTED_ARTICLES
    )
    form = ResolveForm(articles, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.resolve(ticket, author=request.user, article=form.chosen())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return back(reference, _("Consulta resuelta."), request)
    return _act_page(request, ticket, form, "resolve", question=question)


@require_POST
@staff_page(*HANDLERS)
def mark_spam(request: StaffRequest, reference: str) -> HttpResponse:
    """Take the ticket off the desk as spam; its page offers to undo it."""
    ticket = handled(request, reference)
    try:
        actions.mark_spam(ticket, author=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return back(reference)
    return back(reference, _("Marcada como correo no deseado."), request)


@require_POST
@staff_page(*HANDLERS)
def reopen(request: StaffRequest, reference: str) -> HttpResponse:
    """Bring the ticket back, or undo what was just done."""
    ticket = handled(request, reference)
    try:
        actions.reopen(ticket, author=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return back(reference)
    return back(reference, _("Consulta reabierta."), request)


def _act_page(
    request: StaffRequest, ticket: Ticket, form: Any, name: str, *, question: str | None = None
) -> HttpResponse:
    # After a refusal the page says what has changed; sending again accepts it.
    seen_until = conversation.last_message_id(ticket)
    page = {"ticket": ticket, "form": form, "question": question, "seen_until": seen_until}
    return respond(request, f"tickets/agent/{name}.html", page, status=422 if form.errors else 200)
