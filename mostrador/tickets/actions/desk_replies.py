"""What the desk answers: kept while it is written, sent after a moment in which it can be taken back, sent once.

Whoever changes an answer that waits holds the ticket's lock first and the answer's second.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.help_centre.models import Article
from mostrador.shared.background import run_at, run_later
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import attachments, colleagues, participants, steps, tickets
from mostrador.tickets.actions.drafts import DRAFTS_LAST
from mostrador.tickets.choices import Act, After, AuthorKind, EventCode, MessageKind, NotSent
from mostrador.tickets.models import Message, PendingReply, ReplyDraft, Ticket, TicketDraft
from mostrador.tickets.queries.drafts import desk_reply_key
from mostrador.tickets.queries.people_at_the_desk import colleagues_of, who_may_handle, who_supervises
from mostrador.tickets.queries.replies import pending_key, waiting
from mostrador.tickets.rules import is_open, key_of_words

# Files of an answer that was not sent wait for its author longer than others.
UNSENT_FILES_LAST = timedelta(days=14)
EMPTY_DRAFTS_LAST = timedelta(days=2)
LATEST = timedelta(days=366)  # nobody plans an answer further ahead
PORTION = 200  # answers that one sweep sends


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft after saving.

    Attributes:
        is_newer: What is kept is newer than what was sent, and stays.
    """

    text: str
    note: str
    stand: int
    is_newer: bool = False


# --- While it is written -----------------------------------------------------------------------------


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
def keep_draft(ticket: Ticket, *, author: User, text: str, note: str, stand: int) -> KeptDraft:
    """Keep what somebody is typing, unless something newer is kept already: from another tab, for example.

    Args:
        stand: Of the draft from which the page began, 0 for none.
    """
    _locked_ticket(ticket)
    draft = ReplyDraft.objects.filter(ticket=ticket, author=author).first()
    if draft is None:
        draft = ReplyDraft(ticket=ticket, author=author)
    elif (draft.text, draft.note) == (text, note):
        return KeptDraft(text, note, draft.stand)
    elif draft.stand != stand:
        return KeptDraft(draft.text, draft.note, draft.stand, is_newer=True)
    _write(draft, text=text, note=note)
    return KeptDraft(text, note, draft.stand)


@transaction.atomic
def add_to_draft(ticket: Ticket, *, author: User, text: str) -> None:
    """Add a text at the end of somebody's answer, for pages without scripts."""
    _locked_ticket(ticket)
    draft = _draft_of(ticket, author)
    _write(draft, text=_joined(draft.text, text), note=draft.note)


def forget_draft(ticket: Ticket, author: User, *, text: bool = False, note: bool = False) -> None:
    """Clear what has been sent from somebody's draft.

    The empty draft stays for some days: its stand keeps a page that saves late from bringing the words back.
    """
    draft = _draft_of(ticket, author)
    _write(draft, text="" if text else draft.text, note="" if note else draft.note)


def forget_empty_drafts() -> int:
    """Delete drafts that have been empty for days; return how many. Safe to run any number of times."""
    old = timezone.now() - EMPTY_DRAFTS_LAST
    return ReplyDraft.objects.filter(text="", note="", changed_at__lt=old).delete()[0]


@transaction.atomic
def write_note(ticket: Ticket, *, author: User, text: str, key: str) -> Message:
    """Write an internal note, once for each `key`, and clear it from its author's draft."""
    note = tickets.write_note(ticket, author=author, text=text, idempotency_key=key)
    forget_draft(ticket, author, note=True)
    return note


# --- Sending, and taking back ----------------------------------------------------------------------


