"""What is written into the outbox: in whose name, to whom, and whether it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.notifications.choices import DeliveryState, Severity
from mostrador.notifications.clients import configured_server
from mostrador.notifications.models import AddressHealth, OutgoingFile, OutgoingMessage, Sender
from mostrador.notifications.queries.brakes import reactions_of_late
from mostrador.notifications.queries.senders import sender_for, unwanted
from mostrador.notifications.rules import new_message_id, one_line, same_address, thread_of, tidy_text
from mostrador.notifications.rules.brakes import is_too_much
from mostrador.organisations.models import Organisation
from mostrador.people.models import Person
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import jinja

# RFC 3834, and the way in which Exchange is asked not to answer.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file of the storage that goes with an e-mail; whoever adds it has seen that it fits (`rules.fit_in_email`)."""

    stored: str
    name: str
    content_type: str
    size_bytes: int


def send_email(
    *,
    organisation: Organisation,
    to: str,
    kind: str,
    template: str,
    context: dict[str, Any],
    language: str,
    person: Person | None = None,
    about: str = "",
    in_reply_to: str = "",
    references: str = "",
    reply_to: str = "",
    list_unsubscribe: str = "",
    team_signature: str = "",
    automatic: bool = True,
    sender: Sender | None = None,
    cc: Sequence[str] = (),
    files: Sequence[FileToSend] = (),
    is_reaction: bool = False,
    goes_on_from: Sequence[str] = (),
) -> OutgoingMessage:
    """Write an e-mail into the outbox; it leaves when the caller's transaction commits, and never without it.

    Args:
        organisation: In whose name and with whose sender it leaves.
        to: One address.
        kind: Why it is sent, "app.reason".
        template: "tickets/email/reply": `<template>.txt` with the blocks `subject` and `content` (extends
            layouts/email.txt) and `<template>.html` with the block `content` (extends layouts/email.html).
        context: Names for the templates; they also get `organisation`, `language` and `signature`.
        language: Of the words and of the dates in them.
        person: Whom it is for: the copy goes when their data are erased.
        about: The row it is about, "tickets.ticket:12".
        in_reply_to: Message-ID of the message that is answered, with angle brackets.
        references: Message-IDs of the thread, oldest first, separated by blanks.
        reply_to: Where answers go, when not to the sender.
        list_unsubscribe: Address of the page that ends messages of this kind.
        team_signature: Who signs, before the organisation's name.
        automatic: Nobody wrote it: mail programs do not answer to it (RFC 3834).
        sender: From which address it leaves; None is the one that the organisation uses.
        cc: Who gets a copy, and is named in it.
        files: What goes with it.
        is_reaction: It is only written because a message came in: beyond some limits it is held back (`rules.brakes`).
        goes_on_from: What else counts as the same thread for those limits, as `about` names it.

    Returns:
        The row; its `message_id` is for the thread.
    """
    names = context | {
        "organisation": organisation,
        "language": language,
        "signature": team_signature,
    }
    with translation.override(language), timezone.override(organisation.time_zone):
        written = jinja().get_template(f"{template}.txt")
        subject = "".join(written.blocks["subject"](written.new_context(names)))
        text = written.render(names)
        html = jinja().get_template(f"{template}.html").render(names | {"subject": one_line(subject)})
    return put_into_outbox(
        organisation=organisation,
        to=to,
        kind=kind,
        subject=subject,
        text=text,
        html=html,
        language=language,
        person=person,
        about=about,
        in_reply_to=in_reply_to,
        references=references,
        headers={
            "Reply-To": reply_to,
            "List-Unsubscribe": f"<{list_unsubscribe}>" if list_unsubscribe else "",
            **(AUTOMATIC if automatic else {}),
        },
        sender=sender,
        cc=cc,
        files=files,
        is_reaction=is_reaction,
        goes_on_from=goes_on_from,
    )


