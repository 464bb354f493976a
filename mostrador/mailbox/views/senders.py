"""How the address that answers for a mailbox sends, and the key that signs what it sends."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.mailbox.actions import mailboxes as actions
from mostrador.mailbox.forms.mailboxes import SelectorForm, SenderForm
from mostrador.mailbox.rules.dkim_keys import record_name, record_value
from mostrador.mailbox.views.rows import box_of
from mostrador.shared.pages import respond


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def sender(request: StaffRequest, pk: int) -> HttpResponse:
    """Change how the address sends; show the record to publish of its key."""
    box = box_of(request, pk)
    form = SenderForm(box.sender, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.save_sender(box.sender, form.cleaned_data, actor=request.user)
        messages.success(request, _("Guardado."))
        return redirect("mailbox:mailbox", pk=box.pk)
    pem = box.sender.dkim_key
    page = {
        "box": box,
        "sender": box.sender,
        "form": form,
        "selector_form": SelectorForm(),
        "record": [
            (_("Nombre"), record_name(box.sender.dkim_selector, box.sender.address)),
            (_("Tipo"), "TXT"),
            (_("Valor"), record_value(pem)),
        ]
        if pem
        else [],
    }
    return respond(request, "mailbox/administrator/sender.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(Role.ADMINISTRATOR)
def dkim_key(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a key; ask first when there is one already."""
    box = box_of(request, pk)
    form = SelectorForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.make_dkim_key(box.sender, form.cleaned_data["selector"], actor=request.user)
        messages.success(request, _("La clave está hecha. Publique ahora su registro."))
        return redirect("mailbox:sender", pk=box.pk)
    page = {"box": box, "form": form}
    return respond(request, "mailbox/administrator/dkim_key.html", page, status=422 if form.errors else 200)


@require_POST
@staff_page(Role.ADMINISTRATOR)
def dkim_drop(request: StaffRequest, pk: int) -> HttpResponse:
    """Sign no more."""
    box = box_of(request, pk)
    actions.drop_dkim_key(box.sender, actor=request.user)
    messages.success(request, _("El correo de esta dirección sale sin firma DKIM."))
    return redirect("mailbox:sender", pk=box.pk)
