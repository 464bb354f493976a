"""What people search and what comes of it; not audited, because nobody of the desk acts, and nothing tells who."""

import logging
import secrets
from datetime import datetime, time, timedelta

from django.db import Error, connection, transaction
from django.db.models import Max
from django.utils import timezone

from mostrador.help_centre.choices import NextStep
from mostrador.help_centre.models import Article, DailySearch, SearchLog
from mostrador.help_centre.queries.search import SearchResult
from mostrador.help_centre.rules.privacy import without_person_data
from mostrador.organisations.models import Organisation

logger = logging.getLogger(__name__)

DAYS_KEPT = 90
ARTICLES_KEPT = 5
# After so many days nobody opens a result of a search any more, nor sends what they began to write after it.
DAYS_UNTIL_SETTLED = 2


def keep_search(organisation: Organisation, text: str, language: str, result: SearchResult) -> str:
    """Keep a search and return its key, by which the page says what came next; "" when it could not be kept.

    Whoever searched gets their answer whatever happens here. The disk is not waited for: a database that falls may
    lose its last second of searches.
    """
    key = secrets.token_urlsafe(12)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
            SearchLog.objects.create(
                organisation=organisation,
                key=key,
                at=timezone.now(),
                language=language,
                text=without_person_data(text),
                found=len(result.found) + len(result.procedures) + bool(result.code),
                articles=[found.article_id for found in result.found[:ARTICLES_KEPT]],
            )
    except Error:
        logger.warning("search not kept organisation=%s", organisation.pk, exc_info=True)
        return ""
    return key


def open_result(organisation: Organisation, key: str, *, article_id: int | None, place: int | None) -> None:
    """Note that a result of a search was opened: the first article with its place in the list, or something else.

    A key or an article that does not exist here is passed over: the reader is already on the next page.
    """
    search = SearchLog.objects.filter(organisation=organisation, key=key)
    search.filter(next_step=NextStep.NOTHING).update(next_step=NextStep.READ)
    if article_id and Article.objects.served_to(organisation).filter(pk=article_id).exists():
        search.filter(opened=None).update(opened=article_id, opened_place=place)


def led_to_ticket(key: str) -> bool:
    """Note that whoever searched wrote to us in the end; tell whether the search is still kept."""
    return SearchLog.objects.filter(key=key).update(next_step=NextStep.ASKED) > 0


@transaction.atomic
def count_searches() -> None:
    """Count the searches of each day, again for the days that may have changed. Safe to run any number of times."""
    last = DailySearch.objects.aggregate(on=Max("on"))["on"]
    first = last - timedelta(days=DAYS_UNTIL_SETTLED) if last else None
    zone = timezone.get_default_timezone_name()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"zone": zone, "first": first, "read": NextStep.READ, "asked": NextStep.ASKED})


@transaction.atomic
def forget_old_searches() -> int:
    """Delete the searches of whole days older than 90, whose counts remain, and return how many they were."""
    count_searches()
    zone = timezone.get_default_timezone()
    first_kept = timezone.localdate(timezone=zone) - timedelta(days=DAYS_KEPT)
    begins = datetime.combine(first_kept, time.min, tzinfo=zone)
    return SearchLog.objects.filter(at__lt=begins).delete()[0]


# Counts replace those of before, so a day may be counted again as long as all its searches are there.
_COUNT = """
INSERT INTO help_centre_dailysearch AS daily
       (organisation_id, "on", language, text, searches, without_result, opened, asked)
SELECT organisation_id, (at AT TIME ZONE %(zone)s)::date AS day, language, text, count(*),
       count(*) FILTER (WHERE found = 0),
       count(*) FILTER (WHERE opened_id IS NOT NULL OR next_step = %(read)s),
       count(*) FILTER (WHERE next_step = %(asked)s)
FROM help_centre_searchlog
WHERE %(first)s::date IS NULL OR at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s
GROUP BY organisation_id, day, language, text
ON CONFLICT (organisation_id, "on", language, text) DO UPDATE
SET searches = excluded.searches, without_result = excluded.without_result, opened = excluded.opened,
    asked = excluded.asked
"""
