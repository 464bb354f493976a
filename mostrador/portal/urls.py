"""Addresses of the portal."""

from django.urls import path

from mostrador.portal.views import catalogue, health, home

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("salud/", health.alive, name="alive"),
    path("salud/listo/", health.ready, name="ready"),
    path("hora-oficial/", home.official_time, name="official_time"),
    path("sistema-de-diseno/", catalogue.catalogue, name="catalogue"),
    path("gestion/", home.desk, name="desk"),
]
