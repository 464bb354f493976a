"""What everybody of the desk sees: articles that are not for everybody."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.help_centre.queries import readers as queries
from mostrador.help_centre.views.citizen import text_page
from mostrador.shared.pages import respond


@require_GET
@staff_page()
def read(request: StaffRequest, pk: int) -> HttpResponse:
    """Show an article to somebody of the desk; one for some teams, only to their people and to editors."""
    version = queries.internal_version(request.organisation, request.access, pk, request.language)
    if version is None:
        raise Http404
    return respond(request, "help_centre/staff/read.html", text_page(version, request))
