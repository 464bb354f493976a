"""What is made up about the readers of the sample office: how old its articles are, what is read and searched."""

import random
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from mostrador.help_centre.choices import ArticleKind, PublicationState
from mostrador.help_centre.models import (
    Article,
    ArticleRevision,
    ArticleVersion,
    ArticleVote,
    DailyReading,
    DailySearch,
)
from mostrador.sample.actions.office import DAYS, Office
from mostrador.sample.rules import read_editing


def make_older(office: Office) -> None:
    """Move what was published to the months before, the news one by one; the same every time it is loaded."""
    chance = random.Random(38_2015)  # noqa: S311 - invented moments, the same on every machine
    articles = Article.objects.filter(organisation__in=list(office.organisations.values())).order_by("pk")
    ages_of_news = iter(range(4, DAYS, 23))
    for article in articles:
        is_news = article.kind == ArticleKind.NEWS
        age = timedelta(days=next(ages_of_news) if is_news else chance.randrange(5, 300), hours=chance.randrange(6))
        texts = ArticleVersion.objects.filter(article=article, state=PublicationState.PUBLISHED)
        Article.objects.filter(pk=article.pk).update(created_at=F("created_at") - age)
        ArticleRevision.objects.filter(version__in=texts).update(published_at=F("published_at") - age)
        texts.filter(stale_since__isnull=False).update(stale_since=F("stale_since") - age)
        texts.update(published_at=F("published_at") - age, updated_at=F("updated_at") - age)


def make_readings(office: Office) -> None:
    """Make up how often each article was read and found useful; the same every time it is loaded."""
    chance = random.Random(39_2015)  # noqa: S311 - invented figures, the same on every machine
    today, opinions = timezone.localdate(), read_editing()["opinions"]
    versions = list(_versions(office))
    languages = {version.article_id: set[str]() for version in versions}
    for version in versions:
        languages[version.article_id].add(version.language)
    readings, votes = [], []
    for version in versions:
        popularity = chance.uniform(0.5, 6) * (1 if version.language == "es" else 0.2)
        lost = {"ca", "gl", "eu", "en"} - languages[version.article_id] if version.language == "es" else set()
        for days_ago in range(DAYS):
            on = today - timedelta(days=days_ago)
            weight = 0.3 if on.weekday() >= 5 else 1
            count = round(chance.expovariate(1 / (popularity * weight * 4)))
            readings.append(
                DailyReading(
                    article_id=version.article_id,
                    on=on,
                    language=version.language,
                    readings=count,
                    readers_lost={code: 1 for code in sorted(lost) if chance.random() < count / 60},
                )
            )
        for _vote in range(round(popularity * 4)):
            useful = chance.random() < 0.78
            why = {} if useful else chance.choice(opinions)
            at = timezone.now() - timedelta(days=chance.uniform(0, DAYS))
            votes.append(ArticleVote(version=version, useful=useful, voted_at=at, **why))
    DailyReading.objects.bulk_create([reading for reading in readings if reading.readings])
    ArticleVote.objects.bulk_create(votes)


def make_searches(office: Office) -> None:
    """Make up what people searched and how it went, by day; the same every time it is loaded."""
    chance = random.Random(40_2015)  # noqa: S311 - invented figures, the same on every machine
    root, today = next(iter(office.organisations.values())), timezone.localdate()
    rows = []
    for each in read_editing()["searches"]:
        for days_ago in range(1, DAYS):
            count = round(chance.expovariate(1 / each["a_day"]))
            shares = {name: round(count * each[name]) for name in ("without_result", "opened", "asked")}
            row = DailySearch(organisation=root, on=today - timedelta(days=days_ago), searches=count, **shares)
            row.language, row.text = each["language"], each["text"]
            rows.append(row)
    DailySearch.objects.bulk_create([row for row in rows if row.searches])


def _versions(office: Office) -> Iterable[ArticleVersion]:
    """Return what everybody can read."""
    articles = Article.objects.filter(organisation__in=list(office.organisations.values())).public()
    readable = ArticleVersion.objects.filter(article__in=articles.current(timezone.now()))
    return readable.filter(state=PublicationState.PUBLISHED).order_by("pk")
