"""What readers ask of the help centre."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Sum, Value, When
from django.db.models.expressions import Window
from django.db.models.functions import Length, RowNumber
from django.utils import timezone

from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.models import Article, ArticleVersion, DailyReading
from mostrador.help_centre.rules.words import CONFIGURATIONS, fold, language_order
from mostrador.organisations.models import Organisation, Topic

LONGEST_QUERY = 2000  # characters of a question that are read; whole error messages fit


@dataclass(frozen=True)
class Found:
    """One article in a list, in the language in which it is shown."""

    article_id: int
    slug: str
    title: str
    summary: str
    language: str
    topic_slug: str


@dataclass(frozen=True)
class TopicGroup:
    """Topics that belong together: the group's name, and each topic's address and name."""

    name: str
    topics: list[tuple[str, str]]


def published_versions(organisation: Organisation, language: str) -> QuerySet[ArticleVersion]:
    """Return, for every article of the organisation and its ancestors, the version that this reader gets.

    The reader's language, else Spanish, else any other; only what is published.
    """
    order = language_order(language)
    rank = Case(
        *(When(language=code, then=Value(place)) for place, code in enumerate(order)), output_field=IntegerField()
    )
    best = (
        ArticleVersion.objects.filter(article__organisation__in=organisation.lineage, state=PublicationState.PUBLISHED)
        .annotate(place=Window(RowNumber(), partition_by="article", order_by=[rank, "pk"]))
        .filter(place=1)
    )
    return best.select_related("article", "article__topic")


def topic_groups(organisation: Organisation, language: str) -> list[TopicGroup]:
    """Return the topics that have something to read, by group, in their order; of one slug the nearest. One query."""
    published = ArticleVersion.objects.filter(
        article__topic=OuterRef("pk"),
        article__organisation__in=organisation.lineage,
        state=PublicationState.PUBLISHED,
    )
    topics = Topic.objects.filter(Exists(published)).order_by(Length("organisation__path"))
    nearest = {topic.slug: topic for topic in topics}
    groups: dict[str, TopicGroup] = {}
    for topic in sorted(nearest.values(), key=lambda topic: (topic.position, topic.pk)):
        name = topic.group.get(language) or topic.group.get("es") or ""
        groups.setdefault(name, TopicGroup(name, [])).topics.append((topic.slug, topic.name_in(language)))
    return list(groups.values())


def topic_named(organisation: Organisation, slug: str) -> Topic | None:
    """Return the topic of the organisation, else of its nearest ancestor that has one of this name."""
    named = Topic.objects.filter(organisation__in=organisation.lineage, slug=slug)
    return named.order_by(Length("organisation__path").desc()).first()


def most_read(organisation: Organisation, language: str, *, limit: int = 3) -> list[Found]:
    """Return the articles read most in the last 30 days; before anybody has read, the first ones. Two queries."""
    recent = DailyReading.objects.filter(
        article__organisation__in=organisation.lineage, on__gt=timezone.localdate() - timedelta(days=30)
    )
    sums = recent.values_list("article").annotate(sum=Sum("readings")).order_by("-sum", "article")
    ids = [article for article, _sum in sums[:limit]]
    versions = published_versions(organisation, language)
    if ids:
        found = {version.article_id: _found(version) for version in versions.filter(article__in=ids)}
        return [found[article] for article in ids if article in found]
    return [_found(version) for version in versions.order_by("article__position", "article_id")[:limit]]


def articles_of_topic(organisation: Organisation, topic: Topic, language: str) -> list[Found]:
    """Return the articles of one topic, in their order: an ancestor's topic of the same slug is the same. One query."""
    rows = published_versions(organisation, language).filter(article__topic__slug=topic.slug)
    return [_found(version) for version in rows.order_by("article__position", "article_id")]


def version_for_reader(organisation: Organisation, slug: str, language: str) -> ArticleVersion | None:
    """Return the published text of an article for a reader of `language`; None when there is none."""
    return published_versions(organisation, language).filter(article__slug=slug).first()


def languages_of(article: Article) -> list[str]:
    """Return the languages in which readers can have the article."""
    published = article.versions.filter(state=PublicationState.PUBLISHED)
    return list(published.order_by("language").values_list("language", flat=True))


def search(organisation: Organisation, text: str, language: str, *, limit: int = 10) -> list[Found]:
    """Return the articles that answer a question best, best first.

    The question is read in the reader's language and in Spanish. Each of its words counts by how rare it is among
    the articles and by where it stands (title, codes and summary before body); an article counts once, in its best
    language.
    """
    languages = language_order(language)[:2]
    parameters: dict[str, Any] = {
        "languages": languages,
        "configurations": [CONFIGURATIONS[code] for code in languages],
        "text": fold(text[:LONGEST_QUERY].replace("\x00", " ")),
        "organisations": organisation.lineage,
        "published": PublicationState.PUBLISHED.value,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, parameters)
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    rows = published_versions(organisation, language).filter(article__in=ids)
    shown = {version.article_id: version for version in rows}
    return [_found(shown[article_id]) for article_id in ids if article_id in shown]


def _found(version: ArticleVersion) -> Found:
    article = version.article
    return Found(article.pk, article.slug, version.title, version.summary, version.language, article.topic.slug)


# Ranks are divided by the length of the text (2), or long articles would come first for every question.
_SEARCH = """
WITH words AS MATERIALIZED (  -- an error code says more than any word
    SELECT language, word, plainto_tsquery('simple', word) AS query,
           CASE WHEN word ~ '^[a-z]+[0-9]+$' THEN 5 ELSE 1 END AS importance
    FROM unnest(%(languages)s::text[], %(configurations)s::text[]) AS spoken(language, configuration),
         unnest(tsvector_to_array(to_tsvector(configuration::regconfig, %(text)s))) AS word
), total AS MATERIALIZED (
    SELECT count(*) AS articles FROM help_centre_article WHERE organisation_id = ANY (%(organisations)s::bigint[])
), hits AS (  -- the rarer a word in the articles of its language, the more it weighs
    SELECT version.article_id, version.language,
           ts_rank('{0.3, 0.4, 0.6, 1.0}', version.search_document, words.query, 2) AS rank,
           ln(1 + total.articles / (count(*) OVER (PARTITION BY words.language, words.word))::float)
           * words.importance AS weight
    FROM total, words
    JOIN help_centre_articleversion AS version
      ON version.language = words.language AND version.state = %(published)s
     AND version.search_document @@ words.query
    JOIN help_centre_article AS article
      ON article.id = version.article_id AND article.organisation_id = ANY (%(organisations)s::bigint[])
), scored AS (
    SELECT article_id, language, sum(rank * power(weight, 1.6)) AS score FROM hits GROUP BY article_id, language
)
SELECT article_id FROM scored GROUP BY article_id ORDER BY max(score) DESC, article_id LIMIT %(limit)s
"""
