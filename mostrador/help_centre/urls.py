"""Addresses of the help centre."""

from django.urls import path

from mostrador.help_centre.views import citizen, codes, lists, pictures, publishing, staff, writing

app_name = "help_centre"
TEXT = "gestion/articulos/<int:pk>/<str:language>/"  # of an article in one language
urlpatterns = [
    path("buscar/", citizen.search, name="search"),
    path("ayuda/articulo/<slug:slug>/", citizen.article, name="article"),
    path("ayuda/articulo/<slug:slug>/lectura-facil/", citizen.easy_read, name="easy_read"),
    path("ayuda/articulo/<slug:slug>/opinion/", citizen.vote, name="vote"),
    path("ayuda/articulo/<slug:slug>/lectura/", citizen.reading, name="reading"),
    path("ayuda/codigos/", codes.codes, name="codes"),
    path("ayuda/codigos/<str:code>/", codes.code, name="code"),
    path("ayuda/opinion/<str:signed>/", citizen.reason, name="reason"),
    path("ayuda/imagen/<slug:key>/", pictures.picture, name="picture"),
    path("ayuda/<slug:slug>/", citizen.topic, name="topic"),
    path("gestion/articulos/", lists.articles, name="articles"),
    path("gestion/articulos/traducciones/", lists.translations, name="translations"),
    path("gestion/articulos/heredados/", lists.adaptations, name="adaptations"),
    path("gestion/articulos/heredados/<int:pk>/", lists.adaptation, name="adaptation"),
    path("gestion/articulos/heredados/<int:pk>/ocultar/", lists.hide, name="hide"),
    path("gestion/articulos/<int:pk>/leer/", staff.read, name="read"),
    path("gestion/articulos/nuevo/", writing.new_article, name="new_article"),
    path("gestion/articulos/<int:pk>/datos/", writing.article_data, name="article_data"),
    path("gestion/articulos/<int:pk>/imagenes/", writing.add_picture, name="add_picture"),
    path("gestion/articulos/<int:pk>/otros/", writing.article_choices, name="article_choices"),
    path(TEXT, writing.write, name="write"),
    path(f"{TEXT}guardar/", writing.keep_draft, name="keep_draft"),
    path(f"{TEXT}vista-previa/", writing.preview, name="preview"),
    path(f"{TEXT}revision/", publishing.review, name="review"),
    path(f"{TEXT}revision/comentar/", publishing.comment, name="comment"),
    path(f"{TEXT}revision/atender/", publishing.settle_comment, name="settle_comment"),
    path(f"{TEXT}pedir-revision/", publishing.submit, name="submit"),
    path(f"{TEXT}pedir-cambios/", publishing.ask_for_changes, name="ask_for_changes"),
    path(f"{TEXT}publicar/", publishing.publish, name="publish"),
    path(f"{TEXT}fecha/", publishing.schedule, name="schedule"),
    path(f"{TEXT}fecha/quitar/", publishing.unschedule, name="unschedule"),
    path(f"{TEXT}borrador/", publishing.draft_file, name="draft_file"),
    path(f"{TEXT}borrador/descartar/", publishing.discard, name="discard"),
    path(f"{TEXT}retirar/", publishing.withdraw, name="withdraw"),
    path(f"{TEXT}volver-a-mostrar/", publishing.show_again, name="show_again"),
    path(f"{TEXT}sustituir/", publishing.supersede, name="supersede"),
    path(f"{TEXT}sigue-valiendo/", publishing.confirm_translation, name="confirm_translation"),
    path(f"{TEXT}al-dia/", publishing.confirm_article, name="confirm_article"),
    path(f"{TEXT}historia/", publishing.history, name="history"),
    path(f"{TEXT}historia/diferencia/", publishing.difference, name="difference"),
    path(f"{TEXT}historia/recuperar/", publishing.restore, name="restore"),
]
