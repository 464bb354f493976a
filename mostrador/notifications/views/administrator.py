"""The outbox, for administrators."""

from typing import Any

from csp.constants import NONE
from csp.decorators import csp
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.notifications import actions
from mostrador.notifications.actions.bounces import allow_again as allow_address_again
from mostrador.notifications.choices import DeliveryState, Folder
from mostrador.notifications.clients import configured_server
from mostrador.notifications.models import AddressHealth, OutgoingMessage
from mostrador.notifications.permissions import may_be_resent, may_read_words
from mostrador.notifications.queries import OutboxPage, letters_that_wait, outbox_page
from mostrador.notifications.queries.deliveries import not_arrived
from mostrador.notifications.queries.senders import MOST_ADDRESSES, blocked_among, troubled_addresses
from mostrador.notifications.rules import readable
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import moment
from mostrador.shared.keys import row_key
from mostrador.shared.pages import respond

MEANING = {
    DeliveryState.QUEUED: "info",
    DeliveryState.DEFERRED: "warning",
    DeliveryState.SENT: "good",
    DeliveryState.DEAD: "bad",
    DeliveryState.KEPT: "neutral",
    DeliveryState.DISCARDED: "neutral",
    DeliveryState.BOUNCED: "bad",
    DeliveryState.BLOCKED: "bad",
    DeliveryState.HELD: "warning",
}
# The document is somebody else's words: no script, no form, nothing loaded. Its links may be followed.
MESSAGE_POLICY = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox", "allow-top-navigation-by-user-activation"],
}


@require_GET
@staff_page(Role.ADMINISTRATOR)
def outbox(request: StaffRequest) -> HttpResponse:
    """List the messages of the organisations that one administers, newest first."""
    folder = _folder(request.GET.get("estado", ""))
    found = outbox_page(
        request.access,
        folder=folder,
        before=row_key(request.GET.get("antes")),
        after=row_key(request.GET.get("despues")),
    )
    page = {
        "rows": [_row(message, request.organisation.pk) for message in found.messages],
        "tabs": _tabs(folder, letters_that_wait(request.access)),
        "is_all": folder == Folder.ALL,
        "form": forms.Form(),
        "has_server": configured_server() is not None,
    }
    return respond(request, "notifications/administrator/outbox.html", page | _neighbours(found, folder))


@require_GET
@staff_page(Role.ADMINISTRATOR)
def message(request: StaffRequest, message_id: int) -> HttpResponse:
    """Show one message as text, and what happened to it. That it was read is recorded."""
    shown = _visible(request, message_id)
    actions.note_reading(shown, by=request.user)
    page = _message_page(shown) | {"may_read": may_read_words(request.access, shown)}
    return respond(request, "notifications/administrator/message.html", page)


@require_GET
@staff_page(Role.ADMINISTRATOR)
@csp(MESSAGE_POLICY)  # type: ignore[arg-type]  # typed for views without arguments
def formatted(request: StaffRequest, message_id: int) -> HttpResponse:
    """Show one message as mail programs do: a document of its own, which may run and load nothing."""
    shown = _visible(request, message_id)
    if not may_read_words(request.access, shown):
        raise Http404
    actions.note_reading(shown, by=request.user)
    return HttpResponse(shown.html)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def resend(request: StaffRequest, message_id: int) -> HttpResponse:
    """Try again, now."""
    try:
        actions.resend(_visible(request, message_id), by=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("El mensaje se enviará en unos segundos."))
    return redirect("notifications:message", message_id=message_id)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def discard(request: StaffRequest, message_id: int) -> HttpResponse:
    """Give up on a message."""
    try:
        actions.discard(_visible(request, message_id), by=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("El mensaje se ha descartado."))
    return redirect("notifications:message", message_id=message_id)


