"""What is asked about what came in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from mostrador.mailbox.choices import MailState
from mostrador.mailbox.models import IncomingMail, Mailbox

# Whoever reads a portion has this long for it, until somebody else takes what is left over.
LEASE = timedelta(minutes=5)
_CLAIM = """
UPDATE mailbox_incomingmail AS mail SET attempts = mail.attempts + 1, next_attempt_at = %(until)s
FROM (
    SELECT id FROM mailbox_incomingmail WHERE state = 'received' AND next_attempt_at <= %(now)s
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
) AS due
WHERE mail.id = due.id RETURNING mail.id, mail.size_bytes, mail.attempts
"""
_IS_OWN = """(
    EXISTS (SELECT FROM mailbox_mailbox AS box WHERE lower(box.address) = asked.address)
    OR EXISTS (SELECT FROM mailbox_mailbox AS box WHERE asked.address = ANY (box.aliases))
    OR EXISTS (SELECT FROM notifications_sender AS sender WHERE lower(sender.address) = asked.address)
)"""
_OWN = f"SELECT address FROM unnest(%(wanted)s::text[]) AS asked (address) WHERE {_IS_OWN}"  # noqa: S608 - our own text
_KNOWN = f"""
SELECT {_IS_OWN}, EXISTS (
    SELECT FROM notifications_addresshealth AS health
    WHERE health.organisation_id = %(organisation)s AND health.address = %(sender)s
), (
    SELECT id FROM mailbox_incomingmail
    WHERE message_id = %(message_id)s AND message_id <> '' AND mailbox_id = %(mailbox)s AND sender = %(sender)s
      AND state = 'done' AND id < %(mail)s
    ORDER BY id LIMIT 1
) FROM (SELECT %(sender)s::text) AS asked (address)
"""  # noqa: S608 - our own text
# A statement of its own: the next one sees what whoever was waited for has committed.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def claim(now: datetime, most: int) -> list[tuple[int, int, int]]:
    """Take the oldest messages that nobody reads, for `LEASE`; return key, bytes and attempts, this one counted."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + LEASE, "most": most})
        return sorted(cursor.fetchall())


def is_something_due(now: datetime) -> bool:
    """Tell whether something waits to be read and nobody does. One query."""
    return IncomingMail.objects.due(now).exists()


def is_earlier_unread(kept: IncomingMail) -> bool:
    """Tell whether something that came before to the same mailbox is still to be read. One query."""
    earlier = IncomingMail.objects.filter(state=MailState.RECEIVED, mailbox=kept.mailbox_id, pk__lt=kept.pk)
    return earlier.exists()


def to_read(keys: Iterable[int]) -> list[IncomingMail]:
    """Return those of these messages that are still to be read, with what tickets take from a mailbox. Two queries."""
    found = list(IncomingMail.objects.filter(pk__in=keys, state=MailState.RECEIVED).order_by("pk"))
    related = ("organisation", "sender", "team__organisation", "topic__team__organisation")
    mailboxes = Mailbox.objects.select_related(*related).in_bulk({kept.mailbox_id for kept in found})
    for kept in found:
        kept.mailbox = mailboxes[kept.mailbox_id]
        kept.organisation = kept.mailbox.organisation
    return found


def still_to_read(keys: Iterable[int]) -> set[int]:
    """Lock those of these messages that are still to be read until the transaction ends; what others hold is left."""
    rows = IncomingMail.objects.select_for_update(skip_locked=True, no_key=True).filter(
        pk__in=keys, state=MailState.RECEIVED
    )
    return set(rows.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a message before it is placed.

    Attributes:
        is_own: Its sender's address is one of this installation's.
        is_troubled: Mail to that address came back before.
        earlier: Key of what came before to the mailbox with the same Message-ID from the same sender, or None.
    """

    is_own: bool
    is_troubled: bool
    earlier: int | None


def what_is_known(kept: IncomingMail) -> Known:
    """Return what is known of a message whose head was read; copies of it that come at once wait here. Two queries."""
    names: dict[str, str | int] = {
        "sender": kept.sender,
        "message_id": kept.message_id,
        "organisation": kept.organisation_id,
        "mailbox": kept.mailbox_id,
        "mail": kept.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [f"mail {kept.mailbox_id} {kept.message_id or kept.pk}"])
        cursor.execute(_KNOWN, names)
        return Known(*cursor.fetchone())


def own_addresses_among(addresses: Iterable[str]) -> set[str]:
    """Return which of these addresses (in lower case) are mailboxes or senders of this installation. One query."""
    wanted = [address for address in addresses if address]
    if not wanted:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_OWN, {"wanted": wanted})
        return {address for (address,) in cursor.fetchall()}
