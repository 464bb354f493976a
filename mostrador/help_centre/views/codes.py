"""What an error code means: looked up, and one page for each."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mostrador.accounts.access import PublicRequest, public_page
from mostrador.help_centre.queries import readers as queries
from mostrador.help_centre.rules.error_codes import (
    FAMILIES,
    ErrorCode,
    code_spelled,
    codes_in,
    error_codes,
    explanation,
)
from mostrador.help_centre.rules.error_messages import code_in
from mostrador.help_centre.rules.words import words_of
from mostrador.help_centre.views.citizen import asking_address
from mostrador.shared.caching import cacheable
from mostrador.shared.pages import respond
from mostrador.shared.plain_text import plain_text

LONGEST_MESSAGE = 2000  # characters of what somebody pastes that are read


@require_GET
@public_page
@cacheable
def codes(request: PublicRequest) -> HttpResponse:
    """Look a code up, typed in any spelling or in a message pasted whole; explain where codes come from."""
    asked = plain_text(request.GET.get("codigo", "")).strip()[:LONGEST_MESSAGE]
    found = codes_in(asked) or _nearly_quoted(asked)
    if len(found) == 1:
        return redirect("help_centre:code", code=found[0].code)
    page = {
        "asked": asked,
        "found": [(row.code, row.messages.get(request.language, row.messages["es"])) for row in found],
        "families": [
            (family, _about(family), [row.code for row in error_codes().values() if row.family == family])
            for family in FAMILIES
        ],
        "ask_address": _ask_address(asked),
        **_links(request, "help_centre:codes"),
    }
    return respond(request, "help_centre/citizen/codes.html", page)


@require_GET
@public_page
@cacheable
def code(request: PublicRequest, code: str) -> HttpResponse:
    """Say what a code means, whose matter it is and what to do; a code that we do not know is told so kindly."""
    row = code_spelled(code)
    if row is None:
        page: dict[str, Any] = {"asked": code[:40], "ask_address": _ask_address(code[:40])}
        return respond(request, "help_centre/citizen/code_unknown.html", page, status=404)
    if row.code != code:
        return redirect("help_centre:code", code=row.code, permanent=True)
    message = row.messages.get(request.language, row.messages["es"])
    page = {
        "row": row,
        "message": message,
        "message_language": request.language if request.language in row.messages else "es",
        "spanish": row.messages["es"] if row.messages["es"] != message else "",
        "explained": explanation(row, request.language),
        "found": queries.articles_for_code(request.organisation, row, request.language),
        "ask_address": asking_address(request, codigo=row.code),
        **_links(request, "help_centre:code", code=row.code),
    }
    return respond(request, "help_centre/citizen/code.html", page)


def _links(request: PublicRequest, name: str, **kwargs: str) -> dict[str, Any]:
    """Return the addresses of the page in every language of the organisation, for search engines."""
    organisation = request.organisation
    addresses = queries.addresses(organisation, name, organisation.languages, **kwargs)
    return {
        "addresses": addresses,
        "canonical": addresses[request.language],
        "default_address": addresses[organisation.default_language],
    }


def _nearly_quoted(text: str) -> list[ErrorCode]:
    """Return the code whose message a text quotes but for a word or what the program filled in."""
    code = code_in(words_of(text))
    return [error_codes()[code]] if code else []


def _ask_address(code: str) -> str:
    return f"{reverse('tickets:new')}?{urlencode({'codigo': code[:200]})}" if code else reverse("tickets:new")


def _about(family: str) -> str:
    return {
        "SAF": _("Autofirma hasta la versión 1.9. SAF y un número corto, como SAF_09."),
        "AF": _("Autofirma en sus versiones nuevas. AF y seis cifras, como AF200005."),
        "AS": _("La parte de Autofirma que va dentro de la página web. AS y seis cifras, como AS500010."),
        "ERR": _("El servidor que la sede usa para firmar. ERR y un número, como ERR-7."),
    }[family]
