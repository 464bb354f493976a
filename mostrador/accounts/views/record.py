"""The record of what was done, for administrators and security officers. Its tables are the audit app's."""

import csv
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mostrador.accounts import queries
from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.accounts.forms import RecordFilterForm
from mostrador.audit import queries as audit
from mostrador.audit.actions import record as write_record
from mostrador.audit.models import Event, EventQuerySet
from mostrador.audit.queries import RecordFilter, all_words, words_of
from mostrador.shared.background import run_later
from mostrador.shared.pages import respond

READERS = (Role.ADMINISTRATOR, Role.SECURITY_OFFICER)
PAGE_SIZE = 50
COLUMNS = (
    *("linea", "momento", "quien", "clave_quien", "accion", "verbo", "tipo", "clave", "objeto", "detalles"),
    *("posicion", "huella_anterior", "huella", "sellado"),
)
SYSTEM = "sistema"  # in the address, for what nobody in particular did


@require_safe
@staff_page(*READERS)
def record(request: StaffRequest) -> HttpResponse:
    """List what was done here, newest first, by key; with filters."""
    form, events = _filtered(request)
    shown = list(audit.before(events, request.GET.get("antes", ""))[: PAGE_SIZE + 1])
    older = ""
    if len(shown) > PAGE_SIZE:
        shown = shown[:PAGE_SIZE]
        older = "?" + urlencode(_chosen(request) | {"antes": audit.key_of(shown[-1])})
    page = {
        "form": form,
        "lines": [_line(event) for event in shown],
        "older": older,
        "newest": "?" + urlencode(_chosen(request)) if request.GET.get("antes") else "",
        "filters": urlencode(_chosen(request)),
        "check": audit.last_check(request.organisation.pk),
    }
    return respond(request, "accounts/record/record.html", page, status=422 if form.errors else 200)


@require_safe
@staff_page(*READERS)
def record_line(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one line with all its values and its place in the chain."""
    event = get_object_or_404(Event.objects.filter(organisation_id=request.organisation.pk), pk=pk)
    page = {
        "line": _line(event),
        "event": event,
        "details": json.dumps(event.details, indent=2, ensure_ascii=False, sort_keys=True) if event.details else "",
        "seal": audit.seal_of(event.pk),
    }
    return respond(request, "accounts/record/record_line.html", page)


@require_safe
@staff_page(*READERS)
def record_csv(request: StaffRequest) -> HttpResponse | StreamingHttpResponse:
    """Download the filtered lines, oldest first, each with its place in the chain and its hash.

    Kept elsewhere, the last line's hash proves later that nothing was cut off.
    """
    form, events = _filtered(request)
    if form.errors:
        return redirect("accounts:record")
    name = f"registro-{timezone.localdate().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    words = {verb: str(text) for verb, text in all_words().items()}  # now, in the language of the page
    return StreamingHttpResponse(_csv_lines(events, words), content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@staff_page(*READERS)
def check_record(request: StaffRequest) -> HttpResponse:
    """Ask for the chain to be followed to its end now."""
    write_record("audit.verified", request.organisation, actor=request.user, organisation=request.organisation)
    run_later("audit.check_chain", organisation_id=request.organisation.pk)
    messages.info(request, _("Comprobando la cadena. El resultado aparecerá aquí en un momento."))
    return redirect("accounts:record")


def _filtered(request: StaffRequest) -> tuple[RecordFilterForm, EventQuerySet]:
    people = [(str(row.pk), row.name) for row in queries.members_of(request.organisation).order_by("name", "pk")]
    people.append((SYSTEM, _("El sistema o el público")))
    asked = request.GET.get("quien", "")
    if asked not in dict(people) and (name := audit.name_of_actor(request.organisation.pk, asked)):
        people.append((asked, name))  # somebody who has left
    verbs = sorted(((verb, str(words)) for verb, words in all_words().items()), key=lambda pair: pair[1])
    form = RecordFilterForm(request.GET, people=people, verbs=verbs)
    if not form.is_valid():
        return form, Event.objects.none()
    chosen = form.cleaned_data
    events = audit.events_of(
        request.organisation.pk,
        RecordFilter(
            first_day=chosen["desde"],
            last_day=chosen["hasta"],
            actor_id=int(chosen["quien"]) if chosen["quien"] not in {"", SYSTEM} else None,
            by_nobody=chosen["quien"] == SYSTEM,
            verb=chosen["accion"],
            label=chosen["objeto"].strip(),
        ),
    )
    return form, events


def _chosen(request: StaffRequest) -> dict[str, str]:
    names = ("desde", "hasta", "quien", "accion", "objeto")
    return {name: value for name in names if (value := request.GET.get(name, ""))}


def _line(event: Event) -> dict[str, Any]:
    return {
        "pk": event.pk,
        "at": event.at,
        "who": event.actor_name or _("El sistema o el público"),
        "actor": event.actor_id or SYSTEM,
        "words": words_of(event.verb),
        "label": event.subject_label,
        "about": ": ".join(filter(None, [audit.kind_of(event.subject_type), event.subject_label])),
    }


class _Echo:
    """A file that gives back what is written to it: csv's writer needs one, a stream has none."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(events: EventQuerySet, words: dict[str, str]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield "\ufeff"  # spreadsheets read UTF-8 by it
    yield writer.writerow(COLUMNS)
    for event, seal in audit.with_seals(events):
        cells = [event.pk, event.at.isoformat(), event.actor_name, event.actor_id]
        cells += [words.get(event.verb, event.verb), event.verb]
        cells += [event.subject_type, event.subject_id, event.subject_label]
        cells.append(json.dumps(event.details, ensure_ascii=False, sort_keys=True))
        cells += [seal.position, seal.previous_hash, seal.hash, seal.sealed_at.isoformat()] if seal else [""] * 4
        yield writer.writerow(_harmless(cells))


def _harmless(cells: list[Any]) -> list[str]:
    """Keep spreadsheets from taking text for a formula."""
    texts = ["" if cell is None else str(cell) for cell in cells]
    return [f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text for text in texts]
