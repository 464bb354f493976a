"""Addresses of the measures."""

from django.urls import path

from mostrador.metrics.views import deflection, staff

app_name = "metrics"
urlpatterns = [
    path("gestion/medidas/", staff.measures, name="measures"),
    path("gestion/medidas/medidas.csv", staff.measures_csv, name="measures_csv"),
    path("gestion/medidas/articulos/", deflection.deflection, name="deflection"),
    path("gestion/medidas/articulos/articulos.csv", deflection.deflection_csv, name="deflection_csv"),
]
