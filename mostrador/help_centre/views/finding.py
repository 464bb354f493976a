"""Finding an answer: the search page, suggestions while typing, and what became of a search."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from mostrador.accounts.access import PublicRequest, citizen_page, public_page, same_origin_post
from mostrador.help_centre.actions import searches as actions
from mostrador.help_centre.choices import ArticleKind, WrittenIn
from mostrador.help_centre.queries.readers import topic_groups
from mostrador.help_centre.queries.search import LONGEST_QUERY, SearchResult, find, suggest
from mostrador.shared.caching import cacheable
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond
from mostrador.shared.plain_text import plain_text

LONGEST_TYPED = 100  # characters: nobody who has typed more waits for suggestions
FEWEST_TYPED = 2
MOST_PLACES = 100


@require_GET
@citizen_page
def search(request: PublicRequest) -> HttpResponse:
    """Show what answers a question, best first, and keep the question for the editors."""
    question = plain_text(request.GET.get("q", "")).strip()[:LONGEST_QUERY]
    organisation, language = request.organisation, request.language
    result = find(organisation, question, language) if question else SearchResult()
    key = actions.keep_search(organisation, question, language, result) if question else ""
    answers = len(result.found) + len(result.procedures) + bool(result.code)
    page = {
        "question": question,
        "result": result,
        "answers": answers,
        "key": key,
        "kinds": _kinds(),
        "written_in": dict(WrittenIn.choices),
        "groups": [] if answers else topic_groups(organisation, language),
        "ask_address": _ask_address(question, key, result.code),
    }
    return respond(request, "help_centre/citizen/search.html", page)


@require_GET
@public_page
@cacheable
def suggestions(request: PublicRequest) -> HttpResponse:
    """Answer what is being typed with some articles and procedures: only their lines, for the list below the box."""
    typed = plain_text(request.GET.get("q", "")).strip()[:LONGEST_TYPED]
    is_enough = len(typed) >= FEWEST_TYPED
    result = suggest(request.organisation, typed, request.language) if is_enough else SearchResult()
    page = {
        "found": result.found,
        "procedures": [each for each in result.procedures if each.url],
        "written_in": dict(WrittenIn.choices),
    }
    return respond(request, "help_centre/citizen/suggestions.html", page)


@require_POST
@same_origin_post
def opened(request: PublicRequest) -> HttpResponse:
    """Note that a result was opened; the page of results says so while the reader goes there."""
    posted = request.POST
    place = row_key(posted.get("place"))
    actions.open_result(
        request.organisation,
        plain_text(posted.get("key", ""))[:24],
        article_id=row_key(posted.get("article")),
        place=place if place and place <= MOST_PLACES else None,
    )
    return HttpResponse(status=204)


def _ask_address(question: str, key: str, code: str | None) -> str:
    """Return the address of the form that asks us, with the question, its search and the error code that it names."""
    carried = {"texto": question, "busqueda": key, "codigo": code or ""}
    return reverse("tickets:new") + (f"?{urlencode(carried)}" if question else "")


def _kinds() -> dict[str, str]:
    """Return what is said of the articles that are more than a question and its answer."""
    plain = {ArticleKind.FAQ, ArticleKind.GUIDE}
    return {kind.value: str(kind.label).capitalize() for kind in ArticleKind if kind not in plain}
