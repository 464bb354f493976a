"""What happens in the outbox."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.headerregistry import Address
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.notifications.choices import RESENDABLE_STATES, WAITING_STATES, DeliveryState, Problem
from mostrador.notifications.clients import Letter, SmtpServer, configured_server, hand_over
from mostrador.notifications.errors import NotDelivered
from mostrador.notifications.models import OutgoingMessage
from mostrador.notifications.queries import forgotten_in_the_queue, messages_to
from mostrador.notifications.rules import LAST_ATTEMPT, new_message_id, one_line, pause_after, thread_of, tidy_text
from mostrador.organisations.models import Organisation
from mostrador.people.models import Person
from mostrador.people.rules import Moved
from mostrador.shared.background import run_at, run_later
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import jinja

logger = logging.getLogger(__name__)

# RFC 3834, and the way in which Exchange is asked not to answer.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}

# From then on a message is due again, unless its row is locked because the attempt still goes on: the worker is gone.
# Shorter than it takes to notice a dead worker, so that its job finds the message due when it is tried again.
ATTEMPT_STARTS_WITHIN = timedelta(seconds=30)
# Clocks of several machines differ a little: a job that starts this early finds its message due.
CLOCKS_MAY_DIFFER = timedelta(seconds=20)


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
) -> OutgoingMessage:
    """Write an e-mail whose words are ready into the outbox; see `send_email`.

    Without an SMTP server it is kept, to be read at /gestion/correo/.
    """
    now = timezone.now()
    state = DeliveryState.QUEUED if configured_server() else DeliveryState.KEPT
    message = OutgoingMessage.objects.create(
        organisation=organisation,
        person=person,
        kind=kind,
        about=about,
        to=to,
        sender=sender_of(organisation),
        subject=one_line(subject)[:250],
        text=tidy_text(text),
        html=html,
        language=language,
        message_id=new_message_id(organisation.host),
        in_reply_to=in_reply_to,
        references=thread_of(references, in_reply_to),
        headers={name: one_line(value) for name, value in (headers or {}).items() if value},
        state=state,
        created_at=now,
        next_attempt_at=now if state == DeliveryState.QUEUED else None,
    )
    if state == DeliveryState.QUEUED:
        run_later("notifications.deliver", message_id=message.pk)
    return message


def sender_of(organisation: Organisation) -> str:
    """Return the From of an organisation's e-mails: its name and its address, or the installation's."""
    return str(Address(one_line(organisation.name), addr_spec=organisation.email or settings.DEFAULT_FROM_EMAIL))


def deliver(message_id: int) -> None:
    """Hand one message to the SMTP server, if it is due and nobody is doing so.

    The attempt is counted before it is made, so that a message during which workers die is given up on in the end; the
    row stays locked while it is handed over, so that two workers never send it at once. When the worker dies after the
    server took the message and before we noted it, it is sent again with the same Message-ID.
    """
    if not _begin_attempt(message_id):
        return
    with transaction.atomic():
        message = OutgoingMessage.objects.select_for_update(skip_locked=True).waiting().filter(pk=message_id).first()
        if message is None:
            return
        server = configured_server()
        if server is None:
            _settle(message, DeliveryState.KEPT)
            return
        _attempt(message, server)


def send_test_email(organisation: Organisation, *, by: User) -> OutgoingMessage:
    """Send the asking administrator a message that proves that mail leaves.

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
    )


@transaction.atomic
def resend(message: OutgoingMessage, *, by: User) -> None:
    """Send a message that is not sent yet, now and with all its attempts ahead.

    Raises:
        ActionRefused: It was sent, or there is no SMTP server.
    """
    message = OutgoingMessage.objects.select_for_update().get(pk=message.pk)
    if message.state not in RESENDABLE_STATES:
        raise ActionRefused(_("Este mensaje ya se envió."))
    if configured_server() is None:
        raise ActionRefused(_("No hay servidor de correo configurado. Configúrelo y vuelva a intentarlo."))
    message.attempts = 0
    _settle(message, DeliveryState.QUEUED, next_attempt_at=timezone.now())
    record("notifications.resent", message, actor=by, details={"kind": message.kind})
    run_later("notifications.deliver", message_id=message.pk)


@transaction.atomic
def discard(message: OutgoingMessage, *, by: User) -> None:
    """Stop trying to send a message.

    Raises:
        ActionRefused: It was sent or discarded before.
    """
    message = OutgoingMessage.objects.select_for_update().get(pk=message.pk)
    if message.state in {DeliveryState.SENT, DeliveryState.DISCARDED}:
        raise ActionRefused(_("Este mensaje ya no está pendiente."))
    _settle(message, DeliveryState.DISCARDED)
    record("notifications.discarded", message, actor=by, details={"kind": message.kind})


