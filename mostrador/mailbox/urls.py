"""Addresses of e-mail that comes in."""

from django.urls import path

from mostrador.mailbox.views import agent, hooks

app_name = "mailbox"
_MAIL = "gestion/consultas/<str:reference>/correo/<int:pk>/"

urlpatterns = [
    path("correo/entrada/<int:key>/", hooks.hook, name="hook"),
    # Mailgun posts whole messages only to addresses that end so.
    path("correo/entrada/<int:key>/mime", hooks.hook, name="hook_mime"),
    path(_MAIL, agent.ticket_mail, name="ticket_mail"),
    path(f"{_MAIL}formato/", agent.ticket_mail_formatted, name="ticket_mail_formatted"),
    path(f"{_MAIL}documento/", agent.ticket_mail_document, name="ticket_mail_document"),
    path(f"{_MAIL}imagenes/", agent.ticket_mail_pictures, name="ticket_mail_pictures"),
    path(f"{_MAIL}original/", agent.ticket_mail_original, name="ticket_mail_original"),
]
