"""The command palette: everything of the desk that words can find, in one place."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.people.actions.persons import note_search
from mostrador.portal.queries import palette_groups
from mostrador.shared.pages import respond


@require_http_methods(["GET", "POST"])
@staff_page()
def palette(request: StaffRequest) -> HttpResponse:
    """Find tickets, persons, articles and lists; the fragment to htmx, a page to whoever has no scripts.

    Posted, so that what was typed stays out of addresses, histories and logs. That persons were found is recorded.
    """
    words = " ".join(request.POST.get("q", "")[:200].split())
    groups = palette_groups(request.access, request.organisation, words, request.language)
    address = "/gestion/personas/"  # the page itself is among the options too
    options = [option for group in groups for option in group.options]
    found = sum(option.href.startswith(address) and option.href != address for option in options)
    if found and request.method == "POST":
        note_search(request.organisation, by=request.user, found=found)
    page = {"groups": groups, "words": words}
    template = "palette_groups" if request.htmx else "palette"
    return respond(request, f"portal/agent/{template}.html", page)
