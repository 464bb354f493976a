"""How the desk's search reads what was typed, and in which months it looks first."""

import re
from collections.abc import Iterable
from datetime import date

MONTHS_PER_ORGANISATION = 1200  # a hundred years from 2000 on
# A word of many tickets is soon found by reading the newest one by one; its list in the index would be long. What is
# not found often enough there is rare enough for its list.
NEWEST_READ = 1000  # tickets
# How many of the newest months are looked at first; then, when they have nothing, a year; then all of them. Whoever
# finds something in two months and yet too little looks for a rare word: reading all of its tickets is cheap.
NEWEST, LONGER = 2, 12
# With more buckets than this, reading a word's whole list is cheaper than looking it up in each.
MOST_BUCKETS = 4000
SHORTEST_BEGINNING = 3

_PLAIN = re.compile(r"[\w\s]+")


def bucket(organisation_id: int, month: date) -> int:
    """Return the number under which the words of an organisation's month are kept."""
    return organisation_id * MONTHS_PER_ORGANISATION + (month.year - 2000) * 12 + month.month - 1


def buckets(organisation_ids: Iterable[int], today: date, months: int) -> list[int]:
    """Return the buckets of the newest months, the current one included."""
    newest = {organisation: bucket(organisation, today) for organisation in organisation_ids}
    return [last - back for last in newest.values() for back in range(months)]


def first_windows(organisation_ids: frozenset[int], today: date) -> list[list[int]]:
    """Return which buckets to look at before all of them, the newest first; none when there are too many.

    Each window holds the one before, so that what is found in it is all there is since its first month.
    """
    sizes = (months for months in (NEWEST, LONGER) if months * len(organisation_ids) <= MOST_BUCKETS)
    return [buckets(organisation_ids, today, months) for months in sizes]


def half_typed(text: str) -> tuple[str, str]:
    """Return the whole words and the last one, of which the end may not be typed yet; ("", "") for anything else.

    Who writes quotes, a minus or a reference knows what they want: only plain words are guessed at.
    """
    if not _PLAIN.fullmatch(text):
        return "", ""
    *whole, last = text.split() or [""]
    return (" ".join(whole), last) if len(last) >= SHORTEST_BEGINNING else ("", "")
