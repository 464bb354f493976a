"""Everything that is settled for the desk, in one place."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.portal.permissions import settings_of_desk as settings_for
from mostrador.shared.pages import respond
from mostrador.tickets.permissions import DESK


@require_GET
@staff_page(*DESK)
def desk_settings(request: StaffRequest) -> HttpResponse:
    """Lead to each setting that these roles may see, and say what it is for."""
    return respond(request, "portal/agent/desk_settings.html", {"rows": settings_for(request.access)})
