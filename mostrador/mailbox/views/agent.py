"""The mail behind a message of a ticket: everything about it, with its format, and the original."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.core import signing
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from mostrador.accounts.access import StaffRequest, staff_page
from mostrador.mailbox.actions import reading as actions
from mostrador.mailbox.choices import MailKind, Outcome
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.queries import ticket_mail as queries
from mostrador.mailbox.rules.findings import check_rows, defect_words, signature_rows, verdicts
from mostrador.shared.formats import moment
from mostrador.shared.pages import jinja, respond
from mostrador.shared.uploads import as_download
from mostrador.tickets.models import Ticket
from mostrador.tickets.queries.conversation import ticket_to_read

_SALT = "mostrador.mailbox.pictures"
_ALLOWED_SECONDS = 3600
# The document is somebody else's words: no script, no form, nothing loaded. Its links open in a page of their own.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:{remote}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@require_GET
@staff_page()
def ticket_mail(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Show everything about one mail of a ticket. Who read it is recorded."""
    ticket, mail = _visible(request, reference, pk)
    actions.note_reading(mail, reader=request.user)
    page = {
        "ticket": ticket,
        "mail": mail,
        "subject": mail.subject or _("Correo sin asunto"),
        "verdicts": verdicts(mail.authenticity, mail.signature, mail.warnings),
        "facts": _head(mail),
        "files": queries.files_of(mail),
        "checks": check_rows(mail.authenticity),
        "signature": signature_rows(mail.signature),
        "defects": defect_words(mail.defects),
    }
    return respond(request, "mailbox/agent/ticket_mail.html", page)


@require_GET
@staff_page()
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # typed for views without arguments
def ticket_mail_formatted(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Show one mail of a ticket as its author's program wrote it, in a frame of its own."""
    ticket, mail = _visible(request, reference, pk)
    allowed = request.GET.get("imagenes", "")
    is_allowed = _is_allowed(request, mail, allowed)
    found = queries.shown(mail, with_remote=is_allowed)
    document = reverse("mailbox:ticket_mail_document", kwargs={"reference": reference, "pk": pk})
    page = {
        "ticket": ticket,
        "mail": mail,
        "subject": mail.subject or _("Correo sin asunto"),
        "verdicts": [fact for fact in verdicts(mail.authenticity, mail.signature, mail.warnings) if fact.is_prominent],
        "is_shown": found is not None,
        "is_formatted": found is not None and found.formatted is not None,
        "remote": found.formatted.remote if found and found.formatted else 0,
        "is_allowed": is_allowed,
        "document": f"{document}?{urlencode({'imagenes': allowed})}" if is_allowed else document,
    }
    return respond(request, "mailbox/agent/ticket_mail_formatted.html", page)


@require_GET
@staff_page()
@xframe_options_sameorigin
def ticket_mail_document(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Send one mail as a document that may run and ask for nothing. Who read it is recorded."""
    ticket, mail = _visible(request, reference, pk)
    is_allowed = _is_allowed(request, mail, request.GET.get("imagenes", ""))
    found = queries.shown(mail, with_remote=is_allowed)
    if found is None:
        raise Http404
    actions.note_reading(mail, reader=request.user)
    html = found.formatted.html if found.formatted else None
    page = {"language": ticket.language, "subject": mail.subject, "text": found.text, "html": html}
    response = HttpResponse(jinja().get_template("mailbox/email/ticket_mail_document.html").render(page))
    response["Content-Security-Policy"] = _POLICY.format(remote=" https: http:" if is_allowed else "")
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
@staff_page()
def ticket_mail_pictures(request: StaffRequest, reference: str, pk: int) -> HttpResponse:
    """Let the pictures of one mail be loaded from elsewhere, for an hour and for whoever asked, which is recorded."""
    _ticket, mail = _visible(request, reference, pk)
    actions.note_remote_pictures(mail, reader=request.user)
    address = reverse("mailbox:ticket_mail_formatted", kwargs={"reference": reference, "pk": pk})
    allowed = signing.dumps([mail.pk, request.user.pk], salt=_SALT)
    return redirect(f"{address}?{urlencode({'imagenes': allowed})}")


@require_GET
@staff_page()
def ticket_mail_original(request: StaffRequest, reference: str, pk: int) -> HttpResponseBase:
    """Hand out the original of one mail, byte for byte. Who took it is recorded."""
    _ticket, mail = _visible(request, reference, pk)
    if not mail.file:
        raise Http404
    stored = FieldFile(mail, FileField(), mail.file)
    response = as_download(stored, name=f"correo-{mail.pk}.eml", content_type="message/rfc822")
    actions.note_download(mail, reader=request.user)
    return response


def _visible(request: StaffRequest, reference: str, pk: int) -> tuple[Ticket, IncomingMail]:
    """Return a ticket that this person may read and a mail of it; anything else is not found."""
    ticket = get_object_or_404(ticket_to_read(request.access), reference=reference)
    return ticket, get_object_or_404(queries.mails_of(ticket), pk=pk)


def _is_allowed(request: StaffRequest, mail: IncomingMail, allowed: str) -> bool:
    """Tell whether this person said within the last hour that pictures may be loaded."""
    try:
        named = signing.loads(allowed, salt=_SALT, max_age=_ALLOWED_SECONDS)
    except signing.BadSignature:
        return False
    return bool(named == [mail.pk, request.user.pk])


def _head(mail: IncomingMail) -> list[tuple[str, Any]]:
    sender = f"{mail.sender_name} <{mail.sender}>" if mail.sender_name and mail.sender else mail.sender
    rows = [
        (_("De"), sender or mail.sender_name),
        (_("Para"), ", ".join(mail.to or mail.envelope_to)),
        (_("En copia"), ", ".join(mail.cc)),
        (_("Fechado"), moment(mail.sent_at) if mail.sent_at else ""),
        (_("Recibido"), moment(mail.received_at)),
        (_("Buzón"), mail.mailbox.name),
        (_("Clase de correo"), str(MailKind(mail.kind).label) if mail.kind else ""),
        (_("Qué se hizo"), capfirst(str(Outcome(mail.outcome).label)) if mail.outcome else ""),
    ]
    return [(term, value) for term, value in rows if value]
