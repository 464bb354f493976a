"""From the outbox to the SMTP server: when it is due, once for each recipient, and again when it was put off."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.utils import parseaddr
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.notifications.actions.bounces import note_refusal
from mostrador.notifications.choices import DeliveryState, Problem, Severity
from mostrador.notifications.clients import Enclosure, Letter, SmtpServer, configured_server, hand_over
from mostrador.notifications.errors import NotDelivered
from mostrador.notifications.models import OutgoingMessage, Sender
from mostrador.notifications.permissions import may_be_resent
from mostrador.notifications.queries import forgotten_in_the_queue
from mostrador.notifications.queries.senders import blocked_among
from mostrador.notifications.rules import (
    BOUNCE,
    LAST_ATTEMPT,
    hidden_mark,
    html_with_mark,
    is_among,
    pause_after,
    plus_address,
    text_with_mark,
    token_of,
    turn_after,
)
from mostrador.notifications.rules.bouncing import reason_of
from mostrador.notifications.rules.signing import Signer, signature
from mostrador.shared.background import run_at, run_later
from mostrador.shared.errors import ActionRefused

logger = logging.getLogger(__name__)

# From then on a message is due again, unless its row is locked because the attempt still goes on: the worker is gone.
# Shorter than it takes to notice a dead worker, so that its job finds the message due when it is tried again.
ATTEMPT_STARTS_WITHIN = timedelta(seconds=30)
# Clocks of several machines differ a little: a job that starts this early finds its message due.
CLOCKS_MAY_DIFFER = timedelta(seconds=20)
ABOUT_TICKETS = "tickets.ticket:"
CHANGED_BY_DELIVERY = [
    "state",
    "attempts",
    "next_attempt_at",
    "turn_at",
    "problem",
    "last_error",
    "sent_at",
    "taken_for",
    "bounced_to",
    "bounce_severity",
    "bounce_reason",
    "bounce_said",
    "bounced_at",
]


def deliver(message_id: int) -> None:
    """Hand one message to the SMTP server, if it is due, its sender's turn has come and nobody is doing so.

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


@transaction.atomic
def resend(message: OutgoingMessage, *, by: User) -> None:
    """Send a message again, now and with all its attempts ahead: to those who have not got it.

    Raises:
        ActionRefused: Everybody got it, nothing is sent to the address any more, or there is no SMTP server.
    """
    message = OutgoingMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if not may_be_resent(message):
        raise ActionRefused(_("Este mensaje ya se envió."))
    if configured_server() is None:
        raise ActionRefused(_("No hay servidor de correo configurado. Configúrelo y vuelva a intentarlo."))
    if closed := blocked_among(message.organisation, [message.to]):
        raise ActionRefused(
            _("A %(address)s no se envía nada, porque devuelve el correo. Permítala de nuevo antes.")
            % {"address": closed[0].address}
        )
    message.attempts = 0
    message.taken_for = [address for address in message.taken_for if not is_among(address, message.bounced_to)]
    if message.state == DeliveryState.BOUNCED and not message.bounced_to:
        message.taken_for = []  # nobody knows for whom it came back
    message.bounced_to, message.bounced_at = [], None
    message.bounce_severity = message.bounce_reason = message.bounce_said = ""
    _settle(message, DeliveryState.QUEUED, next_attempt_at=timezone.now())
    record("notifications.resent", message, actor=by, details={"kind": message.kind})
    run_later("notifications.deliver", message_id=message.pk)


@transaction.atomic
def discard(message: OutgoingMessage, *, by: User) -> None:
    """Stop trying to send a message.

    Raises:
        ActionRefused: It was sent or discarded before.
    """
    message = OutgoingMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.state in {DeliveryState.SENT, DeliveryState.DISCARDED}:
        raise ActionRefused(_("Este mensaje ya no está pendiente."))
    _settle(message, DeliveryState.DISCARDED)
    record("notifications.discarded", message, actor=by, details={"kind": message.kind})


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


