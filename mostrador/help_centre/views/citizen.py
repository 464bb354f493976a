"""What readers see: topics, articles, and whether it helped."""

from typing import Any

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import get_script_prefix, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect
from markupsafe import Markup

from mostrador.accounts.access import PublicRequest, citizen_page, public_page, same_origin_post
from mostrador.help_centre.actions import readers as actions
from mostrador.help_centre.choices import ArticleKind, Part
from mostrador.help_centre.forms.readers import ReasonForm, VoteForm
from mostrador.help_centre.models import ArticleVersion, ArticleVote
from mostrador.help_centre.queries import readers as queries
from mostrador.help_centre.rules.structured import structured_data
from mostrador.help_centre.rules.texts import contents_of
from mostrador.shared.caching import cacheable
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import language_name
from mostrador.shared.markdown import with_prefix
from mostrador.shared.pages import respond
from mostrador.shared.plain_text import plain_text

SEARCH_KEY_LENGTH = 24
FEWEST_SECTIONS = 3  # a guide with fewer needs no list of them


@require_GET
@public_page
@cacheable
def topic(request: PublicRequest, slug: str) -> HttpResponse:
    """Show the articles of one topic, and the topics inside of it."""
    chosen = queries.topic_named(request.organisation, slug)
    if chosen is None:
        raise Http404
    page = {
        "topic": chosen,
        "found": queries.articles_of_topic(request.organisation, chosen, request.language),
        "inside": queries.subtopics(request.organisation, chosen, request.language),
    }
    if not page["found"] and not page["inside"]:
        raise Http404
    return respond(request, "help_centre/citizen/topic.html", page)


@require_GET
@public_page
@cacheable
def article(request: PublicRequest, slug: str) -> HttpResponse:
    """Show one article in the reader's language, or honestly in the one that exists; a superseded one leads on."""
    version = queries.version_for_reader(request.organisation, slug, request.language)
    if version is None:
        return _moved_or_404(request, slug)
    article = version.article
    languages = queries.languages_of(article)
    addresses = queries.addresses(request.organisation, "help_centre:article", languages, slug=slug)
    added, added_language = queries.words_added(request.organisation, article, request.language)
    page = text_page(version, request) | {
        "vote_address": _with_search(request, reverse("help_centre:vote", kwargs={"slug": slug})),
        "addresses": addresses,
        "default_address": addresses.get(request.organisation.default_language),
        "canonical": addresses.get(version.language),
        "structured": _structured(version, addresses.get(version.language) or request.build_absolute_uri()),
        "added": Markup(added),  # noqa: S704 - cleaned when it was written
        "added_language": added_language,
        "related": queries.related_articles(request.organisation, article, request.language),
        "ask_address": asking_address(request, articulo=slug),
    }
    return respond(request, "help_centre/citizen/article.html", page)


@require_GET
@public_page
@cacheable
def easy_read(request: PublicRequest, slug: str) -> HttpResponse:
    """Show the easy-read text of an article, large and alone."""
    version = _version_or_404(request, slug)
    if not version.parts_html.get(Part.EASY_READ):
        raise Http404
    page = text_page(version, request) | {"ask_address": asking_address(request, articulo=slug)}
    return respond(request, "help_centre/citizen/easy_read.html", page)


@require_POST
@same_origin_post
def vote(request: PublicRequest, slug: str) -> HttpResponse:
    """Count the answer to "was this useful?" and ask why when it was not."""
    version = _version_or_404(request, slug)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return redirect("help_centre:article", slug=slug)
    given = actions.vote(version, useful=form.cleaned_data["useful"] == "yes")
    signed = signing.dumps(given.pk, salt=queries.VOTE_SALT)
    address = _with_search(request, reverse("help_centre:reason", kwargs={"signed": signed}))
    if request.htmx:
        return respond(
            request, "help_centre/citizen/reason.html", _reason_page(given, ReasonForm(), address), fragment="thanks"
        )
    return redirect(address)


@require_http_methods(["GET", "POST"])
@citizen_page
def reason(request: PublicRequest, signed: str) -> HttpResponse:
    """Thank for the answer and keep the reason, for an hour."""
    given = queries.vote_behind(request.organisation, signed)
    if given is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    page = _reason_page(given, form, _with_search(request, request.path))
    if request.method == "POST" and form.is_valid():
        try:
            actions.say_why(given, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            if "ask" in request.POST:
                return _elsewhere(request, asking_address(request, opinion=signed))
            page["is_done"] = True
    return respond(
        request, "help_centre/citizen/reason.html", page, fragment="thanks", status=422 if form.errors else 200
    )


@require_POST
@same_origin_post
def reading(request: PublicRequest, slug: str) -> HttpResponse:
    """Count that the page was read; called by the page itself a few seconds after it is shown."""
    actions.count_reading(_version_or_404(request, slug), language=request.language)
    return HttpResponse(status=204)


def asking_address(request: PublicRequest, **carried: str) -> str:
    """Return the address of the form that asks us, with what it is to know, and the search that led to this page.

    The page is then this reader's alone: it is not kept.
    """
    if key := _search_key(request):
        carried["busqueda"] = key
        request.is_cacheable = False
    return reverse("tickets:new") + (f"?{urlencode(carried)}" if carried else "")


def _search_key(request: PublicRequest) -> str:
    """Return the key of the search among whose results this page was opened, "" when there was none."""
    return plain_text(request.GET.get("busqueda", ""))[:SEARCH_KEY_LENGTH]


def _with_search(request: PublicRequest, address: str) -> str:
    key = _search_key(request)
    return f"{address}?{urlencode({'busqueda': key})}" if key else address


def text_page(version: ArticleVersion, request: PublicRequest) -> dict[str, Any]:
    """Return what the page of an article needs to draw its text, by kind."""
    article, prefix = version.article, get_script_prefix()
    parts = {name: Markup(with_prefix(html, prefix)) for name, html in version.parts_html.items()}  # noqa: S704 - cleaned when it was published
    sections = contents_of(version.html) if article.kind == ArticleKind.GUIDE else []
    return {
        "version": version,
        "article": article,
        "topic": article.topic,
        "body": Markup(with_prefix(version.html, prefix)),  # noqa: S704 - cleaned when it was published
        "parts": {name: parts.get(name, "") for name in Part},
        "contents": sections if len(sections) >= FEWEST_SECTIONS else [],
        "is_translated": version.language == request.language,
        "language_name": language_name(version.language),
    }


def _structured(version: ArticleVersion, address: str) -> Markup:
    return structured_data(
        kind=version.article.kind,
        title=version.title,
        summary=version.summary,
        html=version.html,
        minutes=version.article.minutes,
        language=version.language,
        address=address,
        at=version.updated_at,
    )


def _moved_or_404(request: PublicRequest, slug: str) -> HttpResponse:
    newer = queries.slug_instead(request.organisation, slug)
    if newer and queries.version_for_reader(request.organisation, newer, request.language):
        return redirect("help_centre:article", slug=newer, permanent=True)
    raise Http404


def _elsewhere(request: PublicRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _version_or_404(request: PublicRequest, slug: str) -> ArticleVersion:
    version = queries.version_for_reader(request.organisation, slug, request.language)
    if version is None:
        raise Http404
    return version


def _reason_page(given: ArticleVote, form: ReasonForm, address: str) -> dict[str, Any]:
    return {"vote": given, "article": given.version.article, "form": form, "address": address, "is_done": False}
