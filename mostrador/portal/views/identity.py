"""How an organisation shows itself to everybody: stylesheet, logo, and the pages that the law asks for."""

from pathlib import PurePosixPath

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from mostrador.accounts.access import PublicRequest, public_page
from mostrador.organisations import queries
from mostrador.organisations.choices import LegalPageKind
from mostrador.organisations.rules.logos import CONTENT_TYPES
from mostrador.organisations.rules.themes import stylesheet
from mostrador.shared.caching import cacheable
from mostrador.shared.pages import respond
from mostrador.tickets.choices import TicketKind
from mostrador.tickets.rules.kinds import rule_of

# Where each page leads whoever wants to write about it (RD 1112/2018, art. 10 to 13; RGPD, art. 12.2).
_WAYS = {
    LegalPageKind.ACCESSIBILITY: (
        TicketKind.ACCESSIBILITY_COMMUNICATION,
        TicketKind.ACCESSIBILITY_COMPLAINT,
        TicketKind.ACCESSIBILITY_CLAIM,
    ),
    LegalPageKind.PRIVACY: (TicketKind.DATA_PROTECTION,),
}
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
@public_page
def theme_stylesheet(request: PublicRequest, pk: int, version: int) -> HttpResponse:
    """Send the organisation's colours and typeface; each version has its own address, so browsers keep it for ever."""
    if pk != request.organisation.pk:
        raise Http404
    body = stylesheet(request.organisation.accent, request.organisation.typeface)
    response = HttpResponse(body, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOR_EVER if version == request.organisation.theme_version else "no-cache"
    return response


@require_safe
@public_page
def theme_logo(request: PublicRequest, pk: int, version: int) -> HttpResponseBase:
    """Send the organisation's logo, as a picture and nothing else."""
    logo = request.organisation.logo
    if pk != request.organisation.pk or not logo:
        raise Http404
    try:
        content = logo.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    kind = CONTENT_TYPES[PurePosixPath(logo.name or "").suffix.removeprefix(".")]
    response = FileResponse(content, content_type=kind)
    response["Cache-Control"] = FOR_EVER if version == request.organisation.theme_version else "no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
@public_page
@cacheable
def legal_page(request: PublicRequest, kind: LegalPageKind) -> HttpResponse:
    """Show a text that the law asks for, in the visitor's language or, saying so, in another."""
    text = queries.legal_text(request.organisation, kind, request.language)
    page = {"title": kind.label, "text": text, "ways": [rule_of(each) for each in _WAYS.get(kind, ())]}
    return respond(request, "portal/citizen/legal_page.html", page)
