"""Who is here, follows, is named or asked; which tickets belong together."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.people.actions import find_or_create_person
from mostrador.people.models import Person
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.pages import lead_to, respond
from mostrador.shared.tokens import new_token
from mostrador.tickets.actions import (
    desk_replies,
    mentions,
    merging,
    opinions,
    presence,
    relations,
    splitting,
    watching,
)
from mostrador.tickets.actions.tickets import note_reading
from mostrador.tickets.choices import AuthorKind, MessageKind, RelationChoice
from mostrador.tickets.forms.together import (
    AnswerOpinionForm,
    OpinionForm,
    ReferenceForm,
    RelateForm,
    SplitForm,
    message_label,
)
from mostrador.tickets.models import Merge, SecondOpinion, Ticket
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.queries import conversation
from mostrador.tickets.queries.mentions import mentions_of, not_sent_of, questions_to, unsettled_opinions
from mostrador.tickets.queries.together import likely_duplicates
from mostrador.tickets.views.one_ticket import back, handled, panel, visible
from mostrador.tickets.views.panel_together import presence_of, together

PANEL = "tickets/agent/panels/together.html"


# --- Who is here --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@staff_page()
def ticket_presence(request: StaffRequest, reference: str) -> HttpResponse:
    """Take note that somebody looks at the ticket, writes or leaves; say who else is there."""
    ticket = visible(request, reference)
    if request.method == "POST":
        if "leaves" in request.POST:
            presence.leave(ticket, user=request.user)
        else:
            presence.be_here(ticket, user=request.user, is_writing=request.POST.get("writes") == "1")
        if not request.htmx:
            return back(reference)
    return respond(request, "tickets/agent/present.html", presence_of(request, ticket))


@require_POST
@staff_page(*HANDLERS)
def follow(request: StaffRequest, reference: str) -> HttpResponse:
    """Follow the ticket, or follow it no more."""
    ticket = handled(request, reference)
    if "stop" in request.POST:
        watching.unfollow(ticket, user=request.user)
        words = _("Ya no sigue esta consulta.")
    else:
        watching.follow(ticket, user=request.user)
        words = _("Sigue esta consulta: le avisaremos por correo cuando la persona escriba.")
    return panel(request, reference, PANEL, together(request, ticket), words=words)


@require_GET
@staff_page(*HANDLERS)
def mentions_list(request: StaffRequest) -> HttpResponse:
    """Show what waits for somebody personally: answers not sent, notes that name them, and questions to them."""
    page = {
        "not_sent": not_sent_of(request.access),
        "questions": questions_to(request.access),
        "mentions": mentions_of(request.access),
    }
    return respond(request, "tickets/agent/mentions.html", page)


@require_POST
@staff_page(*HANDLERS)
def mentions_read(request: StaffRequest) -> HttpResponse:
    """Take note that somebody knows of everything that names them, and of their answers that were not sent."""
    mentions.read_all_mentions(request.user)
    desk_replies.notice_all(request.user)
    return redirect("tickets:mentions_list")


# --- A second opinion ---------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def ask_opinion(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask a colleague or a team about the ticket."""
    ticket = handled(request, reference)
    form = OpinionForm(ticket, request.user, request.POST or None, initial={"key": new_token()})
    if request.method == "POST" and form.is_valid():
        try:
            opinions.ask_opinion(
                ticket,
                author=request.user,
                text=form.cleaned_data["text"],
                of=form.asked(),
                idempotency_key=form.cleaned_data["key"],
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return back(reference, _("Pregunta enviada."), request)
    return _act_page(request, ticket, "ask_opinion", form=form)


@require_POST
@staff_page(*HANDLERS)
def answer_opinion(request: StaffRequest, reference: str) -> HttpResponse:
    """Answer a question about the ticket that is asked of one; or take back what one asked."""
    ticket = visible(request, reference)
    form = AnswerOpinionForm(request.POST)
    opinion = _question(request, ticket)
    if opinion is None:
        form.add_error(None, _("Esta pregunta ya no espera su respuesta. Escriba una nota interna."))
        return _act_page(request, ticket, "answer_opinion", form=form)
    try:
        if "withdraw" in request.POST:
            opinions.withdraw_opinion(opinion, author=request.user)
            return back(reference, _("Pregunta retirada."), request)
        if form.is_valid():
            opinions.answer_opinion(opinion, author=request.user, text=form.cleaned_data["text"])
            return back(reference, _("Respuesta guardada."), request)
    except ActionRefused as refusal:
        form.add_error(None, str(refusal))
    return _act_page(request, ticket, "answer_opinion", form=form)


def _question(request: StaffRequest, ticket: Ticket) -> SecondOpinion | None:
    """Return the question that a form names, if one asked it and takes it back, or is asked and answers."""
    of_ticket = SecondOpinion.objects.filter(question__ticket=ticket, pk=row_key(request.POST.get("opinion")) or 0)
    if "withdraw" in request.POST:
        return of_ticket.filter(question__author=request.user).first()
    return unsettled_opinions(request.access).filter(pk__in=of_ticket.values("pk")).first()


# --- Which tickets belong together --------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def merge(request: StaffRequest, reference: str) -> HttpResponse:
    """Choose to which ticket this one is joined, see both side by side, and join them."""
    source = handled(request, reference)
    asked = request.POST if request.method == "POST" else request.GET
    form = ReferenceForm(asked if "reference" in asked else None)
    target = _other(request, form) if form.is_bound and form.is_valid() else None
    if target is not None:
        try:
            if request.method == "POST":
                merging.merge(source, target, author=request.user)
                words = _("La consulta %(reference)s se ha unido a esta. Puede deshacerlo durante un día.")
                return back(target.reference, words % {"reference": reference}, request)
            merging.refuse_merge(source, target)
            note_reading(target, reader=request.user)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
            target = None
    both = [_preview(ticket) for ticket in (source, target)] if target is not None else []
    page = {"form": form, "target": target, "both": both, "likely": likely_duplicates(source, request.access)}
    return _act_page(request, source, "merge", **page)


@require_POST
@staff_page(*HANDLERS)
def undo_merge(request: StaffRequest, reference: str) -> HttpResponse:
    """Take apart what was joined within the last day."""
    ticket = handled(request, reference)
    key = row_key(request.POST.get("merge"))
    joined = Merge.objects.filter(Q(source=ticket) | Q(target=ticket), pk=key or 0).first()
    if joined is None:
        messages.error(request, _("Esta unión ya se deshizo."))
        return back(reference)
    try:
        merging.undo_merge(joined, author=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return back(reference)
    return back(reference, _("Las dos consultas están como antes de unirlas."), request)


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def split(request: StaffRequest, reference: str) -> HttpResponse:
    """Move messages that are about something else into a ticket of their own."""
    ticket = handled(request, reference)
    form = SplitForm(_movable(ticket), request.POST or None, initial={"key": new_token()})
    if request.method == "POST" and form.is_valid():
        try:
            new = splitting.split(
                ticket,
                author=request.user,
                messages=form.cleaned_data["messages"],
                subject=form.cleaned_data["subject"],
                person=_person(ticket, form.cleaned_data["email"]),
                tell=form.cleaned_data["tell"],
                idempotency_key=form.cleaned_data["key"],
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Esta es la consulta nueva."))
            return lead_to(request, "tickets:ticket_detail", reference=new.reference)
    return _act_page(request, ticket, "split", form=form)


@require_http_methods(["GET", "POST"])
@staff_page(*HANDLERS)
def relate(request: StaffRequest, reference: str) -> HttpResponse:
    """Say what the ticket has to do with another one."""
    ticket = handled(request, reference)
    form = RelateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        other = _other(request, form)
        choice = RelationChoice(form.cleaned_data["choice"])
        try:
            if other is not None:
                relations.relate(ticket, other, choice=choice, author=request.user)
                return back(reference, _("Guardado."), request)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
    return _act_page(request, ticket, "relate", form=form)


@require_POST
@staff_page(*HANDLERS)
def unrelate(request: StaffRequest, reference: str) -> HttpResponse:
    """Say that the ticket has nothing to do with another one."""
    ticket = handled(request, reference)
    form = ReferenceForm(request.POST)
    other = _other(request, form) if form.is_valid() else None
    if other is not None:
        relations.unrelate(ticket, other, author=request.user)
    return panel(request, reference, PANEL, together(request, ticket))


# --- What these pages share ---------------------------------------------------------------------------


def _other(request: StaffRequest, form: ReferenceForm | RelateForm) -> Ticket | None:
    """Return the other ticket that a form names, or None with an error in the form."""
    tickets = Ticket.objects.visible_to(request.access).select_related("organisation", "person", "merged_into")
    other = tickets.filter(reference=form.cleaned_data["reference"]).first()
    if other is None:
        form.add_error("reference", _("No hay ninguna consulta con esa referencia que usted pueda ver."))
    return other


def _preview(ticket: Ticket) -> dict[str, Any]:
    said, _last = conversation.conversation(ticket)
    return {"ticket": ticket, "conversation": [each for each in said if each.kind == "message"]}


def _movable(ticket: Ticket) -> list[tuple[int, str]]:
    said = ticket.messages.exclude(kind=MessageKind.EVENT).select_related("author").order_by("written_at", "pk")
    return [(message.pk, message_label(message, _who(message, ticket))) for message in said]


def _who(message: Any, ticket: Ticket) -> str:
    if message.kind == MessageKind.NOTE:
        return _("Nota interna")
    if message.author_kind == AuthorKind.PERSON:
        return ticket.person.name or _("La persona")
    return message.author.name if message.author else _("Mostrador")


def _person(ticket: Ticket, email: str) -> Person | None:
    if not email or email.lower() == ticket.person.email:
        return None
    return find_or_create_person(ticket.organisation, email=email, language=ticket.language)


def _act_page(request: StaffRequest, ticket: Ticket, name: str, **page: Any) -> HttpResponse:
    is_bad = page["form"].is_bound and bool(page["form"].errors)
    return respond(request, f"tickets/agent/{name}.html", page | {"ticket": ticket}, status=422 if is_bad else 200)