@transaction.atomic
def _begin_attempt(message_id: int) -> bool:
    now = timezone.now()
    message = (
        OutgoingMessage.objects.select_for_update(skip_locked=True, of=("self",))
        .due(now + CLOCKS_MAY_DIFFER)
        .filter(pk=message_id)
        .first()
    )
    if message is None:
        return False
    if (turn := _turn_of(message, now)) is not None:
        message.next_attempt_at = turn
        message.save(update_fields=["next_attempt_at", "turn_at"])
        run_at(turn, "notifications.deliver", message_id=message.pk)
        return False
    message.attempts += 1
    message.next_attempt_at = now + ATTEMPT_STARTS_WITHIN
    message.save(update_fields=["attempts", "next_attempt_at", "turn_at"])
    return True


def _turn_of(message: OutgoingMessage, now: datetime) -> datetime | None:
    """Take a turn of the sender's for this attempt, if it has a limit; return it when it has not come yet.

    Waiting for it is no attempt. Workers take turns one after the other, as they lock the sender.
    """
    if message.sent_from_id is None or message.turn_at is not None:
        return None  # a turn that was taken before has come, or the message would not be due
    sender = Sender.objects.select_for_update(no_key=True, of=("self",)).get(pk=message.sent_from_id)
    if not sender.per_minute:
        return None
    message.turn_at = max(now, sender.next_turn_at or now)
    sender.next_turn_at = turn_after(message.turn_at, sender.per_minute)
    sender.save(update_fields=["next_turn_at"])
    return message.turn_at if message.turn_at > now else None


def _attempt(message: OutgoingMessage, server: SmtpServer) -> None:
    if message.attempts > LAST_ATTEMPT:  # the others were cut off: nothing noted how they ended
        _settle(message, DeliveryState.DEAD, problem=Problem.INTERRUPTED)
        _tell_its_ticket(message)
        return
    message.turn_at = None  # the next attempt takes one of its own
    recipients = _recipients(message)
    if not recipients:
        _settle(message, DeliveryState.SENT if message.sent_at else DeliveryState.DISCARDED)
        return
    try:
        refused = hand_over(_letter(message, recipients), server)
    except NotDelivered as failure:
        if not any(refusal.is_final for refusal in failure.refused.values()):
            _put_off(message, failure)
            return
        refused = failure.refused
    message.taken_for += [address for address in recipients if address not in refused]
    _settle_one_by_one(message, refused)


def _recipients(message: OutgoingMessage) -> list[str]:
    """Return for whom the server has not taken the message yet and who may still get it."""
    done = [*message.taken_for, *message.bounced_to]
    return [address for address in (message.to, *message.cc) if not is_among(address, done)]


def _settle_one_by_one(message: OutgoingMessage, refused: dict[str, NotDelivered]) -> None:
    """Note who got the message and who never will, and try again for those who were only put off."""
    final = {address: refusal for address, refusal in refused.items() if refusal.is_final}
    closed = [_note_refused(message, address, refusal) for address, refusal in final.items()]
    if final:
        _tell_its_ticket(message, is_blocked=any(closed))
    put_off = [refusal for refusal in refused.values() if not refusal.is_final]
    if put_off:
        _put_off(message, put_off[0])
    elif not message.taken_for:
        last = next(iter(refused.values()))
        _settle(message, DeliveryState.DEAD, problem=last.problem, last_error=last.answer)
    else:
        message.sent_at = timezone.now()
        _settle(message, DeliveryState.BOUNCED if is_among(message.to, message.bounced_to) else DeliveryState.SENT)


def _note_refused(message: OutgoingMessage, address: str, refusal: NotDelivered) -> bool:
    """Note it in the message and against the address; return whether nothing more is sent there from now on."""
    reason, now = reason_of(refusal.answer), timezone.now()
    message.bounced_to.append(address)
    message.bounce_severity, message.bounce_reason = Severity.HARD, reason
    message.bounce_said, message.bounced_at = refusal.answer, now
    return bool(note_refusal(message, address=address, reason=reason, said=refusal.answer, at=now))


