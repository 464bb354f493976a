"""The first settings page: everything that is set up, and what is missing."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.organisations import queries
from mostrador.organisations.choices import LEGAL_PATHS
from mostrador.portal.views.settings.common import show
from mostrador.shared.formats import language_name


@require_GET
@staff_page(Role.ADMINISTRATOR)
def settings(request: StaffRequest) -> HttpResponse:
    """Lead to each thing that is set up, with its state in a few words."""
    organisation, today = request.organisation, timezone.localdate()
    written = {kind for kind, _language in queries.legal_pages_written(organisation)}
    page = {
        "languages": [language_name(code) for code in organisation.languages],
        "teams": len(queries.teams_of(organisation)),
        "today": [(shift.opens, shift.closes) for shift in queries.working_calendar(organisation).shifts_on(today)],
        "years_to_confirm": queries.years_to_confirm(organisation, today),
        "topics": len(queries.topics_of(organisation)),
        "procedures": queries.procedures_of(organisation).count(),
        "hosts": list(queries.hosts_of(organisation)),
        "legal_missing": [kind.label for kind in LEGAL_PATHS if kind not in written],
        "dependents": len(queries.tree_under(organisation)) - 1,
        "this_year": today.year,
    }
    return show(request, "portal/administrator/settings.html", page, here=_("Configuración"))
