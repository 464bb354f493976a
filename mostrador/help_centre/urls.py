"""Addresses of the help centre."""

from django.urls import URLPattern

app_name = "help_centre"
urlpatterns: list[URLPattern] = []
