"""Helping somebody with a procedure: their consent, its printed copy, and its end."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.people.actions import assistance as actions
from mostrador.people.choices import ConsentBy
from mostrador.people.forms import AssistanceForm, ScopeForm
from mostrador.people.models import Assistance, Person
from mostrador.people.views.common import DESK, READERS, name_of, visible
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond
from mostrador.shared.tokens import new_token
from mostrador.shared.uploads import as_download


@require_http_methods(["GET", "POST"])
@staff_page(*DESK)
def assist(request: StaffRequest, person_id: int) -> HttpResponse:
    """Ask what for, then show the text in the person's language and record their consent."""
    shown = visible(request, person_id, *DESK)
    if not shown.is_known:
        return redirect("people:person", person_id=person_id)
    if "consent_by" in request.POST or "identified" in request.POST or "confirm" in request.POST:
        return _confirm(request, shown)
    initial = {"key": new_token(), "ticket_reference": request.GET.get("consulta", "")[:11]}
    form = ScopeForm(shown.organisation, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = data | {"procedure": data["procedure"].pk if data["procedure"] else ""}
        return _show(request, shown, AssistanceForm(shown.organisation, initial=asked), scope=data["scope"])
    return _show(request, shown, form)


@require_GET
@staff_page(*READERS)
def assistance_detail(request: StaffRequest, assistance_id: int) -> HttpResponse:
    """Show a consent as the person gets it, in their language, to be printed. Who read it is recorded."""
    shown = _visible(request, assistance_id)
    actions.note_reading(shown, by=request.user)
    with translation.override(shown.language):
        words = {
            "title": _("Consentimiento para ser asistido por personal funcionario"),
            "given": shown.get_consent_by_display(),
            "official": shown.official.name,
            "signature": _("Firma de la persona"),
            "revoked": _("Retirado"),
            "for_person": _("Copia para la persona"),
        }
    page = {
        "assistance": shown,
        "words": words,
        "paragraphs": shown.text.split("\n\n") if shown.text else [],
        "may_revoke": shown.revoked_at is None and request.access.has(*DESK),
    }
    return respond(request, "people/staff/assistance_detail.html", page)


@require_GET
@staff_page(*READERS)
def scan(request: StaffRequest, assistance_id: int) -> HttpResponseBase:
    """Hand out the signed paper. Who took it is recorded."""
    shown = _visible(request, assistance_id)
    if not shown.scan:
        raise Http404
    answer = as_download(shown.scan, name=shown.scan_name, content_type=shown.scan_type)
    actions.note_reading(shown, by=request.user, is_paper=True)
    return answer


@require_POST
@staff_page(*DESK)
def revoke(request: StaffRequest, assistance_id: int) -> HttpResponse:
    """Note that the person takes their consent back."""
    shown = _visible(request, assistance_id)
    try:
        actions.revoke_assistance(shown, by=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("El consentimiento queda retirado."))
    return redirect("people:assistance_detail", assistance_id=assistance_id)


def _confirm(request: StaffRequest, shown: Person) -> HttpResponse:
    form = AssistanceForm(shown.organisation, request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        consent = actions.Consent(
            procedure=data["procedure"],
            scope=data["scope"],
            consent_by=ConsentBy(data["consent_by"]),
            office=data["office"],
            ticket_reference=data["ticket_reference"],
            scan=data["scan"],
        )
        try:
            given = actions.record_assistance(shown, consent, official=request.user, key=data["key"])
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Consentimiento anotado. Imprima la copia para la persona."))
            return redirect("people:assistance_detail", assistance_id=given.pk)
    return _show(request, shown, form, scope=form.cleaned_data.get("scope", ""))


def _show(request: StaffRequest, shown: Person, form: ScopeForm, *, scope: str = "") -> HttpResponse:
    text = actions.text_for(shown, scope=scope, official=request.user) if scope else ""
    page: dict[str, Any] = {
        "person": shown,
        "name": name_of(shown),
        "form": form,
        "paragraphs": text.split("\n\n") if text else [],
        "language": actions.language_of(shown),
        "is_identified": bool(shown.name and shown.identity_sealed),
    }
    return respond(request, "people/staff/assist.html", page, status=422 if form.errors else 200)


def _visible(request: StaffRequest, assistance_id: int) -> Assistance:
    people = Person.objects.visible_to(request.access)
    rows = Assistance.objects.filter(person__in=people)
    return get_object_or_404(rows.select_related("person__organisation", "official", "procedure"), pk=assistance_id)
