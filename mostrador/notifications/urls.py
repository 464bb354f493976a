"""Addresses of notifications."""

from django.urls import path

from mostrador.notifications.views import administrator

app_name = "notifications"
urlpatterns = [
    path("gestion/correo/", administrator.outbox, name="outbox"),
    path("gestion/correo/prueba/", administrator.send_test, name="send_test"),
    path("gestion/correo/direcciones/", administrator.addresses, name="addresses"),
    path("gestion/correo/direcciones/<int:pk>/permitir/", administrator.allow_again, name="allow_again"),
    path("gestion/correo/<int:message_id>/", administrator.message, name="message"),
    path("gestion/correo/<int:message_id>/formato/", administrator.formatted, name="formatted"),
    path("gestion/correo/<int:message_id>/reenviar/", administrator.resend, name="resend"),
    path("gestion/correo/<int:message_id>/descartar/", administrator.discard, name="discard"),
]
