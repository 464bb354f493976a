"""What people said, for those who watch over the desk."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.feedback.choices import Score
from mostrador.feedback.models import Survey
from mostrador.feedback.queries import READERS
from mostrador.feedback.queries import answers as answers_given
from mostrador.shared.formats import moment
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond

MEANING = {1: "bad", 2: "bad", 3: "warning", 4: "good", 5: "good"}


@require_GET
@staff_page(*READERS)
def answers(request: StaffRequest) -> HttpResponse:
    """List opinions, newest first."""
    key = request.GET.get("antes", "")
    found = answers_given(request.access, before=row_key(key))
    page = {
        "rows": [_row(survey, request.organisation.pk) for survey in found.surveys],
        "older": f"{reverse('feedback:answers')}?antes={found.older}" if found.older else None,
        "newest": reverse("feedback:answers") if key else None,
    }
    return respond(request, "feedback/supervisor/answers.html", page)


def _row(survey: Survey, visited: int) -> dict[str, Any]:
    score = Score(survey.score or 0)  # an answer always has one: the database says so
    return {
        "score": f"{score.value} · {score.label}",
        "meaning": MEANING[score],
        "comment": survey.comment,
        "reference": survey.ticket.reference,
        "subject": survey.ticket.subject,
        "href": reverse("tickets:ticket_detail", args=[survey.ticket.reference]),
        "organisation": survey.organisation.short_name if survey.organisation_id != visited else "",
        "when": moment(survey.answered_at) if survey.answered_at else "",
    }
