"""What the editors' board asks: where readers are left without an answer, and which articles need somebody."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils import timezone

from mostrador.help_centre.choices import NotUsefulReason, PublicationState
from mostrador.help_centre.models import Article, ArticleVersion, ArticleVote, DailySearch
from mostrador.help_centre.rules.words import language_order
from mostrador.organisations.models import Organisation
from mostrador.shared.figures import wilson_interval

RECENT_DAYS, ALL_DAYS = 30, 90
FEWEST_VOTES = 5
COMMENTS_SHOWN = 3
DAYS_BEFORE_REVIEW = 30  # an article is due so long before its date


@dataclass(frozen=True)
class SearchRow:
    """Something that people searched in vain, how often in 30 and 90 days, and when last."""

    text: str
    language: str
    recent: int
    all: int
    last_on: date


@dataclass(frozen=True)
class ArticleRow:
    """An article that needs somebody."""

    pk: int
    title: str
    language: str
    review_by: date | None
    topic: str


@dataclass
class VotedRow:
    """An article that few readers find useful.

    Attributes:
        pk: Key of the article.
        title: In the language in which it is written first.
        language: That language.
        useful: How many said that it helped, in 90 days.
        votes: How many said anything.
        low: Lower end of the share of readers whom it helps (95 %), between 0 and 1.
        high: Upper end.
        reasons: Why it did not help, with how many said so, most first.
        comments: The latest words of readers.
    """

    pk: int
    title: str
    language: str
    useful: int
    votes: int
    low: float
    high: float
    reasons: list[tuple[str, int]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class TranslationRow:
    """A translation that is missing or says something else than its source, and how many readers that touched."""

    pk: int
    title: str
    language: str
    is_missing: bool
    readers: int


def searched_without_result(organisation: Organisation, *, limit: int) -> list[SearchRow]:
    """Return what people searched and nothing was found, most in 30 days first. One query."""
    return _searches(organisation, Sum("without_result"), Q(without_result__gt=0), limit)


def searched_without_opening(organisation: Organisation, *, limit: int) -> list[SearchRow]:
    """Return what people searched without opening anything that was found, most in 30 days first. One query."""
    ignored = F("searches") - F("without_result") - F("opened")
    rows = DailySearch.objects.annotate(ignored=ignored)
    return _searches(organisation, Sum("ignored"), Q(ignored__gt=0), limit, rows)


def recent_searches(organisation: Organisation, *, limit: int) -> list[str]:
    """Return what people searched most in 30 days. One query."""
    rows = DailySearch.objects.filter(organisation=organisation, on__gt=_days_ago(RECENT_DAYS), text__gt="")
    sums = rows.values("text").annotate(sum=Sum("searches")).order_by("-sum", "text")
    return list(sums.values_list("text", flat=True)[:limit])


def least_useful(organisation: Organisation, *, limit: int) -> list[VotedRow]:
    """Return the articles that help the smallest share of their readers, the surest first. Four queries.

    By the votes of 90 days, in all languages together, of articles with at least five of them.
    """
    votes = ArticleVote.objects.filter(
        version__article__in=_readable(organisation), voted_at__gt=timezone.now() - timedelta(days=ALL_DAYS)
    )
    counts = votes.values_list("version__article").annotate(all=Count("pk"), useful=Count("pk", filter=Q(useful=True)))
    shares = [
        (wilson_interval(useful, count) or (0.0, 1.0), article, useful, count)
        for article, count, useful in counts.filter(all__gte=FEWEST_VOTES)
        if useful < count
    ]
    worst = sorted(shares, key=lambda share: (share[0][1], share[1]))[:limit]
    titles = {row.pk: row for row in _rows(_readable(organisation).filter(pk__in=[share[1] for share in worst]))}
    rows = {
        article: VotedRow(article, titles[article].title, titles[article].language, useful, count, low, high)
        for (low, high), article, useful, count in worst
    }
    _add_words(rows, votes.filter(version__article__in=rows, useful=False))
    return list(rows.values())


def due_for_review(organisation: Organisation, *, limit: int) -> list[ArticleRow]:
    """Return the articles whose date of review has passed or comes within 30 days, the oldest first. One query."""
    until = timezone.localdate() + timedelta(days=DAYS_BEFORE_REVIEW)
    return _rows(_readable(organisation).filter(review_by__lte=until).order_by("review_by", "pk")[:limit])


def without_owner(organisation: Organisation, *, limit: int) -> list[ArticleRow]:
    """Return the articles that no team looks after. One query."""
    return _rows(_readable(organisation).filter(owner_team=None).order_by("pk")[:limit])


def translations_wanted(organisation: Organisation, *, limit: int) -> list[TranslationRow]:
    """Return the translations that are out of date, or missing to some reader; those of most readers first. One query.

    Readers of 90 days: of a missing one, those who asked for its language and read another; of one out of date, those
    who read it.
    """
    parameters: dict[str, Any] = {
        "organisation": organisation.pk,
        "languages": organisation.languages,
        "published": PublicationState.PUBLISHED.value,
        "since": _days_ago(ALL_DAYS),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TRANSLATIONS, parameters)
        return [TranslationRow(*row) for row in cursor.fetchall()]


def _searches(
    organisation: Organisation, sum_of: Sum, which: Q, limit: int, rows: "QuerySet[DailySearch] | None" = None
) -> list[SearchRow]:
    days = (DailySearch.objects.all() if rows is None else rows).filter(
        which, organisation=organisation, on__gt=_days_ago(ALL_DAYS), text__gt=""
    )
    recent = Sum(sum_of.get_source_expressions()[0], filter=Q(on__gt=_days_ago(RECENT_DAYS)), default=0)
    sums = days.values_list("text", "language").annotate(recent=recent, all=sum_of, last_on=Max("on"))
    return [SearchRow(*row) for row in sums.order_by("-recent", "-all", "text", "language")[:limit]]


def _readable(organisation: Organisation) -> "QuerySet[Article]":
    """Return the organisation's own articles that readers have, in any language."""
    published = ArticleVersion.objects.filter(state=PublicationState.PUBLISHED)
    return Article.objects.filter(organisation=organisation, superseded_by=None, pk__in=published.values("article"))


