"""One ticket on one page: what was said, what is about to be said, and where it is written."""

from collections.abc import Sequence
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
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.help_centre.models import Article
from mostrador.help_centre.permissions import EDITORS
from mostrador.people.rules import readable_phone
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.live import signed
from mostrador.shared.pages import respond
from mostrador.shared.tokens import new_token
from mostrador.tickets.actions import canned, desk_replies
from mostrador.tickets.actions import tickets as actions
from mostrador.tickets.choices import After
from mostrador.tickets.errors import ColleagueWasFaster
from mostrador.tickets.forms.agent import NoteForm, ReplyForm
from mostrador.tickets.models import Participant, PendingReply, ReplyDraft, Ticket
from mostrador.tickets.permissions import HANDLERS, drafts_open_to, may_handle
from mostrador.tickets.queries import conversation
from mostrador.tickets.queries.deliveries import undelivered_emails
from mostrador.tickets.queries.drafts import files_of_desk_reply
from mostrador.tickets.queries.follow_up import where_it_goes_on
from mostrador.tickets.queries.glance import what_there_is
from mostrador.tickets.queries.participants import participants_of
from mostrador.tickets.queries.replies import NO_DRAFTS, Drafts, drafts_of, pending_and_unsent, signature_of
from mostrador.tickets.queries.suggestions import article_by_slug
from mostrador.tickets.rules import UNDO_WITHIN, is_open, key_of_words, topic_of_ticket
from mostrador.tickets.rules.beside import beside
from mostrador.tickets.rules.replies import first_article_in
from mostrador.tickets.views.panels import panels


@require_GET
@staff_page()
def ticket_detail(request: StaffRequest, reference: str) -> HttpResponse:
    """Show one ticket: the conversation, the person, and what may be done. Who read it is recorded."""
    ticket = visible(request, reference)
    actions.note_reading(ticket, reader=request.user)
    return _told(request, show(request, ticket))


@require_GET
@staff_page()
def ticket_news(request: StaffRequest, reference: str) -> HttpResponse:
    """Say whether a colleague or the person has written since the page was drawn; nothing moves by itself."""
    ticket = visible(request, reference)
    seen_until = row_key(request.GET.get("desde"))
    if seen_until is None:
        raise Http404
    page = _news_of_ticket(request, ticket, seen_until) | {
        "news_by": conversation.news_since(ticket, seen_until, request.user)
    }
    return respond(request, "tickets/agent/ticket_news.html", page)


@require_GET
@staff_page()
def for_article(request: StaffRequest, reference: str) -> HttpResponse:
    """Show what was asked and answered, to read while an article is written. Who read it is recorded."""
    ticket = visible(request, reference)
    actions.note_reading(ticket, reader=request.user)
    question, answer = conversation.question_and_answer(ticket)
    page = {"ticket": ticket, "question": question, "answer": answer}
    return respond(request, "tickets/agent/for_article.html", page, fragment="matter")


@require_POST
@staff_page(*HANDLERS)
def reply(request: StaffRequest, reference: str) -> HttpResponse:
    """Answer the person: at once, at a later moment, and leaving the ticket as wanted; or show how it will read."""
    ticket = handled(request, reference)
    form = ReplyForm(request.POST, copies=participants_of(ticket))
    refused, is_removal = _keep_files(request, ticket)
    if is_removal:
        return show(request, ticket, reply_form=_as_it_came(request, ticket))
    for sentence in refused:
        form.add_error("uploads", sentence)
    if "preview" in request.POST:
        return _preview(request, ticket)
    if not form.is_valid():
        return show(request, ticket, reply_form=form)
    try:
        sent = _submit(request, ticket, form)
    except ColleagueWasFaster as refusal:
        # The page now shows what the colleague said; sending again means that it was read.
        form.add_error(None, str(refusal))
        return show(request, ticket, reply_form=form, colleague_was_faster=True)
    except ActionRefused as refusal:
        if goes_on := _keep_where_it_goes_on(request, ticket, form.cleaned_data["text"]):
            return goes_on
        form.add_error(None, str(refusal))
        return show(request, ticket, reply_form=form)
    words = _sent_words(sent)
    if form.cleaned_data["after"] != After.PERSON and sent.sent_at and request.htmx:
        messages.success(request, words)  # more of the page changes than the conversation
        return HttpResponseClientRedirect(reverse("tickets:ticket_detail", kwargs={"reference": reference}))
    return done(request, reference, words)


@require_POST
@staff_page(*HANDLERS)
def note(request: StaffRequest, reference: str) -> HttpResponse:
    """Write an internal note."""
    ticket = handled(request, reference)
    form = NoteForm(request.POST)
    refused, _is_removal = _keep_files(request, ticket)  # chosen for the answer, which is not sent yet
    if not form.is_valid():
        return show(request, ticket, note_form=form)
    text = form.cleaned_data["note"]
    once = key_of_words(form.cleaned_data["key"], text)
    desk_replies.write_note(ticket, author=request.user, text=text, key=once)
    return done(request, reference, " ".join([_("Nota guardada."), *refused]))


