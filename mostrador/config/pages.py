"""Django's WSGI handler, which gets over a restart of the database."""

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class Pages(WSGIHandler):
    """Answers every page.

    When the database went away under a page, a page that only reads is answered again on a new connection (which waits
    for the server, see `postgresql.base`); one that writes says that nothing was saved (its transaction was undone).
    """

    def get_response(self, request: WSGIRequest) -> HttpResponseBase:  # type: ignore[override]  # streams too
        response, was_lost = self._try(request)
        if was_lost:
            connection.close()
        if was_lost and request.method in SAFE_METHODS:
            response, was_lost = self._try(WSGIRequest(request.environ))
        return unavailable(request) if was_lost else response

    def _try(self, request: WSGIRequest) -> tuple[HttpResponseBase, bool]:
        """Answer, and tell whether that failed because the connection to the database was lost."""
        before = losses()
        response = super().get_response(request)
        return response, response.status_code >= 500 and losses() > before


def losses() -> int:
    """Return how often this thread has lost its connection to the database."""
    count: int = connection.losses  # type: ignore[attr-defined]  # of our own backend
    return count


def unavailable(request: WSGIRequest) -> HttpResponse:
    """Say that the database is away; without a page of ours, because drawing one reads the database."""
    if request.path_info.startswith("/salud/"):
        return JsonResponse({"ready": False}, status=503)
    text = _("El servicio se está reiniciando. No se ha guardado nada: vuelva atrás y envíelo otra vez en un minuto.")
    return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "10"})
