"""Permission to read a mailbox at Microsoft or Google (OAuth2, RFC 6749 with PKCE, RFC 7636)."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.mailbox.actions import permission as actions
from mostrador.mailbox.choices import SignIn
from mostrador.mailbox.views.rows import box_of
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond

ASKED = "mail-permission"
LONGEST_CODE = 4000


@require_GET
@staff_page(Role.ADMINISTRATOR)
def permission(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what will be asked, with the link to the provider. Our policy lets no form lead there, but links may."""
    box = box_of(request, pk)
    if box.sign_in not in {SignIn.MICROSOFT, SignIn.GOOGLE}:
        messages.info(request, _("Este buzón no necesita permiso de nadie."))
        return redirect("mailbox:mailbox", pk=box.pk)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    request.session[ASKED] = {"state": state, "verifier": verifier, "mailbox": box.pk}
    callback = _callback(request)
    page = {
        "box": box,
        "provider": SignIn(box.sign_in).label,
        "callback": callback,
        "href": actions.address_to_ask(box, callback=callback, state=state, verifier=verifier),
    }
    return respond(request, "mailbox/administrator/permission.html", page)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def permission_given(request: StaffRequest) -> HttpResponse:
    """Take what the provider sends back with the person: shown first, kept when they confirm it."""
    asked: dict[str, Any] = request.session.get(ASKED) or {}
    sent = request.POST if request.method == "POST" else request.GET
    state, code = sent.get("state", ""), sent.get("code", "")[:LONGEST_CODE]
    is_ours = bool(asked) and secrets.compare_digest(state.encode(), str(asked["state"]).encode())
    box = box_of(request, asked["mailbox"]) if is_ours else None
    if box is None or not code:
        page = {"refused": sent.get("error_description", "")[:300], "box": box}
        return respond(request, "mailbox/administrator/permission_refused.html", page, status=422 if sent else 200)
    if request.method == "GET":
        return respond(
            request, "mailbox/administrator/permission_given.html", {"box": box, "state": state, "code": code}
        )
    del request.session[ASKED]
    try:
        actions.take_permission(
            box, code=code, callback=_callback(request), verifier=asked["verifier"], actor=request.user
        )
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("mailbox:permission", pk=box.pk)
    messages.success(request, _("El permiso está guardado. El correo se recoge desde ahora."))
    return redirect("mailbox:mailbox", pk=box.pk)


def _callback(request: StaffRequest) -> str:
    return request.build_absolute_uri(reverse("mailbox:permission_given"))
