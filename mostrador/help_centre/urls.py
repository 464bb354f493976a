"""Addresses of the help centre."""

from django.urls import path

from mostrador.help_centre.views import citizen, editor, exchange

app_name = "help_centre"
urlpatterns = [
    path("buscar/", citizen.search, name="search"),
    path("ayuda/articulo/<slug:slug>/", citizen.article, name="article"),
    path("ayuda/articulo/<slug:slug>/opinion/", citizen.vote, name="vote"),
    path("ayuda/articulo/<slug:slug>/lectura/", citizen.reading, name="reading"),
    path("ayuda/opinion/<str:signed>/", citizen.reason, name="reason"),
    path("ayuda/<slug:slug>/", citizen.topic, name="topic"),
    path("gestion/articulos/", editor.articles, name="articles"),
    path("gestion/articulos/nuevo/", editor.new_article, name="new_article"),
    path("gestion/articulos/exportar/", exchange.export_articles, name="export_articles"),
    path("gestion/articulos/exportar/<int:pk>/", exchange.export_detail, name="export_detail"),
    path("gestion/articulos/exportar/<int:pk>/archivo/", exchange.export_file, name="export_file"),
    path("gestion/articulos/importar/", exchange.import_articles, name="import_articles"),
    path("gestion/articulos/importar/<int:pk>/", exchange.import_detail, name="import_detail"),
    path("gestion/articulos/<int:pk>/<str:language>/", editor.edit, name="edit"),
    path("gestion/articulos/<int:pk>/<str:language>/estado/", editor.set_state, name="set_state"),
]
