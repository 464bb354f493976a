"""What readers ask of the help centre."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Window
from django.db.models.functions import Length, RowNumber
from django.utils import timezone
from markupsafe import escape

from mostrador.accounts.permissions import Access
from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.models import Adaptation, Article, ArticleVersion, ArticleVote, DailyReading, SearchLog
from mostrador.help_centre.queries.search import Found
from mostrador.help_centre.rules.error_codes import ErrorCode
from mostrador.help_centre.rules.words import language_order
from mostrador.organisations.models import Organisation, Topic
from mostrador.organisations.queries import topics_of
from mostrador.shared.links import absolute

VOTE_SALT = "help_centre.vote"
TIME_TO_SAY_WHY = timedelta(hours=1)


@dataclass(frozen=True)
class TopicGroup:
    """Topics that belong together: address and name of the one that contains them, both "" for the others."""

    slug: str
    name: str
    topics: list[tuple[str, str]]


@dataclass(frozen=True)
class Subtopic:
    """A topic inside of the one that is being shown, with its first articles and how many there are."""

    slug: str
    name: str
    found: list[Found]
    count: int


def published_versions(organisation: Organisation, language: str) -> QuerySet[ArticleVersion]:
    """Return, for every article that everybody may read here, the version that this reader gets."""
    readable = Article.objects.served_to(organisation).public().current(timezone.now())
    return best_versions(readable, language)


def best_versions(articles: QuerySet[Article], language: str) -> QuerySet[ArticleVersion]:
    """Return the published version of each article in the reader's language, else in Spanish, else in any other."""
    rank = Case(
        *(When(language=code, then=Value(place)) for place, code in enumerate(language_order(language))),
        output_field=IntegerField(),
    )
    best = (
        ArticleVersion.objects.filter(article__in=articles.order_by().values("pk"), state=PublicationState.PUBLISHED)
        .annotate(place=Window(RowNumber(), partition_by="article", order_by=[rank, "pk"]))
        .filter(place=1)
    )
    return best.select_related("article", "article__topic")


def topic_groups(organisation: Organisation, language: str) -> list[TopicGroup]:
    """Return the topics that have something to read, by the one that contains them, then the others. Two queries."""
    published = ArticleVersion.objects.filter(article=OuterRef("pk"), state=PublicationState.PUBLISHED)
    readable = Article.objects.served_to(organisation).public().current(timezone.now()).filter(Exists(published))
    named = readable.values_list("topic__slug").union(readable.values_list("also_in__slug"))
    to_read = {slug for (slug,) in named}
    shown = [topic for topic in topics_of(organisation) if topic.slug in to_read]
    above = {topic.parent.slug for topic in shown if topic.parent}
    groups: dict[str, TopicGroup] = {}
    others = TopicGroup("", "", [])
    for topic in shown:
        link = (topic.slug, topic.name_in(language))
        if parent := topic.parent:
            groups.setdefault(parent.slug, TopicGroup(parent.slug, parent.name_in(language), [])).topics.append(link)
        elif topic.slug not in above:  # those that contain others are reached by the name of their group
            others.topics.append(link)
    return [*groups.values(), *([others] if others.topics else [])]


def topic_named(organisation: Organisation, slug: str) -> Topic | None:
    """Return the topic of the organisation, else of its nearest ancestor that has one of this name."""
    named = Topic.objects.filter(organisation__in=organisation.lineage, slug=slug)
    return named.select_related("parent").order_by(Length("organisation__path").desc()).first()


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
    here = Article.objects.filter(Q(topic__slug=topic.slug) | Q(also_in__slug=topic.slug)).values("pk")
    rows = published_versions(organisation, language).filter(article__in=here)
    return [_found(version) for version in rows.order_by("article__position", "article_id")]


def subtopics(organisation: Organisation, topic: Topic, language: str, *, limit: int = 5) -> list[Subtopic]:
    """Return the topics inside of one that have something to read, with their first articles. Two queries."""
    inside = [row for row in topics_of(organisation) if row.parent and row.parent.slug == topic.slug]
    rows = published_versions(organisation, language).filter(article__topic__slug__in=[row.slug for row in inside])
    found: dict[str, list[Found]] = {}
    for version in rows.order_by("article__position", "article_id"):
        found.setdefault(version.article.topic.slug, []).append(_found(version))
    return [
        Subtopic(row.slug, row.name_in(language), found[row.slug][:limit], len(found[row.slug]))
        for row in inside
        if row.slug in found
    ]


