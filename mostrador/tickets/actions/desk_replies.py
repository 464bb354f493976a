"""What the desk answers with files: they wait in a draft of the writer's for this ticket until the answer is sent."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from mostrador.accounts.models import User
from mostrador.tickets.actions import attachments
from mostrador.tickets.actions.drafts import DRAFTS_LAST
from mostrador.tickets.actions.tickets import reply_and_resolve, reply_as_desk
from mostrador.tickets.models import Message, Ticket, TicketDraft
from mostrador.tickets.queries.drafts import desk_reply_key
from mostrador.tickets.rules import key_of_words


@transaction.atomic
def keep_files(
    ticket: Ticket, *, author: User, files: Sequence["UploadedFile[Any]"] = (), remove_file: int | None = None
) -> list[str]:
    """Keep files for an answer that is not sent yet, for 24 hours, so that a refused answer loses none.

    Args:
        ticket: What is answered.
        author: Who is writing: each has their own.
        files: Files to add.
        remove_file: Key of a kept file to take out.

    Returns:
        A sentence for each file that was not kept.
    """
    if not files and remove_file is None:
        return []
    now = timezone.now()
    draft, _is_new = TicketDraft.objects.select_for_update().update_or_create(
        token_hash=desk_reply_key(ticket, author),
        defaults={"expires_at": now + DRAFTS_LAST},
        create_defaults={
            "organisation": ticket.organisation,
            "created_at": now,
            "expires_at": now + DRAFTS_LAST,
        },
    )
    if remove_file is not None:
        attachments.remove_file(draft, remove_file)
    return attachments.keep_files(draft, files)


@transaction.atomic
def send(
    ticket: Ticket, *, author: User, text: str, key: str, seen_until: int | None = None, resolve: bool = False
) -> Message:
    """Answer the person with the files that wait, once for each `key` and text, and resolve the ticket too when asked.

    Raises:
        ColleagueWasFaster: Somebody else has answered since `seen_until`.
        ActionRefused: The ticket is resolved, closed or spam. The files wait on.
    """
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("organisation", "person").get(pk=ticket.pk)
    once = key_of_words(key, text)
    is_second_press = bool(once) and ticket.messages.filter(idempotency_key=once).exists()
    act = reply_and_resolve if resolve else reply_as_desk
    message = act(ticket, author=author, text=text, idempotency_key=once, seen_until=seen_until)
    draft = TicketDraft.objects.select_for_update().filter(token_hash=desk_reply_key(ticket, author)).first()
    if draft is not None and is_second_press:
        attachments.delete_draft(draft)
    elif draft is not None:
        attachments.hand_over(draft, message)
        draft.delete()
    return message
