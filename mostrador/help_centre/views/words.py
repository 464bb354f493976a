"""Words that mean the same: the list, a group with the effect of its words, and whether the search uses it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.help_centre.actions import synonyms as actions
from mostrador.help_centre.errors import WordElsewhere
from mostrador.help_centre.forms.words import SynonymsForm
from mostrador.help_centre.permissions import EDITORS
from mostrador.help_centre.queries import synonyms as queries
from mostrador.help_centre.queries.board import recent_searches
from mostrador.help_centre.queries.search import Found, search
from mostrador.help_centre.rules.privacy import LONGEST_KEPT
from mostrador.help_centre.rules.synonyms import Group
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond

PAGE_SIZE = 50
COMPARED = 5  # results before and after
RECENT = 50  # searches that are offered to try words with


@require_GET
@staff_page(*EDITORS)
def synonyms(request: StaffRequest) -> HttpResponse:
    """List the groups of words that mean the same, the organisation's own and changed ones first."""
    q = request.GET.get("q", "").strip()[:LONGEST_KEPT]
    found = queries.synonym_list(request.organisation, containing=q, after=request.GET.get("desde", ""), size=PAGE_SIZE)
    page = {"rows": found.rows, "next": found.next, "q": q, "language": request.organisation.default_language}
    return respond(request, "help_centre/editor/synonyms.html", page)


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def new_synonyms(request: StaffRequest) -> HttpResponse:
    """Write a new group, perhaps begun from a search that found nothing."""
    question = request.GET.get("pregunta", "")[:LONGEST_KEPT]
    language = request.GET.get("idioma", "")
    if language not in request.organisation.languages:
        language = request.organisation.default_language
    return _edit(request, None, {f"words_{language}": question, "question": question, "language": language})


@require_http_methods(["GET", "POST"])
@staff_page(*EDITORS)
def synonym_group(request: StaffRequest, key: str) -> HttpResponse:
    """Change the words of a group."""
    row = _row_or_404(request, key)
    words = {f"words_{language}": "\n".join(phrases) for language, phrases in row.words.items()}
    return _edit(request, row, words | {"language": request.organisation.default_language})


@require_POST
@staff_page(*EDITORS)
def synonym_use(request: StaffRequest, key: str) -> HttpResponse:
    """Have the search use a group, or leave it aside."""
    row, is_active = _row_or_404(request, key), request.POST.get("use") == "yes"
    actions.use_synonyms(request.organisation, row, is_active=is_active, author=request.user)
    messages.success(request, _("La búsqueda usa el grupo.") if is_active else _("La búsqueda ya no usa el grupo."))
    return redirect("help_centre:synonym_group", key=key)


@require_POST
@staff_page(*EDITORS)
def synonym_forget(request: StaffRequest, key: str) -> HttpResponse:
    """Go back to the words as they came, or take away a group of the organisation's own."""
    row = _row_or_404(request, key)
    actions.forget_synonyms(request.organisation, key, author=request.user)
    if row.origin == queries.Origin.OWN:
        messages.success(request, _("Grupo quitado."))
        return redirect("help_centre:synonyms")
    messages.success(request, _("El grupo vuelve a ser como venía."))
    return redirect("help_centre:synonym_group", key=key)


def _edit(request: StaffRequest, row: queries.GroupRow | None, initial: dict[str, Any]) -> HttpResponse:
    """Show a group; its button to try shows the effect of the words and saves nothing."""
    form = SynonymsForm(request.organisation, request.POST or None, initial=initial)
    page: dict[str, Any] = {"form": form, "row": row, "effect": None, "other_group": None}
    if request.method == "POST" and form.is_valid():
        try:
            if "try" in request.POST:
                page["effect"] = _effect(request, row, form)
            else:
                key = row.key if row else ""
                saved = actions.save_synonyms(request.organisation, key, form.words, author=request.user)
                messages.success(request, _("Guardado. La búsqueda ya lo usa."))
                return redirect("help_centre:synonym_group", key=saved.key)
        except WordElsewhere as refusal:
            form.add_error(None, str(refusal))
            page["other_group"] = refusal.group
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
    page["recent"] = recent_searches(request.organisation, limit=RECENT)
    return respond(request, "help_centre/editor/synonym_group.html", page, status=422 if form.errors else 200)


def _effect(request: StaffRequest, row: queries.GroupRow | None, form: SynonymsForm) -> dict[str, Any] | None:
    """Return what a question finds before and after a change of a group; None when there is no question.

    Raises:
        ActionRefused: The words cannot be saved.
    """
    rows = queries.synonym_groups(request.organisation)
    actions.refuse_words(form.words, rows, before=row)
    question, language = form.cleaned_data["question"], form.cleaned_data["language"]
    if not question:
        form.add_error("question", _("Escriba una pregunta, o elija una de las que han hecho los lectores."))
        return None
    others = [group for group in queries.in_use(rows) if row is None or group.key != row.key]
    groups = [*others, Group(row.key if row else "", form.words)]
    before = search(request.organisation, question, language, limit=COMPARED)
    after = search(request.organisation, question, language, limit=COMPARED, groups=groups)
    return {
        "is_same": [found.article_id for found in before] == [found.article_id for found in after],
        "before": [(found, "") for found in before],
        "after": [(found, _moved(found, place, before)) for place, found in enumerate(after)],
    }


def _moved(found: Found, place: int, before: list[Found]) -> str:
    """Return in a word how a result stands now against where it stood."""
    places = {other.article_id: place for place, other in enumerate(before)}
    was = places.get(found.article_id)
    if was is None:
        return _("nuevo")
    return _("sube de puesto") if place < was else _("baja de puesto") if place > was else ""


def _row_or_404(request: StaffRequest, key: str) -> queries.GroupRow:
    row = queries.synonym_group(request.organisation, key)
    if row is None:
        raise Http404
    return row