@transaction.atomic
def submit(
    ticket: Ticket,
    *,
    author: User,
    text: str,
    key: str,
    after: After = After.PERSON,
    article: Article | None = None,
    third_party: str = "",
    send_at: datetime | None = None,
    seen_until: int | None = None,
    cc: Sequence[str] = (),
) -> PendingReply:
    """Take an answer with the files that wait, once for each `key` and text; it leaves in UNDO_SEND_SECONDS.

    Args:
        author: Who answers.
        text: Markdown.
        key: Of the form that was sent.
        after: How the ticket is left.
        article: What solved it, when it is left resolved.
        third_party: On whom it depends then, when it is left so.
        send_at: When to send it (aware); None is at once.
        seen_until: Key of the last message that the writer saw; None skips the comparison.
        cc: Who else gets it by e-mail, and belongs to the conversation from then on.

    Raises:
        ColleagueWasFaster: Somebody else has answered since `seen_until`.
        ActionRefused: The ticket is resolved, closed or spam; or the moment is not one to come. The files wait on.
    """
    ticket, now = steps.locked(ticket), timezone.now()
    once = key_of_words(key, text)
    known = ticket.pending_replies.filter(key=once).first()
    if known is not None and known.cancelled_at is None and known.failed_at is None:
        _forget_files(ticket, author)  # pressed twice: the second press brought the same files
        return known
    if known is not None:  # taken back, and sent again from the same page
        once = key_of_words(f"{once}{known.pk}", text)
    steps.refuse_if_answered_since(ticket, seen_until, author)
    steps.refuse_unless_open(ticket)
    _refuse_moment(send_at, now)
    reply = PendingReply.objects.create(
        ticket=ticket,
        author=author,
        text=text,
        cc=list(cc),
        after=after,
        article=article if after == After.RESOLVED else None,
        third_party=" ".join(third_party.split()) if after == After.THIRD_PARTY else "",
        seen_until=ticket.messages.order_by("-pk").values_list("pk", flat=True).first() or 0,
        is_scheduled=send_at is not None,
        created_at=now,
        send_at=send_at or now + timedelta(seconds=settings.UNDO_SEND_SECONDS),
        key=once,
    )
    _take_files(reply)
    forget_draft(ticket, author, text=True)
    if reply.send_at <= now:
        if reason := _why_not(ticket, reply):
            raise ActionRefused(str(reason.label))
        _send(ticket, reply, now)
        return reply
    if reply.is_scheduled:
        steps.done("tickets.reply_scheduled", ticket, actor=author)
    run_at(reply.send_at, "tickets.send_reply", reply_id=reply.pk)
    steps.tell_open_pages(ticket)
    return reply


@transaction.atomic
def send_if_due(reply_id: int, *, at_once: bool = False) -> bool:
    """Send an answer whose moment has come, once; tell whether it was sent.

    Where it no longer fits (`NotSent`) it is not sent: its words go back to its author's draft, and both the ticket and
    the author are told. Run twice, or by two workers at once, the second finds it done.
    """
    found = PendingReply.objects.filter(pk=reply_id).values_list("ticket", flat=True).first()
    if found is None:
        return False
    ticket = steps.locked(Ticket(pk=found))
    reply = waiting().select_for_update(of=("self",)).select_related("author", "article", "draft").filter(pk=reply_id)
    due, now = reply.first(), timezone.now()
    if due is None or (due.send_at > now and not at_once):
        return False
    if reason := _why_not(ticket, due):
        _fail(ticket, due, reason, now)
        return False
    _send(ticket, due, now)
    return True


def send_all_due() -> int:
    """Send every answer whose moment has come and whose job did not; return how many. At most 200 in one run."""
    due = waiting().filter(send_at__lte=timezone.now()).order_by("send_at", "pk")
    return sum(send_if_due(key) for key in list(due.values_list("pk", flat=True)[:PORTION]))


@transaction.atomic
def take_back(reply: PendingReply) -> None:
    """Take an answer back before it leaves: its text and its files are in its author's draft again.

    Raises:
        ActionRefused: It has left, or is not waiting any more.
    """
    ticket = steps.locked(reply.ticket)
    waits = _still_waiting(reply)
    waits.cancelled_at = timezone.now()
    _give_back(ticket, waits)
    waits.text = ""  # the words are the draft's now
    waits.save(update_fields=["cancelled_at", "text"])
    steps.tell_open_pages(ticket)


