"""Addresses of people."""

from django.urls import path

from mostrador.people.views import assistance, duplicates, representations, requests, staff

app_name = "people"
urlpatterns = [
    path("gestion/personas/", staff.search, name="search"),
    path("gestion/personas/duplicadas/", duplicates.duplicates, name="duplicates"),
    path("gestion/personas/duplicadas/<int:pair_id>/distintas/", duplicates.tell_apart, name="tell_apart"),
    path("gestion/personas/peticiones/", requests.requests, name="requests"),
    path("gestion/personas/<int:person_id>/", staff.person, name="person"),
    path("gestion/personas/<int:person_id>/editar/", staff.edit, name="edit"),
    path("gestion/personas/<int:person_id>/documento/", staff.reveal, name="reveal"),
    path("gestion/personas/<int:person_id>/conservar/", staff.hold, name="hold"),
    path("gestion/personas/<int:person_id>/exportar/", requests.export, name="export"),
    path("gestion/personas/<int:person_id>/suprimir/", requests.erase, name="erase"),
    path("gestion/personas/peticiones/<int:request_id>/", requests.request_detail, name="request_detail"),
    path("gestion/personas/peticiones/<int:request_id>/archivo/", requests.request_file, name="request_file"),
    path("gestion/personas/<int:person_id>/representacion/", representations.represent, name="represent"),
    path(
        "gestion/personas/representacion/<int:representation_id>/fin/",
        representations.end_representation,
        name="end_representation",
    ),
    path("gestion/personas/<int:person_id>/unir/<int:other_id>/", duplicates.merge, name="merge"),
    path("gestion/personas/uniones/<int:merge_id>/deshacer/", duplicates.undo_merge, name="undo_merge"),
    path("gestion/personas/<int:person_id>/asistencia/", assistance.assist, name="assist"),
    path("gestion/personas/asistencias/<int:assistance_id>/", assistance.assistance_detail, name="assistance_detail"),
    path("gestion/personas/asistencias/<int:assistance_id>/firmado/", assistance.scan, name="assistance_scan"),
    path("gestion/personas/asistencias/<int:assistance_id>/retirar/", assistance.revoke, name="revoke"),
]
