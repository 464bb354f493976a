"""The words that the desk's search reads, kept with every ticket that says something new."""

from collections.abc import Sequence

from django.db import connection, transaction

from mostrador.shared.together import later
from mostrador.tickets.models import Ticket, TicketLexeme
from mostrador.tickets.queries.searching import CONFIGURATION, FOLDED
from mostrador.tickets.rules.searching import MONTHS_PER_ORGANISATION

LONGEST_TEXT = 200_000  # characters of one ticket that are searched: a row of words has its limits
INDEXED_AT_ONCE = 20_000
LEXEMES_OF_TICKETS = 50_000  # the newest, of which the known words are taken
RAREST_WORD = 3  # tickets in which a word must be, to be taken for right

_SUBJECT = FOLDED.format(
    "t.subject || ' ' || t.error_code || ' ' || t.component || ' ' || array_to_string(t.tags, ' ')"
)
_SAID = FOLDED.format("coalesce(said.text, '')")
_WORDS = f"""
SELECT t.id,
       t.organisation_id * {MONTHS_PER_ORGANISATION}
           + (extract(year FROM t.opened_at AT TIME ZONE 'UTC')::int - 2000) * 12
           + extract(month FROM t.opened_at AT TIME ZONE 'UTC')::int - 1,
       setweight(to_tsvector('{CONFIGURATION}', {_SUBJECT}), 'A') || to_tsvector('{CONFIGURATION}', {_SAID})
FROM tickets_ticket AS t
LEFT JOIN LATERAL (
    SELECT left(string_agg(m.text, ' ' ORDER BY m.id), {LONGEST_TEXT}) AS text
    FROM tickets_message AS m WHERE m.ticket_id = t.id AND m.kind <> 'event'
) AS said ON true
WHERE {{}}
"""  # noqa: S608 - put together of our own constants
_KEEP = f"""
INSERT INTO tickets_ticketwords (ticket_id, bucket, words) {_WORDS.format("t.id = ANY(%(tickets)s::bigint[])")}
ON CONFLICT (ticket_id) DO UPDATE SET bucket = EXCLUDED.bucket, words = EXCLUDED.words
"""
_MISSING = """
SELECT t.id FROM tickets_ticket AS t
WHERE NOT EXISTS (SELECT 1 FROM tickets_ticketwords AS w WHERE w.ticket_id = t.id)
ORDER BY t.opened_at, t.id
"""
_LEXEMES = f"""
INSERT INTO tickets_ticketlexeme (word, tickets)
SELECT word, ndoc FROM ts_stat(
    'SELECT words FROM tickets_ticketwords ORDER BY ticket_id DESC LIMIT {LEXEMES_OF_TICKETS}'
) WHERE ndoc >= {RAREST_WORD} AND length(word) BETWEEN 3 AND 60
"""  # noqa: S608 - our own constants


def refresh(ticket: Ticket) -> None:
    """Let the search know what the ticket says now. One statement, in the caller's transaction."""
    if not later(keep_words, ticket.pk):
        keep_words([ticket.pk])


def keep_words(ticket_ids: Sequence[int]) -> None:
    """Read the words of these tickets anew."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"tickets": list(dict.fromkeys(ticket_ids))})


def index_what_is_missing() -> int:
    """Read the words of the tickets that have none yet, as after an import; return how many those were.

    The oldest first, so that those of one month lie together. In parts, each kept: it can be interrupted.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MISSING)
        missing = [ticket_id for (ticket_id,) in cursor.fetchall()]
    for start in range(0, len(missing), INDEXED_AT_ONCE):
        with transaction.atomic():
            keep_words(missing[start : start + INDEXED_AT_ONCE])
    return len(missing)


def learn_lexemes() -> int:
    """Take the words of the newest tickets for known ones; return how many there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        TicketLexeme.objects.all().delete()
        cursor.execute(_LEXEMES)
        return int(cursor.rowcount)
