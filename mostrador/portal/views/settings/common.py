"""What the settings pages share: where one is, what was typed, and the last removal that can be undone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from mostrador.accounts.access import StaffRequest
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import respond

UNDO = "settings_undo"


def show(
    request: StaffRequest,
    template: str,
    page: dict[str, Any],
    *,
    here: str,
    above: Sequence[tuple[str, str]] = (),
    status: int = 200,
    fragment: str | None = None,
) -> HttpResponse:
    """Answer with a settings page: the way to it (`above`: label and address), its heading, and the undo notice."""
    trail = [(_("Configuración"), reverse("portal:settings")), *above, (here, None)]
    frame = {"here": here, "trail": trail, "undo": request.session.get(UNDO, {}).get(str(request.organisation.pk))}
    return respond(request, template, frame | page, status=status, fragment=fragment)


def typed(request: StaffRequest) -> QueryDict | None:
    """Return what was sent, or None while nothing was."""
    return request.POST if request.method == "POST" else None


def files(request: StaffRequest) -> MultiValueDict[str, Any] | None:
    """Return the files sent, or None while nothing was."""
    return request.FILES if request.method == "POST" else None


def saved(form: forms.Form, act: Callable[[Mapping[str, Any]], object]) -> bool:
    """Run an action with what was typed when it is valid; a refusal is shown on the form, which keeps everything."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except ActionRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def status_of(*shown: forms.Form) -> int:
    """Return 422 when a form shows errors."""
    return 422 if any(form.is_bound and form.errors for form in shown) else 200


def tried(request: StaffRequest, act: Callable[[], Any]) -> Any:
    """Run an action of a button; a refusal is said on the next page, and the answer is then None."""
    try:
        return act() or True
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return None


def offer_undo(request: StaffRequest, *, kind: str, words: str, values: Mapping[str, Any]) -> None:
    """Say what was taken away, with a button to bring it back (see `undo`)."""
    request.session[UNDO] = {str(request.organisation.pk): {"kind": kind, "words": words, "values": dict(values)}}
