"""What comes back: it marks the message that was sent, and in the end stops mail to the address."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.notifications.choices import BounceReason, DeliveryState, Severity
from mostrador.notifications.models import AddressHealth, OutgoingMessage
from mostrador.notifications.rules import is_among, same_address
from mostrador.notifications.rules.bouncing import is_given_up
from mostrador.organisations.models import Organisation

LONGEST_ANSWER = 2000  # characters of what the other server said


@transaction.atomic
def note_bounce(
    message: OutgoingMessage | None,
    *,
    organisation: Organisation,
    addresses: Sequence[str],
    severity: Severity,
    reason: BounceReason,
    said: str,
    at: datetime,
) -> list[AddressHealth]:
    """Note that a message did not arrive, or is late; after two or five times nothing more is sent to the address.

    Args:
        message: Which one; None when the notice does not tell. Then it is only counted as passing: anybody may write
            such a notice, but only who got the message, or a server on its way, can name it.
        organisation: In whose name it was sent.
        addresses: That it names. Of a message to one person, whichever: it may have been forwarded.
        severity: Whether it ever will.
        reason: Why.
        said: What the other server said.
        at: When it came back (aware).

    Returns:
        Addresses to which nothing more is sent from now on.
    """
    said = said.strip()[:LONGEST_ANSWER]
    if message is None:
        _count(organisation, addresses, Severity.SOFT if severity == Severity.HARD else severity, reason, said, at)
        return []
    message = OutgoingMessage.objects.select_for_update(of=("self",), no_key=True).get(pk=message.pk)
    whom = _of(message, addresses)
    new = [address for address in whom if severity != Severity.HARD or not is_among(address, message.bounced_to)]
    _mark(message, whom, severity, reason, said, at)
    return _count(message.organisation, new, severity, reason, said, at)


@transaction.atomic
def note_refusal(
    message: OutgoingMessage, *, address: str, reason: BounceReason, said: str, at: datetime
) -> list[AddressHealth]:
    """Note that our own server refused an address for good while it was sent to, where that speaks of the address.

    Returns:
        The address, where nothing more is sent to it from now on.
    """
    if not reason.is_about_address:
        return []
    return _count(message.organisation, [address], Severity.HARD, reason, said[:LONGEST_ANSWER], at)


@transaction.atomic
def note_complaint(organisation: Organisation, *, addresses: Sequence[str], said: str, at: datetime) -> None:
    """Note that the owners of addresses took mail of ours for spam (RFC 5965): nothing that nobody wrote goes there."""
    for address in addresses:
        health = _health_of(organisation, address)
        health.complained_at = health.complained_at or at
        health.said = health.said or said.strip()[:LONGEST_ANSWER]
        health.save(update_fields=["complained_at", "said"])


def note_alive(organisation: Organisation, address: str) -> None:
    """Note that mail came from an address: what was counted against it is over, except a complaint. One query."""
    AddressHealth.objects.of(organisation, [address]).update(
        hard_bounces=0, gone_bounces=0, soft_bounces=0, blocked_at=None
    )


@transaction.atomic
def allow_again(health: AddressHealth, *, by: User) -> None:
    """Send to an address again, as if nothing had come back from it; messages that were not sent wait for somebody."""
    health = AddressHealth.objects.select_for_update(of=("self",)).get(pk=health.pk)
    health.hard_bounces = health.gone_bounces = health.soft_bounces = 0
    health.blocked_at = health.complained_at = None
    health.save(update_fields=["hard_bounces", "gone_bounces", "soft_bounces", "blocked_at", "complained_at"])
    record("notifications.allowed_again", health, actor=by)


def _of(message: OutgoingMessage, addresses: Sequence[str]) -> list[str]:
    """Return which recipients of a message a notice is about; of one to a single person always that one."""
    recipients = [message.to, *message.cc]
    named = [address for address in recipients if is_among(address, addresses)]
    return named or (recipients if len(recipients) == 1 else [])


def _mark(
    message: OutgoingMessage, whom: list[str], severity: Severity, reason: BounceReason, said: str, at: datetime
) -> None:
    if message.bounce_severity == Severity.HARD and severity != Severity.HARD:
        return  # a notice of delay that comes late says less than what is known
    message.bounce_severity, message.bounce_reason, message.bounce_said = severity, reason, said
    message.bounced_at = at
    if severity == Severity.HARD:
        message.bounced_to += [address for address in whom if not is_among(address, message.bounced_to)]
        is_for_nobody = not whom or any(same_address(message.to, address) for address in whom)
        if message.state == DeliveryState.SENT and is_for_nobody:
            message.state = DeliveryState.BOUNCED
    message.save(update_fields=["state", "bounce_severity", "bounce_reason", "bounce_said", "bounced_at", "bounced_to"])


def _count(
    organisation: Organisation,
    addresses: Sequence[str],
    severity: Severity,
    reason: BounceReason,
    said: str,
    at: datetime,
) -> list[AddressHealth]:
    """Count a bounce against each address; return those to which nothing more is sent from now on."""
    given_up = []
    for address in sorted({address.lower() for address in addresses}):
        if severity == Severity.DELAYED:
            continue  # it may still arrive
        health = _health_of(organisation, address)
        if severity == Severity.HARD:
            health.hard_bounces += 1
            health.gone_bounces += reason.is_about_address
        else:
            health.soft_bounces += 1
        health.reason, health.said, health.last_bounce_at = reason, said, at
        if health.blocked_at is None and is_given_up(gone=health.gone_bounces, hard=health.hard_bounces):
            health.blocked_at = at
            given_up.append(health)
        health.save()
    return given_up


def _health_of(organisation: Organisation, address: str) -> AddressHealth:
    health, _is_new = AddressHealth.objects.select_for_update(of=("self",)).get_or_create(
        organisation=organisation, address=address.lower()
    )
    return health
