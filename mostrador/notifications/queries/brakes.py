"""What was answered by itself of late."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from mostrador.notifications.rules.brakes import DAY, HOUR, Reactions, whose
from mostrador.organisations.models import Organisation

# What was held back, or is not sent for another reason, has answered nobody. In the words of the index.
_COUNTED = r"""
SELECT count(*) FILTER (WHERE created_at > %(hour)s AND regexp_replace(lower("to"), '\+[^@]*@', '@') = %(whose)s),
       count(*) FILTER (WHERE regexp_replace(lower("to"), '\+[^@]*@', '@') = %(whose)s),
       count(*) FILTER (WHERE created_at > %(hour)s AND about = ANY (%(threads)s::text[])),
       count(*) FILTER (WHERE created_at > %(hour)s)
FROM notifications_outgoingmessage
WHERE organisation_id = %(organisation)s AND created_at > %(day)s
      AND is_reaction AND NOT (state IN ('held', 'blocked', 'discarded'))
"""
# Two workers that answer the same address, or in the same thread, count one after the other.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(key, 20)) FROM unnest(%s::text[]) AS key"


def reactions_of_late(organisation: Organisation, to: str, threads: Sequence[str], now: datetime) -> Reactions:
    """Return what was answered by itself, and keep others from answering until the transaction ends. Two queries.

    Args:
        organisation: Who answers.
        to: To which address.
        threads: In which thread, under each of its names.
        now: The moment.
    """
    keys = [f"{organisation.pk} {name}" for name in (whose(to), *threads)]
    values: dict[str, Any] = {
        "organisation": organisation.pk,
        "whose": whose(to),
        "threads": list(threads),
        "hour": now - HOUR,
        "day": now - DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [sorted(keys)])
        cursor.execute(_COUNTED, values)
        an_hour, a_day, in_thread, of_organisation = cursor.fetchone() or (0, 0, 0, 0)
    return Reactions(
        to_address_an_hour=an_hour,
        to_address_a_day=a_day,
        in_thread_an_hour=in_thread,
        of_organisation_an_hour=of_organisation,
    )
