"""Addresses of the audit record."""

from django.urls import URLPattern

app_name = "audit"
urlpatterns: list[URLPattern] = []
