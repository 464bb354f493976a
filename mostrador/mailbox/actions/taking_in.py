"""Reading what was received: each message once, in a transaction of its own, however often it is tried.

What cannot be read is tried again, then becomes a ticket with the raw message for a person to look at.
"""

import logging
import secrets
import traceback
from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.mailbox.actions import placing, receiving
from mostrador.mailbox.actions.arrivals import Checked, read_and_check
from mostrador.mailbox.actions.files import forget
from mostrador.mailbox.choices import KEPT_ASIDE, MailState, Outcome
from mostrador.mailbox.errors import ComesTooEarly
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.queries import incoming
from mostrador.mailbox.rules.portions import in_groups
from mostrador.people.actions.persons import find_or_create_person
from mostrador.shared.errors import ActionRefused
from mostrador.shared.together import one_of_them, together
from mostrador.tickets.actions.attachments import FOLDER
from mostrador.tickets.actions.tickets import open_ticket
from mostrador.tickets.choices import Channel
from mostrador.tickets.models import Attachment, Ticket

logger = logging.getLogger(__name__)

_Failed = tuple[IncomingMail, Exception]

PORTION = 25  # messages that are claimed at once
PORTION_BYTES = 8_000_000  # of them that are read together; a larger one is read alone
PORTIONS = 20  # in one run of the job
# After each failed attempt; then a person looks at it.
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
ATTEMPTS = len(PAUSES) + 1
WAIT_FOR_EARLIER = timedelta(seconds=2)
LONGEST_ERROR = 2000
MAILBOX = ("organisation", "mailbox__sender", "mailbox__team__organisation", "mailbox__topic__team__organisation")


def take_in_what_is_due() -> bool:
    """Read what waits, the oldest first, at most 500 messages; tell whether more is waiting."""
    for _portion in range(PORTIONS):
        claimed = incoming.claim(timezone.now(), PORTION)
        # What failed before is read alone, and what readers die of no more.
        alone = ((key, size if attempts <= 2 else PORTION_BYTES) for key, size, attempts in claimed)
        spent = {key for key, _size, attempts in claimed if attempts > ATTEMPTS}
        for keys in in_groups(alone, PORTION_BYTES):
            if spent.isdisjoint(keys):
                take_in(*keys)
            else:
                _note_failure(keys[0], RuntimeError("whoever reads it dies"))
        if len(claimed) < PORTION:
            return False
    return incoming.is_something_due(timezone.now())


def take_in(*mail_ids: int) -> None:
    """Read messages and put them where they belong, together; what goes wrong with one is noted and tried again.

    They are safe and are read again whenever this does not commit, so nobody waits here for the disk.
    """
    failed: list[_Failed] = []
    # What may have to wait for others' servers comes before the transaction.
    mails = list(_read(incoming.to_read(mail_ids), failed))
    try:
        failed += _place_together(mails)
    except Exception as problem:  # of any kind, from what was gathered: whose it is comes out below
        for _kept, mail in mails:
            forget(mail.stored)
        if not connection.is_usable():
            raise  # about the database, not about these messages: they wait until the lease is over
        if len(mails) == 1:
            failed.append((mails[0][0], problem))
        else:  # what belongs to one of them comes out when each is alone
            for kept, _mail in mails:
                take_in(kept.pk)
    for kept, reason in failed:
        if isinstance(reason, ComesTooEarly | OperationalError):
            _put_off(kept.pk)
            continue
        trace = "".join(traceback.format_tb(reason.__traceback__))  # without its words, which may be the person's
        logger.error("mail.not_read mail=%d problem=%s\n%s", kept.pk, type(reason).__name__, trace)
        _note_failure(kept.pk, reason)


def _read(rows: list[IncomingMail], failed: list[_Failed]) -> Iterator[tuple[IncomingMail, Checked]]:
    for kept in rows:
        try:
            yield kept, read_and_check(kept, _raw(kept))
        except Exception as problem:  # noqa: BLE001 - whatever a message does to its reader, the next one is read
            failed.append((kept, problem))


def _place_together(mails: list[tuple[IncomingMail, Checked]]) -> list[_Failed]:
    """Place messages in one transaction; return those that failed by themselves."""
    failed: list[_Failed] = []
    with together():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        waiting = incoming.still_to_read(kept.pk for kept, _mail in mails)
        for kept, mail in mails:
            if kept.pk not in waiting:
                continue
            try:
                with one_of_them():
                    placing.place(kept, mail)
            except Exception as problem:  # of any kind: the next message is placed
                if isinstance(problem, DatabaseError) and not connection.is_usable():
                    raise
                forget(mail.stored)
                failed.append((kept, problem))
    return failed


