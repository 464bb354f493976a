"""The desk's search over the words of all tickets. `actions.searching` keeps what it reads."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation, Team
from mostrador.tickets.models import VISIBLE, visible_values
from mostrador.tickets.rules.searching import NEWEST_READ, first_windows, half_typed

# Accents are folded (ñ is a letter of its own) and the ending -ión is put back: the Spanish stemmer wants it, so that
# "notificacion", "notificación" and "notificaciones" are one word. Documents and questions go the same way.
FOLDED = (
    "regexp_replace(translate(lower({}), 'áàâäãéèêëíìîïóòôöõúùûüç', 'aaaaaeeeeiiiiooooouuuuc'), "
    r"'ion\M', 'ión', 'g')"
)
CONFIGURATION = "spanish"
LEAST_LIKE = 0.4  # trigram similarity from which a known word is taken for a misspelt one

_ASKED = f"websearch_to_tsquery('{CONFIGURATION}', {FOLDED.format('%(text)s')})"
_BEGUN = (
    f"(plainto_tsquery('{CONFIGURATION}', {FOLDED.format('%(whole)s')}) "
    f"&& to_tsquery('simple', {FOLDED.format('%(begun)s')} || ':*'))"
)
# The newest first. Sorting keys is cheap; a ticket's row is only read until there are enough.
_FOUND = """
SELECT newest.ticket_id
FROM (
    SELECT w.ticket_id FROM {words} AS w
    WHERE w.words @@ ({query}) {buckets}
    ORDER BY w.ticket_id DESC
) AS newest
JOIN tickets_ticket AS t ON t.id = newest.ticket_id
WHERE {visible}
ORDER BY newest.ticket_id DESC
LIMIT %(limit)s
"""
_ALL_WORDS = "tickets_ticketwords"
_NEWEST_WORDS = "(SELECT ticket_id, words FROM tickets_ticketwords ORDER BY ticket_id DESC LIMIT %(newest)s)"
_LEXEMES = f"SELECT tsvector_to_array(to_tsvector('{CONFIGURATION}', {FOLDED.format('%(text)s')}))"
_KNOWN = """
SELECT asked.word, like_it.word
FROM unnest(%(words)s::text[]) AS asked(word)
LEFT JOIN LATERAL (
    SELECT known.word FROM tickets_ticketlexeme AS known
    WHERE known.word %% asked.word AND similarity(known.word, asked.word) >= %(least)s
    ORDER BY known.word = asked.word DESC, similarity(known.word, asked.word) DESC, known.tickets DESC
    LIMIT 1
) AS like_it ON true
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        ticket_ids: The newest first.
        corrected: The words that were searched instead, when what was typed is found nowhere; else "".
    """

    ticket_ids: list[int]
    corrected: str = ""


def tickets_with_words(text: str, access: Access, *, limit: int) -> Found:
    """Return the tickets in which the words were written, said or noted, the newest first.

    Understands what web searches understand: words in any form and with or without accents, "a phrase in quotes",
    -not. The last word may be half typed. One to four queries, back in time; two more, and those again, when nothing
    is found and a word looks misspelt.
    """
    organisations = _searched(access)
    found = _in_windows(text, access, organisations, limit)
    if found:
        return Found(found)
    corrected = _corrected(text)
    return Found(_in_windows(corrected, access, organisations, limit), corrected) if corrected else Found([])


def _searched(access: Access) -> frozenset[int]:
    """Return the organisations whose tickets may be seen: one's own, and those that one's teams serve."""
    if not access.team_ids:
        return access.organisation_ids()
    served = Organisation.objects.none()
    owners = Team.objects.filter(pk__in=access.team_ids).select_related("organisation")
    for organisation in {team.organisation for team in owners if team.organisation_id not in access.organisation_ids()}:
        served |= Organisation.objects.under(organisation)
    return access.organisation_ids() | frozenset(served.values_list("pk", flat=True))


def _in_windows(text: str, access: Access, organisations: frozenset[int], limit: int) -> list[int]:
    whole, begun = half_typed(text)
    parameters: dict[str, Any] = {
        **visible_values(access),
        "text": text,
        "whole": whole,
        "begun": begun,
        "limit": limit,
        "newest": NEWEST_READ,
    }
    query = f"{_ASKED} || {_BEGUN}" if begun else _ASKED
    found = _found(query, parameters, words=_NEWEST_WORDS)
    if len(found) >= limit:
        return found
    for window in first_windows(organisations, timezone.now().date()):
        found = _found(query, parameters | {"buckets": window}, buckets="AND w.bucket = ANY(%(buckets)s::int[])")
        if len(found) >= limit:
            return found
        if found:
            break
    return _found(query, parameters)


def _found(query: str, parameters: dict[str, Any], *, words: str = _ALL_WORDS, buckets: str = "") -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(query=query, words=words, buckets=buckets, visible=VISIBLE), parameters)
        return [ticket_id for (ticket_id,) in cursor.fetchall()]


def _corrected(text: str) -> str:
    """Return the words with known ones in the place of those that no ticket has; "" when nothing would change."""
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES, {"text": text})
        (lexemes,) = cursor.fetchone() or ([],)
        if not lexemes:
            return ""
        cursor.execute(_KNOWN, {"words": lexemes, "least": LEAST_LIKE})
        known = dict(cursor.fetchall())
    if all(known[word] in {None, word} for word in lexemes):
        return ""
    return " ".join(known[word] or word for word in lexemes)
