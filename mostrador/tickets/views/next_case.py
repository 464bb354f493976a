"""The next case: one button, one key."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.tickets.actions.next_case import take_next
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.queries.next_case import what_is_left
from mostrador.tickets.rules.next_case import nothing_words, why_words

PASSED = "next_case_passed"  # in the session: key of each ticket offered → when
MOST_REMEMBERED = 50


@require_POST
@staff_page(*HANDLERS)
def next_case(request: StaffRequest) -> HttpResponse:
    """Give the most urgent ticket that this person can do, and show it; or say why there is none.

    What they were offered and left as it was comes again only when nothing else is there.
    """
    passed = _passed(request)
    taken = take_next(request.access, passed=passed)
    if taken is None and passed:
        passed = {}
        taken = take_next(request.access)
    if taken is None:
        request.session.pop(PASSED, None)
        messages.info(request, nothing_words(what_is_left(request.access)))
        return redirect("tickets:desk")
    ticket, found = taken
    passed = dict(list(passed.items())[-MOST_REMEMBERED:]) | {ticket.pk: timezone.now()}
    request.session[PASSED] = {str(key): moment.isoformat() for key, moment in passed.items()}
    messages.success(request, why_words(found.why, found.term))
    return redirect("tickets:ticket_detail", reference=ticket.reference)


def _passed(request: StaffRequest) -> dict[int, datetime]:
    kept: dict[str, Any] = request.session.get(PASSED, {})
    return {int(key): datetime.fromisoformat(moment) for key, moment in kept.items()}
