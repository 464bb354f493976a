"""The lists of the desk: those that every desk has, and saved views."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.shared.keys import row_key
from mostrador.shared.live import signed
from mostrador.shared.pages import respond
from mostrador.tickets.choices import DeskList, ViewColumn
from mostrador.tickets.models import SavedView
from mostrador.tickets.permissions import HANDLERS, may_change_view
from mostrador.tickets.queries import desk as lists
from mostrador.tickets.queries.conditions import Lost, understood
from mostrador.tickets.queries.saved_views import visible_views
from mostrador.tickets.rules import topic_of_desks
from mostrador.tickets.rules.conditions import Filter
from mostrador.tickets.rules.views import known_columns


@dataclass(frozen=True)
class _Chosen:
    """The list that is shown: one of the desk's, or a saved view with what of it can still be asked."""

    which: DeskList | None = None
    view: SavedView | None = None
    asked: Filter = field(default_factory=Filter)
    lost: tuple[Lost, ...] = ()
    is_gone: bool = False  # another was asked for, which is not there

    @property
    def key(self) -> str:
        return self.which.value if self.which else str(self.view.pk) if self.view else ""

    @property
    def name(self) -> str:
        return str(self.which.label) if self.which else self.view.name if self.view else ""

    @property
    def columns(self) -> tuple[str, ...]:
        return known_columns(self.view.columns) if self.view else lists.columns_of(self.which or DeskList.ALL)

    def page(self, request: StaffRequest) -> lists.Page:
        after = request.GET.get("despues", "")
        if self.view:
            return lists.view_page(self.view, self.asked, request.access, after=after)
        return lists.list_page(self.which or DeskList.ALL, request.access, after=after)


@require_GET
@staff_page()
def desk(request: StaffRequest) -> HttpResponse:
    """Show a list of tickets, or what was searched for; a reference goes to its ticket."""
    if text := request.GET.get("q", "").strip():
        return _search(request, text[:200])
    beside = lists.beside(request.access)
    chosen = _chosen(request, beside)
    shown = chosen.page(request)
    next_page = _address(chosen.key, despues=shown.next_page) if shown.next_page else ""
    page = _list_page(request, chosen, beside, shown) | {"next_page": next_page}
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
    page = _news_of_list(request, request.GET.get("lista", ""), drawn_at) | {
        "changed": lists.has_changed_since(drawn_at, request.access),
    }
    return respond(request, "tickets/agent/desk_news.html", page)


@require_GET
@staff_page()
def desk_counts(request: StaffRequest) -> HttpResponse:
    """Show the saved views with how many tickets each has, where counting is quick; asked for by the drawn list."""
    beside = lists.beside(request.access)
    wanted = [link.id for link in beside.saved]
    views = {view.pk: view for view in visible_views(request.access).filter(pk__in=wanted)}
    asked = [(views[pk], understood(views[pk].filter, request.organisation)[0]) for pk in wanted if pk in views]
    numbers = lists.counts_of(asked, request.access)
    page = {"saved": _saved_links(beside, request.GET.get("lista", ""), numbers), "counts_address": ""}
    return respond(request, "tickets/agent/desk_saved.html", page)


def _search(request: StaffRequest, text: str) -> HttpResponse:
    if reference := lists.visible_reference(text, request.access):
        return redirect("tickets:ticket_detail", reference=reference)
    is_long_enough = len(text) >= lists.SHORTEST_SEARCH
    shown = lists.search(text, request.access) if is_long_enough else lists.Page([], "", False)
    page = _list_page(request, _Chosen(), lists.beside(request.access), shown)
    page |= {"q": text, "is_long_enough": is_long_enough, "next_page": ""}
    return respond(request, "tickets/agent/desk.html", page)


def _chosen(request: StaffRequest, beside: lists.Beside) -> _Chosen:
    """Return the list asked for; else the one the person begins with, that of their teams, or everything."""
    wanted = request.GET.get("lista", "") or beside.starts_with
    if wanted in DeskList.values:
        return _Chosen(DeskList(wanted))
    pk = row_key(wanted)
    view = visible_views(request.access).filter(pk=pk).first() if pk else None
    if view is None:
        usual = DeskList.TEAMS if request.access.team_ids else DeskList.ALL
        return _Chosen(usual, is_gone=bool(pk) and "lista" in request.GET)
    asked, lost = understood(view.filter, request.organisation)
    return _Chosen(view=view, asked=asked, lost=tuple(lost))


