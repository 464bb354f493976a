"""What happens around an answer: its draft, the moment in which it can be taken back, and what is put into it."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.help_centre.models import ArticleVersion
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import language_name
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond
from mostrador.shared.plain_text import plain_text
from mostrador.tickets.actions import canned, deliveries, desk_replies, participants
from mostrador.tickets.forms.agent import LONGEST_TEXT
from mostrador.tickets.forms.writing import MomentForm, SignatureForm
from mostrador.tickets.models import Participant, PendingReply, Ticket
from mostrador.tickets.permissions import HANDLERS, may_handle
from mostrador.tickets.queries.deliveries import emails_of
from mostrador.tickets.queries.replies import own_signature
from mostrador.tickets.queries.suggestions import articles_about, suggestions, version_to_send
from mostrador.tickets.queries.third_parties import requests_of
from mostrador.tickets.rules.replies import as_quoted
from mostrador.tickets.views.ticket import done, handled, visible, visible_where_it_goes_on

MOST_FOUND = 8
LONGEST_QUESTION = 200  # characters


@require_POST
@staff_page(*HANDLERS)
def keep_draft(request: StaffRequest, reference: str) -> HttpResponse:
    """Keep what is being typed; says with 409 why it stops: something newer is kept, or the ticket was joined."""
    ticket = handled(request, reference)
    text, note = (plain_text(request.POST.get(name, ""))[:LONGEST_TEXT] for name in ("text", "note"))
    if (goes_on := visible_where_it_goes_on(request, ticket)) is not None:
        goes_on = desk_replies.keep_where_it_goes_on(ticket, author=request.user, text=text, note=note) or goes_on
        words = _("Esta consulta se unió a la %(reference)s. Lo que ha escrito espera allí, sin enviar.")
        link = {"address": reverse("tickets:ticket_detail", args=[goes_on.reference]), "label": _("Abrir la consulta")}
        return JsonResponse({"words": words % {"reference": goes_on.reference}, "link": link}, status=409)
    stand = row_key(request.POST.get("stand")) or 0
    kept = desk_replies.keep_draft(ticket, author=request.user, text=text, note=note, stand=stand)
    if not kept.is_newer:
        return JsonResponse({"stand": kept.stand, "words": _("Borrador guardado.")})
    words = _(
        "Hay un texto más nuevo de esta respuesta, de otra pestaña. Lo que escriba aquí no se guarda como borrador."
    )
    newer = {"stand": kept.stand, "text": kept.text, "note": kept.note, "words": words}
    return JsonResponse(newer, status=409)


@require_GET
@staff_page()
def ticket_suggestions(request: StaffRequest, reference: str) -> HttpResponse:
    """Show what may help with a ticket: as a page, or as the panel that the ticket's page loads afterwards."""
    ticket = visible(request, reference)
    page = {
        "ticket": ticket,
        "suggested": suggestions(ticket, request.access),
        "asked": requests_of(ticket),
        "may_handle": may_handle(request.access, ticket),
    }
    return respond(request, "tickets/agent/suggestions.html", page, fragment="panel")


@require_GET
@staff_page(*HANDLERS)
def articles(request: StaffRequest, reference: str) -> HttpResponse:
    """Find articles for an answer (`q`), in the language of the ticket's person."""
    ticket = handled(request, reference)
    question = plain_text(request.GET.get("q", "")).strip()[:LONGEST_QUESTION]
    found = articles_about(ticket, question, request.access, limit=MOST_FOUND) if question else []
    return JsonResponse(
        {
            "found": [
                {
                    "value": each.article_id,
                    "slug": each.slug,
                    "label": each.title,
                    "note": "" if each.language == ticket.language else _in(each.language),
                }
                for each in found
            ]
        }
    )


