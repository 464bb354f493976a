"""The same act on many tickets: choose, ask, watch, undo."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond
from mostrador.shared.tokens import new_token
from mostrador.tickets.actions import bulk as actions
from mostrador.tickets.choices import BulkKind, DeskList
from mostrador.tickets.forms.bulk import FORMS, BulkForm
from mostrador.tickets.models import BulkAct
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.queries import desk as lists
from mostrador.tickets.queries.bulk import Progress, progress, visible_keys
from mostrador.tickets.queries.conditions import understood
from mostrador.tickets.queries.saved_views import visible_views
from mostrador.tickets.rules.bulk import MOST


@require_POST
@staff_page(*HANDLERS)
def bulk_ask(request: StaffRequest) -> HttpResponse:
    """Ask what the chosen act needs to know: a form beside the list to htmx, a page to everybody else."""
    kind = request.POST.get("kind", "")
    keys = visible_keys(_chosen(request), request.access)
    if not keys or kind not in FORMS:
        return _nothing_chosen(request)
    return _ask_page(request, kind, FORMS[kind](request.organisation, request.access, keys=keys), keys, key=new_token())


@require_POST
@staff_page(*HANDLERS)
def bulk_start(request: StaffRequest) -> HttpResponse:
    """Do it: a few at once, many in the background; then say how it went."""
    kind, keys = request.POST.get("kind", ""), _written_keys(request)
    if not keys or kind not in FORMS:
        return _nothing_chosen(request)
    form = FORMS[kind](request.organisation, request.access, request.POST, keys=keys)
    once = request.POST.get("key", "")[:64] or new_token()
    if not form.is_valid():
        return _ask_page(request, kind, form, keys, key=once)
    try:
        act = actions.ask(
            request.organisation,
            access=request.access,
            kind=kind,
            values=form.values(),
            words=form.words(),
            ticket_ids=keys,
            idempotency_key=once,
        )
    except ActionRefused as refusal:
        form.add_error(None, str(refusal))
        return _ask_page(request, kind, form, keys, key=once)
    if actions.is_small(act):
        actions.run(act.pk)
    return _show(request, act)


@require_GET
@staff_page(*HANDLERS)
def bulk(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how far an act on many has come, what was refused and why; htmx asks for it again until it is over."""
    act = get_object_or_404(BulkAct, organisation=request.organisation, pk=pk)
    return respond(request, "tickets/agent/bulk.html", _page(request, act), fragment="progress")


@require_POST
@staff_page(*HANDLERS)
def bulk_undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring back what each ticket had before, where nobody has changed it since."""
    act = get_object_or_404(BulkAct, organisation=request.organisation, pk=pk)
    try:
        act = actions.ask_to_undo(act, access=request.access)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("tickets:bulk", pk=act.pk)
    if actions.is_small(act):
        actions.undo(act.pk, by=request.user)
    return _show(request, act)


def _show(request: StaffRequest, act: BulkAct) -> HttpResponse:
    act.refresh_from_db()
    if not request.htmx:
        return redirect(f"{reverse('tickets:bulk', kwargs={'pk': act.pk})}?{_back_query(request)}")
    response = respond(request, "tickets/agent/bulk.html", _page(request, act), fragment="progress")
    return trigger_client_event(response, "bulk-done", {}) if act.finished_at else response


def _page(request: StaffRequest, act: BulkAct) -> dict[str, Any]:
    now = progress(act, request.access)
    return {"act": act, "progress": now, "sentences": _sentences(act, now), "back": _back(request)}


def _sentences(act: BulkAct, now: Progress) -> list[str]:
    """Return how it went, in words."""
    told = []
    if act.undo_asked_at is None:
        told.append(
            ngettext("Hecho con %(num)s consulta.", "Hecho con %(num)s consultas.", now.done) % {"num": now.done}
        )
    else:
        words = ngettext("Deshecho en %(num)s consulta.", "Deshecho en %(num)s consultas.", now.undone)
        told.append(words % {"num": now.undone})
    if now.refused:
        words = ngettext("No se pudo con %(num)s.", "No se pudo con %(num)s.", now.refused)
        told.append(words % {"num": now.refused})
    if now.kept:
        words = ngettext("%(num)s no se pudo deshacer.", "%(num)s no se pudieron deshacer.", now.kept)
        told.append(words % {"num": now.kept})
    return told


def _ask_page(request: StaffRequest, kind: str, form: BulkForm, keys: list[int], *, key: str) -> HttpResponse:
    page = {
        "form": form,
        "kind": kind,
        "title": BulkKind(kind).label,
        "count": len(keys),
        "keys": ",".join(map(str, keys)),
        "key": key,
        "back": _back(request),
    }
    status = 422 if form.errors else 200
    return respond(request, "tickets/agent/bulk_ask.html", page, fragment="act", status=status)


def _nothing_chosen(request: StaffRequest) -> HttpResponse:
    words = _("Elija antes alguna consulta.")
    if request.htmx:
        return trigger_client_event(HttpResponse(status=204), "toast", {"text": words, "kind": "warning"})
    messages.warning(request, words)
    return redirect(_back(request))


def _chosen(request: StaffRequest) -> list[int]:
    """Return the keys that were ticked, or those of the whole list."""
    if "all" in request.POST:
        return _keys_of_list(request, QueryDict(request.POST.get("view", "")).get("lista", ""))
    return [key for text in request.POST.getlist("t") if (key := row_key(text)) is not None]


def _keys_of_list(request: StaffRequest, wanted: str) -> list[int]:
    view = visible_views(request.access).filter(pk=row_key(wanted) or 0).first()
    if view is not None:
        asked, _lost = understood(view.filter, request.organisation)
        return lists.keys_of_view(view, asked, request.access, most=MOST)
    default = DeskList.TEAMS if request.access.team_ids else DeskList.ALL
    which = DeskList(wanted) if wanted in DeskList.values else default
    return lists.keys_in(which, request.access, most=MOST)


def _written_keys(request: StaffRequest) -> list[int]:
    return [key for text in request.POST.get("tickets", "").split(",") if (key := row_key(text)) is not None]


def _back(request: StaffRequest) -> str:
    """Return the list from which one came."""
    back = request.POST.get("back") or request.GET.get("back") or ""
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/gestion/consultas/")
    return back if is_ours else reverse("tickets:desk")


def _back_query(request: StaffRequest) -> str:
    query = QueryDict(mutable=True)
    query["back"] = _back(request)
    return query.urlencode()
