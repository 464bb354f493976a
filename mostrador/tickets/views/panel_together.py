"""What a ticket's page shows of who else is here, links, tasks, time and the incident."""

from typing import Any

from mostrador.accounts.access import StaffRequest
from mostrador.shared.live import signed
from mostrador.shared.tokens import new_token
from mostrador.tickets.forms.together import QUICK_MINUTES, TagForm, TaskForm, TimeForm
from mostrador.tickets.models import Ticket
from mostrador.tickets.permissions import may_handle
from mostrador.tickets.queries.mentions import colleagues_named
from mostrador.tickets.queries.presence import present_in
from mostrador.tickets.queries.together import beside
from mostrador.tickets.rules.together import topic_of_presence


def together(
    request: StaffRequest, ticket: Ticket, *, is_alone: bool = False, is_folded: bool = False, **forms: Any
) -> dict[str, Any]:
    """Return what its panels need, under names of their own. Two queries, three for who may handle it.

    One less for who is alone.

    Args:
        is_alone: Nobody else looks at the ticket, and nobody need be looked for.
        is_folded: Tasks, tags and time wait folded, without their forms, unless something is to be done.
        forms: Those that were sent and are shown again: `task`, `time`, `tag`.
    """
    handles = may_handle(request.access, ticket)
    beside_it = beside(ticket, request.access)
    may_work = handles and ticket.merged_into_id is None
    page = presence_of(request, ticket, is_alone=is_alone) | {
        "together": beside_it,
        "together_may_handle": handles,
        # What was joined to another ticket is worked on there.
        "together_may_work": may_work,
        "together_is_folded": is_folded and may_work and all(task.is_done for task in beside_it.tasks),
        "together_forms": {},
        "together_names": [],
        "together_list_refused": "",
        "together_quick_minutes": QUICK_MINUTES,
    }
    if handles:
        colleagues = colleagues_named(ticket)
        if may_work and not page["together_is_folded"]:
            page["together_forms"] = _empty_forms(colleagues) | forms
        page["together_names"] = [name for key, name in colleagues if key != request.user.pk]
    return page


def presence_of(request: StaffRequest, ticket: Ticket, *, is_alone: bool = False) -> dict[str, Any]:
    """Return what the line about who else is here needs. One query, none for who is alone."""
    here = {} if is_alone else present_in([ticket.pk], besides=request.user.pk)
    return {
        "ticket": ticket,
        "presence_here": here.get(ticket.pk, []),
        "presence_topic": signed(topic_of_presence(ticket.pk), request.user.pk),
    }


def _empty_forms(colleagues: list[tuple[int, str]]) -> dict[str, Any]:
    return {
        "task": TaskForm(colleagues, initial={"key": new_token()}),
        "time": TimeForm(initial={"key": new_token()}),
        "tag": TagForm(),
    }
