"""Asking a third party about a ticket, and the page on which they answer without an account."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mostrador.accounts.access import PublicRequest, StaffRequest, citizen_page, staff_page
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond
from mostrador.shared.rate_limits import allow
from mostrador.shared.tokens import new_token
from mostrador.shared.uploads import as_download
from mostrador.tickets.actions import third_parties as actions
from mostrador.tickets.choices import MessageKind
from mostrador.tickets.forms.citizen import typed
from mostrador.tickets.forms.writing import ForwardForm, ThirdPartyAnswerForm, ThirdPartyForm
from mostrador.tickets.models import Attachment, Message, ThirdPartyRequest, Ticket
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.queries import third_parties as queries
from mostrador.tickets.rules import is_open
from mostrador.tickets.views.ticket import handled

ANSWERS_PER_HOUR = 20


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def ask(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask somebody outside: what they will read is shown before it leaves."""
    ticket = handled(request, reference)
    said = queries.quotable(ticket, with_person=bool(request.POST.get("with_person")))
    files = queries.files_to_forward(ticket)
    initial = {"key": new_token(), "name": ticket.third_party}
    form = ThirdPartyForm(said, files, request.POST or None, initial=initial)
    is_preview = False
    if request.method == "POST" and form.is_valid():
        if "send" in request.POST:
            try:
                _send(request, ticket, form)
            except ActionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Pregunta enviada. Su respuesta llegará a esta consulta."))
                return redirect("tickets:ticket_detail", reference=reference)
        else:
            is_preview = True
    chosen = set(form.cleaned_data["messages"]) if is_preview else set()
    page = {
        "ticket": ticket,
        "form": form,
        "is_preview": is_preview,
        "quoted": [each for each in reversed(said) if each.id in chosen],
    }
    return respond(request, "tickets/agent/ask_third_party.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def forward(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Send a message of the conversation to somebody outside; what they will read can be looked at before."""
    ticket = handled(request, reference)
    message = get_object_or_404(ticket.messages.filter(kind=MessageKind.PUBLIC).exclude(text=""), pk=pk)
    files = list(message.attachments.order_by("pk"))
    initial = {"key": new_token(), "attached": [file.pk for file in files]}
    form = ForwardForm(files, request.POST or None, may_wait=is_open(ticket.state), initial=initial)
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            _forward(request, ticket, message, files, form)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Mensaje reenviado. Lo que le contesten llegará a esta consulta."))
            return redirect("tickets:ticket_detail", reference=reference)
    page = {
        "ticket": ticket,
        "form": form,
        "message": message,
        "is_preview": request.method == "POST" and not form.errors,
        "said": queries.as_read_outside(message, ticket, with_person=bool(request.POST.get("with_person"))),
    }
    return respond(request, "tickets/agent/forward.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@citizen_page
def third_party(request: PublicRequest, token: str) -> HttpResponse:
    """Show a third party what is asked of them, and take their answer."""
    asked = queries.request_behind(request.organisation, token)
    if asked is None:
        return respond(request, "tickets/citizen/third_party_expired.html", {}, status=404)
    if request.method == "GET":
        return _page(request, token, asked, ThirdPartyAnswerForm(initial={"key": new_token()}))
    form = ThirdPartyAnswerForm(typed(ThirdPartyAnswerForm, request.POST))
    if not allow(f"third-party:{asked.pk}", limit=ANSWERS_PER_HOUR, period=timedelta(hours=1)):
        form.add_error(None, _("Ha enviado muchas respuestas seguidas. Espere un poco y pulse «Enviar» otra vez."))
        return _page(request, token, asked, form)
    remove = row_key(request.POST.get("remove_file"))
    refused = actions.keep_answer_files(asked, files=request.FILES.getlist("uploads"), remove_file=remove)
    for sentence in refused:
        form.add_error("uploads", sentence)
    if remove is not None:
        return _page(request, token, asked, ThirdPartyAnswerForm(initial=dict(form.data)))
    if form.is_valid():
        try:
            actions.take_answer(asked, text=form.cleaned_data["text"], key=form.cleaned_data["key"])
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Hemos recibido su respuesta. Gracias."))
            return redirect("tickets:third_party", token=token)
    return _page(request, token, asked, form)


@require_GET
@citizen_page
def third_party_file(request: PublicRequest, token: str, pk: int) -> HttpResponseBase:
    """Hand out a file that was chosen for a third party, and no other."""
    asked = queries.request_behind(request.organisation, token)
    if asked is None:
        raise Http404
    file = get_object_or_404(asked.files, pk=pk)
    return as_download(file.file, name=file.name, content_type=file.content_type)


def _send(request: StaffRequest, ticket: Ticket, form: ThirdPartyForm) -> None:
    data = form.cleaned_data
    # Each as it was shown: without the person's data unless they were wanted.
    said = queries.quotable(ticket, with_person=data["with_person"])
    actions.ask_third_party(
        ticket,
        author=request.user,
        name=data["name"],
        email=data["email"],
        text=data["text"],
        quoted=[each for each in reversed(said) if each.id in data["messages"]],
        files=[file for file in queries.files_to_forward(ticket) if file.pk in data.get("attached", ())],
        with_person=data["with_person"],
        key=data["key"],
    )


def _forward(
    request: StaffRequest, ticket: Ticket, message: Message, files: list[Attachment], form: ForwardForm
) -> None:
    data = form.cleaned_data
    actions.forward(
        ticket,
        author=request.user,
        said=queries.as_read_outside(message, ticket, with_person=data["with_person"]),
        name=data["name"],
        email=data["email"],
        text=data["text"],
        files=[file for file in files if file.pk in data.get("attached", ())],
        with_person=data["with_person"],
        waits=data.get("waits", False),
        key=data["key"],
    )


def _page(request: PublicRequest, token: str, asked: ThirdPartyRequest, form: ThirdPartyAnswerForm) -> HttpResponse:
    page: dict[str, Any] = {
        "asked": asked,
        "ticket": asked.ticket,
        "token": token,
        "form": form,
        "attached": list(asked.files.order_by("pk")),
        "files": queries.answer_files(asked),
    }
    return respond(request, "tickets/citizen/third_party.html", page, status=422 if form.errors else 200)
