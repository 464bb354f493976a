"""Texts on their way to readers: written, reviewed by somebody else, published, brought back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.actions.articles import create_article, tell_readers
from mostrador.help_centre.actions.index import index_version
from mostrador.help_centre.choices import DraftStep, PublicationState
from mostrador.help_centre.errors import SavedByAnother
from mostrador.help_centre.models import Article, ArticleDraft, ArticleRevision, ArticleVersion, ReviewComment
from mostrador.help_centre.queries.editing import draft_of, other_editors
from mostrador.help_centre.rules.publication import needs_another_person
from mostrador.help_centre.rules.texts import (
    SHOWN_FIELDS,
    TEXT_FIELDS,
    ArticleText,
    fault_of_pictures,
    rendered,
    text_of,
)
from mostrador.organisations.models import Organisation, Topic
from mostrador.shared.errors import ActionRefused

PICTURE_SIZE = ("key", "width", "height")


@transaction.atomic
def begin_article(
    organisation: Organisation, language: str, *, author: User, topic: Topic, title: str, kind: str, codes: list[str]
) -> Article:
    """Begin an article with the title of its first text; the rest is written in the editor."""
    details = {"kind": kind, "codes": codes, "source_language": language}
    article = create_article(organisation, author=author, topic=topic, title=title, details=details)
    save_draft(article, language, ArticleText(title, "", ""), author=author)
    return article


@transaction.atomic
def save_draft(
    article: Article, language: str, text: ArticleText, *, author: User | None, stand: str = ""
) -> ArticleDraft:
    """Keep what is being written; readers see nothing of it yet. Not audited: it may be every few seconds.

    A text that waits for review still does; one that waits for its moment is being written again.

    Args:
        article: Whose text it is.
        language: In which language.
        text: All of it.
        author: Who writes.
        stand: `ArticleDraft.stand` when the author began; empty saves whatever others did.

    Raises:
        SavedByAnother: Somebody else has saved or published other words meanwhile; carries their draft, a new one when
            there is none any more. Nothing is changed.
    """
    now = timezone.now()
    version, _created = ArticleVersion.objects.select_for_update().get_or_create(
        article=article,
        language=language,
        defaults={"title": text.title[:200], "summary": text.summary, "body": "", "updated_at": now, "html": ""},
    )
    draft = draft_of(version)
    if stand and stand != draft.stand and text != text_of(draft, TEXT_FIELDS):
        raise SavedByAnother(draft)
    for name in TEXT_FIELDS:
        setattr(draft, name, getattr(text, name))
    draft.edits += 1
    draft.written_by, draft.written_at = author, now
    if draft.step == DraftStep.SCHEDULED:
        draft.step, draft.publish_at, draft.reviewed_by = DraftStep.WRITING, None, None
    draft.save()
    if version.state == PublicationState.DRAFT:  # lists call it by its newest title until readers have one
        version.title, version.summary, version.updated_at = draft.title or version.title, draft.summary, now
        version.save(update_fields=["title", "summary", "updated_at"])
    return draft


@transaction.atomic
def discard_draft(draft: ArticleDraft, *, author: User) -> None:
    """Throw away what was being written; what readers see stays as it is."""
    record("help_centre.draft_discarded", draft.version.article, actor=author, details=_of(draft.version))
    draft.delete()


@transaction.atomic
def submit_for_review(draft: ArticleDraft, *, author: User) -> None:
    """Ask somebody else to look at a text before readers see it.

    Raises:
        ActionRefused: There is nothing to read.
    """
    draft = _locked(draft)
    refuse_unfinished(draft)
    draft.step, draft.submitted_by, draft.reviewed_by = DraftStep.IN_REVIEW, author, None
    draft.save(update_fields=["step", "submitted_by", "reviewed_by"])
    record("help_centre.review_asked", draft.version.article, actor=author, details=_of(draft.version))


@transaction.atomic
def ask_for_changes(draft: ArticleDraft, *, reviewer: User, text: str) -> ReviewComment:
    """Give a text back to whoever wrote it, and say what is missing."""
    draft = _locked(draft)
    draft.step, draft.reviewed_by = DraftStep.CHANGES_ASKED, reviewer
    draft.save(update_fields=["step", "reviewed_by"])
    record("help_centre.changes_asked", draft.version.article, actor=reviewer, details=_of(draft.version))
    return comment(draft.version, author=reviewer, text=text)


@transaction.atomic
def comment(version: ArticleVersion, *, author: User, text: str, quote: str = "") -> ReviewComment:
    """Say something about a draft, about all of it or about the words quoted."""
    return ReviewComment.objects.create(
        version=version, author=author, text=text, quote=quote[:300], written_at=timezone.now()
    )


@transaction.atomic
def settle_comment(comment: ReviewComment, *, author: User) -> None:
    """Say that a comment has been attended to."""
    comment.settled_by, comment.settled_at = author, timezone.now()
    comment.save(update_fields=["settled_by", "settled_at"])


@transaction.atomic
def schedule(draft: ArticleDraft, *, publisher: User, at: datetime, without_review: bool = False) -> None:
    """Have a text published at a moment; a job does it within a minute of it.

    Raises:
        ActionRefused: The moment has passed, there is nothing to read, or somebody else has to look at it first.
    """
    draft = _locked(draft)
    refuse_unfinished(draft)
    if at <= timezone.now():
        raise ActionRefused(_("Ese momento ya ha pasado. Elija uno posterior o publique ahora."))
    _refuse_unreviewed(draft, publisher, without_review=without_review)
    draft.step, draft.publish_at, draft.reviewed_by = DraftStep.SCHEDULED, at, publisher
    draft.save(update_fields=["step", "publish_at", "reviewed_by"])
    record("help_centre.scheduled", draft.version.article, actor=publisher, details=_of(draft.version))


@transaction.atomic
def publish(draft: ArticleDraft, *, publisher: User | None, without_review: bool = False) -> ArticleVersion:
    """Let readers see a text: it becomes the version's next revision, and every web process shows it within a second.

    A change that is not minor to the text in the article's first language makes its translations out of date.

    Args:
        draft: The text; it is gone afterwards.
        publisher: Who decides it; None for the product itself.
        without_review: Publish what nobody else has looked at, which the record says.

    Raises:
        ActionRefused: There is nothing to read, or somebody else has to look at it first.
    """
    draft = _locked(draft)
    refuse_unfinished(draft)
    _refuse_unreviewed(draft, publisher, without_review=without_review)
    version = draft.version
    now = timezone.now()
    version.revision += 1
    reviewer = draft.reviewed_by if draft.step == DraftStep.SCHEDULED else publisher
    ArticleRevision.objects.create(
        version=version,
        number=version.revision,
        written_by=draft.written_by,
        reviewed_by=None if without_review or reviewer == draft.written_by else reviewer,
        published_by=publisher,
        published_at=now,
        **{name: getattr(draft, name) for name in TEXT_FIELDS},
    )
    _show(version, text_of(draft), now)
    _follow_source(version, is_minor=draft.is_minor and version.revision > 1, now=now)
    draft.delete()
    index_version(version)
    details = _of(version) | {"revision": version.revision} | ({"without_review": True} if without_review else {})
    record("help_centre.published", version.article, actor=publisher, details=details)
    tell_readers(version.article.organisation)
    return version


@transaction.atomic
def restore(revision: ArticleRevision, *, author: User) -> ArticleDraft:
    """Begin a draft with the words of an earlier revision; what was being written is replaced by them."""
    version = revision.version
    text = text_of(revision, (*SHOWN_FIELDS, "note"))
    draft = save_draft(version.article, version.language, text, author=author)
    details = _of(version) | {"revision": revision.number}
    record("help_centre.revision_restored", version.article, actor=author, details=details)
    return draft


@transaction.atomic
def write_and_publish(article: Article, language: str, text: ArticleText, *, author: User | None) -> ArticleVersion:
    """Save a text and publish it at once: the sample, an import of whole centres, tests."""
    draft = save_draft(article, language, text, author=author)
    return publish(draft, publisher=None)


def refuse_unfinished(draft: ArticleDraft) -> None:
    """Refuse a text that has nothing to say yet.

    Raises:
        ActionRefused: Title, summary or body is missing, or a picture is not told in words or is another article's.
    """
    if not (draft.title.strip() and draft.summary.strip() and draft.body.strip()):
        raise ActionRefused(_("Escriba el título, la respuesta en dos líneas y el texto antes de seguir."))
    keys = draft.version.article.pictures.values_list("key", flat=True)
    if fault := fault_of_pictures(text_of(draft), set(keys)):
        raise ActionRefused(fault)


def _refuse_unreviewed(draft: ArticleDraft, publisher: User | None, *, without_review: bool) -> None:
    writers = {draft.written_by_id, draft.submitted_by_id}
    if without_review or publisher is None:
        return
    others = other_editors(draft.version.article.organisation, publisher)
    if needs_another_person(publisher=publisher.pk, writers=writers, other_editors=others):
        raise ActionRefused(_("Lo ha escrito usted: pida a otra persona que lo revise y lo publique."))


def _show(version: ArticleVersion, text: ArticleText, now: datetime) -> None:
    """Make a text the one that readers see."""
    for name in SHOWN_FIELDS:
        setattr(version, name, getattr(text, name))
    pictures = {key: (width, height) for key, width, height in version.article.pictures.values_list(*PICTURE_SIZE)}
    version.html, version.parts_html = rendered(text, version.language, pictures)
    version.state, version.updated_at = PublicationState.PUBLISHED, now
    version.published_at = version.published_at or now


def _follow_source(version: ArticleVersion, *, is_minor: bool, now: datetime) -> None:
    """Note what a translation translates, or which translations have become out of date, and save the version."""
    article = version.article
    if version.language == article.source_language:
        if not is_minor:
            others = article.versions.exclude(pk=version.pk).filter(stale_since__isnull=True)
            others.filter(state=PublicationState.PUBLISHED).update(stale_since=now)
    else:
        source = article.versions.filter(language=article.source_language).first()
        version.source_revision, version.stale_since = source.revision if source else 0, None
    version.save()


def _locked(draft: ArticleDraft) -> ArticleDraft:
    drafts = ArticleDraft.objects.select_for_update(of=("self", "version"))
    return drafts.select_related("version__article__organisation").get(pk=draft.pk)


def _of(version: ArticleVersion) -> dict[str, str]:
    return {"language": version.language}
