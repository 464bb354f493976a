"""Every address of the product, one line per app, highest app first."""

from django.urls import include, path

urlpatterns = [
    path("", include("mostrador.portal.urls")),
    path("", include("mostrador.metrics.urls")),
    path("", include("mostrador.feedback.urls")),
    path("", include("mostrador.mailbox.urls")),
    path("", include("mostrador.tickets.urls")),
    path("", include("mostrador.help_centre.urls")),
    path("", include("mostrador.notifications.urls")),
    path("", include("mostrador.people.urls")),
    path("", include("mostrador.accounts.urls")),
    path("", include("mostrador.organisations.urls")),
]

handler400 = "mostrador.portal.views.errors.bad_request"
handler403 = "mostrador.portal.views.errors.permission_denied"
handler404 = "mostrador.portal.views.errors.page_not_found"
handler500 = "mostrador.portal.views.errors.server_error"
