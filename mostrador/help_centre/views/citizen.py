"""What readers see: topics, articles, search, and whether it helped."""

from typing import Any

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import PublicRequest, citizen_page, public_page, same_origin_post
from mostrador.help_centre.actions import readers as actions
from mostrador.help_centre.forms.readers import ReasonForm, VoteForm
from mostrador.help_centre.models import ArticleVersion, ArticleVote
from mostrador.help_centre.queries import readers as queries
from mostrador.shared.caching import cacheable
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond

VOTE_SALT = "help_centre.vote"


@require_GET
@public_page
@cacheable
def topic(request: PublicRequest, slug: str) -> HttpResponse:
    """Show the articles of one topic."""
    chosen = queries.topic_named(request.organisation, slug)
    found = queries.articles_of_topic(request.organisation, chosen, request.language) if chosen else []
    if chosen is None or not found:
        raise Http404
    return respond(request, "help_centre/citizen/topic.html", {"topic": chosen, "found": found})


@require_GET
@public_page
@cacheable
def article(request: PublicRequest, slug: str) -> HttpResponse:
    """Show one article in the reader's language, or honestly in the one that exists."""
    version = _version_or_404(request, slug)
    related = queries.articles_of_topic(request.organisation, version.article.topic, request.language)
    page = {
        "version": version,
        "article": version.article,
        "topic": version.article.topic,
        "related": [other for other in related if other.slug != slug][:4],
        "is_translated": version.language == request.language,
    }
    return respond(request, "help_centre/citizen/article.html", page)


@require_GET
@citizen_page
def search(request: PublicRequest) -> HttpResponse:
    """Show the articles that answer a question, best first."""
    question = request.GET.get("q", "").strip()[: queries.LONGEST_QUERY]
    found = queries.search(request.organisation, question, request.language) if question else []
    groups = [] if found else queries.topic_groups(request.organisation, request.language)
    page = {"question": question, "found": found, "groups": groups}
    return respond(request, "help_centre/citizen/search.html", page, fragment="results")


@require_POST
@same_origin_post
def vote(request: PublicRequest, slug: str) -> HttpResponse:
    """Count the answer to "was this useful?" and ask why when it was not."""
    version = _version_or_404(request, slug)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return redirect("help_centre:article", slug=slug)
    given = actions.vote(version, useful=form.cleaned_data["useful"] == "yes")
    address = reverse("help_centre:reason", kwargs={"signed": signing.dumps(given.pk, salt=VOTE_SALT)})
    if request.htmx:
        return respond(
            request, "help_centre/citizen/reason.html", _reason_page(given, ReasonForm(), address), fragment="thanks"
        )
    return redirect(address)


@require_http_methods(["GET", "POST"])
@citizen_page
def reason(request: PublicRequest, signed: str) -> HttpResponse:
    """Thank for the answer and keep the reason, for an hour."""
    try:
        key = signing.loads(signed, salt=VOTE_SALT, max_age=actions.TIME_TO_SAY_WHY)
    except signing.BadSignature as error:
        raise Http404 from error
    given = ArticleVote.objects.select_related("version__article").filter(pk=key).first()
    if given is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    page = _reason_page(given, form, request.path)
    if request.method == "POST" and form.is_valid():
        try:
            actions.say_why(given, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            page["is_done"] = True
    return respond(
        request, "help_centre/citizen/reason.html", page, fragment="thanks", status=422 if form.errors else 200
    )


@require_POST
@same_origin_post
def reading(request: PublicRequest, slug: str) -> HttpResponse:
    """Count that the page was read; called by the page itself a few seconds after it is shown."""
    actions.count_reading(_version_or_404(request, slug))
    return HttpResponse(status=204)


def _version_or_404(request: PublicRequest, slug: str) -> ArticleVersion:
    version = queries.version_for_reader(request.organisation, slug, request.language)
    if version is None:
        raise Http404
    return version


def _reason_page(given: ArticleVote, form: ReasonForm, address: str) -> dict[str, Any]:
    return {"vote": given, "article": given.version.article, "form": form, "address": address, "is_done": False}
