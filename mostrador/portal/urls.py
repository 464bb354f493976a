"""Addresses of the portal."""

from django.urls import path

from mostrador.organisations.choices import LEGAL_PATHS
from mostrador.portal.views import catalogue, desk_settings, first_run, health, home, identity, palette
from mostrador.portal.views.settings import (
    bodies,
    calendar,
    hosts,
    hours,
    legal_pages,
    overview,
    procedures,
    teams,
    theme,
    topics,
    undo,
)

SETTINGS = (
    ("", overview.settings),
    ("deshacer/", undo.undo),
    ("entidad/", bodies.organisation),
    ("entidades/", bodies.dependents),
    ("entidades/<int:pk>/", bodies.move),
    ("aspecto/", theme.theme),
    ("aspecto/prueba/", theme.theme_preview),
    ("aspecto/logotipo/", theme.logo),
    ("aspecto/logotipo/quitar/", theme.logo_remove),
    ("equipos/", teams.teams),
    ("equipos/nuevo/", teams.team_new),
    ("equipos/<int:pk>/", teams.team),
    ("equipos/<int:pk>/retirar/", teams.team_retire),
    ("equipos/<int:pk>/recuperar/", teams.team_restore),
    ("horarios/", hours.hours),
    ("horarios/nuevo/", hours.timetable_new),
    ("horarios/<int:pk>/", hours.timetable),
    ("horarios/<int:pk>/quitar/", hours.timetable_remove),
    ("calendario/", calendar.calendar_now),
    ("calendario/<int:year>/", calendar.calendar),
    ("calendario/<int:year>/calcular/", calendar.calendar_compute),
    ("calendario/<int:year>/importar/", calendar.calendar_import),
    ("calendario/<int:year>/confirmar/", calendar.calendar_confirm),
    ("calendario/<int:year>/retirar/", calendar.calendar_withdraw),
    ("calendario/<int:year>/<int:pk>/quitar/", calendar.day_remove),
    ("temas/", topics.topics),
    ("temas/nuevo/", topics.topic_new),
    ("temas/<int:pk>/", topics.topic),
    ("temas/<int:pk>/retirar/", topics.topic_retire),
    ("temas/<int:pk>/recuperar/", topics.topic_restore),
    ("procedimientos/", procedures.procedures),
    ("procedimientos/nuevo/", procedures.procedure_new),
    ("procedimientos/<int:pk>/", procedures.procedure),
    ("procedimientos/<int:pk>/retirar/", procedures.procedure_retire),
    ("procedimientos/<int:pk>/recuperar/", procedures.procedure_restore),
    ("dominios/", hosts.hosts),
    ("dominios/<int:pk>/principal/", hosts.host_primary),
    ("dominios/<int:pk>/quitar/", hosts.host_remove),
    ("textos-legales/", legal_pages.legal_pages),
    ("textos-legales/<slug:kind>/<slug:language>/", legal_pages.legal_page_edit),
)

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("salud/", health.alive, name="alive"),
    path("salud/listo/", health.ready, name="ready"),
    path("hora-oficial/", home.official_time, name="official_time"),
    path("sistema-de-diseno/", catalogue.catalogue, name="catalogue"),
    path("gestion/", home.desk, name="desk"),
    path("gestion/ajustes/", desk_settings.desk_settings, name="desk_settings"),
    path("gestion/buscar/", palette.palette, name="palette"),
    path("primeros-pasos/", first_run.first_run, name="first_run"),
    path("tema/<int:pk>-<int:version>.css", identity.theme_stylesheet, name="theme_stylesheet"),
    path("tema/<int:pk>-<int:version>/logo", identity.theme_logo, name="theme_logo"),
    *(path(f"{address}/", identity.legal_page, {"kind": kind}, name=kind) for kind, address in LEGAL_PATHS.items()),
    *(path(f"gestion/configuracion/{address}", view, name=view.__name__) for address, view in SETTINGS),
]