# --- What the pages of a ticket share ---------------------------------------------------------------


def visible(request: StaffRequest, reference: str) -> Ticket:
    """Return a ticket that this person may read; anything else is not found."""
    return get_object_or_404(conversation.ticket_to_read(request.access), reference=reference)


def handled(request: StaffRequest, reference: str) -> Ticket:
    """Return the ticket when this person may change it and not only read it."""
    ticket = visible(request, reference)
    if not may_handle(request.access, ticket):
        raise PermissionDenied
    return ticket


def done(request: StaffRequest, reference: str, words: str) -> HttpResponse:
    """Show the ticket again and say what was done: the fragment to htmx, by a redirect to everybody else."""
    if request.htmx:
        response = show(request, visible(request, reference))
        return trigger_client_event(response, "toast", {"text": words, "kind": "good"})
    messages.success(request, words)
    return redirect("tickets:ticket_detail", reference=reference)


def visible_where_it_goes_on(request: StaffRequest, ticket: Ticket) -> Ticket | None:
    """Return the ticket to which this one was joined, None when it was not or this person may not see that one."""
    last = where_it_goes_on(ticket)
    is_other = last.pk != ticket.pk
    return last if is_other and Ticket.objects.visible_to(request.access).filter(pk=last.pk).exists() else None


def seen_until_of(request: StaffRequest) -> int | None:
    """Return the key of the last message on the page from which something was sent."""
    return row_key(request.POST.get("seen_until"))


def show(
    request: StaffRequest,
    ticket: Ticket,
    *,
    reply_form: ReplyForm | None = None,
    note_form: NoteForm | None = None,
    colleague_was_faster: bool = False,
    preview: dict[str, str] | None = None,
) -> HttpResponse:
    """Draw the page of a ticket, or the part of it that htmx replaces, with what is being typed."""
    there = what_there_is(ticket, request.user)
    said, seen_until = conversation.conversation(ticket)
    drafts = _drafts(request, ticket) if "drafts" in there else NO_DRAFTS
    copies = participants_of(ticket) if "copies" in there else []
    pending, unsent = pending_and_unsent(ticket, request.user) if "pending" in there else ([], [])
    page = {
        "ticket": ticket,
        "conversation": said,
        "beside": beside(ticket, [each.id for each in said if each.kind == "message"]) if "mail" in there else {},
        "clock": conversation.clock(ticket),
        "phone": readable_phone(ticket.person.phone),
        "language_name": dict(settings.LANGUAGES).get(ticket.language, ticket.language),
        "state_words": capfirst(ticket.get_state_display()),
        "other_contacts": conversation.other_contacts(ticket, request.access) if "others" in there else [],
        "undelivered": undelivered_emails(ticket) if "undelivered" in there else [],
        "copies": copies,
        "may_handle": may_handle(request.access, ticket),
        "is_open": is_open(ticket.state),
        "is_mine": ticket.assigned_to_id == request.user.pk,
        "may_undo": _may_undo(ticket),
        "new_article": _new_article(ticket) if request.access.has(*EDITORS) else "",
        "reply_files": files_of_desk_reply(ticket, request.user) if "files" in there else [],
        "colleague_was_faster": colleague_was_faster,
        "form": reply_form or note_form,
        "pending": pending,
        "unsent": unsent,
        "may_take_back": ticket.organisation_id in request.access.organisation_ids(Role.SUPERVISOR),
        "colleagues_drafts": drafts.others,
        "own_draft": drafts.own,
        "draft_stand": drafts.own.stand if drafts.own else 0,
        "preview": preview,
        "is_drawn_again": _is_drawn_again(request),
        "reads_another_language": ticket.language != request.language,
    }
    page |= _forms(request, drafts.own, reply_form, note_form, copies)
    page |= _news_of_ticket(request, ticket, seen_until) | panels(request, ticket, there)
    is_bad = any(form is not None and form.errors for form in (reply_form, note_form))
    status = 422 if is_bad and preview is None else 200
    return respond(request, "tickets/agent/ticket_detail.html", page, fragment="ticket", status=status)


def _is_drawn_again(request: StaffRequest) -> bool:
    """Say whether an act in a dialog, or a button of the page, led back to this page, which is still there."""
    return request.method == "GET" and getattr(request.htmx, "target", None) in ("page-dialog-matter", "ticket")


