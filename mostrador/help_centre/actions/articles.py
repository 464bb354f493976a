"""Articles as a whole: what is common to all their languages."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.actions.index import index_version
from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.models import Article, ArticleVersion
from mostrador.help_centre.rules.publication import MONTHS_UNTIL_REVIEW, months_later
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
    """Change what is common to all languages: "topic" and what `create_article` takes as details.

    Another review-by date is reminded anew.
    """
    names = [name for name in ("topic", *PLAIN_DETAILS) if name in details]
    if details.get("review_by", article.review_by) != article.review_by:
        article.review_reminded_on = None
    for name in names:
        setattr(article, name, details[name])
    article.save(update_fields=[*names, "review_reminded_on"])
    _set_lists(article, details)
    for version in article.versions.filter(state=PublicationState.PUBLISHED):
        index_version(version)
    record("help_centre.article_changed", article, actor=author)
    tell_readers(article.organisation)


@transaction.atomic
def confirm_article(article: Article, *, months: int, author: User) -> None:
    """Say that an article is up to date, and when to look at it again.

    Args:
        article: The one that was looked at.
        months: From today until it is looked at again, one of `MONTHS_UNTIL_REVIEW`.
        author: Who looked.

    Raises:
        ActionRefused: It says another number of months.
    """
    if months not in MONTHS_UNTIL_REVIEW:
        raise ActionRefused(_("Elija cuándo hay que volver a revisarlo."))
    article = Article.objects.select_for_update().get(pk=article.pk)
    article.review_by, article.review_reminded_on = months_later(timezone.localdate(), months), None
    article.save(update_fields=["review_by", "review_reminded_on"])
    record("help_centre.found_up_to_date", article, actor=author, details={"review_by": str(article.review_by)})


@transaction.atomic
def withdraw(version: ArticleVersion, *, author: User | None) -> None:
    """Take a version away from readers; its text stays, and `show_again` undoes it.

    Raises:
        ActionRefused: Readers do not see it any more.
    """
    version = _locked_version(version)
    if version.state != PublicationState.PUBLISHED:
        raise ActionRefused(_("Los lectores ya no ven este texto."))
    _set_state(version, PublicationState.ARCHIVED)
    record("help_centre.withdrawn", version.article, actor=author, details={"language": version.language})
    tell_readers(version.article.organisation)


@transaction.atomic
def show_again(version: ArticleVersion, *, author: User) -> None:
    """Let readers see a text again that was taken away from them.

    Raises:
        ActionRefused: They see it already, or the article's last day has passed.
    """
    version = _locked_version(version)
    if version.state != PublicationState.ARCHIVED:
        raise ActionRefused(_("Este texto no está retirado."))
    until = version.article.visible_until
    if until and until <= timezone.now():
        raise ActionRefused(_("La fecha «visible hasta» del artículo ha pasado. Cámbiela antes de volver a mostrarlo."))
    _set_state(version, PublicationState.PUBLISHED)
    record("help_centre.shown_again", version.article, actor=author, details={"language": version.language})
    tell_readers(version.article.organisation)


def expire_due() -> int:
    """Take away from readers every article whose last moment has passed; return how many articles."""
    visible = ArticleVersion.objects.filter(article=OuterRef("pk"), state=PublicationState.PUBLISHED)
    due = Article.objects.filter(Exists(visible), visible_until__lte=timezone.now())
    return sum(expire(article_id) for article_id in list(due.values_list("pk", flat=True)))


@transaction.atomic
def expire(article_id: int) -> bool:
    """Take away what readers still see of an article whose last moment has passed; return whether there was anything.

    Looks again under a lock: nothing happens when it was given another date meanwhile.
    """
    shown = ArticleVersion.objects.select_for_update(of=("self",)).select_related("article__organisation")
    versions = list(
        shown.filter(
            article=article_id, state=PublicationState.PUBLISHED, article__visible_until__lte=timezone.now()
        ).order_by("pk")
    )
    if not versions:
        return False
    for version in versions:
        _set_state(version, PublicationState.ARCHIVED)
    record("help_centre.expired", versions[0].article)
    tell_readers(versions[0].article.organisation)
    return True


@transaction.atomic
def supersede(article: Article, *, by: Article | None, author: User | None) -> None:
    """Lead the readers of an article to another one that says it better; its texts stay. None leads them back.

    Raises:
        ActionRefused: The other one leads back to this one.
    """
    # Two at once could each see no loop and close one together.
    Organisation.objects.select_for_update(no_key=True).get(pk=article.organisation_id)
    seen, following = {article.pk}, Article.objects.get(pk=by.pk) if by else None
    while following:
        if following.pk in seen:
            raise ActionRefused(_("Ese artículo ya lleva a este. Elija otro."))
        seen.add(following.pk)
        following = following.superseded_by
    article.superseded_by = by
    article.save(update_fields=["superseded_by"])
    for version in article.versions.all():
        index_version(version)
    record("help_centre.superseded", article, actor=author, details={"by": by.slug if by else None})
    tell_readers(article.organisation)


def tell_readers(organisation: Organisation) -> None:
    """Let every web process forget the pages that it keeps, once the surrounding transaction commits."""
    publish_change(f"{KEPT_PAGES}{organisation.pk}")


def _locked_version(version: ArticleVersion) -> ArticleVersion:
    versions = ArticleVersion.objects.select_for_update(of=("self",))
    return versions.select_related("article__organisation").get(pk=version.pk)


def _set_state(version: ArticleVersion, state: PublicationState) -> None:
    version.state, version.updated_at = state, timezone.now()
    version.save(update_fields=["state", "updated_at"])
    index_version(version)


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
