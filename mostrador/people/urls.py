"""Addresses of people."""

from django.urls import path

from mostrador.people.views import staff

app_name = "people"
urlpatterns = [
    path("gestion/personas/", staff.search, name="search"),
    path("gestion/personas/<int:person_id>/", staff.person, name="person"),
    path("gestion/personas/<int:person_id>/exportar/", staff.export, name="export"),
    path("gestion/personas/<int:person_id>/suprimir/", staff.erase, name="erase"),
]