def _told(request: StaffRequest, response: HttpResponse) -> HttpResponse:
    """Let the page that is drawn again say what was done, as a new page would."""
    told = list(messages.get_messages(request)) if _is_drawn_again(request) else []
    if not told:
        return response
    toast = {"text": " ".join(str(each) for each in told), "kind": told[-1].level_tag}
    return trigger_client_event(response, "toast", toast, after="settle")


def _drafts(request: StaffRequest, ticket: Ticket) -> Drafts:
    """Return what everybody is writing; that somebody who only supervises read it is recorded."""
    drafts = drafts_of(ticket, request.user, open_to=drafts_open_to(request.access, ticket))
    canned.note_drafts_read(drafts.heard, reader=request.user)
    return drafts


def _forms(
    request: StaffRequest,
    own: ReplyDraft | None,
    reply_form: ReplyForm | None,
    note_form: NoteForm | None,
    copies: Sequence[Participant],
) -> dict[str, Any]:
    """Return both forms: as they came back, with what rode along (hx-include), or with the draft that was kept."""
    text, note = (own.text, own.note) if own else ("", "")
    return {
        "reply_form": reply_form
        or ReplyForm(copies=copies, initial={"key": new_token(), "text": _typed(request, "note", "text", text)}),
        "note_form": note_form
        or NoteForm(initial={"key": new_token(), "note": _typed(request, "reply", "note", note)}),
    }


def _typed(request: StaffRequest, sent: str, name: str, kept: str) -> str:
    """Return what rode along in field `name` when the form of the view `sent` was posted, else what was kept."""
    match = request.resolver_match
    rode_along = match is not None and match.url_name == sent and name in request.POST
    return request.POST[name] if rode_along else kept


def _submit(request: StaffRequest, ticket: Ticket, form: ReplyForm) -> PendingReply:
    data = form.cleaned_data
    return desk_replies.submit(
        ticket,
        author=request.user,
        text=data["text"],
        key=data["key"],
        after=data["after"],
        article=_article_that_solved(ticket, data["text"]) if data["after"] == After.RESOLVED else None,
        third_party=data["third_party"],
        send_at=data["send_at"],
        seen_until=seen_until_of(request),
        cc=form.goes_to,
    )


def _keep_where_it_goes_on(request: StaffRequest, ticket: Ticket, text: str) -> HttpResponse | None:
    """Lead whoever answers a ticket that was joined meanwhile to the other one, with their words; else None."""
    last = visible_where_it_goes_on(request, ticket)
    if last is None:
        return None
    note = request.POST.get("note", "")  # rode along
    joined = desk_replies.keep_where_it_goes_on(ticket, author=request.user, text=text, note=note)
    address = reverse("tickets:ticket_detail", kwargs={"reference": (joined or last).reference})
    messages.info(
        request, _("Se unió a esta consulta mientras escribía. Su texto y sus archivos esperan aquí, sin enviar.")
    )
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _article_that_solved(ticket: Ticket, text: str) -> Article | None:
    """Return the first article to which an answer leads: resolving with that answer, it is what solved it."""
    slug = first_article_in(text)
    return article_by_slug(ticket.organisation, slug) if slug else None


def _sent_words(sent: PendingReply) -> str:
    if sent.sent_at is not None:
        return _("Respuesta enviada.")
    return _("Respuesta programada.") if sent.is_scheduled else _("Respuesta en camino: puede deshacerla.")


def _preview(request: StaffRequest, ticket: Ticket) -> HttpResponse:
    """Show how an answer will read, and keep it in the form."""
    text = request.POST.get("text", "")
    preview = {"text": text, "signature": signature_of(request.user, ticket)}
    return show(request, ticket, reply_form=_as_it_came(request, ticket), preview=preview)


def _as_it_came(request: StaffRequest, ticket: Ticket) -> ReplyForm:
    """Return the form of an answer with what was typed, not checked."""
    typed = {**request.POST.dict(), "cc": request.POST.getlist("cc")}
    return ReplyForm(copies=participants_of(ticket), initial=typed)


def _news_of_ticket(request: StaffRequest, ticket: Ticket, seen_until: int) -> dict[str, Any]:
    address = reverse("tickets:ticket_news", kwargs={"reference": ticket.reference})
    return {
        "ticket": ticket,
        "seen_until": seen_until,
        "news_by": "",
        "live_topic": signed(topic_of_ticket(ticket.pk), request.user.pk),
        "news_address": f"{address}?desde={seen_until}",
    }


def _keep_files(request: StaffRequest, ticket: Ticket) -> tuple[list[str], bool]:
    """Keep what was chosen for the answer, or take one out; return a sentence for each refused, and which it was."""
    remove = request.POST.get("remove_file", "")
    is_removal = remove.isdecimal() and len(remove) < 19
    files = request.FILES.getlist("uploads")
    refused = desk_replies.keep_files(
        ticket, author=request.user, files=files, remove_file=int(remove) if is_removal else None
    )
    return refused, is_removal


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
