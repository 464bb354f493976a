"""Texts on their way to readers: their review, their publication, and what they said before."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.help_centre.actions import articles as article_actions
from mostrador.help_centre.actions import drafts as draft_actions
from mostrador.help_centre.forms.publishing import ChangesForm, CommentForm, ScheduleForm
from mostrador.help_centre.models import Article, ArticleDraft, ArticleRevision, ArticleVersion
from mostrador.help_centre.permissions import EDITORS, may_skip_review
from mostrador.help_centre.queries import publishing as queries
from mostrador.help_centre.queries.editing import pictures_of
from mostrador.help_centre.rules.advice import advice_on
from mostrador.help_centre.rules.differences import text_difference
from mostrador.help_centre.rules.publication import MONTHS_UNTIL_REVIEW
from mostrador.help_centre.rules.texts import SHOWN_FIELDS, ArticleText, rendered, text_of
from mostrador.help_centre.views.citizen import text_page
from mostrador.shared.errors import ActionRefused
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond

HISTORY_SIZE = 20
NO_TEXT = ArticleText("", "", "")


def steps_page(
    request: StaffRequest,
    version: ArticleVersion,
    *,
    schedule_form: ScheduleForm | None = None,
    changes_form: ChangesForm | None = None,
) -> dict[str, Any]:
    """Return the names that `help_centre/editor/steps.html` needs; `version` as `editable_versions` loads it."""
    steps = queries.steps_of(request.access, version)
    return {
        "steps": steps,
        "problem": _problem(steps.draft),
        "schedule_form": schedule_form or ScheduleForm(),
        "changes_form": changes_form or ChangesForm(),
        "months_until_review": MONTHS_UNTIL_REVIEW,
    }


def preview_page(request: StaffRequest, article: Article, language: str, text: ArticleText) -> dict[str, Any]:
    """Return the names that `preview_text.html` needs: a text as readers would get it, or why they cannot."""
    shown = {name: getattr(text, name) for name in SHOWN_FIELDS} | {"title": text.title.strip() or _("Sin título")}
    now = timezone.now()
    version = ArticleVersion(article=article, language=language, published_at=now, updated_at=now, **shown)
    try:
        version.html, version.parts_html = rendered(text, language, pictures_of(article))
    except ActionRefused as refused:
        return {"preview": None, "refusal": str(refused)}
    return {"preview": text_page(version, request), "refusal": ""}


# --- Review --------------------------------------------------------------------------------------------


@require_GET
@staff_page(*EDITORS)
def review(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Show a text as readers will see it, what changes by it, and what to look at before it is published."""
    return _review(request, _version_or_404(request, pk, language))


