"""The board of whoever supervises, and the review of quality."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.models import User
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.live import signed
from mostrador.shared.pages import respond
from mostrador.tickets.actions import canned
from mostrador.tickets.actions import quality as quality_actions
from mostrador.tickets.actions import tickets as actions
from mostrador.tickets.choices import BOARD_ROLES, Criterion
from mostrador.tickets.forms.supervisor import ReviewForm, SampleForm
from mostrador.tickets.models import QualityReview, QualitySample, Ticket
from mostrador.tickets.permissions import HANDLERS, may_handle
from mostrador.tickets.queries import board as boards
from mostrador.tickets.queries import conversation, quality
from mostrador.tickets.queries.replies import may_listen
from mostrador.tickets.rules import topic_of_desks

# --- The board ----------------------------------------------------------------------------------------


@require_GET
@staff_page(*BOARD_ROLES)
def board(request: StaffRequest) -> HttpResponse:
    """Show what waits, what is late and who has how much; it draws itself anew when something changes."""
    return _board(request)


@require_POST
@staff_page(*BOARD_ROLES)
def hand_over(request: StaffRequest) -> HttpResponse:
    """Give one of the tickets on the board to somebody, or to nobody."""
    key = row_key(request.POST.get("ticket"))
    ticket = Ticket.objects.visible_to(request.access).filter(pk=key).first() if key else None
    if ticket is None:
        return _said(request, _("Elija una consulta del tablero."), kind="bad")
    if not may_handle(request.access, ticket):
        return _said(request, _("Puede ver esa consulta, pero no cambiar quién la lleva."), kind="bad")
    to = None
    if agent := request.POST.get("agent"):
        to = User.objects.filter(pk=row_key(agent) or 0, is_active=True).first()
        if to is None:
            raise Http404
    try:
        actions.assign(ticket, author=request.user, to=to)
    except ActionRefused as refusal:
        return _said(request, str(refusal), kind="bad")
    words = {"reference": ticket.reference, "name": to.name if to else ""}
    if to is None:
        return _said(request, _("La consulta %(reference)s se queda sin asignar.") % words)
    return _said(request, _("La consulta %(reference)s pasa a %(name)s.") % words)


def _board(request: StaffRequest) -> HttpResponse:
    loads = boards.loads(request.access, request.organisation)
    page = {
        "numbers": boards.numbers(request.access),
        "nobody": loads[0],
        "loads": loads[1:],
        "live_topic": signed(topic_of_desks(request.organisation.lineage), request.user.pk),
    }
    return respond(request, "tickets/supervisor/board.html", page, fragment="board")


def _said(request: StaffRequest, words: str, *, kind: str = "good") -> HttpResponse:
    if request.htmx:
        return trigger_client_event(_board(request), "toast", {"text": words, "kind": kind})
    (messages.error if kind == "bad" else messages.success)(request, words)
    return redirect("tickets:board")


@require_http_methods(["GET", "POST"])
@staff_page(*BOARD_ROLES)
def drafts_heard(request: StaffRequest) -> HttpResponse:
    """Show what is being written, where the organisation has decided so; asked for by a form: it is recorded."""
    is_on = may_listen(request.access)
    rows = canned.listen_in(request.access) if request.method == "POST" else None
    return respond(request, "tickets/supervisor/drafts.html", {"is_on": is_on, "rows": rows})


# --- Quality ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@staff_page(*BOARD_ROLES)
def quality_samples(request: StaffRequest) -> HttpResponse:
    """Show the samples, and draw another."""
    form = SampleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sample = quality_actions.draw_sample(request.organisation, author=request.user, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("tickets:quality_sample", pk=sample.pk)
    page = {"form": form, "samples": quality.samples(request.organisation)}
    return respond(request, "tickets/supervisor/samples.html", page, status=422 if form.errors else 200)


@require_GET
@staff_page(*BOARD_ROLES)
def quality_sample(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what was drawn, what is left to review and what the reviews say."""
    sample = get_object_or_404(QualitySample, pk=pk, organisation=request.organisation)
    page = {"sample": sample, "reviews": quality.reviews_of(sample), "agents": quality.by_agent(sample)}
    return respond(request, "tickets/supervisor/sample.html", page)


@require_http_methods(["GET", "POST"])
@staff_page(*BOARD_ROLES)
def quality_review(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one conversation and the rubric beside it."""
    review = _review(request, pk)
    form = ReviewForm(request.POST or None, initial=ReviewForm.initial_of(review.scores, review.comment))
    if request.method == "POST" and form.is_valid():
        try:
            quality_actions.write_review(
                review, reviewer=request.user, scores=form.scores(), comment=form.cleaned_data["comment"]
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Revisión guardada."))
            return redirect("tickets:quality_sample", pk=review.sample_id)
    if request.method == "GET":
        actions.note_reading(review.ticket, reader=request.user)
    said, _until = conversation.conversation(review.ticket)
    page = {"review": review, "ticket": review.ticket, "form": form, "conversation": said}
    return respond(request, "tickets/supervisor/review.html", page, status=422 if form.errors else 200)


@require_GET
@staff_page(*HANDLERS)
def own_quality(request: StaffRequest) -> HttpResponse:
    """Show what others found in one's own answers."""
    labels = dict(Criterion.choices)
    reviews = [
        (review, [(labels[name], score) for name, score in review.scores.items() if name in labels])
        for review in quality.own_reviews(request.user, request.organisation)
    ]
    page: dict[str, Any] = {"reviews": reviews}
    return respond(request, "tickets/supervisor/own_quality.html", page)


def _review(request: StaffRequest, pk: int) -> QualityReview:
    reviews = QualityReview.objects.of(request.organisation).select_related("ticket__organisation", "agent", "sample")
    review = get_object_or_404(reviews, pk=pk)
    if not Ticket.objects.visible_to(request.access).filter(pk=review.ticket_id).exists():
        raise Http404
    return review
