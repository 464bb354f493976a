"""One received message: what was read of it, its original, and what can still be done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.accounts.choices import Role
from mostrador.mailbox.actions import mailboxes as actions
from mostrador.mailbox.actions import taking_in
from mostrador.mailbox.choices import (
    KEPT_ASIDE,
    MailKind,
    MailState,
    Via,
)
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.queries.reading import original_of
from mostrador.mailbox.rules.findings import check_rows, defect_words, verdicts
from mostrador.mailbox.views.mailboxes import outcome_meaning, outcome_words
from mostrador.mailbox.views.rows import mail_of
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import file_size, moment
from mostrador.shared.pages import respond
from mostrador.shared.uploads import as_download
from mostrador.tickets.models import Ticket


@require_GET
@staff_page(Role.ADMINISTRATOR)
def mail(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what was read of one message. That it was read is recorded."""
    shown = mail_of(request, pk)
    ticket = Ticket.objects.visible_to(request.access).filter(pk=shown.ticket_id).first() if shown.ticket_id else None
    actions.note_reading(shown, by=request.user)
    original = original_of(shown)
    page = {
        "mail": shown,
        "outcome": outcome_words(shown),
        "meaning": outcome_meaning(shown),
        "facts": _facts(shown),
        "ticket": ticket,
        "original": original,
        "paragraphs": [block.split("\n") for block in original.text.strip().split("\n\n")] if original else [],
        "files": [(file.name or _("sin nombre"), file_size(len(file.content))) for file in original.files]
        if original
        else [],
        "checks": check_rows(shown.authenticity),
        "verdicts": verdicts(shown.authenticity, shown.signature, shown.warnings),
        "defects": defect_words(original.defects if original else shown.defects),
        "may_make_ticket": _may_make_ticket(shown),
        "may_read_again": _may_read_again(shown),
    }
    return respond(request, "mailbox/administrator/mail.html", page)


@require_GET
@staff_page(Role.ADMINISTRATOR)
def mail_file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Hand out the original, byte for byte. Who took it is recorded."""
    shown = mail_of(request, pk)
    if not shown.file:
        raise Http404
    stored = FieldFile(shown, FileField(), shown.file)
    response = as_download(stored, name=f"correo-{shown.pk}.eml", content_type="message/rfc822")
    actions.note_reading(shown, by=request.user, downloaded=True)
    return response


@require_POST
@staff_page(Role.ADMINISTRATOR)
def mail_ticket(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a ticket of what was kept aside or could not be read."""
    return _act(request, pk, _may_make_ticket, taking_in.make_ticket, _("La consulta está hecha."))


@require_POST
@staff_page(Role.ADMINISTRATOR)
def mail_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Have a message read once more, with the rules of now."""
    return _act(request, pk, _may_read_again, taking_in.take_in_again, _("Se vuelve a leer en unos segundos."))


def _act(
    request: StaffRequest, pk: int, may: Callable[[IncomingMail], bool], act: Callable[..., Any], words: str
) -> HttpResponse:
    about = mail_of(request, pk)
    if not may(about):
        messages.info(request, _("De este mensaje ya se hizo lo que había que hacer."))
        return redirect("mailbox:mail", pk=pk)
    try:
        act(about, by=request.user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("mailbox:mail", pk=pk)


def _may_make_ticket(mail: IncomingMail) -> bool:
    return bool(mail.file) and mail.ticket_id is None and mail.outcome in KEPT_ASIDE


def _may_read_again(mail: IncomingMail) -> bool:
    return bool(mail.file) and mail.state == MailState.FAILED


def _facts(mail: IncomingMail) -> list[tuple[str, Any]]:
    sender = f"{mail.sender_name} <{mail.sender}>" if mail.sender_name and mail.sender else mail.sender
    facts: list[tuple[str, Any]] = [
        (_("De"), sender or mail.sender_name),
        (_("Para"), ", ".join(mail.to or mail.envelope_to)),
        (_("En copia"), ", ".join(mail.cc)),
        (_("Recibido"), moment(mail.received_at)),
        (_("Por dónde llegó"), str(Via(mail.via).label)),
        (_("Fechado"), moment(mail.sent_at) if mail.sent_at else ""),
        (_("Clase de correo"), str(MailKind(mail.kind).label) if mail.kind else ""),
        (_("Lo decidió"), _("una regla de filtrado") if mail.rule.startswith("filter-") else mail.rule),
    ]
    return [(term, value) for term, value in facts if value]
