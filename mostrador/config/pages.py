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
        response = super().get_response(request)
        if response.status_code < 500 or not database_was_lost():
            return response
        connection.close()
        if request.method in SAFE_METHODS:
            response = super().get_response(WSGIRequest(request.environ))
            if response.status_code < 500 or not database_was_lost():
                return response
        return unavailable(request)


def database_was_lost() -> bool:
    """Tell whether this thread's connection broke while answering (and not only a statement on it)."""
    if not connection.errors_occurred:
        return False
    return connection.connection is None or connection.connection.closed or not connection.is_usable()


def unavailable(request: WSGIRequest) -> HttpResponse:
    """Say that the database is away; without a page of ours, because drawing one reads the database."""
    if request.path_info.startswith("/salud/"):
        return JsonResponse({"ready": False}, status=503)
    text = _("El servicio se está reiniciando. No se ha guardado nada: vuelva atrás y envíelo otra vez en un minuto.")
    return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "10"})
