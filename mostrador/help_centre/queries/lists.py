"""The lists of those who look after the help centre: its articles, what is lent to it, what to translate."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Func
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Lower
from django.utils import timezone

from mostrador.accounts.models import User
from mostrador.help_centre.choices import ArticleKind, ArticleList, DraftStep, PublicationState
from mostrador.help_centre.models import Adaptation, Article, ArticleDraft, ArticleVersion, DailyReading
from mostrador.help_centre.rules.publication import REMIND_BEFORE
from mostrador.help_centre.rules.words import language_order
from mostrador.organisations.models import Organisation
from mostrador.shared.keys import row_key

MOST_COUNTED = 1000  # more are "more than 1 000": counting them all would cost more the more there are
READERS_LOST_IN = timedelta(days=90)
_ACCENTED, _PLAIN = "áàéèíìïóòúùüç", "aaeeiiioouuuc"
_WITHOUT_ACCENTS = str.maketrans(_ACCENTED, _PLAIN)


@dataclass(frozen=True)
class ArticleFilter:
    """Which articles somebody wants to see."""

    which: str = ""  # an `ArticleList`
    state: str = ""  # a `PublicationState`
    language: str = ""
    topic: int | None = None  # with the topics inside of it
    team: int | None = None
    kind: str = ""
    text: str = ""


@dataclass(frozen=True)
class LanguageState:
    """How an article stands in one language."""

    code: str
    state: PublicationState
    step: DraftStep | None
    is_stale: bool


@dataclass(frozen=True)
class ArticleRow:
    """One line of the editors' list."""

    pk: int
    title: str
    language: str
    topic: str
    kind: str
    owner_team: str
    languages: list[LanguageState]
    changed_at: datetime | None
    review_by: date | None
    is_due: bool


@dataclass(frozen=True)
class LentRow:
    """One article of an ancestor, and what the organisation does with it."""

    pk: int
    title: str
    language: str
    lender: str
    is_hidden: bool
    languages: list[str]  # in which the organisation adds words


@dataclass(frozen=True)
class TranslationRow:
    """One article that readers of a language miss, or read in an old translation."""

    pk: int
    title: str
    source_language: str
    readers_lost: int
    stale_since: datetime | None
    writer: str


@dataclass(frozen=True)
class Rows:
    """A page of a list, and the key with which the next one begins."""

    rows: list[Any]
    older: str


def article_list(organisation: Organisation, wanted: ArticleFilter, *, user: User, before: str, size: int) -> Rows:
    """Return a page of the organisation's own articles, newest first, below the key `before`. Two queries."""
    articles = _filtered(_of_list(organisation, wanted.which, user), wanted)
    if (last := row_key(before)) is not None:
        articles = articles.filter(pk__lt=last)
    page = list(articles.select_related("topic", "owner_team").order_by("-pk")[: size + 1])
    versions = _versions_of(page[:size])
    today = timezone.localdate()
    rows = [_row(article, versions[article.pk], wanted.language, today) for article in page[:size]]
    return Rows(rows, str(rows[-1].pk) if len(page) > size else "")


def list_counts(organisation: Organisation, user: User) -> dict[str, int]:
    """Return how many articles each list has, at most one more than `MOST_COUNTED`. One query for each list."""
    return {
        which.value: _of_list(organisation, which, user).order_by()[: MOST_COUNTED + 1].count() for which in ArticleList
    }


def lent_articles(organisation: Organisation) -> QuerySet[Article]:
    """Return what ancestors lend to the organisation's readers, hidden by it or not; only what is published."""
    above = [key for key in organisation.lineage if key != organisation.pk]
    return Article.objects.filter(Exists(_published()), organisation__in=above, for_descendants=True).select_related(
        "organisation"
    )


