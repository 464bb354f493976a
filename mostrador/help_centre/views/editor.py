"""What editors see: the articles they look after, and one of them to write."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.help_centre.actions import articles as article_actions
from mostrador.help_centre.actions import drafts as draft_actions
from mostrador.help_centre.forms.readers import ArticleForm
from mostrador.help_centre.models import Article, ArticleVersion
from mostrador.help_centre.queries import editing as queries
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.shared.pages import respond

EDITORS = (Role.EDITOR, Role.ADMINISTRATOR)


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def new_article(request: StaffRequest) -> HttpResponse:
    """Write a new article in its first language."""
    form = ArticleForm(
        request.organisation, request.POST or None, initial={"language": request.organisation.default_language}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        article = article_actions.create_article(
            request.organisation,
            author=request.user,
            topic=data["topic"],
            title=data["title"],
            details={name: data[name] for name in ("kind", "owner_team", "codes", "review_by")},
        )
        _save_text(article, form, request)
        return redirect("help_centre:write", pk=article.pk, language=data["language"])
    page = {"form": form, "article": None, "version": None}
    return respond(request, "help_centre/editor/edit.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def edit(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Write the text of an article in one language."""
    article = get_object_or_404(queries.editable_articles(request.access, *EDITORS), pk=pk)
    version = article.versions.filter(language=language).first()
    form = ArticleForm(article.organisation, request.POST or None, initial=_initial(article, version, language))
    if request.method == "POST" and form.is_valid():
        details = {name: form.cleaned_data[name] for name in ("kind", "topic", "owner_team", "codes", "review_by")}
        article_actions.change_article(article, details, author=request.user)
        _save_text(article, form, request)
        return redirect("help_centre:write", pk=article.pk, language=form.cleaned_data["language"])
    page = {
        "form": form,
        "article": article,
        "version": version,
        "languages": dict(article.versions.values_list("language", "state")),
    }
    return respond(request, "help_centre/editor/edit.html", page, status=422 if form.errors else 200)


def _save_text(article: Article, form: ArticleForm, request: StaffRequest) -> None:
    data = form.cleaned_data
    text = ArticleText(data["title"], data["summary"], data["body"])
    draft_actions.save_draft(article, data["language"], text, author=request.user)
    messages.success(request, _("Guardado."))


def _initial(article: Article, version: ArticleVersion | None, language: str) -> dict[str, Any]:
    return {
        "title": version.title if version else "",
        "summary": version.summary if version else "",
        "body": version.body if version else "",
        "language": language,
        "kind": article.kind,
        "topic": article.topic_id,
        "owner_team": article.owner_team_id,
        "codes": "\n".join(article.codes),
        "review_by": article.review_by,
    }
