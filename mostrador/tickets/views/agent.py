"""What the people of the desk see and do with one ticket."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.help_centre.permissions import EDITORS
from mostrador.help_centre.queries.search import search
from mostrador.people.rules import readable_phone
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.live import signed
from mostrador.shared.pages import respond
from mostrador.shared.tokens import new_token
from mostrador.tickets.actions import desk_replies
from mostrador.tickets.actions import tickets as actions
from mostrador.tickets.choices import MessageKind, State
from mostrador.tickets.errors import ColleagueWasFaster
from mostrador.tickets.forms.agent import (
    AssignForm,
    ClassifyForm,
    NoteForm,
    ReplyForm,
    ResolveForm,
    StateForm,
    TransferForm,
)
from mostrador.tickets.models import Ticket
from mostrador.tickets.permissions import HANDLERS, may_handle
from mostrador.tickets.queries import conversation
from mostrador.tickets.queries.drafts import files_of_desk_reply
from mostrador.tickets.rules import (
    ACT_THAT_LEADS_TO,
    UNDO_WITHIN,
    is_open,
    key_of_words,
    topic_of_ticket,
)
from mostrador.tickets.views.panels import panels

SUGGESTED_ARTICLES = 6


# --- One ticket ---------------------------------------------------------------------------------------


@require_GET
@staff_page()
def ticket_detail(request: StaffRequest, reference: str) -> HttpResponse:
    """Show one ticket: the conversation, the person, and what may be done. Who read it is recorded."""
    ticket = _visible(request, reference)
    actions.note_reading(ticket, reader=request.user)
    return _show(request, ticket)


@require_GET
@staff_page()
def ticket_news(request: StaffRequest, reference: str) -> HttpResponse:
    """Say whether a colleague or the person has written since the page was drawn; nothing moves by itself."""
    ticket = _visible(request, reference)
    seen_until = row_key(request.GET.get("desde"))
    if seen_until is None:
        raise Http404
    page = _news_of_ticket(request, ticket, seen_until) | {"news_by": conversation.news_since(ticket, seen_until)}
    return respond(request, "tickets/agent/ticket_news.html", page)


@require_GET
@staff_page()
def for_article(request: StaffRequest, reference: str) -> HttpResponse:
    """Show what was asked and answered, to read while an article is written. Who read it is recorded."""
    ticket = _visible(request, reference)
    actions.note_reading(ticket, reader=request.user)
    question, answer = conversation.question_and_answer(ticket)
    page = {"ticket": ticket, "question": question, "answer": answer}
    return respond(request, "tickets/agent/for_article.html", page, fragment="matter")


@require_POST
@staff_page(*HANDLERS)
def reply(request: StaffRequest, reference: str) -> HttpResponse:
    """Answer the person, and resolve the ticket too when that button was pressed."""
    ticket = _handled(request, reference)
    form = ReplyForm(request.POST)
    refused, is_removal = _keep_files(request, ticket)
    if is_removal:
        return _show(request, ticket, reply_form=ReplyForm(initial=request.POST.dict()))
    for sentence in refused:
        form.add_error("uploads", sentence)
    if not form.is_valid():
        return _show(request, ticket, reply_form=form)
    resolve = "resolve" in request.POST
    try:
        desk_replies.send(
            ticket,
            author=request.user,
            text=form.cleaned_data["text"],
            key=form.cleaned_data["key"],
            seen_until=_seen_until(request),
            resolve=resolve,
        )
    except ColleagueWasFaster as refusal:
        # The page now shows what the colleague said; sending again means that it was read.
        form.add_error(None, str(refusal))
        return _show(request, ticket, reply_form=form, colleague_was_faster=True)
    except ActionRefused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, ticket, reply_form=form)
    if resolve and request.htmx:  # more of the page changes than the conversation
        messages.success(request, _("Respuesta enviada."))
        return HttpResponseClientRedirect(reverse("tickets:ticket_detail", kwargs={"reference": reference}))
    return _done(request, reference, _("Respuesta enviada."))


@require_POST
@staff_page(*HANDLERS)
def note(request: StaffRequest, reference: str) -> HttpResponse:
    """Write an internal note."""
    ticket = _handled(request, reference)
    form = NoteForm(request.POST)
    refused, _is_removal = _keep_files(request, ticket)  # chosen for the answer, which is not sent yet
    if not form.is_valid():
        return _show(request, ticket, note_form=form)
    text = form.cleaned_data["note"]
    once = key_of_words(form.cleaned_data["key"], text)
    actions.write_note(ticket, author=request.user, text=text, idempotency_key=once)
    return _done(request, reference, " ".join([_("Nota guardada."), *refused]))


@require_POST
@staff_page(*HANDLERS)
def take(request: StaffRequest, reference: str) -> HttpResponse:
    """Assign the ticket to oneself."""
    ticket = _handled(request, reference)
    try:
        actions.assign(ticket, author=request.user, to=request.user, seen_until=_seen_until(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("tickets:ticket_detail", reference=reference)


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def assign(request: StaffRequest, reference: str) -> HttpResponse:
    """Give the ticket to somebody, or to nobody."""
    ticket = _handled(request, reference)
    form = AssignForm(ticket, request.POST or None, initial={"to": ticket.assigned_to_id})
    if request.method == "POST" and form.is_valid():
        try:
            actions.assign(ticket, author=request.user, to=form.cleaned_data["to"], seen_until=_seen_until(request))
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("tickets:ticket_detail", reference=reference)
    return _act_page(request, ticket, form, "assign")


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def classify(request: StaffRequest, reference: str) -> HttpResponse:
    """Say which topic and procedure the ticket is about."""
    ticket = _handled(request, reference)
    initial = {"topic": ticket.topic_id, "procedure": ticket.procedure_id}
    form = ClassifyForm(ticket, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.classify(ticket, author=request.user, **form.cleaned_data)
        return redirect("tickets:ticket_detail", reference=reference)
    return _act_page(request, ticket, form, "classify")


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def transfer(request: StaffRequest, reference: str) -> HttpResponse:
    """Pass the ticket to another team."""
    ticket = _handled(request, reference)
    form = TransferForm(ticket, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.transfer(ticket, author=request.user, team=form.cleaned_data["team"])
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("La consulta %(reference)s ha pasado de equipo.") % {"reference": reference})
            return redirect("tickets:desk")
    return _act_page(request, ticket, form, "transfer")


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def change_state(request: StaffRequest, reference: str) -> HttpResponse:
    """Say whose turn it is."""
    ticket = _handled(request, reference)
    state = ticket.state if ticket.state in ACT_THAT_LEADS_TO else None
    form = StateForm(request.POST or None, initial={"state": state, "third_party": ticket.third_party})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_state(
                ticket,
                author=request.user,
                state=State(form.cleaned_data["state"]),
                third_party=form.cleaned_data["third_party"],
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("tickets:ticket_detail", reference=reference)
    return _act_page(request, ticket, form, "change_state")


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def resolve(request: StaffRequest, reference: str) -> HttpResponse:
    """Resolve the ticket, with the article that helped; the search box finds others than those suggested."""
    ticket = _handled(request, reference)
    question = (request.POST.get("q") or request.GET.get("q") or "").strip()
    articles = search(
        ticket.organisation, question or _what_it_is_about(ticket), ticket.language, limit=SUGGESTED_ARTICLES
    )
    form = ResolveForm(articles, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.resolve(ticket, author=request.user, article=form.chosen())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("tickets:ticket_detail", reference=reference)
    return _act_page(request, ticket, form, "resolve", question=question)


@require_POST
@staff_page(*HANDLERS)
def mark_spam(request: StaffRequest, reference: str) -> HttpResponse:
    """Take the ticket off the desk as spam; its page offers to undo it."""
    ticket = _handled(request, reference)
    try:
        actions.mark_spam(ticket, author=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("tickets:ticket_detail", reference=reference)


@require_POST
@staff_page(*HANDLERS)
def reopen(request: StaffRequest, reference: str) -> HttpResponse:
    """Bring the ticket back, or undo what was just done."""
    ticket = _handled(request, reference)
    try:
        actions.reopen(ticket, author=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("tickets:ticket_detail", reference=reference)


# --- What these pages share ---------------------------------------------------------------------------


def _visible(request: StaffRequest, reference: str) -> Ticket:
    return get_object_or_404(conversation.ticket_to_read(request.access), reference=reference)


def _handled(request: StaffRequest, reference: str) -> Ticket:
    """Return the ticket when this person may change it and not only read it."""
    ticket = _visible(request, reference)
    if not may_handle(request.access, ticket):
        raise PermissionDenied
    return ticket


def _show(
    request: StaffRequest,
    ticket: Ticket,
    *,
    reply_form: ReplyForm | None = None,
    note_form: NoteForm | None = None,
    colleague_was_faster: bool = False,
) -> HttpResponse:
    said, seen_until = conversation.conversation(ticket)
    page = {
        "ticket": ticket,
        "conversation": said,
        "clock": conversation.clock(ticket),
        "phone": readable_phone(ticket.person.phone),
        "language_name": dict(settings.LANGUAGES).get(ticket.language, ticket.language),
        "state_words": capfirst(ticket.get_state_display()),
        "other_contacts": conversation.other_contacts(ticket, request.access),
        "undelivered": conversation.undelivered_emails(ticket),
        "may_handle": may_handle(request.access, ticket),
        "is_open": is_open(ticket.state),
        "is_mine": ticket.assigned_to_id == request.user.pk,
        "may_undo": _may_undo(ticket),
        "new_article": _new_article(ticket) if request.access.has(*EDITORS) else "",
        # What was being typed in the other form rides along (hx-include), so that sending one loses nothing.
        "reply_form": reply_form or ReplyForm(initial={"key": new_token(), "text": _typed(request, "note", "text")}),
        "note_form": note_form or NoteForm(initial={"key": new_token(), "note": _typed(request, "reply", "note")}),
        "reply_files": files_of_desk_reply(ticket, request.user),
        "colleague_was_faster": colleague_was_faster,
        "form": reply_form or note_form,
    }
    page |= _news_of_ticket(request, ticket, seen_until) | panels(request, ticket)
    is_bad = any(form is not None and form.errors for form in (reply_form, note_form))
    return respond(request, "tickets/agent/ticket_detail.html", page, fragment="ticket", status=422 if is_bad else 200)


def _news_of_ticket(request: StaffRequest, ticket: Ticket, seen_until: int) -> dict[str, Any]:
    address = reverse("tickets:ticket_news", kwargs={"reference": ticket.reference})
    return {
        "ticket": ticket,
        "seen_until": seen_until,
        "news_by": "",
        "live_topic": signed(topic_of_ticket(ticket.pk), request.user.pk),
        "news_address": f"{address}?desde={seen_until}",
    }


def _done(request: StaffRequest, reference: str, words: str) -> HttpResponse:
    """Show the ticket again and say what was done: the fragment to htmx, by a redirect to everybody else."""
    if request.htmx:
        response = _show(request, _visible(request, reference))
        return trigger_client_event(response, "toast", {"text": words, "kind": "good"})
    messages.success(request, words)
    return redirect("tickets:ticket_detail", reference=reference)


def _keep_files(request: StaffRequest, ticket: Ticket) -> tuple[list[str], bool]:
    """Keep what was chosen for the answer, or take one out; return a sentence for each refused, and which it was."""
    remove = request.POST.get("remove_file", "")
    is_removal = remove.isdecimal() and len(remove) < 19
    files = request.FILES.getlist("uploads")
    refused = desk_replies.keep_files(
        ticket, author=request.user, files=files, remove_file=int(remove) if is_removal else None
    )
    return refused, is_removal


def _seen_until(request: StaffRequest) -> int | None:
    """Return the key of the last message on the page from which something was sent."""
    return row_key(request.POST.get("seen_until"))


def _typed(request: StaffRequest, sent: str, name: str) -> str:
    """Return what rode along in field `name` when the form of the view `sent` was posted."""
    match = request.resolver_match
    return request.POST.get(name, "") if match is not None and match.url_name == sent else ""


def _may_undo(ticket: Ticket) -> bool:
    return ticket.resolved_at is not None and timezone.now() - ticket.resolved_at < UNDO_WITHIN


def _new_article(ticket: Ticket) -> str:
    """Return the address where an article about this is begun: only what tells nothing of the person goes along."""
    known = {
        "titulo": ticket.subject,
        "tema": ticket.topic.slug if ticket.topic else "",
        "codigo": ticket.error_code,
        "idioma": ticket.language,
        "consulta": ticket.reference,
    }
    return f"{reverse('help_centre:new_article')}?{urlencode({name: value for name, value in known.items() if value})}"


def _what_it_is_about(ticket: Ticket) -> str:
    words = ticket.messages.filter(kind=MessageKind.PUBLIC).order_by("pk").values_list("text", flat=True)[:1]
    return " ".join([ticket.error_code, ticket.subject, *words])


def _act_page(
    request: StaffRequest, ticket: Ticket, form: Any, name: str, *, question: str | None = None
) -> HttpResponse:
    # After a refusal the page says what has changed; sending again accepts it.
    seen_until = conversation.last_message_id(ticket)
    page = {"ticket": ticket, "form": form, "question": question, "seen_until": seen_until}
    return respond(request, f"tickets/agent/{name}.html", page, status=422 if form.errors else 200)
