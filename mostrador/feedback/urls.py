"""Addresses of feedback."""

from django.urls import path

from mostrador.feedback.views import citizen

app_name = "feedback"
urlpatterns = [
    path("opinion/gracias/", citizen.thanks, name="thanks"),
    path("opinion/<str:token>/", citizen.opinion, name="opinion"),
]
