"""Work on a ticket besides answering: its tasks, time and tags. Each answers with that part of the ticket's page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.models import User
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond
from mostrador.tickets.actions import tags as tag_actions
from mostrador.tickets.actions import tasks as actions
from mostrador.tickets.forms.together import TagForm, TaskForm, TimeForm
from mostrador.tickets.models import Ticket
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.queries.mentions import colleagues_named
from mostrador.tickets.queries.together import suggested_tags, task_lists_for
from mostrador.tickets.views.one_ticket import handled, panel
from mostrador.tickets.views.panel_together import together

PANEL = "tickets/agent/panels/work.html"


@require_GET
@staff_page(*HANDLERS)
def work(request: StaffRequest, reference: str) -> HttpResponse:
    """Show tasks, tags and time with their forms: in the ticket's page, or alone without scripts."""
    ticket = handled(request, reference)
    page = together(request, ticket) | {"panel": PANEL, "is_refused": False}
    return respond(request, PANEL if request.htmx else "tickets/agent/panel_page.html", page)


@require_POST
@staff_page(*HANDLERS)
def tasks(request: StaffRequest, reference: str) -> HttpResponse:
    """Add a task or a list of them, or say of one that it is done, still to do, or not needed."""
    ticket, me = handled(request, reference), request.user
    if (key := row_key(request.POST.get("list"))) is not None:
        return _put_list(request, ticket, key)
    for name in ("done", "undone", "remove"):
        if (key := row_key(request.POST.get(name))) is not None:
            if name == "remove":
                actions.remove_task(ticket, key, author=me)
            else:
                actions.set_task_done(ticket, key, author=me, is_done=name == "done")
            return _show(request, ticket)
    form = TaskForm(colleagues_named(ticket), request.POST)
    if form.is_valid():
        known = form.cleaned_data
        try:
            actions.add_task(
                ticket,
                author=me,
                text=known["text"],
                assigned_to=User.objects.filter(pk=known["assigned_to"] or 0).first(),
                due_on=known["due_on"],
                idempotency_key=known["key"],
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _show(request, ticket)
    return _show(request, ticket, task=form)


def _put_list(request: StaffRequest, ticket: Ticket, key: int) -> HttpResponse:
    task_list = get_object_or_404(task_lists_for(ticket), pk=key)
    try:
        actions.put_task_list(ticket, task_list, author=request.user)
    except ActionRefused as refusal:
        return _show(request, ticket, refused=str(refusal))
    return _show(request, ticket)


@require_POST
@staff_page(*HANDLERS)
def time(request: StaffRequest, reference: str) -> HttpResponse:
    """Note time spent, by one of the quick buttons or typed, or take back one's own."""
    ticket, me = handled(request, reference), request.user
    if (key := row_key(request.POST.get("remove"))) is not None:
        actions.remove_time(ticket, key, author=me)
        return _show(request, ticket)
    typed = request.POST.copy()
    typed["minutes"] = request.POST.get("quick") or request.POST.get("minutes", "")
    form = TimeForm(typed)
    if form.is_valid():
        known = form.cleaned_data
        try:
            actions.add_time(
                ticket, author=me, minutes=known["minutes"], note=known["note"], idempotency_key=known["key"]
            )
        except ActionRefused as refusal:
            form.add_error("minutes", str(refusal))
        else:
            return _show(request, ticket)
    return _show(request, ticket, time=form)


@require_POST
@staff_page(*HANDLERS)
def tags(request: StaffRequest, reference: str) -> HttpResponse:
    """Put a tag on the ticket, or take one off."""
    ticket, me = handled(request, reference), request.user
    if remove := request.POST.get("remove"):
        tag_actions.remove_tag(ticket, remove, author=me)
        return _show(request, ticket)
    form = TagForm(request.POST)
    if form.is_valid():
        try:
            tag_actions.add_tag(ticket, form.cleaned_data["tag"], author=me)
        except ActionRefused as refusal:
            form.add_error("tag", str(refusal))
        else:
            return _show(request, ticket)
    return _show(request, ticket, tag=form)


@require_GET
@staff_page(*HANDLERS)
def known_tags(request: StaffRequest, reference: str) -> HttpResponse:
    """Suggest tags that were used before and begin as what was typed."""
    ticket = handled(request, reference)
    page = {"tags": suggested_tags(ticket.organisation_id, request.GET.get("tag", ""))}
    return respond(request, "tickets/agent/known_tags.html", page)


def _show(request: StaffRequest, ticket: Ticket, *, refused: str = "", **sent: Any) -> HttpResponse:
    ticket.refresh_from_db(fields=["tags", "minutes_spent"])
    page: dict[str, Any] = together(request, ticket, **sent) | {"together_list_refused": refused}
    return panel(request, ticket.reference, PANEL, page, is_bad=bool(sent) or bool(refused))
