"""The page of one's own ticket, behind a private link, and how to get a new link. GET never writes."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import PublicRequest, citizen_page
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond
from mostrador.shared.rate_limits import allow, visitor
from mostrador.shared.tokens import new_token
from mostrador.shared.uploads import as_download
from mostrador.tickets.actions import follow_up as actions
from mostrador.tickets.actions import tickets as ticket_actions
from mostrador.tickets.choices import MessageKind
from mostrador.tickets.forms.citizen import AnswerForm, FindForm, typed
from mostrador.tickets.models import Attachment, Ticket
from mostrador.tickets.queries import follow_up as queries
from mostrador.tickets.queries.terms import legal_term

FINDS_PER_HOUR = 20
ANSWERS_PER_HOUR = 40


@require_http_methods(["GET", "POST"])
@citizen_page
def find(request: PublicRequest) -> HttpResponse:
    """Send a fresh link to whoever knows reference and e-mail; the answer never tells whether they are right."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not allow(f"ticket-find:{visitor(request)}", limit=FINDS_PER_HOUR, period=timedelta(hours=1)):
            form.add_error(None, _("Hemos recibido muchas peticiones desde su conexión. Inténtelo dentro de una hora."))
        else:
            ticket = queries.ticket_of_email(request.organisation, **form.cleaned_data)
            if ticket is not None:
                actions.ask_for_link(ticket)
            return redirect("tickets:find_done")
    return respond(request, "tickets/citizen/find.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@citizen_page
def find_done(request: PublicRequest) -> HttpResponse:
    """Say that the link is on its way, if reference and address belong together."""
    return respond(request, "tickets/citizen/find_done.html", {})


@require_http_methods(["GET", "POST"])
@citizen_page
def follow_up(request: PublicRequest, token: str) -> HttpResponse:
    """Show the conversation and take the person's answer, with files."""
    ticket = queries.ticket_behind(request.organisation, token)
    if ticket is None:
        return _no_such_link(request)
    if request.method == "GET":
        draft = queries.reply_draft_behind(token)
        form = AnswerForm(initial={"text": draft.answers["text"] if draft else "", "key": new_token()})
        return _show(request, token, ticket, form)
    form = AnswerForm(typed(AnswerForm, request.POST))
    if not allow(f"ticket-answer:{ticket.pk}", limit=ANSWERS_PER_HOUR, period=timedelta(hours=1)):
        form.add_error(None, _("Ha enviado muchas respuestas seguidas. Espere un poco y pulse «Enviar» otra vez."))
        return _show(request, token, ticket, form)
    files, remove = request.FILES.getlist("uploads"), row_key(request.POST.get("remove_file"))
    if remove is not None or not form.is_valid():
        text = form.data.get("text", "")
        saved = actions.save_answer(ticket, token, text=text, files=files, remove_file=remove)
    else:
        try:
            saved = actions.answer(
                ticket, token, text=form.cleaned_data["text"], key=form.cleaned_data["key"], files=files
            )
        except ActionRefused as refusal:
            form.add_error("text", str(refusal))
            ticket.refresh_from_db(fields=["state"])
            return _show(request, token, ticket, form)
    for sentence in saved.refused:
        form.add_error("uploads", sentence)
    if form.errors:
        return _show(request, token, ticket, form)
    messages.success(request, _("Hemos recibido su mensaje."))
    return redirect("tickets:follow_up", token=token)


@require_POST
@citizen_page
def solved(request: PublicRequest, token: str) -> HttpResponse:
    """Take the person's word that it is solved."""
    return _say_how_it_went(request, token, is_solved=True)


@require_POST
@citizen_page
def not_solved(request: PublicRequest, token: str) -> HttpResponse:
    """Take the person's word that it still does not work."""
    return _say_how_it_went(request, token, is_solved=False)


@require_GET
@citizen_page
def attachment(request: PublicRequest, token: str, pk: int) -> HttpResponseBase:
    """Hand out a file of the conversation; those of internal notes are not part of it."""
    ticket = queries.ticket_behind(request.organisation, token)
    if ticket is None:
        raise Http404
    files = Attachment.objects.filter(message__ticket=ticket, message__kind=MessageKind.PUBLIC)
    file = get_object_or_404(files, pk=pk)
    return as_download(file.file, name=file.name, content_type=file.content_type)


def _say_how_it_went(request: PublicRequest, token: str, *, is_solved: bool) -> HttpResponse:
    ticket = queries.ticket_behind(request.organisation, token)
    if ticket is None:
        return _no_such_link(request)
    try:
        if is_solved:
            ticket_actions.mark_solved_by_person(ticket)
        else:
            ticket_actions.mark_not_solved_by_person(ticket)
    except ActionRefused as refusal:
        form = AnswerForm(initial={"key": new_token()})
        return _show(request, token, ticket, form, refusal=str(refusal))
    return redirect("tickets:follow_up", token=token)


def _show(request: PublicRequest, token: str, ticket: Ticket, form: AnswerForm, *, refusal: str = "") -> HttpResponse:
    draft = queries.reply_draft_behind(token)
    page: dict[str, Any] = {
        "ticket": ticket,
        "token": token,
        "conversation": queries.conversation_of_person(ticket),
        "form": form,
        "files": list(draft.files.order_by("pk")) if draft else [],
        "refusal": refusal,
        "term": legal_term(ticket),
    }
    return respond(request, "tickets/citizen/follow_up.html", page, status=422 if form.errors or refusal else 200)


def _no_such_link(request: PublicRequest) -> HttpResponse:
    """Say how to get a new link; the same for one that expired and for one that never was."""
    return respond(request, "tickets/citizen/link_expired.html", {"form": FindForm()}, status=404)
