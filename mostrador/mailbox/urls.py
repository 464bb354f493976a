"""Addresses of mailbox."""

from django.urls import path

from mostrador.mailbox.views import agent, checks, filters, hooks, imports, mail, mailboxes, permission, senders

app_name = "mailbox"
_MAIL = "gestion/consultas/<str:reference>/correo/<int:pk>/"

urlpatterns = [
    path("gestion/buzones/", mailboxes.mailboxes, name="mailboxes"),
    path("gestion/buzones/nuevo/", mailboxes.mailbox_new, name="mailbox_new"),
    path("gestion/buzones/permiso/", permission.permission_given, name="permission_given"),
    path("gestion/buzones/<int:pk>/", mailboxes.mailbox, name="mailbox"),
    path("gestion/buzones/<int:pk>/cambiar/", mailboxes.mailbox_edit, name="mailbox_edit"),
    path("gestion/buzones/<int:pk>/parar/", mailboxes.mailbox_stop, name="mailbox_stop"),
    path("gestion/buzones/<int:pk>/secreto/", mailboxes.secret, name="secret"),
    path("gestion/buzones/<int:pk>/permiso/", permission.permission, name="permission"),
    path("gestion/buzones/<int:pk>/envio/", senders.sender, name="sender"),
    path("gestion/buzones/<int:pk>/envio/dkim/", senders.dkim_key, name="dkim_key"),
    path("gestion/buzones/<int:pk>/envio/dkim/quitar/", senders.dkim_drop, name="dkim_drop"),
    path("gestion/buzones/<int:pk>/probar/", checks.check_start, name="check_start"),
    path("gestion/buzones/pruebas/<int:pk>/", checks.check, name="check"),
    path("gestion/buzones/<int:pk>/importar/", imports.imports, name="imports"),
    path("gestion/buzones/importaciones/<int:pk>/", imports.import_detail, name="import_detail"),
    path("gestion/buzones/importaciones/<int:pk>/detener/", imports.import_stop, name="import_stop"),
    path("gestion/buzones/importaciones/<int:pk>/seguir/", imports.import_resume, name="import_resume"),
    path("gestion/buzones/<int:pk>/reglas/", filters.filters, name="filters"),
    path("gestion/buzones/<int:pk>/reglas/nueva/", filters.filter_new, name="filter_new"),
    path("gestion/buzones/reglas/<int:pk>/", filters.filter_edit, name="filter_edit"),
    path("gestion/buzones/reglas/<int:pk>/mover/", filters.filter_move, name="filter_move"),
    path("gestion/buzones/reglas/<int:pk>/borrar/", filters.filter_delete, name="filter_delete"),
    path("correo/entrada/<int:key>/", hooks.hook, name="hook"),
    # Mailgun posts whole messages only to addresses that end so.
    path("correo/entrada/<int:key>/mime", hooks.hook, name="hook_mime"),
    path(_MAIL, agent.ticket_mail, name="ticket_mail"),
    path(f"{_MAIL}formato/", agent.ticket_mail_formatted, name="ticket_mail_formatted"),
    path(f"{_MAIL}documento/", agent.ticket_mail_document, name="ticket_mail_document"),
    path(f"{_MAIL}imagenes/", agent.ticket_mail_pictures, name="ticket_mail_pictures"),
    path(f"{_MAIL}original/", agent.ticket_mail_original, name="ticket_mail_original"),
    path("gestion/buzones/correo/<int:pk>/", mail.mail, name="mail"),
    path("gestion/buzones/correo/<int:pk>/original/", mail.mail_file, name="mail_file"),
    path("gestion/buzones/correo/<int:pk>/consulta/", mail.mail_ticket, name="mail_ticket"),
    path("gestion/buzones/correo/<int:pk>/volver-a-leer/", mail.mail_again, name="mail_again"),
]
