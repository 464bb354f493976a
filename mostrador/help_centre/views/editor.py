"""What editors see: the articles they look after."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.help_centre.actions import articles as article_actions
from mostrador.help_centre.actions import drafts as draft_actions
from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.queries import editing as queries
from mostrador.help_centre.queries.readers import article_list
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond

EDITORS = (Role.EDITOR, Role.ADMINISTRATOR)
PAGE_SIZE = 50


@require_GET
@staff_page()
def articles(request: StaffRequest) -> HttpResponse:
    """List the articles of the visited organisation, the last changed first."""
    rows = article_list(request.organisation, before=request.GET.get("antes", ""), size=PAGE_SIZE)
    page = {"rows": rows.rows, "older": rows.older, "may_edit": request.access.has(*EDITORS)}
    return respond(request, "help_centre/editor/articles.html", page)


@require_POST
@staff_page(*EDITORS)
def set_state(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Publish a version or take it away from readers."""
    article = get_object_or_404(queries.editable_articles(request.access, *EDITORS), pk=pk)
    version = get_object_or_404(article.versions, language=language)
    try:
        if request.POST.get("state") == PublicationState.PUBLISHED:
            draft_actions.publish(version.draft, publisher=request.user, without_review=True)
            messages.success(request, _("Publicado. Los lectores ya pueden verlo."))
        else:
            article_actions.withdraw(version, author=request.user)
            messages.success(request, _("Retirado. El texto se conserva y puede volver a publicarlo."))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("help_centre:edit", pk=pk, language=language)
