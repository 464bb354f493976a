"""What the desk says of one ticket's kind, priority, terms and fields."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import lead_to, respond
from mostrador.shared.tokens import new_token
from mostrador.tickets.actions import fields as field_actions
from mostrador.tickets.actions import kinds as actions
from mostrador.tickets.choices import Impact, Priority, TicketKind, Urgency
from mostrador.tickets.forms.fields import AnswersForm
from mostrador.tickets.forms.kinds import (
    ChangeKindForm,
    DeadlineForm,
    ExtendForm,
    ResumeForm,
    SetPriorityForm,
    SuspendForm,
)
from mostrador.tickets.models import Ticket
from mostrador.tickets.permissions import HANDLERS, may_handle
from mostrador.tickets.queries.conversation import ticket_to_read
from mostrador.tickets.queries.fields import fields_about
from mostrador.tickets.queries.terms import legal_term as legal_term_of
from mostrador.tickets.rules.priority import is_deadline_near


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def change_kind(request: StaffRequest, reference: str) -> HttpResponse:
    """Say that the ticket is another kind of matter, and why."""
    ticket = _handled(request, reference)
    form = ChangeKindForm(ticket, _typed(request))
    if request.method == "POST" and form.is_valid():
        kind, reason = TicketKind(form.cleaned_data["kind"]), form.cleaned_data["reason"]
        try:
            actions.change_kind(ticket, author=request.user, kind=kind, reason=reason)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Ahora es: %(kind)s.") % {"kind": kind.label})
            # One that only some may see may be out of one's own sight now.
            still = ticket_to_read(request.access).filter(pk=ticket.pk).exists()
            return redirect("tickets:ticket_detail", reference=reference) if still else lead_to(request, "tickets:desk")
    return _page(request, ticket, form, "change_kind")


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def set_priority(request: StaffRequest, reference: str) -> HttpResponse:
    """Say how many people it touches and how urgent it is."""
    ticket = _handled(request, reference)
    form = SetPriorityForm(_typed(request), initial={"impact": ticket.impact, "urgency": ticket.urgency})
    if request.method == "POST" and form.is_valid():
        impact, urgency = Impact(form.cleaned_data["impact"]), Urgency(form.cleaned_data["urgency"])
        try:
            priority = actions.set_priority(ticket, author=request.user, impact=impact, urgency=urgency)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Prioridad: %(priority)s.") % {"priority": priority.label})
            return redirect("tickets:ticket_detail", reference=reference)
    near = is_deadline_near(ticket.act_by, ticket.legal_due_at, timezone.now())
    return _page(request, ticket, form, "set_priority", is_deadline_near=near, priorities=Priority.choices)


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def set_deadline(request: StaffRequest, reference: str) -> HttpResponse:
    """Note the end of the term that the person says they have; one in the past is kept, and said to be past."""
    ticket = _handled(request, reference)
    form = DeadlineForm(_typed(request), initial={"on": ticket.person_deadline_on})
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        try:
            actions.set_deadline(ticket, author=request.user, on=on)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            if on and on < timezone.localdate():
                messages.warning(request, _("Guardado. Ojo: esa fecha ya ha pasado; compruébela con la persona."))
            else:
                messages.success(request, _("Guardado."))
            return redirect("tickets:ticket_detail", reference=reference)
    return _page(request, ticket, form, "set_deadline")


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def legal_term(request: StaffRequest, reference: str) -> HttpResponse:
    """Suspend, resume or extend the legal term: one form for each that the law allows now."""
    ticket = _handled(request, reference)
    act = request.POST.get("act", "")
    shown: dict[str, forms.Form] = {
        "suspend": SuspendForm(_typed(request) if act == "suspend" else None, initial={"key": new_token()}),
        "resume": ResumeForm(_typed(request) if act == "resume" else None, auto_id="resume_%s"),
        "extend": ExtendForm(_typed(request) if act == "extend" else None, auto_id="extend_%s"),
    }
    form = shown.get(act)
    if form is not None and form.is_valid():
        try:
            _do_with_term(act, ticket, request, form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("tickets:ticket_detail", reference=reference)
    return _page(request, ticket, form, "legal_term", forms=shown, term=legal_term_of(ticket))


def _do_with_term(act: str, ticket: Ticket, request: StaffRequest, data: dict[str, Any]) -> None:
    reason = data["reason"]
    if act == "suspend":
        actions.suspend_term(
            ticket, author=request.user, reason=reason, question=data["question"], idempotency_key=data["key"]
        )
        messages.success(request, _("Plazo suspendido. La persona ha recibido su pregunta."))
    elif act == "resume":
        actions.resume_term(ticket, author=request.user, reason=reason)
        messages.success(request, _("El plazo vuelve a contar. La persona lo sabe."))
    else:
        actions.extend_term(ticket, author=request.user, reason=reason, text=data["text"])
        messages.success(request, _("Plazo ampliado. La persona lo sabe."))


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def answers(request: StaffRequest, reference: str) -> HttpResponse:
    """Fill in the fields of the ticket's topic."""
    ticket = _handled(request, reference)
    fields = fields_about(ticket.organisation, ticket.topic)
    form = AnswersForm(fields, _typed(request), answers=ticket.custom)
    if request.method == "POST" and form.is_valid():
        field_actions.save_answers(ticket, author=request.user, answers=form.answers())
        messages.success(request, _("Guardado."))
        return redirect("tickets:ticket_detail", reference=reference)
    return _page(request, ticket, form, "answers", fields=fields)


def _handled(request: StaffRequest, reference: str) -> Ticket:
    ticket = get_object_or_404(ticket_to_read(request.access), reference=reference)
    if not may_handle(request.access, ticket):
        raise PermissionDenied
    return ticket


def _typed(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _page(request: StaffRequest, ticket: Ticket, form: forms.Form | None, name: str, **more: Any) -> HttpResponse:
    is_bad = form is not None and form.is_bound and bool(form.errors)
    page = {"ticket": ticket, "form": form} | more
    return respond(request, f"tickets/agent/{name}.html", page, status=422 if is_bad else 200)
