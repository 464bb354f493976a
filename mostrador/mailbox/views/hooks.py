"""Where providers post mail that has come to them, signed with the mailbox's secret."""

import hashlib
import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from mostrador.accounts.access import PublicRequest, signed_post
from mostrador.mailbox.actions.receiving import receive
from mostrador.mailbox.choices import Via
from mostrador.mailbox.models import Mailbox
from mostrador.mailbox.rules import hooks

logger = logging.getLogger(__name__)

ENCODED = 3  # a letter of a form may take three: %C3
FORM_BYTES = 256 * 1024  # of the other fields
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class Refused(Exception):  # noqa: N818 - read aloud: "raise Refused"
    """With the HTTP status and a sentence for whoever looks into the provider's log."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Posted:
    """The message, and what the provider knows of its envelope."""

    raw: bytes
    sender: str = ""
    recipient: str = ""


@require_POST
@signed_post
def hook(request: PublicRequest, key: int) -> HttpResponse:
    """Keep a message. 200 says that it is safe; 401, 404 and 413 that it is refused; 503, to bring it again."""
    ours = Mailbox.objects.filter(organisation=request.organisation, is_active=True).exclude(hook_secret_sealed="")
    mailbox = get_object_or_404(ours, pk=key)
    try:
        posted = _posted(request, mailbox)
    except Refused as refusal:
        return _plain(refusal.status, str(refusal))
    recipients = [posted.recipient] if posted.recipient else []
    try:
        receive(posted.raw, mailbox=mailbox, via=Via.HOOK, envelope_from=posted.sender, envelope_to=recipients)
    except OSError:
        logger.exception("mail could not be stored mailbox=%s", mailbox.pk)
        return _plain(503, "It cannot be kept now, please try again later.")
    return _plain(200, "It is safe.")


def _posted(request: PublicRequest, mailbox: Mailbox) -> Posted:
    is_form = (request.content_type or "").lower() in FORMS
    most = settings.MAIL_MAX_BYTES * (ENCODED if is_form else 1) + FORM_BYTES * is_form
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        raise _too_large()
    posted = (_of_form if is_form else _of_body)(request, mailbox.hook_secret, most)
    if len(posted.raw) > settings.MAIL_MAX_BYTES:
        raise _too_large()
    return posted


def _too_large() -> Refused:
    return Refused(413, f"The message is larger than the {settings.MAIL_MAX_BYTES // 1024**2} MB that are taken here.")


def _read(request: PublicRequest, most: int) -> bytes:
    """Read the body, and no more than that of one that does not say how long it is."""
    body: bytes = request.read(most + 1)
    if len(body) > most:
        raise _too_large()
    return body


def _of_body(request: PublicRequest, secret: str, most: int) -> Posted:
    """Read a body that is the message, signed in a header of ours."""
    body = _read(request, most)
    if not hooks.is_signed(request.headers.get("X-Mostrador-Signature", ""), body, secret=secret, now=time.time()):
        raise Refused(401, "X-Mostrador-Signature is missing, wrong or older than five minutes.")
    if not body:
        raise Refused(400, "There is no message in it.")
    return Posted(
        body,
        sender=request.headers.get("X-Envelope-From", ""),
        recipient=request.headers.get("X-Envelope-To", ""),
    )


def _of_form(request: PublicRequest, secret: str, most: int) -> Posted:
    """Read Mailgun's form, signed in its fields, or SendGrid's, which comes with a password."""
    password = request.headers.get("Authorization", "")
    if password and not hooks.knows_password(password, secret=secret):
        raise Refused(401, "The password is wrong.")
    fields = hooks.fields_of(request.META.get("CONTENT_TYPE", ""), _read(request, most))
    if not password:
        _believe_mailgun(fields, secret)
    # Of Mailgun's, only the field whose content its signature was bound to.
    raw = fields.get("email" if password else "body-mime", b"")
    if not raw:
        raise Refused(400, "There is no whole message in it: neither a field email nor body-mime.")
    return Posted(raw, sender=_text(fields, "sender"), recipient=_text(fields, "recipient"))


def _believe_mailgun(fields: dict[str, bytes], secret: str) -> None:
    """Let each signature of Mailgun's stand for one message only: it says nothing of what it signs.

    Raises:
        Refused: It is not Mailgun's, or has brought another message already.
    """
    if not hooks.is_mailgun_s(fields, secret=secret, now=time.time()):
        raise Refused(401, "The signature is missing, wrong or too old.")
    token = hashlib.sha256(fields["token"]).hexdigest()
    content = hashlib.sha256(fields.get("body-mime", b"")).hexdigest()
    name = f"mailbox.hook.{token}"
    if not cache.add(name, content, hooks.MAILGUN_SECONDS_VALID) and cache.get(name) != content:
        raise Refused(401, "This signature was used before.")


def _text(fields: dict[str, bytes], name: str) -> str:
    return fields.get(name, b"").decode("utf-8", "replace").replace("\x00", "")


def _plain(status: int, sentence: str) -> HttpResponse:
    answer = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    if status == 503:
        answer["Retry-After"] = "60"
    return answer