def _list_page(request: StaffRequest, chosen: _Chosen, beside: lists.Beside, shown: lists.Page) -> dict[str, Any]:
    tabs = [
        {
            "label": each.label,
            "href": _address(each.value),
            "current": each == chosen.which,
            "count": capped(beside.counts[each]) if each in beside.counts else None,
        }
        for each in DeskList
        if each != DeskList.TEAMS or request.access.team_ids
    ]
    return {
        "chosen": chosen,
        "list_key": chosen.key,
        "tabs": tabs,
        "saved": _saved_links(beside, chosen.key, {}),
        "counts_address": f"{reverse('tickets:desk_counts')}?{urlencode({'lista': chosen.key})}"
        if beside.saved
        else "",
        "rows": shown.rows,
        "corrected": shown.corrected,
        "bulk": request.access.has(*HANDLERS),
        "columns": [{"label": ViewColumn(column).label} for column in chosen.columns],
        "counts_time": not {ViewColumn.WAITING, ViewColumn.TERM}.isdisjoint(chosen.columns),
        "took_too_long": shown.took_too_long,
        "has_several_organisations": shown.has_several_organisations,
        "may_log": request.access.has(*HANDLERS),
        "may_change": chosen.view is not None and may_change_view(request.access, chosen.view),
        "empty": _empty_words(chosen),
        "q": "",
        "is_long_enough": True,
        "is_first_page": not request.GET.get("despues"),
    } | _news_of_list(request, chosen.key, timezone.now())


def _saved_links(beside: lists.Beside, current: str, numbers: dict[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": link.name,
            "href": _address(str(link.id)),
            "current": str(link.id) == current,
            "count": capped(numbers[link.id]) if link.id in numbers else None,
        }
        for link in beside.saved
    ]


def _news_of_list(request: StaffRequest, key: str, drawn_at: datetime) -> dict[str, Any]:
    parameters = {"lista": key, "desde": drawn_at.isoformat()}
    return {
        "changed": False,
        "list_address": _address(key) if key in DeskList.values or row_key(key) else reverse("tickets:desk"),
        "live_topic": signed(topic_of_desks(request.organisation.lineage), request.user.pk),
        "news_address": f"{reverse('tickets:desk_news')}?{urlencode(parameters)}",
    }


def _address(key: str, **more: str) -> str:
    rest = f"&{urlencode(more)}" if more else ""
    return f"{_fixed_address(get_script_prefix())}?lista={key}{rest}"


@lru_cache(maxsize=16)
def _fixed_address(prefix: str) -> str:
    """Return the address of the lists; the prefix is part of it, and of what is kept."""
    return reverse("tickets:desk")


def _empty_words(chosen: _Chosen) -> tuple[str, str]:
    """Return what an empty list says: what will appear here, and what to do now."""
    words = {
        DeskList.MINE: (
            _("No lleva ninguna consulta"),
            _("Aquí aparecerán las que se asigne o le asignen, la que antes vence primero."),
        ),
        DeskList.UNASSIGNED: (
            _("Todas tienen quien las lleve"),
            _("Aquí aparecerán las nuevas que nadie lleva todavía."),
        ),
        DeskList.SOON: (
            _("Nada vence pronto"),
            _("Aquí aparecerán las que venzan en un día, sin contar sábados y domingos, y las vencidas."),
        ),
        DeskList.WAITING: (
            _("No se espera a nadie"),
            _("Aquí aparecerán las que dependan de que la persona conteste, la más callada primero."),
        ),
        DeskList.RESOLVED: (
            _("Todavía no hay consultas resueltas"),
            _("Aquí aparecerán las que se resuelvan, hasta que se cierren."),
        ),
        None: (_("Ninguna consulta cumple las condiciones"), _("Aquí aparecerán en cuanto alguna las cumpla.")),
    }
    usual = (_("No hay nada pendiente"), _("Aquí aparecerán las consultas nuevas, la que antes vence primero."))
    return words.get(chosen.which, usual)


def capped(number: int) -> str:
    """Return a number of tickets as lists say it: "12", "1000+"."""
    return f"{lists.MOST_COUNTED}+" if number > lists.MOST_COUNTED else str(number)