def _put_off(message: OutgoingMessage, failure: NotDelivered) -> None:
    pause = None if failure.is_final else pause_after(message.attempts)
    logger.warning(
        "outbox.not_delivered message=%d attempt=%d problem=%s", message.pk, message.attempts, failure.problem
    )
    if pause is None:
        _give_up(message, failure)
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


def _give_up(message: OutgoingMessage, failure: NotDelivered) -> None:
    """Stop trying: the message is dead, unless somebody got it."""
    if message.taken_for:
        message.bounced_to += _recipients(message)
        message.bounce_severity, message.bounce_reason = Severity.HARD, reason_of(failure.answer)
        message.bounce_said, message.bounced_at = failure.answer, timezone.now()
        message.sent_at = timezone.now()
    is_returned = bool(message.taken_for) and is_among(message.to, message.bounced_to)
    state = DeliveryState.BOUNCED if is_returned else DeliveryState.SENT if message.taken_for else DeliveryState.DEAD
    _settle(message, state, problem=failure.problem, last_error=failure.answer)
    _tell_its_ticket(message)


def _tell_its_ticket(message: OutgoingMessage, *, is_blocked: bool = False) -> None:
    """Have the desk told in the ticket that a message did not arrive, as it is told of one that comes back.

    By the name of the job, because tickets stand above the outbox; a person waits for this, and no page is looked at.
    """
    if message.about.startswith(ABOUT_TICKETS):
        moment = timezone.now().isoformat()
        run_later("tickets.mail_not_delivered", message_id=message.pk, at=moment, is_blocked=int(is_blocked))


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
    message.save(update_fields=CHANGED_BY_DELIVERY)


def _letter(message: OutgoingMessage, recipients: list[str]) -> Letter:
    """Return the message as it is handed over.

    Where it belongs to something, its mark goes with it; where the sender's server delivers addresses with a "+",
    answers and what comes back say to which message they belong.

    Raises:
        NotDelivered: A file cannot be read.
    """
    sender, token = message.sent_from, token_of(message.pk)
    mark = hidden_mark(token) if message.about else ""
    address = parseaddr(message.sender)[1]
    has_plus = sender is not None and sender.has_plus
    answers = str(Address(parseaddr(message.sender)[0], addr_spec=plus_address(address, token))) if has_plus else ""
    return Letter(
        sender=message.sender,
        to=message.to,
        cc=tuple(message.cc),
        recipients=tuple(recipients),
        returns_to=plus_address(address, token, BOUNCE) if has_plus else "",
        subject=message.subject,
        text=text_with_mark(message.text, mark) if mark else message.text,
        html=html_with_mark(message.html, mark) if mark and message.html else message.html,
        written_at=message.created_at,
        message_id=message.message_id,
        files=tuple(_enclosures(message)),
        sign=_signing(sender) if sender is not None else None,
        headers={
            "Reply-To": answers,
            "In-Reply-To": message.in_reply_to,
            "References": message.references,
            "Content-Language": message.language,
            **message.headers,
        },
    )


def _enclosures(message: OutgoingMessage) -> list[Enclosure]:
    try:
        return [
            Enclosure(name=file.name, content_type=file.content_type, content=_content(file.stored))
            for file in message.files.order_by("pk")
        ]
    except OSError as error:
        raise NotDelivered(Problem.FILES, str(error)) from error


def _content(stored: str) -> bytes:
    with default_storage.open(stored) as file:
        content: bytes = file.read()
        return content


def _signing(sender: Sender) -> Callable[[bytes], bytes] | None:
    key = sender.dkim_key
    if not key or not sender.dkim_selector:
        return None
    domain = sender.address.rpartition("@")[2].encode("idna").decode()
    return partial(_signature, signer=Signer(domain=domain, selector=sender.dkim_selector, key=key))


def _signature(content: bytes, signer: Signer) -> bytes:
    """Return the signature, or nothing with a bad key: that costs the signature, not the message."""
    try:
        return signature(content, signer, timezone.now())
    except ValueError:
        logger.warning("outbox.not_signed selector=%s", signer.selector)
        return b""
