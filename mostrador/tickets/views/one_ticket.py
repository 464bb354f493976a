"""What the pages of one ticket share: which ticket an address names, and how an act ends."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django_htmx.http import trigger_client_event

from mostrador.accounts.access import StaffRequest
from mostrador.shared.pages import respond
from mostrador.tickets.models import Ticket
from mostrador.tickets.permissions import may_handle
from mostrador.tickets.queries.conversation import ticket_to_read


def visible(request: StaffRequest, reference: str) -> Ticket:
    """Return the ticket, if whoever asks may see it."""
    return get_object_or_404(ticket_to_read(request.access), reference=reference)


def handled(request: StaffRequest, reference: str) -> Ticket:
    """Return the ticket, if whoever asks may change it and not only read it."""
    ticket = visible(request, reference)
    if not may_handle(request.access, ticket):
        raise PermissionDenied
    return ticket


def back(reference: str, words: str = "", request: StaffRequest | None = None) -> HttpResponse:
    """Send the browser to the ticket's page, with a sentence about what was done."""
    if words and request is not None:
        messages.success(request, words)
    return redirect("tickets:ticket_detail", reference=reference)


def panel(
    request: StaffRequest, reference: str, template: str, page: dict[str, Any], *, words: str = "", is_bad: bool = False
) -> HttpResponse:
    """Answer with a part of the ticket's page: itself to htmx, the whole ticket to everybody else.

    Without scripts what was refused is a page of its own, so that what was typed comes back.
    """
    status = 422 if is_bad else 200
    if request.htmx:
        response = respond(request, template, page, status=status)
        is_good = words and not is_bad
        return trigger_client_event(response, "toast", {"text": words, "kind": "good"}) if is_good else response
    if is_bad:
        return respond(
            request, "tickets/agent/panel_page.html", page | {"panel": template, "is_refused": True}, status=status
        )
    return back(reference, words, request)
