"""Copies and erasures of somebody's data: asked for, watched, taken."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.people.actions import requests as actions
from mostrador.people.choices import IdentityCheck, RequestKind, RequestState
from mostrador.people.forms import CopyForm, ErasureForm
from mostrador.people.models import DataRequest
from mostrador.people.queries import requests as queries
from mostrador.people.rules import keepers
from mostrador.people.views.common import facts_of, name_of, visible
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import file_size, number
from mostrador.shared.pages import respond
from mostrador.shared.uploads import as_download


@require_GET
@staff_page(Role.ADMINISTRATOR)
def requests(request: StaffRequest) -> HttpResponse:
    """List what was asked about people's data: the report of what was copied and erased, and when."""
    rows = [
        {
            "pk": each.pk,
            "kind": each.get_kind_display(),
            "state": each.get_state_display(),
            "asked_at": each.asked_at,
            "by": each.asked_by.name,
        }
        for each in queries.requests_visible_to(request.access)
    ]
    return respond(request, "people/staff/requests.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def export(request: StaffRequest, person_id: int) -> HttpResponse:
    """Have a copy of everything about a person made."""
    shown = visible(request, person_id, Role.ADMINISTRATOR)
    form = CopyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.ask_for_copy(
                shown, by=request.user, identity_check=IdentityCheck(form.cleaned_data["identity_check"])
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("people:request_detail", request_id=asked.pk)
    page = {"person": shown, "name": name_of(shown), "form": form}
    return respond(request, "people/staff/export.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def erase(request: StaffRequest, person_id: int) -> HttpResponse:
    """Say what will be erased, what stays and what speaks against it, and have it done once that is confirmed."""
    shown = visible(request, person_id, Role.ADMINISTRATOR)
    holds = queries.holds_of(shown) if shown.is_known else []
    form = ErasureForm(request.POST if request.method == "POST" else None, is_held=bool(holds))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            asked = actions.ask_for_erasure(
                shown,
                by=request.user,
                identity_check=IdentityCheck(data["identity_check"]),
                forced_because=data.get("forced_because", ""),
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("La supresión está en marcha."))
            return redirect("people:request_detail", request_id=asked.pk)
    page = {
        "person": shown,
        "name": name_of(shown),
        "form": form,
        "facts": facts_of(shown),
        "holds": [hold.sentence for hold in holds],
        "titles": [str(keeper.title) for keeper in keepers()],
    }
    return respond(request, "people/staff/erase.html", page, status=422 if form.errors else 200)


@require_GET
@staff_page(Role.ADMINISTRATOR)
def request_detail(request: StaffRequest, request_id: int) -> HttpResponse:
    """Show how far a request has come, then its report; the page asks every two seconds."""
    asked = _visible(request, request_id)
    size = _size(asked)
    page = {
        "asked": asked,
        "name": name_of(asked.person),
        "is_export": asked.kind == RequestKind.EXPORT,
        "is_waiting": asked.state == RequestState.WAITING,
        "is_refused": asked.state == RequestState.REFUSED,
        "report": _report(asked),
        "size": size,
        "may_take": bool(size) and asked.asked_by_id == request.user.pk,
    }
    return respond(request, "people/staff/request_detail.html", page, fragment="progress")


@require_GET
@staff_page(Role.ADMINISTRATOR)
def request_file(request: StaffRequest, request_id: int) -> HttpResponseBase:
    """Hand out a copy to whoever asked for it, and to nobody else, who are told so. Who took it is recorded."""
    asked = _visible(request, request_id)
    if asked.asked_by_id != request.user.pk or not _size(asked):
        return redirect("people:request_detail", request_id=request_id)
    answer = as_download(asked.file, name=f"datos-persona-{asked.person_id}.zip", content_type="application/zip")
    actions.note_download(asked, by=request.user)
    return answer


def _visible(request: StaffRequest, request_id: int) -> DataRequest:
    administered = DataRequest.objects.filter(organisation__in=request.access.organisation_ids(Role.ADMINISTRATOR))
    return get_object_or_404(administered.select_related("person__organisation", "asked_by"), pk=request_id)


def _size(asked: DataRequest) -> str:
    """Return how big the copy is, or "" when there is none to take."""
    if not asked.file or asked.expires_at is None or asked.expires_at < timezone.now():
        return ""
    try:
        return file_size(asked.file.size)
    except FileNotFoundError:
        return ""


def _report(asked: DataRequest) -> list[dict[str, str]]:
    return [
        {"app": str(keeper.title), "what": str(_words(what)), "count": number(count)}
        for keeper in keepers()
        for what, count in asked.report.get(keeper.name, {}).items()
    ]


def _words(what: str) -> str:
    """Return what people call the things that a report counts."""
    return {
        "records": _("Registros"),
        "files": _("Archivos"),
        "missing": _("Archivos que no se encontraron"),
        "tickets": _("Consultas"),
        "messages": _("Mensajes"),
        "comments": _("Comentarios"),
        "representations": _("Representaciones"),
        "consents": _("Consentimientos"),
        "copies": _("Copias de los datos"),
    }.get(what, what)
