"""What editors see when articles go out or come in as an archive."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.help_centre.actions import exchange as actions
from mostrador.help_centre.choices import ExchangeKind, ExchangeState
from mostrador.help_centre.errors import ArchiveRefused
from mostrador.help_centre.forms.exchange import ArchiveForm, ConfirmForm
from mostrador.help_centre.models import Exchange
from mostrador.help_centre.permissions import EDITORS
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond
from mostrador.shared.uploads import as_download

MOST_LISTED = 10
LONGEST_STEP = timedelta(minutes=10)


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def export_articles(request: StaffRequest) -> HttpResponse:
    """Have the archive of all articles written; list those that can still be taken."""
    if request.method == "POST":
        exchange = actions.start_export(request.organisation, author=request.user)
        return redirect("help_centre:export_detail", pk=exchange.pk)
    rows = _exchanges(request, ExchangeKind.EXPORT).select_related("started_by").order_by("-created_at", "-pk")
    return respond(request, "help_centre/editor/export_articles.html", {"exports": list(rows[:MOST_LISTED])})


@require_GET
@staff_page(*EDITORS)
def export_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how far an export has come, then where to take it; the page asks every two seconds."""
    exchange = get_object_or_404(_exchanges(request, ExchangeKind.EXPORT), pk=pk)
    page = {
        "exchange": exchange,
        "is_done": exchange.state == ExchangeState.DONE,
        "stands_still": _stands_still(exchange),
    }
    return respond(request, "help_centre/editor/export_detail.html", page, fragment="progress")


@require_GET
@staff_page(*EDITORS)
def export_file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Hand out the archive. Who took it is recorded."""
    done = _exchanges(request, ExchangeKind.EXPORT).filter(state=ExchangeState.DONE)
    exchange = get_object_or_404(done, pk=pk)
    response = as_download(exchange.file, name=exchange.file_name, content_type="application/zip")
    actions.note_download(exchange, reader=request.user)
    return response


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def import_articles(request: StaffRequest) -> HttpResponse:
    """Take an archive and check it; nothing is imported yet."""
    form = ArchiveForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            exchange = actions.check_archive(request.organisation, form.cleaned_data["archive"], author=request.user)
        except ArchiveRefused as refusal:
            form.add_error("archive", str(refusal))
        else:
            return redirect("help_centre:import_detail", pk=exchange.pk)
    status = 422 if form.errors else 200
    return respond(request, "help_centre/editor/import_articles.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def import_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what an import would do and confirm it; then how far it has come; then what it has done."""
    exchange = get_object_or_404(_exchanges(request, ExchangeKind.IMPORT), pk=pk)
    form = ConfirmForm(
        request.organisation,
        request.POST or None,
        asks_topic=bool(exchange.report["unknown_topics"]),
        may_publish=request.access.has(Role.ADMINISTRATOR),
    )
    if request.method == "POST" and (form.is_valid() or not form.fields):
        try:
            actions.confirm_import(exchange, author=request.user, **_decisions(form))
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("help_centre:import_detail", pk=pk)
    page = {
        "exchange": exchange,
        "state": exchange.state,
        "stands_still": _stands_still(exchange),
        "report": exchange.report,
        "form": form,
    }
    status = 422 if form.errors else 200
    return respond(request, "help_centre/editor/import_detail.html", page, fragment="progress", status=status)


def _exchanges(request: StaffRequest, kind: ExchangeKind) -> QuerySet[Exchange]:
    """Return what can still be looked at of the visited organisation."""
    return Exchange.objects.filter(organisation=request.organisation, kind=kind, expires_at__gt=timezone.now())


def _stands_still(exchange: Exchange) -> bool:
    return exchange.state == ExchangeState.RUNNING and timezone.now() - exchange.moved_at > LONGEST_STEP


def _decisions(form: ConfirmForm) -> dict[str, Any]:
    return {"topic": form.cleaned_data.get("topic"), "publish": form.cleaned_data.get("publish", False)}