def articles_for_code(organisation: Organisation, code: ErrorCode, language: str, *, limit: int = 5) -> list[Found]:
    """Return the articles that name a code, else those that name its older one, else those of its topic. One query."""
    names = [name for name in (code.code, code.older) if name]
    nearest = Case(
        When(article__codes__contains=[code.code], then=Value(0)),
        When(article__codes__overlap=names, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = published_versions(organisation, language).filter(
        Q(article__codes__overlap=names) | Q(article__topic__slug=code.topic)
    )
    found = list(rows.annotate(nearest=nearest).order_by("nearest", "article__position", "article_id")[: 2 * limit])
    best = [row for row in found if row.nearest == found[0].nearest]
    return [_found(row) for row in best[:limit]]


def version_for_reader(organisation: Organisation, slug: str, language: str) -> ArticleVersion | None:
    """Return the published text of an article for a reader of `language`; None when there is none. One query.

    Of two articles with the same address, here and above, the nearest.
    """
    named = published_versions(organisation, language).filter(article__slug=slug)
    owners = named.select_related("article__topic__parent", "article__owner_team", "article__organisation")
    return owners.order_by(Length("article__organisation__path").desc()).first()


def slug_instead(organisation: Organisation, slug: str) -> str:
    """Return the address of the article that readers of a superseded one are led to, "" when there is none."""
    superseded = Article.objects.served_to(organisation).public().filter(slug=slug, superseded_by__isnull=False)
    following = superseded.order_by(Length("organisation__path").desc()).first()
    while following and following.superseded_by_id:  # `actions.articles.supersede` lets them make no circle
        following = following.superseded_by
    return following.slug if following else ""


def related_articles(organisation: Organisation, article: Article, language: str, *, limit: int = 5) -> list[Found]:
    """Return the articles to read next: those that an editor chose, then others of the topic. Two queries."""
    readable = published_versions(organisation, language).exclude(article=article.pk)
    chosen = readable.filter(article__in=article.related.values("pk"))
    others = readable.filter(article__topic__slug=article.topic.slug).order_by("article__position", "article_id")
    rows = {row.article_id: row for row in [*chosen.order_by("article__position", "article_id"), *others[:limit]]}
    return [_found(row) for row in list(rows.values())[:limit]]


def languages_of(article: Article) -> list[str]:
    """Return the languages in which readers can have the article."""
    published = article.versions.filter(state=PublicationState.PUBLISHED)
    return list(published.order_by("language").values_list("language", flat=True))


def words_added(organisation: Organisation, article: Article, language: str) -> tuple[str, str]:
    """Return what the organisation adds to an article of an ancestor, as HTML, and its language; both "" when nothing.

    No query for its own articles, one for others.
    """
    if article.organisation_id == organisation.pk:
        return "", ""
    added = Adaptation.objects.filter(organisation=organisation, article=article).values_list("html", flat=True).first()
    return next(((added[code], code) for code in language_order(language) if added and added.get(code)), ("", ""))


def addresses(
    organisation: Organisation, name: str, languages: Iterable[str], *, host: str = "", **kwargs: Any
) -> dict[str, str]:
    """Return the whole address of a page in each of the languages that the organisation offers.

    No query when the host is given, one otherwise.
    """
    host, default = host or organisation.host, organisation.default_language
    return {
        code: absolute(host, name, prefix="/" if code == default else f"/{code}/", **kwargs)
        for code in organisation.languages
        if code in languages
    }


def internal_version(organisation: Organisation, access: Access, pk: int, language: str) -> ArticleVersion | None:
    """Return the published text of an article for somebody of the desk, whoever else may read it. One query."""
    articles = Article.objects.served_to(organisation).read_by(access).filter(pk=pk)
    rows = best_versions(articles, language)
    return rows.select_related("article__topic__parent", "article__owner_team", "article__organisation").first()


def article_named(organisation: Organisation, slug: str) -> int | None:
    """Return the key of the article that a reader had before them, from its address. One query."""
    named = Article.objects.served_to(organisation).public().filter(slug=slug)
    return named.order_by(Length("organisation__path").desc()).values_list("pk", flat=True).first()


def words_of_search(organisation: Organisation, key: str) -> str:
    """Return what was searched under a key, folded; "" when it is no longer kept. One query."""
    found = SearchLog.objects.filter(organisation=organisation, key=key)
    return found.values_list("text", flat=True).first() or ""


def vote_behind(organisation: Organisation, signed: str) -> ArticleVote | None:
    """Return the opinion given at most an hour ago to which a signed name leads, None when there is none."""
    try:
        key = signing.loads(signed, salt=VOTE_SALT, max_age=TIME_TO_SAY_WHY)
    except signing.BadSignature:
        return None
    rows = ArticleVote.objects.filter(version__article__organisation__in=organisation.lineage)
    return rows.select_related("version__article").filter(pk=key).first()


def _found(version: ArticleVersion) -> Found:
    article = version.article
    return Found(
        article_id=article.pk,
        slug=article.slug,
        title=version.title,
        summary=version.summary,
        language=version.language,
        topic_slug=article.topic.slug,
        kind=article.kind,
        marked_title=escape(version.title),
        marked_summary=escape(version.summary),
    )
