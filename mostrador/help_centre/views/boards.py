"""The editors' board: where readers are left without an answer, and which articles need somebody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.help_centre.choices import WrittenIn
from mostrador.help_centre.permissions import EDITORS
from mostrador.help_centre.queries import board as queries
from mostrador.organisations.models import Organisation
from mostrador.shared.pages import respond

SHOWN, ALL_SHOWN = 10, 200  # rows of a list on the board, and on its own page

_QUERIES: dict[str, Callable[..., Sequence[Any]]] = {
    "sin-resultado": queries.searched_without_result,
    "sin-abrir": queries.searched_without_opening,
    "poco-utiles": queries.least_useful,
    "por-revisar": queries.due_for_review,
    "traducciones": queries.translations_wanted,
    "sin-equipo": queries.without_owner,
}


@dataclass(frozen=True)
class BoardList:
    """One list of the board.

    Attributes:
        name: In its address.
        title: What is in it.
        rows: As many as are shown.
        has_more: Whether there are others.
        all_well: What is said when there is nothing.
    """

    name: str
    title: str
    rows: Sequence[Any]
    has_more: bool
    all_well: str


@require_GET
@staff_page(*EDITORS)
def board(request: StaffRequest) -> HttpResponse:
    """Show the first rows of every list."""
    lists = [_list(request.organisation, name, SHOWN) for name in _QUERIES]
    return respond(request, "help_centre/editor/board.html", {"lists": lists} | _words())


@require_GET
@staff_page(*EDITORS)
def board_list(request: StaffRequest, which: str) -> HttpResponse:
    """Show one list whole, up to 200 rows."""
    if which not in _QUERIES:
        raise Http404
    page = {"list": _list(request.organisation, which, ALL_SHOWN)} | _words()
    return respond(request, "help_centre/editor/board_list.html", page)


def _list(organisation: Organisation, name: str, size: int) -> BoardList:
    title, all_well = _texts()[name]
    rows = _QUERIES[name](organisation, limit=size + 1)
    return BoardList(name, title, rows[:size], len(rows) > size, all_well)


def _words() -> dict[str, Any]:
    return {"written_in": dict(WrittenIn.choices), "today": timezone.localdate()}


def _texts() -> dict[str, tuple[str, str]]:
    """Return the title of each list, and what is said when it is empty."""
    return {
        "sin-resultado": (
            _("Búsquedas sin resultado"),
            _("Todo lo que se ha buscado en 90 días encuentra algo."),
        ),
        "sin-abrir": (
            _("Búsquedas en las que nadie abre nada"),
            _("Quien busca abre alguno de los resultados."),
        ),
        "poco-utiles": (
            _("Artículos que sirven a menos lectores"),
            _("Ningún artículo con cinco opiniones o más ha dejado descontento a nadie."),
        ),
        "por-revisar": (
            _("Artículos por revisar"),
            _("Ningún artículo llega a su fecha de revisión en 30 días."),
        ),
        "traducciones": (
            _("Traducciones que faltan o están desfasadas"),
            _("Ningún lector se queda sin su idioma, y todas las traducciones están al día."),
        ),
        "sin-equipo": (
            _("Artículos sin equipo responsable"),
            _("Todos los artículos tienen un equipo que los cuida."),
        ),
    }