def note_reading(message: OutgoingMessage, *, by: User) -> None:
    """Record that an administrator read a person's e-mail (RD 311/2022, op.exp.8)."""
    record("notifications.read", message, actor=by)


def erase_personal_data(person: Person) -> dict[str, int]:
    """Delete the copies of what was written to a person, what still waits included. In the caller's transaction."""
    return {"messages": messages_to(person).delete()[0]}


def move_to_person(source: Person, target: Person, only: Mapping[str, list[int]] | None) -> Moved:
    """Give what was written to one person to another, when records are joined; return the keys of what was moved."""
    theirs = OutgoingMessage.objects.filter(person=source)
    if only is not None:
        theirs = theirs.filter(pk__in=only.get("messages", []))
    keys = list(theirs.order_by("pk").values_list("pk", flat=True))
    OutgoingMessage.objects.filter(pk__in=keys).update(person=target)
    return {"messages": keys}


@transaction.atomic
def requeue_forgotten() -> int:
    """Ask for the delivery of messages that are due and that no job is going to deliver; return how many.

    That happens when a worker dies while sending.
    """
    forgotten = forgotten_in_the_queue(timezone.now())
    for message_id in forgotten:
        run_later("notifications.deliver", message_id=message_id)
    if forgotten:
        logger.warning("outbox.requeued count=%d", len(forgotten))
    return len(forgotten)


def forget_old_messages() -> int:
    """Delete what is settled and older than OUTBOX_RETENTION_DAYS; return how many."""
    limit = timezone.now() - timedelta(days=settings.OUTBOX_RETENTION_DAYS)
    settled = OutgoingMessage.objects.filter(created_at__lt=limit).exclude(state__in=WAITING_STATES)
    return sum(_deleted_in_portions(settled.values_list("pk", flat=True)[:1000]))


def _deleted_in_portions(keys: Any) -> Iterator[int]:
    # Short transactions: nobody waits for a long deletion.
    while portion := list(keys.all()):
        yield OutgoingMessage.objects.filter(pk__in=portion).delete()[0]


@transaction.atomic
def _begin_attempt(message_id: int) -> bool:
    now = timezone.now()
    message = (
        OutgoingMessage.objects.select_for_update(skip_locked=True)
        .due(now + CLOCKS_MAY_DIFFER)
        .filter(pk=message_id)
        .first()
    )
    if message is None:
        return False
    message.attempts += 1
    message.next_attempt_at = now + ATTEMPT_STARTS_WITHIN
    message.save(update_fields=["attempts", "next_attempt_at"])
    return True


def _attempt(message: OutgoingMessage, server: SmtpServer) -> None:
    if message.attempts > LAST_ATTEMPT:  # the others were cut off: nothing noted how they ended
        _settle(message, DeliveryState.DEAD, problem=Problem.INTERRUPTED)
        return
    try:
        hand_over(_letter(message), server)
    except NotDelivered as failure:
        _put_off(message, failure)
    else:
        message.sent_at = timezone.now()
        _settle(message, DeliveryState.SENT)


def _put_off(message: OutgoingMessage, failure: NotDelivered) -> None:
    pause = None if failure.is_final else pause_after(message.attempts)
    logger.warning(
        "outbox.not_delivered message=%d attempt=%d problem=%s", message.pk, message.attempts, failure.problem
    )
    if pause is None:
        _settle(message, DeliveryState.DEAD, problem=failure.problem, last_error=failure.answer)
        return
    moment = timezone.now() + pause
    _settle(
        message,
        DeliveryState.DEFERRED,
        next_attempt_at=moment,
        problem=failure.problem,
        last_error=failure.answer,
    )
    run_at(moment, "notifications.deliver", message_id=message.pk)


def _settle(
    message: OutgoingMessage,
    state: DeliveryState,
    *,
    next_attempt_at: datetime | None = None,
    problem: str = "",
    last_error: str = "",
) -> None:
    message.state = state
    message.next_attempt_at = next_attempt_at
    message.problem = problem
    message.last_error = last_error
    message.save(update_fields=["state", "attempts", "next_attempt_at", "problem", "last_error", "sent_at"])


def _letter(message: OutgoingMessage) -> Letter:
    return Letter(
        sender=message.sender,
        to=message.to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        written_at=message.created_at,
        message_id=message.message_id,
        headers={
            "In-Reply-To": message.in_reply_to,
            "References": message.references,
            "Content-Language": message.language,
            **message.headers,
        },
    )