@require_GET
@staff_page(Role.ADMINISTRATOR)
def addresses(request: StaffRequest) -> HttpResponse:
    """List addresses that gave back what was sent to them, or complained of it."""
    rows = [_address_row(health, request.organisation.pk) for health in troubled_addresses(request.access)]
    page = {"rows": rows, "form": forms.Form(), "is_cut": len(rows) == MOST_ADDRESSES}
    return respond(request, "notifications/administrator/addresses.html", page)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def allow_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Send to an address again."""
    health = get_object_or_404(AddressHealth.objects.visible_to(request.access), pk=pk)
    allow_address_again(health, by=request.user)
    messages.success(request, _("Se vuelve a enviar a %(address)s.") % {"address": health.address})
    return redirect("notifications:addresses")


@require_POST
@staff_page(Role.ADMINISTRATOR)
def send_test(request: StaffRequest) -> HttpResponse:
    """Write to oneself, to see whether mail leaves."""
    try:
        sent = actions.send_test_email(request.organisation, by=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("notifications:outbox")
    messages.success(request, _("Se está enviando un mensaje de prueba a %(address)s.") % {"address": sent.to})
    return redirect("notifications:message", message_id=sent.pk)


def _visible(request: StaffRequest, message_id: int) -> OutgoingMessage:
    visible = OutgoingMessage.objects.visible_to(request.access).select_related("organisation")
    return get_object_or_404(visible, pk=message_id)


def _folder(value: str) -> Folder:
    return Folder(value) if value in Folder.values else Folder.ALL


def _tabs(current: Folder, waiting: dict[Folder, int]) -> list[dict[str, Any]]:
    address = reverse("notifications:outbox")
    return [
        {
            "label": folder.label,
            "href": address if folder == Folder.ALL else f"{address}?{urlencode({'estado': folder.value})}",
            "current": folder == current,
            "count": _up_to_a_hundred(waiting.get(folder, 0)),
        }
        for folder in Folder
    ]


def _up_to_a_hundred(number: int) -> str | None:
    return (f"{number}+" if number >= 100 else str(number)) if number else None


def _neighbours(found: OutboxPage, folder: Folder) -> dict[str, str | None]:
    def link(name: str, key: int | None) -> str | None:
        if key is None:
            return None
        fixed = {} if folder == Folder.ALL else {"estado": folder.value}
        return f"{reverse('notifications:outbox')}?{urlencode(fixed | {name: key})}"

    return {"newer": link("despues", found.newer), "older": link("antes", found.older)}


def _row(message: OutgoingMessage, visited: int) -> dict[str, Any]:
    return {
        "href": reverse("notifications:message", kwargs={"message_id": message.pk}),
        "subject": message.subject,
        "to": ", ".join([message.to, *message.cc]),
        "note": not_arrived(message),
        "organisation": message.organisation.short_name if message.organisation_id != visited else "",
        "state": DeliveryState(message.state).label,
        "meaning": MEANING[DeliveryState(message.state)],
        "when": moment(message.created_at),
    }


def _address_row(health: AddressHealth, visited: int) -> dict[str, Any]:
    returned = [
        ngettext("%(num)s devolución definitiva", "%(num)s devoluciones definitivas", health.hard_bounces)
        % {"num": health.hard_bounces}
        if health.hard_bounces
        else "",
        ngettext("%(num)s pasajera", "%(num)s pasajeras", health.soft_bounces) % {"num": health.soft_bounces}
        if health.soft_bounces
        else "",
        _("se quejó de un mensaje") if health.complained_at else "",
    ]
    if health.blocked_at:
        state, meaning = _("No se le envía nada"), "bad"
    elif health.complained_at:
        state, meaning = _("Solo lo que escribe una persona"), "warning"
    else:
        state, meaning = _("Se le sigue enviando"), "neutral"
    last = health.last_bounce_at or health.complained_at
    return {
        "pk": health.pk,
        "address": health.address,
        "organisation": health.organisation.short_name if health.organisation_id != visited else "",
        "state": state,
        "meaning": meaning,
        "why": health.get_reason_display() if health.reason else "",
        "said": health.said,
        "returned": ", ".join(filter(None, returned)),
        "when": moment(last) if last else "",
    }


def _message_page(message: OutgoingMessage) -> dict[str, Any]:
    state = DeliveryState(message.state)
    return {
        "message": message,
        "state": state.label,
        "meaning": MEANING[state],
        "paragraphs": readable(message.text),
        "facts": _facts(message),
        "headers": _headers(message),
        "form": forms.Form(),
        "not_arrived": not_arrived(message),
        "closed": blocked_among(message.organisation, [message.to]),
        "may_resend": may_be_resent(message) and configured_server() is not None,
        "may_discard": state not in {DeliveryState.SENT, DeliveryState.DISCARDED},
    }


def _facts(message: OutgoingMessage) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("De"), message.sender),
        (_("Para"), message.to),
    ]
    if message.cc:
        facts.append((_("En copia"), ", ".join(message.cc)))
    if files := list(message.files.order_by("pk").values_list("name", flat=True)):
        facts.append((_("Archivos"), ", ".join(files)))
    facts.append((_("Escrito"), moment(message.created_at)))
    if message.sent_at:
        facts.append((_("Enviado"), moment(message.sent_at)))
    if message.bounced_at:
        facts.append((_("Devuelto"), moment(message.bounced_at)))
    if message.attempts:
        facts.append((_("Intentos"), str(message.attempts)))
    if message.state == DeliveryState.DEFERRED and message.next_attempt_at:
        facts.append((_("Próximo intento"), moment(message.next_attempt_at)))
    return facts


def _headers(message: OutgoingMessage) -> list[tuple[str, str]]:
    headers = {
        "Message-ID": message.message_id,
        "In-Reply-To": message.in_reply_to,
        "References": message.references,
        "Content-Language": message.language,
        **message.headers,
    }
    return [(name, value) for name, value in headers.items() if value]