@transaction.atomic
def take_in_again(kept: IncomingMail, *, by: User) -> None:
    """Have a message that could not be read tried again, with all its attempts ahead.

    Raises:
        ActionRefused: It has been read, or its original was erased.
    """
    _refuse_without_original(kept)
    changed = IncomingMail.objects.filter(pk=kept.pk, state=MailState.FAILED)
    if not changed.update(state=MailState.RECEIVED, outcome="", attempts=0, next_attempt_at=timezone.now()):
        raise ActionRefused(_("Este mensaje ya está atendido."))
    record("mailbox.read_again", kept, actor=by)
    transaction.on_commit(receiving.have_it_read)


@transaction.atomic
def make_ticket(kept: IncomingMail, *, by: User) -> Ticket:
    """Open a ticket with a message that a verdict or a rule had kept aside.

    Raises:
        ActionRefused: It has a ticket, or its original was erased.
    """
    _refuse_without_original(kept)
    kept = IncomingMail.objects.select_for_update(of=("self",)).select_related(*MAILBOX).get(pk=kept.pk)
    if kept.ticket_id is not None or kept.outcome not in KEPT_ASIDE:
        raise ActionRefused(_("Este mensaje ya tiene su consulta."))
    placing.place(kept, read_and_check(kept, _raw(kept)), as_persons=True)
    record("mailbox.ticket_made", kept, actor=by)
    ticket = kept.ticket
    if ticket is None:
        raise ActionRefused(_("Este mensaje no tiene remitente a quien responder."))
    return ticket


def resume() -> None:
    """Ask for what is due to be read; nothing when nothing is."""
    if incoming.is_something_due(timezone.now()):
        receiving.have_it_read()


def _raw(kept: IncomingMail) -> bytes:
    with default_storage.open(kept.file) as file:
        raw: bytes = file.read()
    return raw


def _refuse_without_original(kept: IncomingMail) -> None:
    if not kept.file:
        raise ActionRefused(_("El original de este mensaje ya se suprimió."))


def _put_off(mail_id: int) -> None:
    """Read it after what came before it; that is no failed attempt."""
    kept = IncomingMail.objects.get(pk=mail_id)
    kept.attempts, kept.next_attempt_at = max(kept.attempts - 1, 0), timezone.now() + WAIT_FOR_EARLIER
    kept.save(update_fields=["attempts", "next_attempt_at"])
    receiving.have_it_read_at(kept.next_attempt_at)


@transaction.atomic
def _note_failure(mail_id: int, problem: Exception) -> None:
    kept = (
        IncomingMail.objects.select_for_update(of=("self",)).select_related("mailbox", "organisation").get(pk=mail_id)
    )
    if kept.state != MailState.RECEIVED:
        return
    kept.last_error = f"{type(problem).__name__}: {problem}"[:LONGEST_ERROR]
    if kept.attempts <= len(PAUSES):
        kept.next_attempt_at = timezone.now() + PAUSES[max(kept.attempts, 1) - 1]
        kept.save(update_fields=["last_error", "next_attempt_at"])
        receiving.have_it_read_at(kept.next_attempt_at)
        return
    _show_to_a_person(kept)


def _show_to_a_person(kept: IncomingMail) -> None:
    """Open a ticket with the raw message, so that somebody of the desk looks at what no program could read."""
    mailbox, organisation = kept.mailbox, kept.organisation
    with override(organisation.default_language):
        subject, text = (
            _("No se pudo leer un mensaje"),
            _(
                "Llegó un mensaje que no se pudo leer. El original está adjunto: descárguelo y ábralo con un programa "
                "de correo. Quien lo envió no ha recibido acuse de recibo."
            ),
        )
    ticket, message = open_ticket(
        organisation,
        person=find_or_create_person(organisation, language=organisation.default_language),
        channel=Channel.EMAIL,
        subject=subject,
        text=text,
        language=organisation.default_language,
        team=mailbox.team,
        topic=mailbox.topic,
        sender=mailbox.sender,
        acknowledge=False,
    )
    with default_storage.open(kept.file) as original:  # a copy: the mail and the ticket end each in its time
        copy = default_storage.save(f"{FOLDER}/{timezone.now():%Y/%m}/{secrets.token_hex(16)}", original)
    Attachment.objects.create(
        message=message,
        file=copy,
        name=f"{kept.sha256[:12]}.eml",
        content_type="message/rfc822",
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
    )
    kept.state, kept.outcome, kept.read_at = MailState.FAILED, Outcome.UNREADABLE, timezone.now()
    kept.ticket, kept.said = ticket, message
    kept.save()
