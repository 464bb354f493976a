"""Pictures of articles, as pages show them."""

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from mostrador.accounts.access import PublicRequest, public_page
from mostrador.help_centre.models import ArticlePicture

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
@public_page
def picture(request: PublicRequest, key: str) -> HttpResponseBase:
    """Send a picture to whoever knows its key, as a picture and nothing else; it never changes.

    At every host name: editors of a body above look at it on their own pages.
    """
    found = get_object_or_404(ArticlePicture, key=key)
    try:
        content = found.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(content, content_type=found.content_type)
    response["Cache-Control"] = FOR_EVER
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
