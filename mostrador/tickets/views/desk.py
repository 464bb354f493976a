"""The lists of the desk."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.shared.live import signed
from mostrador.shared.pages import respond
from mostrador.tickets.choices import DeskList
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.queries import desk as lists
from mostrador.tickets.rules import topic_of_desks


@require_GET
@staff_page()
def desk(request: StaffRequest) -> HttpResponse:
    """Show a list of tickets, or what was searched for; a reference goes to its ticket."""
    if text := request.GET.get("q", "").strip():
        return _search(request, text[:200])
    which = _chosen_list(request)
    shown = lists.list_page(which, request.access, after=request.GET.get("despues", ""))
    page = _list_page(request, which, shown) | {"next_page": _next_page(which, shown.next_page)}
    return respond(request, "tickets/agent/desk.html", page)


@require_GET
@staff_page()
def desk_news(request: StaffRequest) -> HttpResponse:
    """Say whether the list has changed since it was drawn; only the mark, the person decides to refresh."""
    try:
        drawn_at = datetime.fromisoformat(request.GET.get("desde", ""))
    except ValueError:
        raise Http404 from None
    if timezone.is_naive(drawn_at):
        raise Http404
    which = _chosen_list(request)
    page = _news_of_list(request, which, drawn_at) | {
        "changed": lists.has_changed_since(drawn_at, request.access),
    }
    return respond(request, "tickets/agent/desk_news.html", page)


def _search(request: StaffRequest, text: str) -> HttpResponse:
    if reference := lists.visible_reference(text, request.access):
        return redirect("tickets:ticket_detail", reference=reference)
    is_long_enough = len(text) >= lists.SHORTEST_SEARCH
    shown = lists.search(text, request.access) if is_long_enough else lists.Page([], "", False)
    page = _list_page(request, None, shown) | {"q": text, "is_long_enough": is_long_enough, "next_page": ""}
    return respond(request, "tickets/agent/desk.html", page)


def _list_page(request: StaffRequest, which: DeskList | None, shown: lists.Page) -> dict[str, Any]:
    numbers = lists.counts(request.access)
    tabs = [
        {
            "label": each.label,
            "href": f"{reverse('tickets:desk')}?lista={each.value}",
            "current": each == which,
            "count": _capped(numbers[each]) if each in numbers else None,
        }
        for each in DeskList
        if each != DeskList.TEAMS or request.access.team_ids
    ]
    return {
        "which": which,
        "tabs": tabs,
        "rows": shown.rows,
        "corrected": shown.corrected,
        "has_several_organisations": shown.has_several_organisations,
        "may_log": request.access.has(*HANDLERS),
        "q": "",
        "is_long_enough": True,
        "is_first_page": not request.GET.get("despues"),
    } | _news_of_list(request, which, timezone.now())


def _news_of_list(request: StaffRequest, which: DeskList | None, drawn_at: datetime) -> dict[str, Any]:
    parameters = {"lista": which.value if which else "", "desde": drawn_at.isoformat()}
    return {
        "which": which,
        "changed": False,
        "live_topic": signed(topic_of_desks(request.organisation.lineage), request.user.pk),
        "news_address": f"{reverse('tickets:desk_news')}?{urlencode(parameters)}",
    }


def _chosen_list(request: StaffRequest) -> DeskList:
    """Return the list asked for; else that of one's teams, or everything for those who work in none."""
    wanted = request.GET.get("lista", "")
    if wanted in DeskList.values:
        return DeskList(wanted)
    return DeskList.TEAMS if request.access.team_ids else DeskList.ALL


def _next_page(which: DeskList, key: str) -> str:
    return f"{reverse('tickets:desk')}?{urlencode({'lista': which.value, 'despues': key})}" if key else ""


def _capped(number: int) -> str:
    return f"{lists.MOST_COUNTED}+" if number > lists.MOST_COUNTED else str(number)
