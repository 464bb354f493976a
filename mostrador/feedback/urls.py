"""Addresses of feedback."""

from django.urls import path

from mostrador.feedback.views import citizen, supervisor

app_name = "feedback"
urlpatterns = [
    path("opinion/gracias/", citizen.thanks, name="thanks"),
    path("gestion/opiniones/", supervisor.answers, name="answers"),
    path("opinion/<str:token>/", citizen.opinion, name="opinion"),
]