@transaction.atomic
def change_moment(reply: PendingReply, send_at: datetime) -> None:
    """Send a scheduled answer at another moment.

    Raises:
        ActionRefused: It has left, is not waiting any more, or the moment is not one to come.
    """
    ticket = steps.locked(reply.ticket)
    waits = _still_waiting(reply)
    _refuse_moment(send_at, timezone.now())
    waits.send_at, waits.is_scheduled = send_at, True
    waits.save(update_fields=["send_at", "is_scheduled"])
    run_at(send_at, "tickets.send_reply", reply_id=waits.pk)
    steps.tell_open_pages(ticket)


def send_now(reply: PendingReply) -> None:
    """Send an answer that waits without waiting longer.

    Raises:
        ActionRefused: It was not sent; the sentence says why.
    """
    if send_if_due(reply.pk, at_once=True):
        return
    reply.refresh_from_db(fields=["failed_reason", "sent_at"])
    if reply.failed_reason:
        raise ActionRefused(str(NotSent(reply.failed_reason).label))
    raise ActionRefused(_gone(reply))


def notice(reply: PendingReply) -> None:
    """Say that its author knows that an answer was not sent."""
    PendingReply.objects.filter(pk=reply.pk, failed_at__isnull=False, noticed_at=None).update(noticed_at=timezone.now())


def notice_all(author: User) -> None:
    """Say that somebody knows of all their answers that were not sent."""
    unnoticed = PendingReply.objects.filter(author=author, failed_at__isnull=False, noticed_at__isnull=True)
    unnoticed.update(noticed_at=timezone.now())


def tell_not_sent(reply_id: int) -> None:
    """Write to the author of an answer that was not sent, once; where they have left, to whoever supervises the body.

    Nothing to an author who knows already.
    """
    rows = PendingReply.objects.select_related("ticket__organisation", "author")
    reply = rows.get(pk=reply_id)
    reason = NotSent(reply.failed_reason)
    has_left = reason == NotSent.AUTHOR_LEFT
    if reply.noticed_at is not None and not has_left:
        return
    readers = list(who_supervises(reply.ticket.organisation).order_by("pk")) if has_left else [reply.author]
    names = {"reason": reason.label, "has_left": has_left, "is_kept": reason != NotSent.ERASED}
    for user in readers:
        who = reply.author.name
        colleagues.write_to(user, reply.ticket, template="reply_not_sent", why=reply, who=who, names=names)


# --- What was not sent in a ticket that was joined to another ----------------------------------------------


def carry_over(source: Ticket, target: Ticket, now: datetime) -> None:
    """Give what nobody has sent yet in a joined ticket to the other one, where its authors will look for it.

    Answers that wait do not leave by themselves: their authors first read what else was said there. What was written by
    somebody who may not see the other ticket stays in the joined one, where they can read it.

    Args:
        source: Locked, as `target` is.
        target: Where the conversation goes on.
        now: The moment.
    """
    readers = {user.pk: user for user in colleagues_of(target).order_by("pk")}
    unsent = source.pending_replies.filter(failed_at__isnull=False, noticed_at__isnull=True)
    unsent.filter(Q(author__in=readers) | Q(failed_reason=NotSent.AUTHOR_LEFT)).update(ticket=target)
    waits = waiting().select_for_update(of=("self",)).select_related("author", "draft").filter(ticket=source)
    for reply in waits.order_by("pk"):
        reply.ticket = target if reply.author_id in readers else source
        has_left = _has_left(reply.ticket, reply)
        _fail(reply.ticket, reply, NotSent.AUTHOR_LEFT if has_left else NotSent.MERGED, now)
    words = {draft.author_id: draft for draft in source.reply_drafts.filter(author__in=readers)}
    for key in sorted(_with_files(source, readers.values()) | set(words)):
        draft = words.get(key) or ReplyDraft()
        _bring(source, target, readers[key], text=draft.text, note=draft.note)


@transaction.atomic
def keep_where_it_goes_on(ticket: Ticket, *, author: User, text: str, note: str = "") -> Ticket | None:
    """Keep what somebody wrote in a ticket that was joined meanwhile as a draft where it goes on; return that one.

    None when the ticket was not joined to any.
    """
    target = steps.locked_where_it_goes_on(ticket)
    if target.pk == ticket.pk:
        return None
    _bring(ticket, target, author, text=text, note=note)
    return target


