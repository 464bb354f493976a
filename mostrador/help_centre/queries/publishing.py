"""What is asked about a text on its way to readers: where it stands, what reviewers said, what it said before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from mostrador.accounts.permissions import Access
from mostrador.audit.models import Event
from mostrador.audit.queries import words_of
from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.models import Article, ArticleDraft, ArticleVersion, ReviewComment
from mostrador.help_centre.permissions import EDITORS, may_publish, may_skip_review
from mostrador.help_centre.queries.editing import editors_of
from mostrador.help_centre.queries.lists import best_titles
from mostrador.help_centre.rules.advice import linked_articles
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from mostrador.shared.formats import moment

EVENTS_SHOWN = 20


@dataclass(frozen=True)
class Steps:
    """Where a text stands on its way to readers, and what this person may do with it.

    Attributes:
        version: With its article and organisation.
        draft: What is being written, None when nothing is.
        reviewers: Names of those who may look at it, besides this person and whoever wrote it.
        may_publish: Whether nobody else has to look at the draft first.
        may_skip_review: Whether this person may publish it without that.
        is_writer: Whether this person wrote the draft or asked for its review.
        replaced_by: Title of the article to which readers of this one are led; empty when they are not.
    """

    version: ArticleVersion
    draft: ArticleDraft | None
    reviewers: list[str]
    may_publish: bool
    may_skip_review: bool
    is_writer: bool
    replaced_by: str

    @property
    def is_alone(self) -> bool:
        """Whether nobody else could review the text."""
        return not self.reviewers and self.may_publish


@dataclass(frozen=True)
class RevisionRow:
    """One line of a text's history."""

    number: int
    published_at: datetime
    title: str
    note: str
    is_minor: bool
    written_by: str
    reviewed_by: str
    published_by: str


def editable_versions(access: Access) -> QuerySet[ArticleVersion]:
    """Return the versions of the articles that somebody may edit, with article, organisation and what follows it."""
    return ArticleVersion.objects.filter(article__organisation__in=access.organisation_ids(*EDITORS)).select_related(
        "article__organisation", "article__topic", "article__owner_team", "article__superseded_by"
    )


def saved_draft(version: ArticleVersion) -> ArticleDraft | None:
    """Return what is being written for a version, with who wrote it and who asked for what."""
    people = ("written_by", "submitted_by", "reviewed_by")
    draft = ArticleDraft.objects.filter(version=version).select_related(*people).first()
    if draft:
        draft.version = version
    return draft


def steps_of(access: Access, version: ArticleVersion) -> Steps:
    """Return where a text stands and what somebody may do with it. Two queries, or three."""
    draft, other = saved_draft(version), version.article.superseded_by
    editors = dict(editors_of(version.article.organisation).order_by("name", "pk").values_list("pk", "name"))
    others = editors.keys() - {access.user.pk}
    writers = {draft.written_by_id, draft.submitted_by_id} if draft else set()
    return Steps(
        version=version,
        draft=draft,
        reviewers=[name for key, name in editors.items() if key in others - writers],
        may_publish=draft is not None and may_publish(access, draft, other_editors=len(others)),
        may_skip_review=may_skip_review(access, version.article),
        is_writer=access.user.pk in writers,
        replaced_by=best_titles([other])[other.pk] if other else "",
    )


def comments_on(version: ArticleVersion) -> list[ReviewComment]:
    """Return what reviewers said about a text, oldest first, with who said it and who attended to it."""
    return list(version.comments.select_related("author", "settled_by").order_by("written_at", "pk"))


def missing_links(text: ArticleText, organisation: Organisation) -> set[str]:
    """Return the articles that a text links to and that readers of the organisation would not find."""
    linked = linked_articles(text)
    if not linked:
        return set()
    return linked - set(readable_articles(organisation).filter(slug__in=linked).values_list("slug", flat=True))


def revisions_of(version: ArticleVersion, *, before: int | None, size: int) -> tuple[list[RevisionRow], int | None]:
    """Return a page of a text's history, newest first, below the number `before`; and where the older ones begin."""
    revisions = version.revisions.order_by("-number")
    if before is not None:
        revisions = revisions.filter(number__lt=before)
    people = ("written_by__name", "reviewed_by__name", "published_by__name")
    values = list(revisions.values_list("number", "published_at", "title", "note", "is_minor", *people)[: size + 1])
    rows = [
        RevisionRow(number, at, title, note, is_minor, *(name or "" for name in names))
        for number, at, title, note, is_minor, *names in values[:size]
    ]
    return rows, rows[-1].number if len(values) > size else None


def last_events(article: Article) -> list[dict[str, Any]]:
    """Return the last lines of the record about an article, newest first, as `ui.timeline` draws them."""
    events = Event.objects.filter(subject_type=article._meta.label_lower, subject_id=article.pk)
    fields = ("at", "actor_name", "verb", "details")
    return [
        {
            "text": f"{words_of(verb)} ({details['language']})" if "language" in details else words_of(verb),
            "when": moment(at),
            "who": who or _("el sistema"),
        }
        for at, who, verb, details in events.order_by("-at", "-pk").values_list(*fields)[:EVENTS_SHOWN]
    ]


def readable_articles(organisation: Organisation) -> QuerySet[Article]:
    """Return what the organisation's readers may be led to: its own and its ancestors' articles that are published."""
    shown = ArticleVersion.objects.filter(article=OuterRef("pk"), state=PublicationState.PUBLISHED)
    return Article.objects.served_to(organisation).filter(Exists(shown))


def may_follow(article: Article, text: str, *, limit: int = 10) -> list[tuple[int, str]]:
    """Return keys and titles of the articles that could take the place of one, by words of their title."""
    found = (
        ArticleVersion.objects.filter(
            article__in=readable_articles(article.organisation),
            state=PublicationState.PUBLISHED,
            title__icontains=text,
        )
        .exclude(article=article)
        .order_by("article", "pk")
        .distinct("article")
    )
    return list(found.values_list("article", "title")[:limit])
