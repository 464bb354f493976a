"""Addresses of e-mail that comes in."""

from django.urls import path

from mostrador.mailbox.views import hooks

app_name = "mailbox"

urlpatterns = [
    path("correo/entrada/<int:key>/", hooks.hook, name="hook"),
    # Mailgun posts whole messages only to addresses that end so.
    path("correo/entrada/<int:key>/mime", hooks.hook, name="hook_mime"),
]
