"""What is asked about what came in."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower

from mostrador.mailbox.choices import MailState
from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.notifications.models import Sender

# Whoever reads a portion has this long for it, until somebody else takes what is left over.
LEASE = timedelta(minutes=3)
_CLAIM = """
UPDATE mailbox_incomingmail AS mail SET attempts = mail.attempts + 1, next_attempt_at = %(until)s
FROM (
    SELECT id FROM mailbox_incomingmail WHERE state = 'received' AND next_attempt_at <= %(now)s
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
) AS due
WHERE mail.id = due.id RETURNING mail.id
"""


def claim(now: datetime, most: int) -> list[int]:
    """Take the oldest messages that nobody reads, for `LEASE`, and return their keys; the attempt is counted."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + LEASE, "most": most})
        return sorted(key for (key,) in cursor.fetchall())


def is_something_due(now: datetime) -> bool:
    """Tell whether something waits to be read and nobody does. One query."""
    return IncomingMail.objects.due(now).exists()


def is_earlier_unread(kept: IncomingMail) -> bool:
    """Tell whether something that came before to the same mailbox is still to be read. One query."""
    earlier = IncomingMail.objects.filter(state=MailState.RECEIVED, mailbox=kept.mailbox_id, pk__lt=kept.pk)
    return earlier.exists()


def same_message_before(kept: IncomingMail) -> IncomingMail | None:
    """Return what came earlier to the mailbox with the same Message-ID from the same sender, or None. One query."""
    if not kept.message_id:
        return None
    same = IncomingMail.objects.filter(
        mailbox=kept.mailbox_id, message_id=kept.message_id, sender=kept.sender, state=MailState.DONE
    )
    return same.exclude(pk=kept.pk).select_related("said").order_by("pk").first()


def own_addresses_among(addresses: Iterable[str]) -> set[str]:
    """Return which of these addresses (in lower case) are mailboxes or senders of this installation. Two queries."""
    wanted = {address for address in addresses if address}
    if not wanted:
        return set()
    mailboxes = Mailbox.objects.alias(key=Lower("address")).filter(Q(key__in=wanted) | Q(aliases__overlap=[*wanted]))
    own = {address for mailbox in mailboxes for address in mailbox.addresses}
    senders = Sender.objects.alias(key=Lower("address")).filter(key__in=wanted).values_list("address", flat=True)
    return wanted & (own | {address.lower() for address in senders})
