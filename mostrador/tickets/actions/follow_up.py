"""What a person does on the page of their own ticket, behind its private link."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.notifications.actions import send_email
from mostrador.notifications.rules import about
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused
from mostrador.shared.rate_limits import allow
from mostrador.tickets.actions import attachments, steps
from mostrador.tickets.actions.drafts import DRAFTS_LAST, Saved
from mostrador.tickets.actions.emails import sender_of_ticket
from mostrador.tickets.actions.tickets import new_private_link, reply_as_person
from mostrador.tickets.choices import Channel
from mostrador.tickets.models import Ticket, TicketDraft
from mostrador.tickets.queries.follow_up import reply_draft_key
from mostrador.tickets.rules import LINKS_LAST, key_of_words

LINKS_PER_HOUR = 3


@transaction.atomic
def save_answer(
    ticket: Ticket, token: str, *, text: str, files: Iterable["UploadedFile[Any]"] = (), remove_file: int | None = None
) -> Saved:
    """Keep an answer that is not sent yet, with its files, for 24 hours: one for each private link.

    Args:
        ticket: What is answered.
        token: Of the private link.
        text: What was typed, valid or not.
        files: Files to add.
        remove_file: Key of a kept file to take out.
    """
    now = timezone.now()
    draft, _is_new = TicketDraft.objects.select_for_update().update_or_create(
        token_hash=reply_draft_key(token),
        defaults={"answers": {"text": text}, "expires_at": now + DRAFTS_LAST},
        create_defaults={
            "organisation": ticket.organisation,
            "answers": {"text": text},
            "created_at": now,
            "expires_at": now + DRAFTS_LAST,
        },
    )
    if remove_file is not None:
        attachments.remove_file(draft, remove_file)
    return Saved(draft, token, attachments.keep_files(draft, files))


def answer(ticket: Ticket, token: str, *, text: str, key: str, files: Iterable["UploadedFile[Any]"] = ()) -> Saved:
    """Send the person's answer with its files, once for each `key` and text, unless a file cannot be kept.

    Text and files stay in the answer's draft until it is sent.

    Returns:
        What was kept; with `refused` sentences nothing was sent.

    Raises:
        ActionRefused: There is neither text nor file, or the ticket is closed.
    """
    saved = save_answer(ticket, token, text=text, files=files)
    if saved.refused:
        return saved
    with transaction.atomic():
        ticket = steps.locked_where_it_goes_on(ticket)
        draft = TicketDraft.objects.select_for_update().filter(pk=saved.draft.pk).first()
        once = key_of_words(key, text)
        if once and ticket.messages.filter(idempotency_key=once).exists():
            if draft:
                attachments.delete_draft(draft)
            return saved
        if not text and not (draft and draft.files.exists()):
            raise ActionRefused(_("Escriba su respuesta o adjunte un archivo."))
        words = text or _("Envío los archivos adjuntos.")
        message = reply_as_person(ticket, text=words, channel=Channel.WEB, idempotency_key=once)
        if draft:
            attachments.hand_over(draft, message)
            draft.delete()
    return saved


def ask_for_link(ticket: Ticket) -> None:
    """Have a fresh private link sent to the person's e-mail address, at most three times an hour."""
    if allow(f"ticket-link:{ticket.pk}", limit=LINKS_PER_HOUR, period=timedelta(hours=1)):
        run_later("tickets.send_private_link", ticket_id=ticket.pk)


@transaction.atomic
def send_private_link(ticket: Ticket) -> None:
    """Write the e-mail with a fresh private link; nothing when the person, or who speaks for them, has no address."""
    if not ticket.addressee.email:
        return
    language, addressee = ticket.organisation.offered(ticket.language), ticket.addressee
    link = ticket.organisation.link("tickets:follow_up", token=new_private_link(ticket), language=language)
    send_email(
        organisation=ticket.organisation,
        to=addressee.email,
        kind="tickets.private_link",
        template="tickets/email/private_link",
        context={
            "ticket": ticket,
            "name": addressee.name,
            "link": link,
            "expires_at": timezone.now() + LINKS_LAST,
        },
        language=language,
        person=addressee,
        about=about(ticket),
        sender=sender_of_ticket(ticket),
    )