# --- Steps -----------------------------------------------------------------------------------------------


def _locked_ticket(ticket: Ticket) -> None:
    Ticket.objects.select_for_update(of=("self",)).only("pk").get(pk=ticket.pk)


def _draft_of(ticket: Ticket, author: User) -> ReplyDraft:
    found = ReplyDraft.objects.filter(ticket=ticket, author=author).first()
    return found or ReplyDraft(ticket=ticket, author=author)


def _write(draft: ReplyDraft, *, text: str, note: str) -> None:
    draft.text, draft.note = text, note
    draft.stand += 1
    draft.changed_at = timezone.now()
    draft.save()


def _bring(source: Ticket, target: Ticket, author: User, *, text: str, note: str = "") -> None:
    """Move somebody's unsent words and files from a joined ticket to the other one."""
    draft = _draft_of(target, author)
    if text or note:
        _write(draft, text=_with(draft.text, text), note=_with(draft.note, note))
        forget_draft(source, author, text=True, note=bool(note))
    if (files := _waiting_files(source, author)) is not None:
        _give_files(files, target, author)


def _with(before: str, text: str) -> str:
    """Add a text, with nothing twice: what it holds already of the end of what there is, it went on from."""
    if text.strip() in before:
        return before
    paragraphs = [each for each in before.split("\n\n") if each.strip()]
    kept = next(at for at in range(len(paragraphs) + 1) if "\n\n".join(paragraphs[at:]).strip() in text)
    return _joined(*paragraphs[:kept], text)


def _joined(*texts: str) -> str:
    return "\n\n".join(text.strip("\n") for text in texts if text.strip())


def _still_waiting(reply: PendingReply) -> PendingReply:
    row = waiting().select_for_update(of=("self",)).select_related("author", "draft").filter(pk=reply.pk).first()
    if row is None:
        reply.refresh_from_db(fields=["sent_at"])
        raise ActionRefused(_gone(reply))
    return row


def _gone(reply: PendingReply) -> str:
    if reply.sent_at is not None:
        return _("La respuesta ya se ha enviado.")
    return _("La respuesta ya no estaba esperando.")


def _refuse_moment(send_at: datetime | None, now: datetime) -> None:
    if send_at is None:
        return
    if send_at <= now:
        raise ActionRefused(_("Esa hora ya ha pasado. Elija una que esté por venir."))
    if send_at > now + LATEST:
        raise ActionRefused(_("Se puede programar con un año de antelación como máximo."))


def _why_not(ticket: Ticket, reply: PendingReply) -> NotSent | None:
    """Return why an answer may not leave any more."""
    newer = ticket.messages.filter(kind=MessageKind.PUBLIC, pk__gt=reply.seen_until)
    if ticket.erased_at is not None:
        return NotSent.ERASED
    if _has_left(ticket, reply):
        return NotSent.AUTHOR_LEFT
    if ticket.merged_into_id is not None:
        return NotSent.MERGED
    if not is_open(ticket.state):
        return NotSent.NOT_OPEN
    if newer.filter(author_kind=AuthorKind.STAFF).exclude(author=reply.author_id).exists():
        return NotSent.ANSWERED
    if reply.is_scheduled and newer.filter(author_kind=AuthorKind.PERSON).exists():
        return NotSent.PERSON_WROTE
    if reply.article is not None and reply.article.organisation_id not in ticket.organisation.lineage:
        return NotSent.ARTICLE_GONE
    return None


def _has_left(ticket: Ticket, reply: PendingReply) -> bool:
    return not who_may_handle(ticket).filter(pk=reply.author_id).exists()


def _send(ticket: Ticket, reply: PendingReply, now: datetime) -> None:
    message = steps.reply(
        ticket, author=reply.author, text=reply.text, idempotency_key=reply.key, now=now, is_rich=True
    )
    _hand_over_files(reply, message)
    participants.put_in_copy(ticket, reply.cc, author=reply.author, now=now)
    _leave(ticket, reply, now)
    reply.message, reply.sent_at, reply.text = message, now, ""  # the words are the message's now
    reply.save(update_fields=["message", "sent_at", "text", "draft"])


