"""What surrounds every page, read from the request being answered: globals of the templates.

All of them work without a request and without an organisation, because error pages are drawn then too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import get_language

from mostrador.shared.colours import Accent, accents
from mostrador.shared.formats import clock, exact_date
from mostrador.shared.middleware import current_request


def current_language() -> str:
    """Return the language of the page, for `lang`."""
    return get_language() or "es"


def visited_organisation() -> Any:
    """Return the organisation whose host name is being visited, or None."""
    return getattr(current_request(), "organisation", None)


def home_address() -> str:
    """Return the address of the home page in the language of this page."""
    return get_script_prefix()


def footer_links() -> Sequence[tuple[str, str]]:
    """Return label and address of the pages that the law asks for; `organisations.middleware` puts them there."""
    return getattr(current_request(), "footer_links", ())


def official_moment() -> dict[str, str] | None:
    """Return the official date and time of the sede in the active zone, for machines and for people.

    None on pages that are kept for others to read later: they link to the page that always tells it.

    Source: Ley 39/2015, art. 31.2: the sede shows its official date and time.
    """
    if getattr(current_request(), "is_cacheable", False):
        return None
    now = timezone.localtime()
    words = f"{exact_date(now)}, {clock(now)}"
    return {"machine": now.isoformat(timespec="minutes"), "words": words, "zone": timezone.get_current_timezone_name()}


def language_links(request: Any) -> list[tuple[str, str, str, bool]]:
    """Return code, own name, address and "is this one" for this page in each language that the organisation offers."""
    organisation = getattr(request, "organisation", None)
    if organisation is None:
        return []
    names = dict(settings.LANGUAGES)
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") and request.method == "GET" else ""
    return [
        (code, names[code], f"{_prefix(organisation, code)}{request.path_info}{query}", code == current_language())
        for code in names
        if code in organisation.languages
    ]


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A section of the desk, or several that belong together.

    Attributes:
        address: Name of the address.
        is_current: Whether the page is in it.
        is_around: Whether the page is in it or in one of those inside.
        count: How many wait there, in words.
        inside: Label, name of the address and "is this one" of the others that belong to it.
    """

    label: Any
    address: str
    is_current: bool
    is_around: bool
    count: str | None
    inside: Sequence[tuple[Any, str, bool]]


def staff_navigation() -> Sequence[NavigationEntry]:
    """Return the sections of the desk."""
    return getattr(current_request(), "staff_navigation", ())


def staff_menu() -> Sequence[tuple[str, str]]:
    """Return label and address of the person's own pages (account, sign-in methods)."""
    return getattr(current_request(), "staff_menu", ())


def staff_organisations() -> Sequence[tuple[str, str, bool]]:
    """Return name, address and "is this one" of the organisations where the person works."""
    return getattr(current_request(), "staff_organisations", ())


def staff_keys() -> Sequence[Any]:
    """Return the keys that act everywhere on the desk: `keys`, `label`, `href`, `is_post`."""
    return getattr(current_request(), "staff_keys", ())


def uses_keys() -> bool:
    """Tell whether the person wants keys of one letter."""
    return bool(getattr(getattr(current_request(), "user", None), "uses_keys", True))


def sign_out_address() -> str:
    """Return the address that signs out (by POST)."""
    return reverse("account_logout")


def _prefix(organisation: Any, code: str) -> str:
    return "" if code == organisation.default_language else f"/{code}"


def email_accent(accent: str) -> Accent:
    """Return the organisation's colour for a button in an e-mail, readable on white."""
    return accents(accent)["strong-light"]


GLOBALS = (
    email_accent,
    current_language,
    visited_organisation,
    home_address,
    footer_links,
    official_moment,
    language_links,
    staff_navigation,
    staff_menu,
    staff_organisations,
    staff_keys,
    uses_keys,
    sign_out_address,
)
