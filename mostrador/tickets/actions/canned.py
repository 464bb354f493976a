"""Prepared answers: writing them, using them, and the ones an office begins with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.models import CannedReply, ReplyDraft, Signature, Ticket, WritingRules
from mostrador.tickets.queries.replies import (
    DRAFT_READ,
    canned_text,
    drafts_heard,
    read_before,
    values_for,
    version_of,
)
from mostrador.tickets.rules.canned import fault_in, filled, missing_in

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "canned_replies.json"


@dataclass(frozen=True, slots=True)
class Filled:
    """A prepared answer for one ticket.

    Attributes:
        text: Markdown, its variables replaced.
        language: Of the text.
        missing: Variables that have no value here.
    """

    text: str
    language: str
    missing: list[str]


@transaction.atomic
def save_canned_reply(
    organisation: Organisation,
    *,
    author: User | None,
    title: str,
    shortcut: str,
    texts: Mapping[str, str],
    team: Team | None = None,
    topic: Topic | None = None,
    kinds: Sequence[str] = (),
    channels: Sequence[str] = (),
    states: Sequence[str] = (),
    reply: CannedReply | None = None,
) -> CannedReply:
    """Write a prepared answer, new or changed.

    Raises:
        ActionRefused: It has no text, a variable in one is not known, or its shortcut is taken.
    """
    written = {language: text.strip() for language, text in texts.items() if text.strip()}
    if not written:
        raise ActionRefused(_("Escriba el texto en un idioma por lo menos."))
    for text in written.values():
        if fault := fault_in(text):
            raise ActionRefused(fault)
    same = CannedReply.objects.filter(organisation=organisation, shortcut=shortcut)
    if (same.exclude(pk=reply.pk) if reply else same).exists():
        raise ActionRefused(_("Otra respuesta usa ya el atajo «%(name)s». Elija otro.") % {"name": shortcut})
    is_new = reply is None
    saved = reply or CannedReply(organisation=organisation)
    saved.title, saved.shortcut, saved.texts = title, shortcut, written
    saved.team, saved.topic = team, topic
    saved.kinds, saved.channels, saved.states = list(kinds), list(channels), list(states)
    saved.save()
    record("tickets.canned_created" if is_new else "tickets.canned_changed", saved, actor=author)
    return saved


def set_in_use(reply: CannedReply, *, author: User, is_active: bool) -> None:
    """Offer a prepared answer, or stop offering it; its text and its count stay."""
    with transaction.atomic():
        CannedReply.objects.filter(pk=reply.pk).update(is_active=is_active)
        record("tickets.canned_changed", reply, actor=author, details={"is_active": is_active})


def fill(reply: CannedReply, ticket: Ticket, author: User) -> Filled:
    """Return a prepared answer for a ticket's person. No queries beyond what the ticket has loaded.

    Raises:
        ActionRefused: It has no text.
    """
    text, language = canned_text(reply, ticket)
    if not text:
        raise ActionRefused(_("Esta respuesta preparada no tiene texto."))
    values = values_for(ticket, author, language)
    return Filled(filled(text, values), language, missing_in(text, values))


def use(reply: CannedReply, ticket: Ticket, author: User) -> Filled:
    """Return a prepared answer for a ticket's person, and count that it was used.

    Raises:
        ActionRefused: It has no text.
    """
    put = fill(reply, ticket, author)
    CannedReply.objects.filter(pk=reply.pk).update(use_count=F("use_count") + 1, last_used_at=timezone.now())
    return put


@transaction.atomic
def set_up_canned_replies(organisation: Organisation) -> int:
    """Give an office the prepared answers that come with the product, in its languages; return how many were new.

    Those that it has by the same shortcut stay as they are. They read in es, ca, gl, eu and en.
    """
    taken = set(CannedReply.objects.filter(organisation=organisation).values_list("shortcut", flat=True))
    new = [row for row in _shipped() if row["shortcut"] not in taken]
    CannedReply.objects.bulk_create(
        CannedReply(
            organisation=organisation,
            title=row["title"],
            shortcut=row["shortcut"],
            texts=row["texts"],
            kinds=row.get("kinds", []),
        )
        for row in new
    )
    return len(new)


def _shipped() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return rows


# --- Signatures, and who reads drafts ------------------------------------------------------------


def save_signature(user: User, organisation: Organisation, text: str) -> None:
    """Keep how somebody signs for an organisation and those below; empty signs with their name."""
    words = " ".join(text.split())
    Signature.objects.update_or_create(user=user, organisation=organisation, defaults={"text": words})


@transaction.atomic
def save_writing_rules(
    organisation: Organisation, *, drafts_are_readable: bool, supervisors_listen: bool, author: User
) -> None:
    """Decide whether colleagues may read what somebody has not sent yet, and whether who supervises may."""
    decided = {"drafts_are_readable": drafts_are_readable, "supervisors_listen": supervisors_listen}
    WritingRules.objects.update_or_create(organisation=organisation, defaults=decided)
    record("tickets.writing_rules_changed", organisation, actor=author, details=decided)


@transaction.atomic
def listen_in(access: Access) -> list[ReplyDraft]:
    """Return what others are writing now, for who supervises, and record that it was read.

    One query where nobody writes; else two, and one for each draft that has changed since it was read.
    """
    rows = drafts_heard(access)
    note_drafts_read(rows, reader=access.user)
    return rows


@transaction.atomic
def note_drafts_read(drafts: Sequence[ReplyDraft], *, reader: User) -> None:
    """Record that who supervises has read what others are writing: once for each draft as it stands.

    No query without drafts; else one, and one for each line.
    """
    known = read_before(drafts, reader) if drafts else set()
    for draft in drafts:
        if (version := version_of(draft)) not in known:
            details = {"agent": draft.author_id, "changed_at": version[-1]}
            record(DRAFT_READ, draft.ticket, actor=reader, details=details)
