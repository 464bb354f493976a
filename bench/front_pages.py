"""Settings and pages for `bench.front`: the product's server under three pages whose cost is known."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from mostrador.config.settings import *  # noqa: F403, TID251 - these are settings too
from mostrador.config.settings import MIDDLEWARE as PRODUCT_MIDDLEWARE  # noqa: TID251

ROOT_URLCONF = "bench.front_pages"
# The product's own middleware needs its tables; what it costs is measured in the other benchmarks.
MIDDLEWARE = [name for name in PRODUCT_MIDDLEWARE if not name.startswith("mostrador.")]

ROWS = """
<!doctype html><html lang="es"><title>Consultas</title><body><table>
{% for number, subject, opened in rows %}<tr><td><a href="/gestion/consultas/{{ number }}/">{{ number }}</a></td>
<td>{{ subject }}</td><td>{{ opened }}</td><td class="state state-waiting">Esperando respuesta de la persona</td>
<td><button type="button" class="button button-quiet" data-number="{{ number }}">Asignarme la consulta</button></td>
<td>Sede electrónica de la Diputación: identificación y firma con certificado</td></tr>
{% endfor %}</table></body></html>
"""
_compiled: list[Any] = []


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@login_not_required
def rows(request: HttpRequest) -> HttpResponse:
    """A page of 40 rows after seven queries, drawn by Jinja2: about 15 kB."""
    if not _compiled:
        _compiled.append(engines["jinja2"].env.from_string(ROWS))  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        for number in range(6):
            cursor.execute("SELECT count(*) FROM bench_rows WHERE id = %s", [number])
            cursor.fetchone()
        cursor.execute("SELECT id, subject, opened FROM bench_rows WHERE id > %s ORDER BY id LIMIT 40", [500])
        page = _compiled[0].render(rows=cursor.fetchall())
    return HttpResponse(page)


@login_not_required
def slow(request: HttpRequest) -> HttpResponse:
    """A page that waits 20 ms for the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.02)")
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare), path("rows/", rows), path("slow/", slow)]
