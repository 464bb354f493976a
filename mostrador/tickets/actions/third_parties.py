"""Asking somebody outside about a ticket, and taking their answer back to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.notifications.actions import send_email
from mostrador.notifications.models import OutgoingMessage
from mostrador.notifications.rules import about
from mostrador.shared.errors import ActionRefused
from mostrador.shared.tokens import new_token, token_hash
from mostrador.tickets.actions import attachments, steps
from mostrador.tickets.actions.emails import files_to_send, in_email, sender_of_ticket, takes_mail
from mostrador.tickets.choices import Act, AuthorKind, EventCode, MessageKind, State
from mostrador.tickets.models import Attachment, Message, ThirdPartyRequest, Ticket, TicketDraft
from mostrador.tickets.queries.third_parties import Quotable, answer_files_key
from mostrador.tickets.rules import is_open, key_of_words
from mostrador.tickets.rules.third_parties import REQUESTS_LAST


@transaction.atomic
def ask_third_party(
    ticket: Ticket,
    *,
    author: User,
    name: str,
    email: str,
    text: str,
    quoted: Sequence[Quotable] = (),
    files: Sequence[Attachment] = (),
    with_person: bool = False,
    key: str = "",
) -> ThirdPartyRequest:
    """Ask somebody outside by e-mail, once for each `key`; the ticket waits for them by name.

    Args:
        name: Who they are, as the person will read it.
        text: What is asked, Markdown.
        quoted: What they read of the conversation, as they read it.
        files: Files that they may open.
        with_person: Whether they also learn who the person is.

    Raises:
        ActionRefused: The ticket is resolved, closed or spam.
    """
    ticket, now = steps.locked(ticket), timezone.now()
    once = key_of_words(key, f"{email}|{text}") or new_token()
    if known := ticket.third_party_requests.filter(key=once).first():
        return known
    steps.refuse_unless_open(ticket)
    request = ThirdPartyRequest(
        ticket=ticket, author=author, name=" ".join(name.split()), email=email, text=text, with_person=with_person
    )
    _ask(request, quoted=quoted, files=files, key=once, template="third_party", now=now)
    steps.note_event(ticket, EventCode.THIRD_PARTY_ASKED, request.name, now=now, author=author)
    _wait_for(request, now)
    steps.save(ticket, now)
    steps.done("tickets.third_party_asked", ticket, actor=author, details={"with_person": with_person})
    return request


@transaction.atomic
def forward(
    ticket: Ticket,
    *,
    author: User,
    said: Quotable,
    name: str,
    email: str,
    text: str = "",
    files: Sequence[Attachment] = (),
    with_person: bool = False,
    waits: bool = False,
    key: str = "",
) -> ThirdPartyRequest:
    """Send a message of the conversation to somebody outside, whose answer comes to the ticket. Once for each `key`.

    Args:
        ticket: Whose message.
        author: Who forwards it.
        said: The message as it will be read.
        name: To whom.
        email: Where.
        text: What goes before it, Markdown.
        files: What goes with it, up to a limit; above it they are opened by a link.
        with_person: Whether they learn who the person is.
        waits: Whether the ticket waits for them.
        key: Of the form.

    Raises:
        ActionRefused: It is to wait, and is resolved, closed or spam; or its words are erased.
    """
    ticket, now = steps.locked(ticket), timezone.now()
    once = key_of_words(key, f"{email}|{text}|{said.id}") or new_token()
    if known := ticket.third_party_requests.filter(key=once).first():
        return known
    if ticket.erased_at is not None:
        raise ActionRefused(_("Los mensajes de esta consulta se suprimieron: no hay nada que reenviar."))
    if waits:
        steps.refuse_unless_open(ticket)
    request = ThirdPartyRequest(
        ticket=ticket, author=author, name=" ".join(name.split()), email=email, text=text, with_person=with_person
    )
    _ask(request, quoted=[said], files=files, key=once, template="forwarded", now=now)
    steps.note_event(ticket, EventCode.FORWARDED, f"{request.name} ({email})", now=now, author=author)
    if waits:
        _wait_for(request, now)
    steps.save(ticket, now)
    steps.done("tickets.forwarded", ticket, actor=author, details={"with_person": with_person})
    return request


@transaction.atomic
def keep_answer_files(
    request: ThirdPartyRequest, *, files: Sequence["UploadedFile[Any]"] = (), remove_file: int | None = None
) -> list[str]:
    """Keep files for an answer that is not sent yet; return a sentence for each that was not kept."""
    if not files and remove_file is None:
        return []
    now = timezone.now()
    draft, _is_new = TicketDraft.objects.select_for_update().get_or_create(
        token_hash=answer_files_key(request),
        defaults={
            "organisation": request.ticket.organisation,
            "created_at": now,
            "expires_at": request.expires_at,
        },
    )
    if remove_file is not None:
        attachments.remove_file(draft, remove_file)
    return attachments.keep_files(draft, files)


@transaction.atomic
def take_answer(request: ThirdPartyRequest, *, text: str, key: str) -> Message:
    """Put a third party's answer into the ticket, for the desk alone; it is our turn again. Once for each `key`.

    Raises:
        ActionRefused: The link was withdrawn meanwhile.
    """
    ticket, now = steps.locked(request.ticket), timezone.now()
    once = key_of_words(f"third-{request.pk}-{key}", text)
    if already := steps.said_before(ticket, once):
        return already
    request = ThirdPartyRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.expires_at <= now or ticket.erased_at is not None:
        raise ActionRefused(_("Esta petición ya no admite respuesta. Gracias de todos modos."))
    message = steps.say(
        ticket,
        text,
        kind=MessageKind.NOTE,
        author_kind=AuthorKind.THIRD,
        author_name=request.name,
        now=now,
        idempotency_key=once,
    )
    files = TicketDraft.objects.select_for_update().filter(token_hash=answer_files_key(request)).first()
    if files is not None:
        attachments.hand_over(files, message)
        files.delete()
    before = ticket.state
    if is_open(ticket.state) and ticket.state != State.NEW:
        steps.move(ticket, Act.WAIT_FOR_US, now=now)
        ticket.third_party = ""
        if before != ticket.state:
            steps.note_event(ticket, EventCode.WAITING_FOR_US, now=now)
    request.answered_at = request.answered_at or now
    request.save(update_fields=["answered_at"])
    steps.save(ticket, now)
    steps.done("tickets.third_party_answered", ticket, details={"request": request.pk})
    return message


def _ask(
    request: ThirdPartyRequest,
    *,
    quoted: Sequence[Quotable],
    files: Sequence[Attachment],
    key: str,
    template: str,
    now: datetime,
) -> None:
    """Keep what is asked, and write the e-mail that asks it; its Message-ID stays, for the answer."""
    token = new_token()
    request.quoted = [each.as_kept() for each in quoted]
    request.token_hash, request.key = token_hash(token), key
    request.created_at, request.expires_at = now, now + REQUESTS_LAST
    request.save()
    request.files.set(files)
    request.email_id = _send(request, token, template, files).message_id
    request.save(update_fields=["email_id"])


def _wait_for(request: ThirdPartyRequest, now: datetime) -> None:
    ticket = request.ticket
    if (ticket.state, ticket.third_party) == (State.WAITING_FOR_THIRD_PARTY, request.name):
        return
    steps.move(ticket, Act.WAIT_FOR_THIRD_PARTY, now=now)
    ticket.third_party = request.name
    steps.note_event(ticket, EventCode.WAITING_FOR_THIRD_PARTY, request.name, now=now, author=request.author)


def _send(request: ThirdPartyRequest, token: str, template: str, files: Sequence[Attachment]) -> OutgoingMessage:
    ticket, organisation = request.ticket, request.ticket.organisation
    language = organisation.default_language
    sender = sender_of_ticket(ticket)
    sent_along = files_to_send(files) if template == "forwarded" else []
    return send_email(
        organisation=organisation,
        to=request.email,
        kind=f"tickets.{template}",
        template=f"tickets/email/{template}",
        context={
            "ticket": ticket,
            "asked": request,
            "author": request.author,
            "files": [file.name for file in files],
            "are_attached": bool(sent_along),
            "takes_mail": takes_mail(ticket, sender),
            **in_email(request.text, organisation, language),
            "link": organisation.link("tickets:third_party", token=token, language=language),
        },
        language=language,
        about=about(ticket),
        team_signature=", ".join(filter(None, [request.author.name, ticket.team.name if ticket.team else ""])),
        automatic=False,
        sender=sender,
        files=sent_along,
    )
