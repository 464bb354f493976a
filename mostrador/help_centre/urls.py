"""Addresses of the help centre."""

from django.urls import path

from mostrador.help_centre.views import boards, citizen, codes, editor, finding, machines, staff, words

app_name = "help_centre"
urlpatterns = [
    path("buscar/", finding.search, name="search"),
    path("buscar/sugerencias/", finding.suggestions, name="suggestions"),
    path("buscar/abierto/", finding.opened, name="opened"),
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
    path("ayuda/<slug:slug>/", citizen.topic, name="topic"),
    path("gestion/articulos/<int:pk>/leer/", staff.read, name="read"),
    path("gestion/centro-de-ayuda/", boards.board, name="board"),
    path("gestion/centro-de-ayuda/<slug:which>/", boards.board_list, name="board_list"),
    path("gestion/sinonimos/", words.synonyms, name="synonyms"),
    path("gestion/sinonimos/nuevo/", words.new_synonyms, name="new_synonyms"),
    path("gestion/sinonimos/<slug:key>/", words.synonym_group, name="synonym_group"),
    path("gestion/sinonimos/<slug:key>/uso/", words.synonym_use, name="synonym_use"),
    path("gestion/sinonimos/<slug:key>/original/", words.synonym_forget, name="synonym_forget"),
    path("gestion/articulos/", editor.articles, name="articles"),
    path("gestion/articulos/nuevo/", editor.new_article, name="new_article"),
    path("gestion/articulos/<int:pk>/<str:language>/", editor.edit, name="edit"),
    path("gestion/articulos/<int:pk>/<str:language>/estado/", editor.set_state, name="set_state"),
]
