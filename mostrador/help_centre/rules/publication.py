"""Who may publish what, what becomes out of date by it, and when to look at it again."""

import calendar
from datetime import date, timedelta

REMIND_BEFORE = timedelta(days=30)
MONTHS_UNTIL_REVIEW = (6, 12)


def needs_another_person(*, publisher: int | None, writers: set[int | None], other_editors: int) -> bool:
    """Tell whether somebody else must look at a text before it is published.

    Args:
        publisher: Key of whoever publishes; None is the product itself (the sample, an import, a moment reached).
        writers: Keys of whoever wrote the draft last and whoever asked for its review.
        other_editors: How many other people of the organisation could review it; a town hall with one editor publishes
            without review.
    """
    return publisher is not None and publisher in writers and other_editors > 0


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last of that month when it has fewer days."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
