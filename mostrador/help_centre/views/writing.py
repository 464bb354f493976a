"""Where articles are written: begin one, its text in one language, its pictures, and what is said of it."""

from typing import Any

from django.contrib import messages
from django.forms import HiddenInput, Textarea, TextInput
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.help_centre.actions import articles as article_actions
from mostrador.help_centre.actions import drafts as actions
from mostrador.help_centre.actions import pictures as picture_actions
from mostrador.help_centre.choices import PublicationState, VideoKind
from mostrador.help_centre.errors import SavedByAnother
from mostrador.help_centre.forms.writing import (
    LONGEST_WORDS,
    ArticleDataForm,
    NewArticleForm,
    PictureForm,
    TextForm,
    languages_of,
    topics_of,
)
from mostrador.help_centre.models import Article, ArticleDraft
from mostrador.help_centre.permissions import EDITORS
from mostrador.help_centre.queries import writing as queries
from mostrador.help_centre.queries.editing import editable_articles
from mostrador.help_centre.queries.writing import Writing
from mostrador.help_centre.rules.differences import word_difference
from mostrador.help_centre.rules.texts import TEXT_FIELDS, ArticleText, text_of, words_of
from mostrador.help_centre.views.publishing import preview_page, steps_page
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import clock, language_name
from mostrador.shared.pages import respond
from mostrador.shared.references import normalise_reference
from mostrador.shared.uploads import takes_files_up_to


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def new_article(request: StaffRequest) -> HttpResponse:
    """Begin an article; `titulo`, `idioma`, `tema` (its key), `codigo` and `consulta` (a reference) say with what."""
    form = NewArticleForm(request.organisation, request.POST or None, initial=_wished(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        article = actions.begin_article(
            request.organisation,
            data["language"],
            author=request.user,
            topic=data["topic"],
            title=data["title"],
            kind=data["kind"],
            codes=[data["code"]] if data["code"] else [],
        )
        return _to_writing(request, article.pk, data["language"])
    page = {"form": form} | _ticket_beside(request)
    return respond(request, "help_centre/editor/new.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def write(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Write the text of an article in one language; whoever saves over another's words compares both first."""
    article = _article_or_404(request, pk, language)
    writing = queries.writing_of(article, language)
    form = _text_form(article, writing, request)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, article, language, form)
        except SavedByAnother as refusal:
            return _merge_page(request, article, form.text, refusal)
        messages.success(request, _("Guardado."))
        return _to_writing(request, pk, language)
    source = queries.source_of(article, writing.draft)
    page = _page(article, writing) | preview_page(request, article, language, form.unchecked_text)
    page |= _ticket_beside(request) | {
        "form": form,
        "draft": writing.draft if writing.has_draft else None,
        "source": source,
        "source_words": words_of(source.text) if source else {},
        "version": writing.draft.version,
    }
    if writing.draft.version.pk:
        page |= steps_page(request, writing.draft.version)
    return respond(request, "help_centre/editor/write.html", page, status=422 if form.errors else 200)


@require_POST
@staff_page(*EDITORS)
def keep_draft(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Save the text while it is being written, and say so in words."""
    article = _article_or_404(request, pk, language)
    form = _text_form(article, queries.writing_of(article, language), request)
    if not form.is_valid():
        faults = [f"{form[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
        words = _("No se ha guardado. %(faults)s") % {"faults": " ".join(faults)}
        return JsonResponse({"words": words, "is_conflict": False}, status=422)
    try:
        draft = _save(request, article, language, form)
    except SavedByAnother as refusal:
        return JsonResponse({"words": str(refusal), "is_conflict": True}, status=422)
    words = _("Guardado a las %(clock)s") % {"clock": clock(draft.written_at)}
    return JsonResponse({"words": words, "stand": draft.stand})


@require_POST
@staff_page(*EDITORS)
def preview(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Show what is being written as readers would see it; nothing is saved."""
    article = _article_or_404(request, pk, language)
    form = _text_form(article, queries.writing_of(article, language), request)
    page = preview_page(request, article, language, form.unchecked_text)
    return respond(request, "help_centre/editor/preview.html", page, fragment="preview")


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def article_data(request: StaffRequest, pk: int) -> HttpResponse:
    """Change what is common to all languages of an article."""
    article = get_object_or_404(editable_articles(request.access, *EDITORS), pk=pk)
    form = ArticleDataForm(article, request.POST or None, initial=_data_of(article))
    if request.method == "POST" and form.is_valid():
        article_actions.change_article(article, form.cleaned_data, author=request.user)
        messages.success(request, _("Guardado."))
        return redirect("help_centre:article_data", pk=pk)
    writing = queries.writing_of(article, article.source_language)
    page = _page(article, writing, is_data=True) | {"form": form}
    return respond(request, "help_centre/editor/data.html", page, status=422 if form.errors else 200)


@require_GET
@staff_page(*EDITORS)
def article_choices(request: StaffRequest, pk: int) -> HttpResponse:
    """Find other articles to lead to from this one, by words of their titles (`q`)."""
    article = get_object_or_404(editable_articles(request.access, *EDITORS), pk=pk)
    found = queries.articles_to_link(article, request.GET.get("q", "")[:200])
    return JsonResponse(
        {
            "found": [
                {
                    "value": version.article_id,
                    "slug": version.article.slug,
                    "label": version.title,
                    "note": version.article.topic.name
                    if version.state == PublicationState.PUBLISHED
                    else _("sin publicar"),
                }
                for version in found
            ]
        }
    )


@require_POST
@staff_page(*EDITORS)
@takes_files_up_to(picture_actions.PICTURE_MAX_BYTES)
def add_picture(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep a picture (`picture`) for the texts of an article; answers with its key."""
    article = get_object_or_404(editable_articles(request.access, *EDITORS), pk=pk)
    file = request.FILES.get("picture")
    if file is None:
        return JsonResponse({"words": _("No ha llegado ninguna imagen. Inténtelo de nuevo.")}, status=422)
    try:
        picture = picture_actions.add_picture(article, file, size_bytes=file.size or 0, author=request.user)
    except ActionRefused as refusal:
        return JsonResponse({"words": str(refusal)}, status=422)
    return JsonResponse({"key": picture.key, "width": picture.width, "height": picture.height})


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
@takes_files_up_to(picture_actions.PICTURE_MAX_BYTES)
def pictures(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Add a picture without scripts, and show what puts each into a text (`nueva`: the one just added)."""
    article = _article_or_404(request, pk, language)
    form = PictureForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["picture"]
        try:
            picture = picture_actions.add_picture(article, file, size_bytes=file.size, author=request.user)
        except ActionRefused as refusal:
            form.add_error("picture", str(refusal))
        else:
            shown = urlencode({"nueva": picture.key, "palabras": form.cleaned_data["words"]})
            return redirect(f"{request.path}?{shown}")
    page = _page(article, queries.writing_of(article, language)) | {
        "form": form,
        "pictures": queries.pictures_to_put(
            article, new=request.GET.get("nueva", ""), words=request.GET.get("palabras", "")[:LONGEST_WORDS]
        ),
    }
    return respond(request, "help_centre/editor/pictures.html", page, status=422 if form.errors else 200)


def _article_or_404(request: StaffRequest, pk: int, language: str) -> Article:
    """Return an article of those that this person edits, if it may have a text in this language."""
    article = get_object_or_404(editable_articles(request.access, *EDITORS), pk=pk)
    if language not in article.organisation.languages and not article.versions.filter(language=language).exists():
        raise Http404
    return article


def _ticket_beside(request: StaffRequest) -> dict[str, str]:
    """Return the reference of the ticket from which the article comes, and the end of addresses that keeps it."""
    reference = normalise_reference(request.GET.get("consulta", "")) or ""
    return {"ticket_reference": reference, "with_ticket": f"?consulta={reference}" if reference else ""}


def _to_writing(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    address = reverse("help_centre:write", kwargs={"pk": pk, "language": language})
    return redirect(address + _ticket_beside(request)["with_ticket"])


def _wished(request: StaffRequest) -> dict[str, Any]:
    wanted = request.GET.get("tema", "")
    topics = topics_of(request.organisation)
    topic = topics.filter(slug=wanted).first() if wanted else None
    language = request.GET.get("idioma", "")
    return {
        "title": request.GET.get("titulo", "")[:200],
        "language": language if language in request.organisation.languages else request.organisation.default_language,
        "topic": topic,
        "code": request.GET.get("codigo", "")[:200],
    }


def _text_form(article: Article, writing: Writing, request: StaffRequest) -> TextForm:
    return TextForm(article.kind, writing.text, request.POST or None, initial={"stand": writing.draft.stand})


def _save(request: StaffRequest, article: Article, language: str, form: TextForm) -> ArticleDraft:
    return actions.save_draft(article, language, form.text, author=request.user, stand=form.cleaned_data["stand"])


def _merge_page(request: StaffRequest, article: Article, mine: ArticleText, refusal: SavedByAnother) -> HttpResponse:
    """Show both texts and what differs, with this person's words to go on with over the newest ones."""
    draft = refusal.draft
    form = TextForm(article.kind, mine, initial={"stand": draft.stand})
    before, after = _comparable(text_of(draft, TEXT_FIELDS)), _comparable(mine)
    differing = [name for name in form.fields if name in after and before[name] != after[name]]
    for name in form.fields.keys() - set(differing):
        form.fields[name].widget = HiddenInput()
    page = _page(article, Writing(draft, mine, has_draft=True)) | {
        "form": form,
        "parts": [
            {
                "field": form[name],
                "theirs": before[name],
                "mine": after[name],
                "pieces": word_difference(before[name], after[name]),
                "is_text": isinstance(form.fields[name].widget, Textarea | TextInput),
            }
            for name in differing
        ],
        "draft": draft if draft.pk else None,
        "is_own": draft.written_by == request.user,
    }
    return respond(request, "help_centre/editor/merge.html", page, status=422)


def _comparable(text: ArticleText) -> dict[str, str]:
    """Return everything that was filled in, in words, by field."""
    return words_of(text) | {
        "video_url": text.video_url,
        "video_kind": str(VideoKind(text.video_kind).label) if text.video_kind else "",
        "is_minor": _("Sí") if text.is_minor else _("No"),
    }


def _page(article: Article, writing: Writing, *, is_data: bool = False) -> dict[str, Any]:
    """Return what every page about an article says of it: its name, and the way to its texts and its data."""
    language = writing.draft.version.language
    states = queries.language_states(article)
    texts = [
        {
            "label": f"{capfirst(language_name(code))} · {states.get(code, _('sin texto'))}",
            "href": reverse("help_centre:write", kwargs={"pk": article.pk, "language": code}),
            "current": code == language and not is_data,
        }
        for code, _name in languages_of(article.organisation, *states)
    ]
    data = {
        "label": _("Datos del artículo"),
        "href": reverse("help_centre:article_data", kwargs={"pk": article.pk}),
        "current": is_data,
    }
    name = writing.text.title or queries.name_of(article)
    return {"article": article, "language": language, "name": name, "tabs": [*texts, data]}


def _data_of(article: Article) -> dict[str, Any]:
    lists = {name: [*getattr(article, name).values_list("pk", flat=True)] for name in article_actions.LISTED_DETAILS}
    plain = {name: getattr(article, name) for name in article_actions.PLAIN_DETAILS}
    lines = {name: "\n".join(getattr(article, name)) for name in ("codes", "affects")}
    return plain | lists | lines | {"topic": article.topic_id, "owner_team": article.owner_team_id}
