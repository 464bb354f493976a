"""Prepared answers: the list, writing them, and putting one into an answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.help_centre.rules.words import fold
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import language_name
from mostrador.shared.pages import respond
from mostrador.tickets.actions import canned as actions
from mostrador.tickets.actions import desk_replies
from mostrador.tickets.forms.writing import CannedForm, WritingRulesForm
from mostrador.tickets.models import CannedReply, Ticket
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.queries import conversation
from mostrador.tickets.queries.desk import visible_reference
from mostrador.tickets.queries.replies import canned_of, offered_for, template_for, writing_rules_of
from mostrador.tickets.rules.canned import VARIABLES
from mostrador.tickets.views.ticket import done, handled

OF_KIND = 0  # in the place of the key of a prepared answer: what answers to that kind of ticket begin with
WRITERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


@require_GET
@staff_page(*WRITERS)
def replies(request: StaffRequest) -> HttpResponse:
    """Show the prepared answers with their uses, those in use first."""
    rows = list(canned_of(request.organisation).order_by("-is_active", "title", "pk"))
    form = WritingRulesForm(initial=writing_rules_of(request.organisation))
    page = {"rows": rows, "form": form, "may_decide": request.access.has(Role.ADMINISTRATOR)}
    return respond(request, "tickets/agent/canned.html", page)


@require_http_methods(["GET", "POST"])
@staff_page(*WRITERS)
def new(request: StaffRequest) -> HttpResponse:
    """Write a prepared answer."""
    return _write(request, None)


@require_http_methods(["GET", "POST"])
@staff_page(*WRITERS)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a prepared answer, and see it with a real ticket."""
    return _write(request, get_object_or_404(canned_of(request.organisation), pk=pk))


@require_POST
@staff_page(*WRITERS)
def use(request: StaffRequest, pk: int) -> HttpResponse:
    """Offer a prepared answer (`use` = "yes") or stop offering it."""
    reply = get_object_or_404(canned_of(request.organisation), pk=pk)
    is_active = request.POST.get("use") == "yes"
    actions.set_in_use(reply, author=request.user, is_active=is_active)
    messages.success(request, _("Vuelve a ofrecerse.") if is_active else _("Ya no se ofrece."))
    return redirect("tickets:canned_edit", pk=pk)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def writing_rules(request: StaffRequest) -> HttpResponse:
    """Decide who reads what somebody has not sent yet."""
    decided = {name: name in request.POST for name in WritingRulesForm.base_fields}
    actions.save_writing_rules(request.organisation, **decided, author=request.user)
    messages.success(request, _("Guardado."))
    return redirect("tickets:canned_replies")


@require_GET
@staff_page(*HANDLERS)
def pick(request: StaffRequest, reference: str) -> HttpResponse:
    """Show what answers to its kind begin with and the prepared answers that fit a ticket, as they would read.

    `q` searches; the editor asks for JSON.
    """
    ticket = handled(request, reference)
    words = fold(request.GET.get("q", "")[:100]).split()
    offered = [template_for(ticket), *offered_for(ticket)]
    rows = [_offer(reply, ticket, request) for reply in offered if _fits(reply, words)]
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"found": rows})
    return respond(request, "tickets/agent/canned_pick.html", {"ticket": ticket, "rows": rows, "q": " ".join(words)})


@require_POST
@staff_page(*HANDLERS)
def put(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Put a prepared answer into the answer: returned to the editor as JSON, else added to the draft."""
    ticket = handled(request, reference)
    if pk == OF_KIND:
        text = actions.fill(template_for(ticket), ticket, request.user)
    else:
        reply = get_object_or_404(CannedReply, pk__in=[each.pk for each in offered_for(ticket)], pk=pk)
        text = actions.use(reply, ticket, request.user)
    words = _words(text, ticket)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"text": text.text, "words": words})
    desk_replies.add_to_draft(ticket, author=request.user, text=text.text)
    return done(request, reference, words or _("Respuesta preparada puesta en la suya."))


def _write(request: StaffRequest, reply: CannedReply | None) -> HttpResponse:
    form = CannedForm(request.organisation, request.POST or None, reply=reply)
    if request.method == "POST" and form.is_valid() and "try" not in request.POST:
        try:
            saved = actions.save_canned_reply(
                request.organisation,
                author=request.user,
                texts=form.texts(),
                reply=reply,
                **{name: form.cleaned_data[name] for name in CannedForm.base_fields},
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Guardado."))
            return redirect("tickets:canned_edit", pk=saved.pk)
    typed = request.POST.get("consulta", "").strip()[:40]
    page = {
        "reply": reply,
        "form": form,
        "variables": [(f"{{{{ {name} }}}}", words) for name, words in VARIABLES.items()],
        "tried_with": typed,
    } | _tried(request, form, reply, typed)
    return respond(request, "tickets/agent/canned_edit.html", page, status=422 if form.errors else 200)


def _tried(request: StaffRequest, form: CannedForm, reply: CannedReply | None, typed: str) -> dict[str, Any]:
    """Return how the texts read with a real ticket, that may be seen by whoever asks."""
    empty: dict[str, Any] = {"tried": None, "tried_fault": ""}
    if not typed:
        return empty
    reference = visible_reference(typed, request.access)
    if reference is None:
        return empty | {"tried_fault": _("No hay ninguna consulta con esa referencia, o no puede verla.")}
    ticket = conversation.ticket_to_read(request.access).get(reference=reference)
    texts = form.texts() if form.is_bound and form.is_valid() else reply.texts if reply else {}
    as_written = CannedReply(texts=texts)
    try:
        text = actions.fill(as_written, ticket, request.user)
    except ActionRefused as refusal:
        return empty | {"tried_fault": str(refusal)}
    return {"tried": text, "tried_fault": "", "tried_words": _words(text, ticket)}


def _offer(reply: CannedReply, ticket: Ticket, request: StaffRequest) -> dict[str, Any]:
    text = actions.fill(reply, ticket, request.user)
    return {
        "value": reply.pk or OF_KIND,
        "label": reply.title,
        "shortcut": reply.shortcut,
        "note": f"/{reply.shortcut}" if reply.shortcut else "",
        "text": text.text,
        "language": text.language,
        "words": _words(text, ticket),
    }


def _fits(reply: CannedReply, words: list[str]) -> bool:
    said = fold(f"{reply.title} {reply.shortcut.replace('-', ' ')} {reply.shortcut}")
    return all(word in said for word in words)


def _words(text: actions.Filled, ticket: Ticket) -> str:
    """Return what whoever puts it should know: another language than the person reads, variables without a value."""
    said = []
    if text.language != ticket.language:
        said.append(
            _("No está en %(wanted)s: se ha puesto en %(language)s.")
            % {"wanted": language_name(ticket.language), "language": language_name(text.language)}
        )
    if text.missing:
        said.append(_("En esta consulta no se sabe: %(names)s.") % {"names": ", ".join(text.missing)})
    return " ".join(said)
