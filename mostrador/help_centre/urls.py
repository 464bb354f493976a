"""Addresses of the help centre."""

from django.urls import path

from mostrador.help_centre.views import citizen, codes, editor, exchange, machines, pictures, staff, writing

app_name = "help_centre"
urlpatterns = [
    path("buscar/", citizen.search, name="search"),
    path("ayuda/articulo/<slug:slug>/", citizen.article, name="article"),
    path("ayuda/articulo/<slug:slug>/lectura-facil/", citizen.easy_read, name="easy_read"),
    path("ayuda/articulo/<slug:slug>/opinion/", citizen.vote, name="vote"),
    path("ayuda/articulo/<slug:slug>/lectura/", citizen.reading, name="reading"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap/paginas.xml", machines.sitemap_pages, name="sitemap_pages"),
    path("sitemap/articulos-<int:first>.xml", machines.sitemap_articles, name="sitemap_articles"),
    path("ayuda/novedades/", machines.news, name="news"),
    path("ayuda/novedades.atom", machines.news_feed, name="news_feed"),
    path("ayuda/codigos/", codes.codes, name="codes"),
    path("ayuda/codigos/<str:code>/", codes.code, name="code"),
    path("ayuda/opinion/<str:signed>/", citizen.reason, name="reason"),
    path("ayuda/imagen/<slug:key>/", pictures.picture, name="picture"),
    path("ayuda/<slug:slug>/", citizen.topic, name="topic"),
    path("gestion/articulos/<int:pk>/leer/", staff.read, name="read"),
    path("gestion/articulos/", editor.articles, name="articles"),
    path("gestion/articulos/exportar/", exchange.export_articles, name="export_articles"),
    path("gestion/articulos/exportar/<int:pk>/", exchange.export_detail, name="export_detail"),
    path("gestion/articulos/exportar/<int:pk>/archivo/", exchange.export_file, name="export_file"),
    path("gestion/articulos/importar/", exchange.import_articles, name="import_articles"),
    path("gestion/articulos/importar/<int:pk>/", exchange.import_detail, name="import_detail"),
    path("gestion/articulos/nuevo/", writing.new_article, name="new_article"),
    path("gestion/articulos/<int:pk>/datos/", writing.article_data, name="article_data"),
    path("gestion/articulos/<int:pk>/imagenes/", writing.add_picture, name="add_picture"),
    path("gestion/articulos/<int:pk>/otros/", writing.article_choices, name="article_choices"),
    path("gestion/articulos/<int:pk>/<str:language>/", writing.write, name="write"),
    path("gestion/articulos/<int:pk>/<str:language>/", writing.write, name="edit"),
    path("gestion/articulos/<int:pk>/<str:language>/guardar/", writing.keep_draft, name="keep_draft"),
    path("gestion/articulos/<int:pk>/<str:language>/vista-previa/", writing.preview, name="preview"),
    path("gestion/articulos/<int:pk>/<str:language>/estado/", editor.set_state, name="set_state"),
]
