"""What search engines and feed readers ask: where everything is, and what is new."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from mostrador.help_centre.choices import ArticleKind, PublicationState
from mostrador.help_centre.models import Article, ArticleVersion
from mostrador.help_centre.queries.readers import addresses, published_versions, topic_groups
from mostrador.help_centre.rules.error_codes import error_codes
from mostrador.organisations.models import Organisation

ARTICLES_ON_ONE_MAP = 2000  # in five languages 10 000 addresses; a map may have 50 000
NEWS_SHOWN = 30

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ANY_SLUG = "any-slug"


@dataclass(frozen=True)
class OnMap:
    """One page of the map: its address in each language, and when it last changed."""

    addresses: dict[str, str]
    changed_at: datetime | None = None


@dataclass(frozen=True)
class News:
    """One piece of news, in the language in which it is shown."""

    article_id: int
    slug: str
    title: str
    summary: str
    html: str
    language: str
    created_at: datetime
    published_at: datetime
    updated_at: datetime


def first_keys(organisation: Organisation) -> list[int]:
    """Return the key of the first article of each part of the map. One query."""
    keys = list(_readable(organisation).order_by("pk").values_list("pk", flat=True))
    return keys[::ARTICLES_ON_ONE_MAP]


def articles_on_map(organisation: Organisation, *, first: int) -> list[OnMap]:
    """Return a part of the map: the articles from the key `first` on. Three queries."""
    keys = list(_readable(organisation).filter(pk__gte=first).order_by("pk").values_list("pk", flat=True))
    languages = organisation.languages
    named = addresses(organisation, "help_centre:article", languages, slug=_ANY_SLUG)
    versions = ArticleVersion.objects.filter(
        article__in=keys[:ARTICLES_ON_ONE_MAP], state=PublicationState.PUBLISHED, language__in=languages
    )
    rows = versions.select_related("article").only("article__slug", "language", "updated_at").order_by("article", "pk")
    return [
        _article_on_map(article.slug, list(texts), named) for article, texts in groupby(rows, key=attrgetter("article"))
    ]


def pages_on_map(organisation: Organisation, language: str) -> list[OnMap]:
    """Return the pages that are no articles: home, topics, news, and every error code. Three queries."""
    host = organisation.host
    groups = topic_groups(organisation, language)
    topics = dict.fromkeys(slug for group in groups for slug in (group.slug, *(slug for slug, _name in group.topics)))
    languages = organisation.languages
    return [
        OnMap(addresses(organisation, "portal:home", languages, host=host)),
        OnMap(addresses(organisation, "help_centre:codes", languages, host=host)),
        OnMap(addresses(organisation, "help_centre:news", languages, host=host)),
        *(
            OnMap(addresses(organisation, "help_centre:topic", languages, host=host, slug=slug))
            for slug in topics
            if slug
        ),
        *(
            OnMap(addresses(organisation, "help_centre:code", languages, host=host, code=code))
            for code in error_codes()
        ),
    ]


def latest_news(organisation: Organisation, language: str, *, limit: int = NEWS_SHOWN) -> list[News]:
    """Return what is new, the newest first. One query."""
    rows = published_versions(organisation, language).filter(article__kind=ArticleKind.NEWS)
    return [
        News(
            article_id=row.article_id,
            slug=row.article.slug,
            title=_for_xml(row.title),
            summary=_for_xml(row.summary),
            html=_for_xml(row.html),
            language=row.language,
            created_at=row.article.created_at,
            published_at=row.published_at or row.updated_at,
            updated_at=row.updated_at,
        )
        for row in rows.order_by("-published_at", "-pk")[:limit]
    ]


def _readable(organisation: Organisation) -> QuerySet[Article]:
    published = ArticleVersion.objects.filter(article=OuterRef("pk"), state=PublicationState.PUBLISHED)
    return Article.objects.served_to(organisation).public().current(timezone.now()).filter(Exists(published))


def _article_on_map(slug: str, texts: Iterable[ArticleVersion], named: dict[str, str]) -> OnMap:
    by_language = {text.language: text for text in texts}
    places = {code: address.replace(_ANY_SLUG, slug) for code, address in named.items() if code in by_language}
    return OnMap(places, max(text.updated_at for text in by_language.values()))


def _for_xml(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