@transaction.atomic
def put_into_outbox(
    *,
    organisation: Organisation,
    to: str,
    kind: str,
    subject: str,
    text: str,
    language: str,
    html: str = "",
    person: Person | None = None,
    about: str = "",
    in_reply_to: str = "",
    references: str = "",
    headers: dict[str, str] | None = None,
    sender: Sender | None = None,
    cc: Sequence[str] = (),
    files: Sequence[FileToSend] = (),
    is_reaction: bool = False,
    goes_on_from: Sequence[str] = (),
) -> OutgoingMessage:
    """Write an e-mail whose words are ready into the outbox; see `send_email`.

    Without an SMTP server it is kept, to be read at /gestion/correo/. It does not leave to an address that gave back
    what was sent before, and whoever is in copy with such an address gets none.
    """
    now = timezone.now()
    sender = sender or sender_for(organisation)
    kept = {name: one_line(value) for name, value in (headers or {}).items() if value}
    closed = _closed(organisation, [to, *cc], is_automatic="Auto-Submitted" in kept)
    copies = [address for address in cc if not same_address(address, to)]
    left_out = [address for address in copies if address.lower() in closed]
    message = OutgoingMessage(
        organisation=organisation,
        person=person,
        kind=kind,
        about=about,
        to=to,
        cc=[address for address in copies if address not in left_out],
        sender=sender_of(organisation, sender),
        sent_from=sender,
        subject=one_line(subject)[:250],
        text=tidy_text(text),
        html=html,
        language=language,
        message_id=new_message_id(organisation.host),
        in_reply_to=in_reply_to,
        references=thread_of(references, in_reply_to),
        headers=kept,
        is_reaction=is_reaction,
        created_at=now,
    )
    _note_left_out(message, [to] if to.lower() in closed else left_out, closed)
    message.state = DeliveryState.BLOCKED if to.lower() in closed else _first_state(message, goes_on_from)
    message.next_attempt_at = now if message.state == DeliveryState.QUEUED else None
    message.save()
    OutgoingFile.objects.bulk_create(
        OutgoingFile(
            message=message,
            stored=file.stored,
            name=file.name,
            content_type=file.content_type,
            size_bytes=file.size_bytes,
        )
        for file in files
    )
    if message.state == DeliveryState.QUEUED:
        run_later("notifications.deliver", message_id=message.pk)
    return message


def _closed(organisation: Organisation, addresses: Sequence[str], *, is_automatic: bool) -> dict[str, AddressHealth]:
    """Return those of these addresses, in lower case, to which this is not sent."""
    known = unwanted(organisation, addresses)
    return {address: health for address, health in known.items() if health.blocked_at is not None or is_automatic}


def _note_left_out(message: OutgoingMessage, addresses: Sequence[str], closed: dict[str, AddressHealth]) -> None:
    if not addresses:
        return
    health = closed[addresses[0].lower()]
    message.bounced_to = list(addresses)
    message.bounce_severity = Severity.HARD
    message.bounce_reason, message.bounce_said = health.reason, health.said


def _first_state(message: OutgoingMessage, goes_on_from: Sequence[str]) -> DeliveryState:
    if message.is_reaction:
        threads = [name for name in (message.about, *goes_on_from) if name]
        already = reactions_of_late(message.organisation, message.to, threads, message.created_at)
        if is_too_much(already):
            return DeliveryState.HELD
    return DeliveryState.QUEUED if configured_server() else DeliveryState.KEPT


def sender_of(organisation: Organisation, sender: Sender | None = None) -> str:
    """Return the From of an organisation's e-mails: its name and its address, or the installation's."""
    name = one_line((sender and sender.name) or organisation.name)
    address = sender.address if sender else organisation.email or settings.DEFAULT_FROM_EMAIL
    return str(Address(name, addr_spec=address))


def send_test_email(organisation: Organisation, *, by: User, sender: Sender | None = None) -> OutgoingMessage:
    """Send the asking administrator a message that proves that mail leaves, from an address or the usual one.

    Raises:
        ActionRefused: There is no SMTP server.
    """
    if configured_server() is None:
        raise ActionRefused(_("No hay servidor de correo configurado. Configúrelo y vuelva a intentarlo."))
    return send_email(
        organisation=organisation,
        to=by.email,
        kind="notifications.test",
        template="notifications/email/test",
        context={"name": by.name},
        language=by.language,
        sender=sender,
    )
