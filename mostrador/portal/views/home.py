"""The first page that somebody sees, and the official time."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from mostrador.accounts.access import PublicRequest, StaffRequest, citizen_page, public_page, staff_page
from mostrador.help_centre.queries import readers as queries
from mostrador.help_centre.queries.machines import latest_news
from mostrador.portal.permissions import first_section
from mostrador.shared.caching import cacheable
from mostrador.shared.pages import respond

NEWS_ON_HOME = 3


@require_GET
@public_page
@cacheable
def home(request: PublicRequest) -> HttpResponse:
    """Ask what the person needs: search first, then topics, then a way to a person."""
    page = {
        "groups": queries.topic_groups(request.organisation, request.language),
        "frequent": queries.most_read(request.organisation, request.language),
        "news": latest_news(request.organisation, request.language, limit=NEWS_ON_HOME),
    }
    return respond(request, "portal/citizen/home.html", page)


@require_GET
@citizen_page
def official_time(request: PublicRequest) -> HttpResponse:
    """Tell the official date and time of the sede (Ley 39/2015, art. 31.2); the footer's clock asks here too."""
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        now = timezone.localtime()
        return JsonResponse(
            {"now": now.isoformat(timespec="milliseconds"), "zone": timezone.get_current_timezone_name()}
        )
    return respond(request, "portal/citizen/official_time.html", {"now": timezone.now()})


@require_GET
@staff_page()
def desk(request: StaffRequest) -> HttpResponse:
    """Lead each person of the desk to their first section."""
    return redirect(first_section(request.access))