@require_GET
@staff_page(*HANDLERS)
def article(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Return the text of an article as it is put into an answer."""
    ticket = handled(request, reference)
    version = _version_or_404(ticket, pk)
    return JsonResponse({"text": as_quoted(version.title, version.body), "words": _language_words(version, ticket)})


@require_POST
@staff_page(*HANDLERS)
def put_article(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Put an article into the answer, as a link or (`as` = "text") as its text, for pages without scripts."""
    ticket = handled(request, reference)
    version = _version_or_404(ticket, pk)
    link = f"[{version.title}](articulo:{version.article.slug})"
    text = as_quoted(version.title, version.body) if request.POST.get("as") == "text" else link
    desk_replies.add_to_draft(ticket, author=request.user, text=text)
    return done(request, reference, _language_words(version, ticket) or _("Artículo puesto en la respuesta."))


# --- Answers that wait ---------------------------------------------------------------------------------


@require_POST
@staff_page(*HANDLERS)
def undo(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Take an answer back before it leaves."""
    reply = _pending(request, reference, pk)
    try:
        _refuse_others(request, reply)
        desk_replies.take_back(reply)
    except ActionRefused as refusal:
        return _refused(request, reference, str(refusal))
    if reply.author_id == request.user.pk:
        return done(request, reference, _("No se ha enviado. El texto vuelve a estar aquí."))
    return done(request, reference, _("No se ha enviado. El texto está en el borrador de su autor."))


@require_POST
@staff_page(*HANDLERS)
def send_now(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Send an answer that waits at once."""
    reply = _pending(request, reference, pk)
    try:
        _refuse_others(request, reply)
        desk_replies.send_now(reply)
    except ActionRefused as refusal:
        return _refused(request, reference, str(refusal))
    return done(request, reference, _("Respuesta enviada."))


@require_POST
@staff_page(*HANDLERS)
def move(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Send an answer that waits at another moment."""
    reply, form = _pending(request, reference, pk), MomentForm(request.POST)
    if not form.is_valid():
        return _refused(request, reference, " ".join(map(str, form.errors["send_at"])))
    try:
        _refuse_others(request, reply)
        desk_replies.change_moment(reply, form.cleaned_data["send_at"])
    except ActionRefused as refusal:
        return _refused(request, reference, str(refusal))
    return done(request, reference, _("Respuesta programada."))


@require_POST
@staff_page(*HANDLERS)
def notice(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Take the mark away that an answer was not sent."""
    ticket = handled(request, reference)
    desk_replies.notice(get_object_or_404(PendingReply, ticket=ticket, pk=pk))
    return redirect("tickets:ticket_detail", reference=reference)


# --- E-mails of the ticket ---------------------------------------------------------------------------------


@require_POST
@staff_page(*HANDLERS)
def remove_copy(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Take somebody out of the copy."""
    ticket = handled(request, reference)
    participants.remove_from_copy(get_object_or_404(Participant, ticket=ticket, pk=pk), author=request.user)
    return done(request, reference, _("Ya no está en copia."))


@require_POST
@staff_page(*HANDLERS)
def resend(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Send an e-mail of the ticket again; `allow` also allows its address, from which mail came back."""
    ticket = handled(request, reference)
    email = get_object_or_404(emails_of(ticket), pk=pk)
    try:
        deliveries.resend(email, by=request.user, allow="allow" in request.POST)
    except ActionRefused as refusal:
        return _refused(request, reference, str(refusal))
    return done(request, reference, _("El mensaje se enviará en unos segundos."))


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def signature(request: StaffRequest) -> HttpResponse:
    """Say how one's answers are signed."""
    initial = {"text": own_signature(request.user, request.organisation)}
    form = SignatureForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        canned.save_signature(request.user, request.organisation, form.cleaned_data["text"])
        messages.success(request, _("Firma guardada."))
        return redirect("tickets:signature")
    return respond(request, "tickets/agent/signature.html", {"form": form}, status=422 if form.errors else 200)


# --- Steps ---------------------------------------------------------------------------------------------


def _pending(request: StaffRequest, reference: str, pk: int) -> PendingReply:
    ticket = handled(request, reference)
    return get_object_or_404(PendingReply.objects.select_related("author", "ticket"), ticket=ticket, pk=pk)


def _refuse_others(request: StaffRequest, reply: PendingReply) -> None:
    """Refuse what only the author of an answer, or who supervises, may do with it.

    Raises:
        ActionRefused: It is somebody else's.
    """
    is_supervised = reply.ticket.organisation_id in request.access.organisation_ids(Role.SUPERVISOR)
    if reply.author_id != request.user.pk and not is_supervised:
        raise ActionRefused(_("Solo %(name)s, o quien supervisa, puede hacerlo.") % {"name": reply.author.name})


def _refused(request: StaffRequest, reference: str, words: str) -> HttpResponse:
    messages.error(request, words)
    return redirect("tickets:ticket_detail", reference=reference)


def _version_or_404(ticket: Ticket, article_id: int) -> ArticleVersion:
    version = version_to_send(ticket, article_id)
    if version is None:
        raise Http404
    return version


def _in(language: str) -> str:
    return _("en %(language)s") % {"language": language_name(language)}


def _language_words(version: ArticleVersion, ticket: Ticket) -> str:
    """Return a sentence when an article is not in the language that the person reads."""
    if version.language == ticket.language:
        return ""
    return _("Este artículo no está en %(wanted)s: se ha puesto en %(language)s.") % {
        "wanted": language_name(ticket.language),
        "language": language_name(version.language),
    }