def lent_list(organisation: Organisation, *, text: str, before: str, size: int) -> Rows:
    """Return a page of what ancestors lend, newest first, with what the organisation does with it. Three queries."""
    articles = lent_articles(organisation)
    if text:
        articles = articles.filter(Exists(_with_title(_published(), text)))
    if (last := row_key(before)) is not None:
        articles = articles.filter(pk__lt=last)
    page = list(articles.order_by("-pk")[: size + 1])
    versions = _versions_of(page[:size])
    ours = {row.article_id: row for row in Adaptation.objects.filter(organisation=organisation, article__in=page)}
    rows = []
    for article in page[:size]:
        shown = _best(versions[article.pk], organisation.default_language)
        adaptation = ours.get(article.pk)
        rows.append(
            LentRow(
                pk=article.pk,
                title=shown["title"],
                language=shown["language"],
                lender=article.organisation.short_name,
                is_hidden=bool(adaptation and adaptation.is_hidden),
                languages=sorted(adaptation.texts) if adaptation else [],
            )
        )
    return Rows(rows, str(rows[-1].pk) if len(page) > size else "")


def adaptation_of(organisation: Organisation, article: Article) -> Adaptation:
    """Return what the organisation does with an article that is lent to it; a new row when it does nothing."""
    found = Adaptation.objects.filter(organisation=organisation, article=article).first()
    return found or Adaptation(organisation=organisation, article=article)


def shown_version(article: Article, language: str) -> ArticleVersion:
    """Return the published text of an article for a reader of `language`, whatever organisations do with it."""
    versions = {version.language: version for version in article.versions.filter(state=PublicationState.PUBLISHED)}
    return next(versions[code] for code in language_order(language, article.source_language) if code in versions)


def translation_list(organisation: Organisation, language: str, *, stale: bool, before: str, size: int) -> Rows:
    """Return a page of what to translate, first what most readers missed in the last 90 days. Two queries.

    Args:
        organisation: Whose articles.
        language: Into which language.
        stale: Translations whose source has changed since, instead of those that are missing.
        before: "readers-key" of the last one seen.
        size: How many.
    """
    articles = _to_translate(organisation, language, stale=stale).annotate(lost=_readers_lost(language))
    lost, _dash, last = before.partition("-")
    if (least := row_key(lost)) is not None and (key := row_key(last)) is not None:
        articles = articles.filter(Q(lost__lt=least) | Q(lost=least, pk__lt=key))
    page = list(articles.order_by("-lost", "-pk")[: size + 1])
    versions = _versions_of(page[:size])
    rows = [_translation(article, versions[article.pk], language) for article in page[:size]]
    return Rows(rows, f"{rows[-1].readers_lost}-{rows[-1].pk}" if len(page) > size else "")


def translation_counts(organisation: Organisation, language: str) -> tuple[int, int]:
    """Return how many articles miss in a language and how many are out of date, as `list_counts` does."""
    missing, stale = (
        _to_translate(organisation, language, stale=stale)[: MOST_COUNTED + 1].count() for stale in (False, True)
    )
    return missing, stale


def articles_to_check(organisation: Organisation, today: date) -> QuerySet[Article]:
    """Return the published articles whose review-by date has passed or comes soon."""
    return Article.objects.filter(Exists(_published()), organisation=organisation, review_by__lte=today + REMIND_BEFORE)


def best_titles(articles: Iterable[Article]) -> dict[int, str]:
    """Return the title by which each article is known: in its first language, else in any."""
    versions = _versions_of(articles)
    return {
        article.pk: _best(versions[article.pk], article.source_language)["title"] or article.slug
        for article in articles
    }


def _of_list(organisation: Organisation, which: str, user: User) -> QuerySet[Article]:
    articles = Article.objects.filter(organisation=organisation)
    drafts = ArticleDraft.objects.filter(version__article=OuterRef("pk"))
    match which:
        case ArticleList.MINE:
            return articles.filter(Exists(drafts.filter(written_by=user)))
        case ArticleList.IN_REVIEW:
            return articles.filter(Exists(drafts.filter(step=DraftStep.IN_REVIEW)))
        case ArticleList.STALE:
            return articles.filter(Exists(_published().filter(stale_since__isnull=False)))
        case ArticleList.WITHOUT_OWNER:
            return articles.filter(owner_team__isnull=True, superseded_by__isnull=True)
        case ArticleList.TO_CHECK:
            return articles_to_check(organisation, timezone.localdate())
        case _:
            return articles


