"""What editors and readers do in the help centre."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import F, Value
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.choices import ArticleKind, PublicationState
from mostrador.help_centre.models import Article, ArticleVersion, ArticleVote, DailyReading
from mostrador.help_centre.rules import CONFIGURATIONS, fold
from mostrador.organisations.models import Organisation, Procedure, Team, Topic
from mostrador.shared.errors import ActionRefused
from mostrador.shared.markdown import render_markdown

TIME_TO_SAY_WHY = timedelta(hours=1)


@transaction.atomic
def create_article(
    organisation: Organisation,
    *,
    author: User | None,
    topic: Topic,
    title: str,
    slug: str = "",
    kind: ArticleKind = ArticleKind.FAQ,
    owner_team: Team | None = None,
    procedures: Iterable[Procedure] = (),
    codes: Iterable[str] = (),
    review_by: date | None = None,
) -> Article:
    """Begin an article without any text yet; its address comes from the title and never changes afterwards."""
    article = Article.objects.create(
        organisation=organisation,
        slug=_free_slug(organisation, slug or slugify(title)[:100] or "articulo"),
        kind=kind,
        topic=topic,
        owner_team=owner_team,
        codes=list(codes),
        review_by=review_by,
        created_at=timezone.now(),
    )
    article.procedures.set(procedures)
    record("help_centre.article_created", article, actor=author)
    return article


@transaction.atomic
def change_article(
    article: Article,
    *,
    author: User | None,
    kind: ArticleKind,
    topic: Topic,
    owner_team: Team | None,
    codes: Iterable[str],
    review_by: date | None,
) -> None:
    """Change what is common to all languages of an article."""
    article.kind, article.topic, article.owner_team = kind, topic, owner_team
    article.codes, article.review_by = list(codes), review_by
    article.save(update_fields=["kind", "topic", "owner_team", "codes", "review_by"])
    for version in article.versions.all():
        _index(version)
    record("help_centre.article_changed", article, actor=author)


@transaction.atomic
def save_version(
    article: Article, *, author: User | None, language: str, title: str, summary: str, body: str
) -> ArticleVersion:
    """Keep the text of an article in one language; a published one shows the new text at once."""
    now = timezone.now()
    version, _created = ArticleVersion.objects.select_for_update().get_or_create(
        article=article,
        language=language,
        defaults={"title": title, "summary": summary, "body": body, "updated_at": now, "html": ""},
    )
    version.title, version.summary, version.body = title, summary, body
    version.html, version.updated_at = str(render_markdown(body)), now
    version.save()
    _index(version)
    record("help_centre.text_saved", article, actor=author, details={"language": language})
    return version


@transaction.atomic
def publish(version: ArticleVersion, *, author: User | None) -> None:
    """Let readers see a version.

    Raises:
        ActionRefused: It has no text.
    """
    version = ArticleVersion.objects.select_for_update().select_related("article").get(pk=version.pk)
    if not version.body.strip():
        raise ActionRefused(_("Escriba el texto del artículo antes de publicarlo."))
    now = timezone.now()
    version.state = PublicationState.PUBLISHED
    version.published_at = version.published_at or now
    version.updated_at = now
    version.save(update_fields=["state", "published_at", "updated_at"])
    record("help_centre.published", version.article, actor=author, details={"language": version.language})


@transaction.atomic
def withdraw(version: ArticleVersion, *, author: User | None) -> None:
    """Take a version away from readers; its text stays and can be published again."""
    version = ArticleVersion.objects.select_for_update().select_related("article").get(pk=version.pk)
    version.state = PublicationState.ARCHIVED
    version.updated_at = timezone.now()
    version.save(update_fields=["state", "updated_at"])
    record("help_centre.withdrawn", version.article, actor=author, details={"language": version.language})


def vote(version: ArticleVersion, *, useful: bool) -> ArticleVote:
    """Count one reader's answer to "was this useful?"; nothing tells who. Not audited: nobody of the desk acted."""
    return ArticleVote.objects.create(version=version, useful=useful, voted_at=timezone.now())


def say_why(vote: ArticleVote, *, reason: str, comment: str) -> None:
    """Add the reason to an answer just given.

    Raises:
        ActionRefused: More than an hour has passed.
    """
    if timezone.now() - vote.voted_at > TIME_TO_SAY_WHY:
        raise ActionRefused(_("Ha pasado demasiado tiempo. Vuelva al artículo y díganos de nuevo si le ha servido."))
    vote.reason, vote.comment = reason, comment
    vote.save(update_fields=["reason", "comment"])


def count_reading(version: ArticleVersion) -> None:
    """Count that somebody has read an article today; no trace of who. Safe with many at once."""
    DailyReading.objects.bulk_create(
        [DailyReading(article_id=version.article_id, on=timezone.localdate(), language=version.language)],
        ignore_conflicts=True,
    )
    today = DailyReading.objects.filter(
        article_id=version.article_id, on=timezone.localdate(), language=version.language
    )
    today.update(readings=F("readings") + 1)


def _index(version: ArticleVersion) -> None:
    """Write the words by which the version is found, those of title and codes before those of the text."""
    configuration = CONFIGURATIONS[version.language]
    parts = {
        "A": f"{version.title} {' '.join(version.article.codes)}",
        "B": version.summary,
        "C": version.article.topic.slug.replace("-", " "),
        "D": version.body,
    }
    document = [SearchVector(Value(fold(text)), weight=weight, config=configuration) for weight, text in parts.items()]
    ArticleVersion.objects.filter(pk=version.pk).update(
        search_document=document[0] + document[1] + document[2] + document[3]
    )


def _free_slug(organisation: Organisation, wanted: str) -> str:
    taken = set(
        Article.objects.filter(organisation=organisation, slug__startswith=wanted).values_list("slug", flat=True)
    )
    candidates = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken)
