"""Incidents of the service as the desk meets them: which tickets they cause, and one answer to all of those."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.service_status.models import Incident
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond
from mostrador.shared.tokens import new_token
from mostrador.tickets.actions import incidents as actions
from mostrador.tickets.forms.together import AttachForm, IncidentReplyForm, OpenIncidentForm
from mostrador.tickets.models import IncidentReply, Ticket
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.queries import incidents as queries
from mostrador.tickets.views.one_ticket import back, handled

READERS = (*HANDLERS, Role.DIRECTOR, Role.ADMINISTRATOR)


@require_GET
@staff_page(*READERS)
def incidents(request: StaffRequest) -> HttpResponse:
    """Show the incidents that run and the last that ended."""
    running, ended = queries.incident_rows(request.access)
    return respond(request, "tickets/agent/incidents.html", {"running": running, "ended": ended})


@require_GET
@staff_page(*READERS)
def incident(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one incident with the tickets that it causes and the answers to all of them."""
    found = _visible(request, pk)
    page = {
        "incident": found,
        "tickets": queries.tickets_of(found, request.access),
        "replies": queries.replies_to(found),
        "may_handle": request.access.has(*HANDLERS),
    }
    return respond(request, "tickets/agent/incident.html", page)


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def incident_answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Write to everybody whose ticket the incident causes; see it first; resolve the tickets and end it too."""
    found = _visible(request, pk)
    counts = queries.count_by_language(found, request.access)
    form = IncidentReplyForm(counts, request.POST or None, initial={"key": new_token()})
    is_preview = False
    if request.method == "POST" and form.is_valid():
        is_preview = "send" not in request.POST and "end" not in request.POST
        if not is_preview:
            try:
                reply = _ask(request, found, form)
            except ActionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect("tickets:incident_reply", pk=found.pk, reply=reply.pk)
    page = {"incident": found, "form": form, "counts": counts, "is_preview": is_preview, "total": sum(counts.values())}
    return respond(request, "tickets/agent/incident_answer.html", page, status=422 if form.errors else 200)


@require_GET
@staff_page(*HANDLERS)
def incident_reply(request: StaffRequest, pk: int, reply: int) -> HttpResponse:
    """Show how far an answer to everybody has come, and whom no e-mail told; the page asks every two seconds."""
    found = _reply(request, pk, reply)
    page = {
        "reply": found,
        "progress": queries.progress_of(found, request.access),
        "may_cancel": found.cancelled_at is None and timezone.now() < found.starts_at,
    }
    return respond(request, "tickets/agent/incident_reply.html", page, fragment="progress")


@require_POST
@staff_page(*HANDLERS)
def incident_reply_cancel(request: StaffRequest, pk: int, reply: int) -> HttpResponse:
    """Take an answer to everybody back before it begins."""
    found = _reply(request, pk, reply)
    try:
        actions.cancel_reply(found, author=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("tickets:incident_reply", pk=pk, reply=reply)


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def incident_of_ticket(request: StaffRequest, reference: str) -> HttpResponse:
    """Say which running incident causes a ticket, open one from it, or say that none does."""
    ticket = handled(request, reference)
    opens, removes = "title" in request.POST, "remove" in request.POST
    new = OpenIncidentForm(request.POST if opens else None, initial={"title": ticket.subject})
    known = AttachForm(ticket, request.POST if request.method == "POST" and not opens and not removes else None)
    sent: Any = new if opens else known
    if request.method == "POST":
        try:
            if removes or sent.is_valid():
                _set(request, ticket, sent, removes=removes)
                return back(reference, _("Guardado."), request)
        except ActionRefused as refusal:
            sent.add_error(None, str(refusal))
    page = {"ticket": ticket, "known": known, "new": new, "has_running": known.fields["incident"].queryset.exists()}  # type: ignore[attr-defined]  # of a field of rows
    is_bad = (new.is_bound and bool(new.errors)) or (known.is_bound and bool(known.errors))
    return respond(request, "tickets/agent/incident_of_ticket.html", page, status=422 if is_bad else 200)


def _set(request: StaffRequest, ticket: Ticket, sent: Any, *, removes: bool) -> None:
    if removes:
        actions.detach(ticket, author=request.user)
    elif isinstance(sent, OpenIncidentForm):
        actions.open_incident_from(ticket, author=request.user, **sent.cleaned_data)
    else:
        actions.attach(ticket, sent.cleaned_data["incident"], author=request.user)


def _ask(request: StaffRequest, incident: Incident, form: IncidentReplyForm) -> IncidentReply:
    return actions.ask_reply(
        incident,
        author=request.user,
        tickets=queries.tickets_to_answer(incident, request.access),
        texts=form.texts,
        resolves="end" in request.POST,
        ends_incident="end" in request.POST,
        idempotency_key=form.cleaned_data["key"],
    )


def _visible(request: StaffRequest, pk: int) -> Incident:
    return get_object_or_404(
        queries.visible_incidents(request.access).select_related("organisation", "opened_by"), pk=pk
    )


def _reply(request: StaffRequest, pk: int, reply: int) -> IncidentReply:
    replies = IncidentReply.objects.filter(incident__in=queries.visible_incidents(request.access), incident=pk)
    return get_object_or_404(replies.select_related("incident", "author"), pk=reply)
