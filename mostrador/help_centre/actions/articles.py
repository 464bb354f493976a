"""Articles as a whole: what is common to all their languages."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.actions.index import index_version
from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.models import Article, ArticleVersion
from mostrador.organisations.models import Organisation, Topic
from mostrador.shared.errors import ActionRefused
from mostrador.shared.live import KEPT_PAGES
from mostrador.shared.live import publish as publish_change

# What may be said of an article when it is created or changed, besides its topic.
PLAIN_DETAILS = (
    *("kind", "owner_team", "audience", "for_descendants", "source_language", "codes", "visible_until", "review_by"),
    *("minutes", "fix_state", "affects", "position"),
)
LISTED_DETAILS = ("also_in", "procedures", "audience_teams", "related")


@transaction.atomic
def create_article(
    organisation: Organisation,
    *,
    author: User | None,
    topic: Topic,
    title: str,
    slug: str = "",
    details: Mapping[str, Any] | None = None,
) -> Article:
    """Begin an article without any text yet; its address comes from the title and never changes afterwards.

    Args:
        organisation: Whose it is.
        author: Who begins it; None is the product itself.
        topic: Its main topic, of the organisation or of an ancestor.
        title: Its first title, for the address.
        slug: The address wanted; a number is added when it is taken.
        details: Values of `PLAIN_DETAILS` and lists of rows of `LISTED_DETAILS`.
    """
    details = details or {}
    article = Article.objects.create(
        organisation=organisation,
        slug=_free_slug(organisation, slug or slugify(title)[:100] or "articulo"),
        topic=topic,
        created_at=timezone.now(),
        **{name: details[name] for name in PLAIN_DETAILS if name in details},
    )
    _set_lists(article, details)
    record("help_centre.article_created", article, actor=author)
    return article


@transaction.atomic
def change_article(article: Article, details: Mapping[str, Any], *, author: User | None) -> None:
    """Change what is common to all languages: "topic" and what `create_article` takes as details."""
    names = [name for name in ("topic", *PLAIN_DETAILS) if name in details]
    for name in names:
        setattr(article, name, details[name])
    if "review_by" in details:
        article.review_reminded_on = None
        names.append("review_reminded_on")
    article.save(update_fields=names or None)
    _set_lists(article, details)
    for version in article.versions.filter(state=PublicationState.PUBLISHED):
        index_version(version)
    record("help_centre.article_changed", article, actor=author)
    tell_readers(article.organisation)


@transaction.atomic
def withdraw(version: ArticleVersion, *, author: User | None) -> None:
    """Take a version away from readers; its text stays and can be published again."""
    version = ArticleVersion.objects.select_for_update().select_related("article__organisation").get(pk=version.pk)
    version.state = PublicationState.ARCHIVED
    version.updated_at = timezone.now()
    version.save(update_fields=["state", "updated_at"])
    index_version(version)
    record("help_centre.withdrawn", version.article, actor=author, details={"language": version.language})
    tell_readers(version.article.organisation)


@transaction.atomic
def supersede(article: Article, *, by: Article, author: User | None) -> None:
    """Lead the readers of an article to another one that says it better; its texts stay.

    Raises:
        ActionRefused: The other one leads back to this one.
    """
    seen, following = {article.pk}, by
    while following:
        if following.pk in seen:
            raise ActionRefused(_("Ese artículo ya lleva a este. Elija otro."))
        seen.add(following.pk)
        if following.superseded_by is None:
            break
        following = following.superseded_by
    article.superseded_by = by
    article.save(update_fields=["superseded_by"])
    for version in article.versions.all():
        index_version(version)
    record("help_centre.superseded", article, actor=author, details={"by": by.slug})
    tell_readers(article.organisation)


def tell_readers(organisation: Organisation) -> None:
    """Let every web process forget the pages that it keeps, once the surrounding transaction commits."""
    publish_change(f"{KEPT_PAGES}{organisation.pk}")


def _set_lists(article: Article, details: Mapping[str, Any]) -> None:
    for name in LISTED_DETAILS:
        if name in details:
            rows: Iterable[Any] = details[name]
            getattr(article, name).set(rows)


def _free_slug(organisation: Organisation, wanted: str) -> str:
    taken = set(
        Article.objects.filter(organisation=organisation, slug__startswith=wanted).values_list("slug", flat=True)
    )
    candidates = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken)