@require_POST
@staff_page(*EDITORS)
def comment(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Say something about a text to whoever writes it."""
    version = _version_or_404(request, pk, language)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _review(request, version, comment_form=form)
    draft_actions.comment(version, author=request.user, **form.cleaned_data)
    return redirect("help_centre:review", pk=pk, language=language)


@require_POST
@staff_page(*EDITORS)
def settle_comment(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Say that a comment has been attended to."""
    version = _version_or_404(request, pk, language)
    found = version.comments.filter(pk=row_key(request.POST.get("comment")) or 0).first()
    if found:
        draft_actions.settle_comment(found, author=request.user)
    return redirect("help_centre:review", pk=pk, language=language)


# --- Steps ---------------------------------------------------------------------------------------------


@require_POST
@staff_page(*EDITORS)
def submit(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Ask somebody else to look at a text."""
    version = _version_or_404(request, pk, language)
    return _step(
        request,
        version,
        lambda: draft_actions.submit_for_review(_draft(version), author=request.user),
        _("Se ha pedido la revisión. Quien puede hacerla recibe un correo."),
    )


@require_POST
@staff_page(*EDITORS)
def ask_for_changes(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Give a text back to whoever wrote it."""
    version = _version_or_404(request, pk, language)
    form = ChangesForm(request.POST)
    if not form.is_valid():
        return _review(request, version, changes_form=form)
    return _step(
        request,
        version,
        lambda: draft_actions.ask_for_changes(
            _draft(version), reviewer=request.user, text=form.cleaned_data["changes"]
        ),
        _("Se han pedido los cambios. Quien lo escribió recibe un correo."),
    )


@require_POST
@staff_page(*EDITORS)
def publish(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Let readers see a text; administrators may do so without anybody else having looked at it."""
    version = _version_or_404(request, pk, language)
    without_review = "without_review" in request.POST
    if without_review and not may_skip_review(request.access, version.article):
        raise PermissionDenied
    return _step(
        request,
        version,
        lambda: draft_actions.publish(
            _draft(version), publisher=request.user, edits=_edits(request), without_review=without_review
        ),
        _("Publicado. Los lectores ya lo ven."),
    )


@require_POST
@staff_page(*EDITORS)
def schedule(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Have a text published at a moment."""
    version = _version_or_404(request, pk, language)
    form = ScheduleForm(request.POST)
    if form.is_valid():
        try:
            draft_actions.schedule(
                _draft(version), publisher=request.user, at=form.cleaned_data["publish_at"], edits=_edits(request)
            )
        except ActionRefused as refusal:
            form.add_error("publish_at", str(refusal))
        else:
            messages.success(request, _("Se publicará en su fecha."))
            return redirect("help_centre:review", pk=pk, language=language)
    return _review(request, version, schedule_form=form)


@require_POST
@staff_page(*EDITORS)
def unschedule(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Take a text's moment away."""
    version = _version_or_404(request, pk, language)
    return _step(
        request,
        version,
        lambda: draft_actions.unschedule(_draft(version), author=request.user),
        _("Ya no tiene fecha. El texto se conserva."),
    )


@require_POST
@staff_page(*EDITORS)
def discard(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Throw away what was being written."""
    version = _version_or_404(request, pk, language)
    return _step(
        request,
        version,
        lambda: draft_actions.discard_draft(_draft(version), author=request.user),
        _("Borrador descartado. Lo publicado sigue como estaba."),
    )


@require_POST
@staff_page(*EDITORS)
def withdraw(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Take a text away from readers."""
    version = _version_or_404(request, pk, language)
    return _step(
        request,
        version,
        lambda: article_actions.withdraw(version, author=request.user),
        _("Retirado. El texto se conserva y puede volver a mostrarlo."),
    )


@require_POST
@staff_page(*EDITORS)
def show_again(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Let readers see again what was taken away from them."""
    version = _version_or_404(request, pk, language)
    return _step(
        request,
        version,
        lambda: article_actions.show_again(version, author=request.user),
        _("Los lectores vuelven a verlo."),
    )


@require_POST
@staff_page(*EDITORS)
def confirm_translation(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Say that a translation still says the same as its source."""
    version = _version_or_404(request, pk, language)
    return _step(
        request,
        version,
        lambda: draft_actions.confirm_translation(version, author=request.user),
        _("Anotado: la traducción sigue valiendo."),
    )


@require_POST
@staff_page(*EDITORS)
def confirm_article(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Say that an article is up to date, and when to look at it again."""
    version = _version_or_404(request, pk, language)
    months = row_key(request.POST.get("months"))
    return _step(
        request,
        version,
        lambda: article_actions.confirm_article(version.article, months=months or 0, author=request.user),
        _("Anotado: está al día."),
    )


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def supersede(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Choose the article to which the readers of this one are led."""
    version = _version_or_404(request, pk, language)
    text = request.GET.get("titulo", "").strip()[:200]
    if request.method == "POST":
        chosen = row_key(request.POST.get("by"))
        served = version.article.organisation
        by = get_object_or_404(queries.readable_articles(served), pk=chosen) if chosen else None
        return _step(
            request,
            version,
            lambda: article_actions.supersede(version.article, by=by, author=request.user),
            _("Sus lectores van ahora al otro artículo.") if by else _("Sus lectores vuelven a este artículo."),
        )
    found = queries.may_follow(version.article, text) if text else []
    page = {"version": version, "article": version.article, "text": text, "found": found}
    return respond(request, "help_centre/editor/supersede.html", page)


# --- History -------------------------------------------------------------------------------------------


@require_GET
@staff_page(*EDITORS)
def history(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """List everything that a text said before, newest first."""
    version = _version_or_404(request, pk, language)
    rows, older = queries.revisions_of(version, before=row_key(request.GET.get("antes")), size=HISTORY_SIZE)
    page = {
        "version": version,
        "article": version.article,
        "draft": queries.saved_draft(version),
        "rows": rows,
        "older": older,
        "events": queries.last_events(version.article),
    }
    return respond(request, "help_centre/editor/history.html", page)


@require_GET
@staff_page(*EDITORS)
def difference(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Show what changed between two revisions, or between one and what is being written (`a=borrador`)."""
    version = _version_or_404(request, pk, language)
    draft = queries.saved_draft(version)
    newer = request.GET.get("a", "")
    with_draft = newer == "borrador" and draft is not None
    last = version.revision if with_draft else (row_key(newer) or version.revision)
    first = row_key(request.GET.get("de"))
    if first is None:
        first = last if with_draft else max(last - 1, 0)
    before = _text_of_revision(version, first)
    after = text_of(draft) if with_draft and draft else _text_of_revision(version, last)
    page = {
        "version": version,
        "article": version.article,
        "draft": draft,
        "first": first,
        "last": "borrador" if with_draft else last,
        "parts": text_difference(before, after),
    }
    return respond(request, "help_centre/editor/difference.html", page)


@require_POST
@staff_page(*EDITORS)
def restore(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Begin a draft with the words of an earlier revision."""
    version = _version_or_404(request, pk, language)
    revision = _revisions(version).filter(number=row_key(request.POST.get("number"))).first()
    if revision is None:
        return redirect("help_centre:history", pk=pk, language=language)
    try:
        draft_actions.restore(revision, author=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("help_centre:history", pk=pk, language=language)
    messages.success(request, _("Es ahora un borrador: los lectores lo verán cuando se publique."))
    return redirect("help_centre:review", pk=pk, language=language)


@require_GET
@staff_page(*EDITORS)
def draft_file(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Download the words that are being written, to keep them before they are discarded."""
    version = _version_or_404(request, pk, language)
    draft = queries.saved_draft(version)
    if draft is None:
        raise Http404
    texts = [f"# {draft.title}", draft.summary, draft.body, *filter(None, draft.parts.values())]
    name = f"{version.article.slug}-{language}.md"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse("\n\n".join(texts) + "\n", content_type="text/markdown; charset=utf-8", headers=headers)


# --- Together ------------------------------------------------------------------------------------------


def _version_or_404(request: StaffRequest, pk: int, language: str) -> ArticleVersion:
    return get_object_or_404(queries.editable_versions(request.access), article=pk, language=language)


def _draft(version: ArticleVersion) -> ArticleDraft:
    draft = queries.saved_draft(version)
    if draft is None:
        raise ActionRefused(_("Otra persona acaba de publicar o descartar este borrador."))
    return draft


def _problem(draft: ArticleDraft | None) -> str:
    """Return why a text could not be published at its moment; nothing while that is still to come."""
    now = timezone.now()
    if draft is None or draft.publish_at is None or draft.publish_at > now:
        return ""
    try:
        draft_actions.refuse_unpublishable(draft, at=now)
    except ActionRefused as refusal:
        return str(refusal)
    return ""


def _edits(request: StaffRequest) -> int | None:
    return row_key(request.POST.get("edits"))


def _step(request: StaffRequest, version: ArticleVersion, act: Callable[[], object], done: str) -> HttpResponse:
    """Do one thing with a text, say how it went, and show where the text stands now."""
    try:
        act()
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("help_centre:review", pk=version.article_id, language=version.language)


def _review(
    request: StaffRequest, version: ArticleVersion, *, comment_form: CommentForm | None = None, **forms: Any
) -> HttpResponse:
    page = steps_page(request, version, **forms)
    draft, article = page["steps"].draft, version.article
    text = text_of(draft or version)
    comments = queries.comments_on(version)
    page |= preview_page(request, article, version.language, text)
    page |= {
        "version": version,
        "article": article,
        "text": text,
        "changes": text_difference(text_of(version), text) if draft and version.revision else [],
        "advice": advice_on(text, missing=queries.missing_links(text, article.organisation)),
        "open_comments": [comment for comment in comments if comment.settled_at is None],
        "settled_comments": [comment for comment in comments if comment.settled_at],
        "comment_form": comment_form or CommentForm(),
    }
    is_wrong = any(form.errors for form in (*forms.values(), comment_form) if form is not None)
    return respond(request, "help_centre/editor/review.html", page, status=422 if is_wrong else 200)


def _revisions(version: ArticleVersion) -> Any:
    return ArticleRevision.objects.filter(version=version).select_related("version__article__organisation")


def _text_of_revision(version: ArticleVersion, number: int) -> ArticleText:
    """Return what a text said; nothing before its first revision."""
    return text_of(get_object_or_404(_revisions(version), number=number)) if number else NO_TEXT
