"""What the pages of the desk show beside their own content."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from mostrador.accounts.permissions import Access
from mostrador.portal.permissions import groups_for, keys_of
from mostrador.shared.links import absolute
from mostrador.shared.surroundings import NavigationEntry
from mostrador.tickets.queries.mentions import MOST_COUNTED, waiting_count

# Written out: every page of the desk asks, and putting the question together costs more than the answer.
_HOSTS = """
SELECT host.organisation_id, place.name, host.name
FROM organisations_hostname AS host JOIN organisations_organisation AS place ON place.id = host.organisation_id
WHERE host.is_primary AND host.organisation_id = ANY(%s::bigint[]) ORDER BY place.path LIMIT %s
"""
MOST_ORGANISATIONS = 30  # a longer list would be a page of its own


class NavigationMiddleware:
    """Put the sections of the desk on the requests of its pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        is_desk = request.path_info.startswith(("/gestion/", "/cuenta/", "/sistema-de-diseno/"))
        if is_desk and request.organisation is not None and request.user.is_authenticated:
            # Read only when a whole page is drawn: fragments do not show it.
            request.staff_navigation = SimpleLazyObject(lambda: _navigation(request))
            request.staff_keys = keys_of(request.access)
            request.staff_menu = [(_("Mi cuenta"), reverse("accounts:own_account"))]
            request.staff_organisations = SimpleLazyObject(lambda: _organisations(request.access))
        elif request.organisation is not None:
            request.footer_links = [*request.footer_links, *_ways_to_write()]
        return self.get_response(request)


def _navigation(request: Any) -> list[NavigationEntry]:
    """Return the sections, and at the mentions how many wait, if any. At most one query."""
    return [
        NavigationEntry(
            label=group.section.label,
            address=group.section.address,
            is_current=group.current == group.section,
            is_around=group.current is not None,
            count=_waiting(request.access) if group.section.address == "tickets:mentions_list" else None,
            inside=[(other.label, other.address, other == group.current) for other in group.others],
        )
        for group in groups_for(request.access, request.path_info)
    ]


def _waiting(access: Access) -> str | None:
    number = waiting_count(access)
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number) if number else None


def _ways_to_write() -> list[tuple[str, str]]:
    """Return the links to what is not a question (Ley 40/2015, art. 38.3: suggestions and complaints)."""
    return [
        (_("Sugerencias y quejas"), reverse("tickets:entrances")),
        (_("Avisar de una suplantación"), f"{reverse('tickets:new')}?clase=suplantacion"),
    ]


def _organisations(access: Access) -> list[tuple[str, str, bool]]:
    """Return name, desk and "is this one" of where the user works; nothing when it is only one organisation."""
    keys = access.organisation_ids()
    if len(keys) < 2:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_HOSTS, [list(keys), MOST_ORGANISATIONS])
        return [(name, absolute(host, "portal:desk"), key == access.visited) for key, name, host in cursor.fetchall()]