def _filtered(articles: QuerySet[Article], wanted: ArticleFilter) -> QuerySet[Article]:
    given = {"owner_team": wanted.team, "kind": wanted.kind or None}
    articles = articles.filter(**{name: value for name, value in given.items() if value is not None})
    if wanted.topic is not None:
        articles = articles.filter(Q(topic=wanted.topic) | Q(topic__parent=wanted.topic))
    versions = ArticleVersion.objects.filter(article=OuterRef("pk"))
    if wanted.state:
        versions = versions.filter(state=wanted.state)
    if wanted.language:
        versions = versions.filter(language=wanted.language)
    if wanted.text:
        versions = _with_title(versions, wanted.text)
    return articles.filter(Exists(versions)) if wanted.state or wanted.language or wanted.text else articles


def _with_title(versions: QuerySet[ArticleVersion], text: str) -> QuerySet[ArticleVersion]:
    """Keep those whose title has these words, with or without accents."""
    plain = Func(Lower("title"), Value(_ACCENTED), Value(_PLAIN), function="translate")
    return versions.annotate(plain=plain).filter(plain__contains=text.lower().translate(_WITHOUT_ACCENTS))


def _published() -> QuerySet[ArticleVersion]:
    return ArticleVersion.objects.filter(article=OuterRef("pk"), state=PublicationState.PUBLISHED)


def _to_translate(organisation: Organisation, language: str, *, stale: bool) -> QuerySet[Article]:
    in_language = _published().filter(language=language)
    wanted = Exists(in_language.filter(stale_since__isnull=False)) if stale else ~Exists(in_language)
    return Article.objects.filter(
        wanted,
        Exists(_published().filter(language=OuterRef("source_language"))),
        organisation=organisation,
        superseded_by__isnull=True,
    ).exclude(source_language=language)


def _readers_lost(language: str) -> Coalesce:
    """Return the sum of those who wanted an article in a language and had to read another."""
    since = timezone.localdate() - READERS_LOST_IN
    days = DailyReading.objects.filter(article=OuterRef("pk"), on__gt=since, readers_lost__has_key=language)
    total = Sum(Cast(KeyTextTransform(language, "readers_lost"), IntegerField()))
    return Coalesce(Subquery(days.order_by().values("article").annotate(total=total).values("total")), 0)


def _versions_of(articles: Iterable[Article]) -> dict[int, dict[str, dict[str, Any]]]:
    """Return what lists say of each article's versions, by article and language; without their texts."""
    found: defaultdict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    rows = ArticleVersion.objects.filter(article__in=articles).values(
        *("article_id", "language", "title", "state", "updated_at", "stale_since"),
        step=F("draft__step"),
        written_at=F("draft__written_at"),
        writer=F("draft__written_by__name"),
    )
    for row in rows:
        found[row["article_id"]][row["language"]] = row
    return found


def _best(versions: dict[str, dict[str, Any]], *languages: str) -> dict[str, Any]:
    order = dict.fromkeys([*languages, *language_order("es")])
    return next((versions[code] for code in order if code in versions), {"title": "", "language": ""})


def _row(article: Article, versions: dict[str, dict[str, Any]], language: str, today: date) -> ArticleRow:
    shown = _best(versions, language, article.source_language)
    moments = [row[name] for row in versions.values() for name in ("updated_at", "written_at") if row[name]]
    return ArticleRow(
        pk=article.pk,
        title=shown["title"] or article.slug,
        language=shown["language"] or article.source_language,
        topic=article.topic.name,
        kind=str(ArticleKind(article.kind).label),
        owner_team=article.owner_team.name if article.owner_team else "",
        languages=[
            LanguageState(
                code=code,
                state=PublicationState(versions[code]["state"]),
                step=DraftStep(versions[code]["step"]) if versions[code]["step"] else None,
                is_stale=versions[code]["stale_since"] is not None,
            )
            for code in language_order(article.source_language)
            if code in versions
        ],
        changed_at=max(moments, default=None),
        review_by=article.review_by,
        is_due=article.review_by is not None and article.review_by <= today,
    )


def _translation(article: Any, versions: dict[str, dict[str, Any]], language: str) -> TranslationRow:
    own = versions.get(language, {})
    return TranslationRow(
        pk=article.pk,
        title=versions[article.source_language]["title"],
        source_language=article.source_language,
        readers_lost=article.lost,
        stale_since=own.get("stale_since"),
        writer=own.get("writer") or "",
    )
