"""What somebody is typing in the form: kept from the first key, sent once."""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.help_centre.actions.searches import led_to_ticket
from mostrador.organisations.models import Organisation, Procedure, Topic
from mostrador.people.actions import find_or_create_person
from mostrador.shared.errors import ActionRefused
from mostrador.shared.tokens import new_token, token_hash
from mostrador.tickets.actions import attachments
from mostrador.tickets.actions.tickets import new_private_link, open_ticket
from mostrador.tickets.choices import Channel, ContactBy, TicketKind
from mostrador.tickets.models import Ticket, TicketDraft
from mostrador.tickets.rules import articles_read

DRAFTS_LAST = timedelta(hours=24)
# Nobody writes, says how to be reached and reads the summary this quickly; programs do.
SHORTEST_TIME = timedelta(seconds=3)
# How long the page with the reference can be seen again: others may use the same computer.
SENT_PAGE_LASTS = timedelta(hours=1)
SUBJECT_LENGTH = 90
MOST_ARTICLES_OPENED = 20


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft after saving.

    Attributes:
        draft: The row.
        token: Leads to it; only the visitor's cookie keeps it.
        refused: A sentence for each file that was not kept.
    """

    draft: TicketDraft
    token: str
    refused: list[str]


@dataclass(frozen=True, slots=True)
class Question:
    """A whole form, valid."""

    text: str
    procedure: Procedure | None
    page_url: str
    error_code: str
    contact_by: ContactBy
    email: str
    phone: str
    name: str
    language: str
    kind: TicketKind = TicketKind.SUPPORT
    topic: Topic | None = None
    person_deadline_on: date | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)
    device: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A question on its way, with the token of a fresh private link to it."""

    ticket: Ticket
    token: str


@transaction.atomic
def save_draft(
    organisation: Organisation,
    token: str,
    answers: Mapping[str, object],
    *,
    files: Iterable["UploadedFile[Any]"] = (),
    remove_file: int | None = None,
) -> Saved:
    """Keep what was typed, valid or not, for another 24 hours; other answers of the same draft stay.

    Args:
        organisation: Whose form it is.
        token: Of the visitor's draft; a new draft is begun when there is none behind it or it was already sent.
        answers: Field → what was typed.
        files: Files to add.
        remove_file: Key of a file of the draft to take out.
    """
    now = timezone.now()
    drafts = TicketDraft.objects.select_for_update().filter(organisation=organisation, token_hash=token_hash(token))
    draft = drafts.filter(expires_at__gt=now, ticket=None).first()
    if draft is None:
        token = new_token()
        draft = TicketDraft(organisation=organisation, token_hash=token_hash(token), created_at=now)
    draft.answers = {**draft.answers, **answers}
    draft.expires_at = now + DRAFTS_LAST
    draft.save()
    if remove_file is not None:
        attachments.remove_file(draft, remove_file)
    return Saved(draft, token, attachments.keep_files(draft, files))


@transaction.atomic
def send_draft(draft: TicketDraft, question: Question) -> Sent:
    """Open a ticket with what was typed. Two presses at once open one ticket; each gets a private link to it.

    Raises:
        ActionRefused: Sent more quickly than people can, or the draft is gone.
    """
    draft = _locked(draft)
    if draft.ticket is None:
        if timezone.now() - draft.created_at < SHORTEST_TIME:
            raise ActionRefused(_("Ha llegado tan deprisa que parece un envío automático. Pulse «Enviar» otra vez."))
        draft.ticket = _open(draft, question)
        draft.answers = {}  # the words are in the ticket now
        draft.expires_at = timezone.now() + SENT_PAGE_LASTS
        draft.save(update_fields=["ticket", "answers", "expires_at"])
    return Sent(draft.ticket, new_private_link(draft.ticket))


def link_to_sent(draft: TicketDraft) -> Sent:
    """Return the ticket that was opened with this draft, with a fresh private link to it.

    Raises:
        ValueError: It has not been sent.
    """
    if draft.ticket is None:
        raise ValueError("the draft has not been sent")
    return Sent(draft.ticket, new_private_link(draft.ticket))


@transaction.atomic
def note_article_opened(organisation: Organisation, token: str, article_id: int) -> None:
    """Note that somebody opened a suggested article while writing; without a draft there is nobody to note it of."""
    drafts = TicketDraft.objects.select_for_update().filter(organisation=organisation, token_hash=token_hash(token))
    draft = drafts.filter(expires_at__gt=timezone.now(), ticket=None).first()
    if draft is None:
        return
    opened = [key for key in draft.answers.get("opened", []) if key != article_id]
    draft.answers["opened"] = [article_id, *opened][:MOST_ARTICLES_OPENED]
    draft.save(update_fields=["answers"])


@transaction.atomic
def discard_draft(organisation: Organisation, token: str) -> None:
    """Delete what was typed and uploaded, because whoever typed it says so; what was sent stays."""
    drafts = TicketDraft.objects.select_for_update().filter(organisation=organisation, token_hash=token_hash(token))
    for draft in drafts.filter(ticket=None):
        attachments.delete_draft(draft)


def delete_expired_drafts() -> int:
    """Delete drafts whose time is over, with their files; return how many. Safe to run any number of times."""
    expired = TicketDraft.objects.filter(expires_at__lte=timezone.now())
    keys = list(expired.values_list("pk", flat=True)[:1000])
    for key in keys:
        with transaction.atomic():
            draft = expired.select_for_update(skip_locked=True).filter(pk=key).first()
            if draft is not None:
                attachments.delete_draft(draft)
    return len(keys)


def _locked(draft: TicketDraft) -> TicketDraft:
    found = TicketDraft.objects.select_for_update(of=("self",)).select_related("organisation", "ticket")
    locked = found.filter(pk=draft.pk).first()
    if locked is None:
        raise ActionRefused(_("Su borrador ha caducado. Escriba de nuevo su consulta, por favor."))
    return locked


def _open(draft: TicketDraft, question: Question) -> Ticket:
    person = find_or_create_person(
        draft.organisation,
        name=question.name,
        email=question.email,
        phone=question.phone,
        language=question.language,
    )
    searched = draft.answers.get("search", "")
    ticket, message = open_ticket(
        draft.organisation,
        person=person,
        channel=Channel.WEB,
        subject=_subject(question.text),
        text=question.text,
        language=question.language,
        kind=question.kind,
        contact_by=question.contact_by,
        topic=question.topic,
        procedure=question.procedure,
        person_deadline_on=question.person_deadline_on,
        custom=question.custom,
        error_code=question.error_code,
        page_url=question.page_url,
        device=question.device,
        articles_seen=draft.answers.get("seen", []),
        articles_read=articles_read(draft.answers.get("read", ""), draft.answers.get("opened", [])),
        search_key=searched if led_to_ticket(searched) else "",
        idempotency_key=f"draft-{draft.pk}",
    )
    attachments.hand_over(draft, message)
    return ticket


def _subject(text: str) -> str:
    """Return what the desk's list shows of the question: its first line, shortened between words."""
    first_line = next(line.strip() for line in text.splitlines() if line.strip())
    first_line = first_line.removesuffix(".") or first_line
    return textwrap.shorten(first_line, width=SUBJECT_LENGTH, placeholder="…") or first_line[:SUBJECT_LENGTH]