def _leave(ticket: Ticket, reply: PendingReply, now: datetime) -> None:
    """Leave the ticket as whoever answered wants; to leave it with the person is what answering does."""
    if reply.after == After.RESOLVED:
        steps.resolve(ticket, author=reply.author, article=reply.article, now=now)
        return
    if reply.after == After.PERSON:
        return
    act = Act.WAIT_FOR_US if reply.after == After.US else Act.WAIT_FOR_THIRD_PARTY
    before = ticket.state
    steps.move(ticket, act, now=now)
    ticket.third_party = reply.third_party
    values = filter(None, [ticket.third_party])
    steps.note_event(ticket, EventCode(ticket.state), *values, now=now, author=reply.author)
    steps.save(ticket, now)
    steps.done("tickets.state_changed", ticket, actor=reply.author, details={"from": before, "to": ticket.state})


def _fail(ticket: Ticket, reply: PendingReply, reason: NotSent, now: datetime) -> None:
    reply.failed_at, reply.failed_reason = now, reason
    if reason == NotSent.ERASED:
        reply.text = ""
    reply.save(update_fields=["ticket", "failed_at", "failed_reason", "text"])
    if reason != NotSent.ERASED:
        _give_back(ticket, reply)
    steps.note_event(ticket, EventCode.REPLY_NOT_SENT, reply.author.name, now=now)
    steps.save(ticket, now)
    steps.done("tickets.reply_not_sent", ticket, details={"reason": reason, "author": reply.author_id})
    run_later("tickets.tell_not_sent", reply_id=reply.pk)


def _give_back(ticket: Ticket, reply: PendingReply) -> None:
    """Put the words of an answer before what its author is writing now, and its files with theirs."""
    draft = _draft_of(ticket, reply.author)
    _write(draft, text=_joined(reply.text, draft.text), note=draft.note)
    if reply.draft is not None:
        files, reply.draft = reply.draft, None
        reply.save(update_fields=["draft"])
        _give_files(files, ticket, reply.author)


def _give_files(files: TicketDraft, ticket: Ticket, author: User) -> None:
    """Put files with those that wait for somebody's answer to a ticket."""
    expires_at = timezone.now() + UNSENT_FILES_LAST
    own = _waiting_files(ticket, author)
    if own is None:
        files.token_hash, files.expires_at = desk_reply_key(ticket, author), expires_at
        files.save(update_fields=["token_hash", "expires_at"])
    else:
        files.files.update(draft=own)
        own.expires_at = max(own.expires_at, expires_at)
        own.save(update_fields=["expires_at"])
        files.delete()


def _waiting_files(ticket: Ticket, author: User) -> TicketDraft | None:
    return TicketDraft.objects.select_for_update().filter(token_hash=desk_reply_key(ticket, author)).first()


def _with_files(ticket: Ticket, users: Iterable[User]) -> set[int]:
    """Return the keys of those for whose answer to a ticket files wait, with or without words."""
    keys = {desk_reply_key(ticket, user): user.pk for user in users}
    waiting_files = TicketDraft.objects.filter(token_hash__in=keys)
    return {keys[key] for key in waiting_files.values_list("token_hash", flat=True)}


def _take_files(reply: PendingReply) -> None:
    """Give the files that wait for somebody's answer to this one."""
    own = _waiting_files(reply.ticket, reply.author)
    if own is None or own.expires_at <= timezone.now():
        return
    own.token_hash, own.expires_at = pending_key(reply.pk), reply.send_at + UNSENT_FILES_LAST
    own.save(update_fields=["token_hash", "expires_at"])
    reply.draft = own
    reply.save(update_fields=["draft"])


def _forget_files(ticket: Ticket, author: User) -> None:
    again = _waiting_files(ticket, author)
    if again is not None:
        attachments.delete_draft(again)


def _hand_over_files(reply: PendingReply, message: Message) -> None:
    if reply.draft is not None:
        files, reply.draft = reply.draft, None
        attachments.hand_over(files, message)
        files.delete()
