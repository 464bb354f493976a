"""The lists of those who look after the help centre, and what they do with articles that are lent to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.help_centre.actions import adaptations as actions
from mostrador.help_centre.choices import ArticleList
from mostrador.help_centre.forms.publishing import AdaptationForm, ArticleFilterForm
from mostrador.help_centre.models import Article
from mostrador.help_centre.permissions import EDITORS
from mostrador.help_centre.queries import lists as queries
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond

PAGE_SIZE = 50


@require_GET
@staff_page()
def articles(request: StaffRequest) -> HttpResponse:
    """List the articles of the visited organisation, newest first; editors open them."""
    form = ArticleFilterForm(request.organisation, request.GET)
    wanted = _wanted(form, request.GET.get("lista", ""))
    found = queries.article_list(
        request.organisation, wanted, user=request.user, before=request.GET.get("antes", ""), size=PAGE_SIZE
    )
    page = {
        "rows": found.rows,
        "older": found.older,
        "is_first_page": not request.GET.get("antes"),
        "form": form,
        "is_filtered": any(value for value in form.cleaned_data.values()),
        "filters": _without(request, "antes"),
        "lists": list(ArticleList),
        "which": wanted.which,
        "counts": queries.list_counts(request.organisation, request.user),
        "most_counted": queries.MOST_COUNTED,
        "may_edit": request.access.has(*EDITORS),
        "has_ancestors": request.organisation.parent_id is not None,
    }
    return respond(request, "help_centre/editor/articles.html", page)


@require_GET
@staff_page(*EDITORS)
def translations(request: StaffRequest) -> HttpResponse:
    """List what to translate into one language, first what most readers missed."""
    languages = [code for code in request.organisation.languages if code != request.organisation.default_language]
    languages = languages or request.organisation.languages
    asked = request.GET.get("idioma", "")
    language = asked if asked in request.organisation.languages else languages[0]
    stale = request.GET.get("lista") == "desfasadas"
    before = request.GET.get("antes", "")
    found = queries.translation_list(request.organisation, language, stale=stale, before=before, size=PAGE_SIZE)
    missing, out_of_date = queries.translation_counts(request.organisation, language)
    page = {
        "rows": found.rows,
        "older": found.older,
        "languages": languages,
        "language": language,
        "stale": stale,
        "missing_count": missing,
        "stale_count": out_of_date,
        "most_counted": queries.MOST_COUNTED,
        "days": queries.READERS_LOST_IN.days,
    }
    return respond(request, "help_centre/editor/translations.html", page)


@require_GET
@staff_page(*EDITORS)
def adaptations(request: StaffRequest) -> HttpResponse:
    """List the articles that ancestors lend to the organisation's readers, with what it does with them."""
    text = request.GET.get("titulo", "").strip()[:200]
    before = request.GET.get("antes", "")
    found = queries.lent_list(request.organisation, text=text, before=before, size=PAGE_SIZE)
    page = {"rows": found.rows, "older": found.older, "text": text, "filters": _without(request, "antes")}
    return respond(request, "help_centre/editor/adaptations.html", page)


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def adaptation(request: StaffRequest, pk: int) -> HttpResponse:
    """Add the organisation's own words to an ancestor's article."""
    article = _lent_or_404(request, pk)
    ours = queries.adaptation_of(request.organisation, article)
    form = AdaptationForm(request.organisation, request.POST or None, initial=ours.texts)
    if request.method == "POST" and form.is_valid():
        texts = ours.texts | form.cleaned_data  # languages that are not offered now keep their words
        try:
            actions.complement(request.organisation, article, texts, author=request.user)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Guardado. Sus lectores lo ven debajo del artículo."))
            return redirect("help_centre:adaptation", pk=pk)
    page = {
        "article": article,
        "version": queries.shown_version(article, request.language),
        "ours": ours,
        "form": form,
    }
    status = 422 if form.errors else 200
    return respond(request, "help_centre/editor/adaptation.html", page, status=status)


@require_POST
@staff_page(*EDITORS)
def hide(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an ancestor's article away from the organisation's readers, or let them see it again."""
    article = _lent_or_404(request, pk)
    try:
        if request.POST.get("hidden") == "yes":
            actions.hide(request.organisation, article, author=request.user)
            messages.success(request, _("Sus lectores ya no lo ven. Puede volver a mostrarlo cuando quiera."))
        else:
            actions.unhide(request.organisation, article, author=request.user)
            messages.success(request, _("Sus lectores vuelven a verlo."))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("help_centre:adaptation", pk=pk)


def _lent_or_404(request: StaffRequest, pk: int) -> Article:
    return get_object_or_404(queries.lent_articles(request.organisation), pk=pk)


def _wanted(form: ArticleFilterForm, which: str) -> queries.ArticleFilter:
    """Return what is asked for; what nobody can ask for is left out."""
    form.is_valid()
    given: dict[str, Any] = form.cleaned_data
    topic, team = given.get("tema"), given.get("equipo")
    return queries.ArticleFilter(
        which=which if which in ArticleList.values else "",
        state=given.get("estado", ""),
        language=given.get("idioma", ""),
        topic=topic.pk if topic else None,
        team=team.pk if team else None,
        kind=given.get("tipo", ""),
        text=given.get("titulo", ""),
    )


def _without(request: StaffRequest, name: str) -> str:
    """Return the query of the address without one of its names, to be added to."""
    query = request.GET.copy()
    query.pop(name, None)
    return query.urlencode()