def _rows(articles: "QuerySet[Article]") -> list[ArticleRow]:
    """Return articles as rows, with the title in their first language. One query."""
    order = [When(language=OuterRef("source_language"), then=Value(-1))]
    order += [When(language=code, then=Value(place)) for place, code in enumerate(language_order("es"))]
    best = ArticleVersion.objects.filter(article=OuterRef("pk"))
    best = best.annotate(rank=Case(*order, output_field=IntegerField())).order_by("rank")
    named = articles.annotate(title=Subquery(best.values("title")[:1]), language=Subquery(best.values("language")[:1]))
    return [
        ArticleRow(row.pk, row.title, row.language, row.review_by, row.topic.name)
        for row in named.select_related("topic")
    ]


def _add_words(rows: dict[int, VotedRow], votes: "QuerySet[ArticleVote]") -> None:
    """Add to each article why it did not help, and the latest comments. Two queries."""
    labels = dict(NotUsefulReason.choices)
    reasons = votes.exclude(reason="").values_list("version__article", "reason").annotate(count=Count("pk"))
    for article, reason, count in reasons.order_by("-count", "reason"):
        rows[article].reasons.append((str(labels.get(reason, reason)), count))
    place = Window(RowNumber(), partition_by="version__article", order_by=["-voted_at", "-pk"])
    comments = votes.exclude(comment="").annotate(place=place).filter(place__lte=COMMENTS_SHOWN)
    for article, comment in comments.order_by("place").values_list("version__article", "comment"):
        rows[article].comments.append(comment)


def _days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


_TRANSLATIONS = """
WITH readings AS (
    SELECT reading.article_id, reading.language, reading.readings, reading.readers_lost
    FROM help_centre_dailyreading AS reading
    JOIN help_centre_article AS article ON article.id = reading.article_id
    WHERE article.organisation_id = %(organisation)s AND reading."on" > %(since)s
), lost AS (
    SELECT article_id, wanted.language, sum(wanted.readers::int) AS readers
    FROM readings, jsonb_each_text(readers_lost) AS wanted(language, readers)
    GROUP BY article_id, wanted.language
), had AS (
    SELECT article_id, language, sum(readings) AS readers FROM readings GROUP BY article_id, language
)
SELECT article.id, source.title, wanted.language, version.id IS NULL AS is_missing,
       coalesce(CASE WHEN version.id IS NULL THEN lost.readers ELSE had.readers END, 0) AS readers
FROM help_centre_article AS article
JOIN help_centre_articleversion AS source
  ON source.article_id = article.id AND source.language = article.source_language AND source.state = %(published)s
CROSS JOIN unnest(%(languages)s::text[]) AS wanted(language)
LEFT JOIN help_centre_articleversion AS version
  ON version.article_id = article.id AND version.language = wanted.language AND version.state = %(published)s
LEFT JOIN lost ON lost.article_id = article.id AND lost.language = wanted.language
LEFT JOIN had ON had.article_id = article.id AND had.language = wanted.language
WHERE article.organisation_id = %(organisation)s AND article.superseded_by_id IS NULL
  AND wanted.language <> article.source_language
  AND (version.id IS NULL AND lost.readers > 0 OR version.stale_since IS NOT NULL)
ORDER BY readers DESC, is_missing, article.id, wanted.language
LIMIT %(limit)s
"""
