"""The page where somebody says how it went."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from mostrador.accounts.access import PublicRequest, citizen_page
from mostrador.feedback import actions
from mostrador.feedback.forms import OpinionForm
from mostrador.feedback.queries import survey_of_link
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond


@require_http_methods(["GET", "POST"])
@citizen_page
def opinion(request: PublicRequest, token: str) -> HttpResponse:
    """Ask for an opinion. GET only shows, because programs that check links open them; POST keeps it, once."""
    survey = survey_of_link(request.organisation, token)
    if survey is None:
        raise Http404
    if survey.answered_at is not None or survey.expires_at <= timezone.now():
        closed = {"is_answered": survey.answered_at is not None}
        return respond(request, "feedback/citizen/closed.html", closed, status=410)
    form = OpinionForm(request.POST if request.method == "POST" else None, chosen=request.GET.get("valor", ""))
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_survey(survey, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("feedback:thanks")
    page = {"form": form, "token": token, "ticket": survey.ticket}
    return respond(request, "feedback/citizen/opinion.html", page, status=422 if form.errors else 200)


@require_GET
@citizen_page
def thanks(request: PublicRequest) -> HttpResponse:
    """Thank for an opinion."""
    return respond(request, "feedback/citizen/thanks.html", {})
