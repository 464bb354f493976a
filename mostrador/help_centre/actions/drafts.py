"""Texts on their way to readers: written, reviewed by somebody else, published, brought back."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.actions.articles import create_article, tell_readers
from mostrador.help_centre.actions.index import index_version
from mostrador.help_centre.actions.letters import tell_changes_asked, tell_published, tell_reviewers
from mostrador.help_centre.choices import DraftStep, PublicationState
from mostrador.help_centre.errors import SavedByAnother
from mostrador.help_centre.models import Article, ArticleDraft, ArticleRevision, ArticleVersion, ReviewComment
from mostrador.help_centre.queries.editing import other_editors, pictures_of
from mostrador.help_centre.queries.writing import draft_of
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

logger = logging.getLogger(__name__)


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

    A text that waits for review still does, and whoever changes it there hands it on: somebody else publishes it. One
    that waits for its moment is being written again.

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
    if draft.pk and text == text_of(draft, TEXT_FIELDS):
        return draft  # it still waits for its review or its moment
    for name in TEXT_FIELDS:
        setattr(draft, name, getattr(text, name))
    draft.edits += 1
    draft.written_by, draft.written_at = author, now
    if draft.step == DraftStep.SCHEDULED:
        draft.step, draft.publish_at, draft.reviewed_by = DraftStep.WRITING, None, None
    elif draft.step == DraftStep.IN_REVIEW:
        draft.submitted_by = author
    draft.save()
    if version.state == PublicationState.DRAFT:  # lists call it by its newest title until readers have one
        version.title, version.summary, version.updated_at = draft.title or version.title, draft.summary, now
        version.save(update_fields=["title", "summary", "updated_at"])
    return draft


@transaction.atomic
def discard_draft(draft: ArticleDraft, *, author: User) -> None:
    """Throw away what was being written; what readers see stays as it is.

    Raises:
        ActionRefused: There is no draft any more.
    """
    draft = _locked(draft)
    record("help_centre.draft_discarded", draft.version.article, actor=author, details=_of(draft.version))
    draft.delete()


@transaction.atomic
def submit_for_review(draft: ArticleDraft, *, author: User) -> None:
    """Ask somebody else to look at a text before readers see it; who could is told by e-mail.

    Raises:
        ActionRefused: There is nothing to read.
    """
    draft = _locked(draft)
    refuse_unfinished(draft)
    draft.step, draft.submitted_by, draft.reviewed_by, draft.publish_at = DraftStep.IN_REVIEW, author, None, None
    draft.save(update_fields=["step", "submitted_by", "reviewed_by", "publish_at"])
    record("help_centre.review_asked", draft.version.article, actor=author, details=_of(draft.version))
    tell_reviewers(draft, author=author)


@transaction.atomic
def ask_for_changes(draft: ArticleDraft, *, reviewer: User, text: str) -> ReviewComment:
    """Give a text back to whoever wrote it, who is told by e-mail what is missing.

    Raises:
        ActionRefused: It does not wait for a review any more.
    """
    draft = _locked(draft)
    if draft.step != DraftStep.IN_REVIEW:
        raise ActionRefused(_("Este texto ya no espera una revisión."))
    draft.step, draft.reviewed_by = DraftStep.CHANGES_ASKED, reviewer
    draft.save(update_fields=["step", "reviewed_by"])
    record("help_centre.changes_asked", draft.version.article, actor=reviewer, details=_of(draft.version))
    tell_changes_asked(draft, reviewer=reviewer, text=text)
    return _comment(draft.version, author=reviewer, text=text)


@transaction.atomic
def comment(version: ArticleVersion, *, author: User, text: str, quote: str = "") -> ReviewComment:
    """Say something about a draft, about all of it or about the words quoted."""
    record("help_centre.commented", version.article, actor=author, details=_of(version))
    return _comment(version, author=author, text=text, quote=quote)


@transaction.atomic
def settle_comment(comment: ReviewComment, *, author: User) -> None:
    """Say that a comment has been attended to; saying it again changes nothing."""
    locked = ReviewComment.objects.select_for_update(of=("self",))
    comment = locked.select_related("version__article").get(pk=comment.pk)
    if comment.settled_at is None:
        comment.settled_by, comment.settled_at = author, timezone.now()
        comment.save(update_fields=["settled_by", "settled_at"])
        record("help_centre.comment_settled", comment.version.article, actor=author, details=_of(comment.version))


@transaction.atomic
def schedule(draft: ArticleDraft, *, publisher: User, at: datetime, edits: int | None = None) -> None:
    """Have a text published at a moment; a job does it within a minute of it.

    Args:
        draft: The text.
        publisher: Who decides it.
        at: When.
        edits: As for `publish`.

    Raises:
        ActionRefused: The moment has passed or comes after the article's last day, there is nothing to read, somebody
            else has to look at it first, or it has changed since.
    """
    draft = _locked(draft)
    if at <= timezone.now():
        raise ActionRefused(_("Ese momento ya ha pasado. Elija uno posterior o publique ahora."))
    _refuse_to_publish(draft, publisher, at=at, edits=edits)
    draft.step, draft.publish_at, draft.reviewed_by = DraftStep.SCHEDULED, at, publisher
    draft.save(update_fields=["step", "publish_at", "reviewed_by"])
    record("help_centre.scheduled", draft.version.article, actor=publisher, details=_of(draft.version))


@transaction.atomic
def unschedule(draft: ArticleDraft, *, author: User) -> None:
    """Take a text's moment away: it waits for its review again, or is being written when nobody had asked for one.

    Raises:
        ActionRefused: It has been published already.
    """
    draft = _locked(draft)
    if draft.step != DraftStep.SCHEDULED:
        raise ActionRefused(_("Este texto ya no tiene fecha."))
    draft.step = DraftStep.IN_REVIEW if draft.submitted_by_id else DraftStep.WRITING
    draft.publish_at, draft.reviewed_by = None, None
    draft.save(update_fields=["step", "publish_at", "reviewed_by"])
    record("help_centre.unscheduled", draft.version.article, actor=author, details=_of(draft.version))


@transaction.atomic
def publish(
    draft: ArticleDraft,
    *,
    publisher: User | None,
    edits: int | None = None,
    without_review: bool = False,
    index: bool = True,
) -> ArticleVersion:
    """Let readers see a text: it becomes the version's next revision, and every web process shows it within a second.

    A change that is not minor to the text in the article's first language makes its translations out of date. Whoever
    wrote it is told by e-mail when somebody else publishes it.

    Args:
        draft: The text; it is gone afterwards.
        publisher: Who decides it; None for the product itself.
        edits: How many times it had been saved when the publisher read it (`ArticleDraft.edits`); None publishes
            whatever it says now.
        without_review: Publish what nobody else has looked at, which the record says.
        index: False leaves it to the caller to let it be found, many at a time (`actions.index.index_together`).

    Raises:
        ActionRefused: There is nothing to read, somebody else has to look at it first, it has changed since, or the
            article's last day has passed.
    """
    draft = _locked(draft)
    version, now = draft.version, timezone.now()
    _refuse_to_publish(draft, publisher, at=now, edits=edits, without_review=without_review)
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
    version.comments.filter(settled_at__isnull=True).update(settled_by=publisher, settled_at=now)
    details = _of(version) | {"revision": version.revision} | ({"without_review": True} if without_review else {})
    if publisher is not None or draft.step == DraftStep.SCHEDULED:
        tell_published(draft, publisher=reviewer)
    draft.delete()
    if index:
        index_version(version)
    record("help_centre.published", version.article, actor=publisher, details=details)
    tell_readers(version.article.organisation)
    return version


@transaction.atomic
def publish_scheduled(draft_id: int) -> bool:
    """Publish a text whose moment has come; return whether it was done.

    Looks again under a lock: nothing happens when it was published, given another moment or written again meanwhile.

    Raises:
        ActionRefused: It cannot be published; it stays where it is, and its page says why.
    """
    try:
        draft = _locked(ArticleDraft.objects.get(pk=draft_id))
    except (ArticleDraft.DoesNotExist, ActionRefused):
        return False
    if draft.step != DraftStep.SCHEDULED or draft.publish_at is None or draft.publish_at > timezone.now():
        return False
    publish(draft, publisher=None)
    return True


def publish_due() -> int:
    """Publish every text whose moment has come; return how many. One that is refused does not hold up the others."""
    waiting = ArticleDraft.objects.filter(step=DraftStep.SCHEDULED, publish_at__lte=timezone.now())
    published = 0
    for draft_id in list(waiting.order_by("publish_at", "pk").values_list("pk", flat=True)):
        try:
            published += publish_scheduled(draft_id)
        except ActionRefused as refusal:
            logger.info("scheduled text cannot be published draft=%s reason=%s", draft_id, refusal)
    return published


@transaction.atomic
def restore(revision: ArticleRevision, *, author: User) -> ArticleDraft:
    """Begin a draft with the words of an earlier revision; readers see them when it is published.

    Raises:
        ActionRefused: A draft with other words is being written; nobody's work is replaced.
    """
    version = ArticleVersion.objects.select_for_update().get(pk=revision.version_id)
    text = text_of(revision, (*SHOWN_FIELDS, "note"))
    draft = ArticleDraft.objects.filter(version=version).first()
    if draft and text_of(draft) != text_of(revision):
        raise ActionRefused(
            _("Hay un borrador con otras palabras. Publíquelo o descártelo antes de recuperar este texto.")
        )
    draft = save_draft(revision.version.article, version.language, text, author=author)
    details = _of(version) | {"revision": revision.number}
    record("help_centre.revision_restored", revision.version.article, actor=author, details=details)
    return draft


@transaction.atomic
def confirm_translation(version: ArticleVersion, *, author: User) -> None:
    """Say that a translation still says the same as its source, although that has changed.

    Raises:
        ActionRefused: It is not out of date any more.
    """
    version = _locked_version(version.pk)
    if version.stale_since is None:
        raise ActionRefused(_("Esta traducción ya no consta como desfasada."))
    source = version.article.versions.filter(language=version.article.source_language).first()
    version.source_revision, version.stale_since = source.revision if source else 0, None
    version.save(update_fields=["source_revision", "stale_since"])
    record("help_centre.translation_confirmed", version.article, actor=author, details=_of(version))
    tell_readers(version.article.organisation)


@transaction.atomic
def write_and_publish(
    article: Article, language: str, text: ArticleText, *, author: User | None, index: bool = True
) -> ArticleVersion:
    """Save a text and publish it at once: the sample, an import of whole centres, tests."""
    draft = save_draft(article, language, text, author=author)
    return publish(draft, publisher=None, index=index)


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


def refuse_unpublishable(draft: ArticleDraft, *, at: datetime) -> None:
    """Refuse what nobody may publish at a moment.

    Raises:
        ActionRefused: There is nothing to read, or the article's last day comes before.
    """
    refuse_unfinished(draft)
    until = draft.version.article.visible_until
    if until and until <= at:
        raise ActionRefused(_("La fecha «visible hasta» del artículo es anterior. Cámbiela antes de publicarlo."))


def _refuse_to_publish(
    draft: ArticleDraft, publisher: User | None, *, at: datetime, edits: int | None, without_review: bool = False
) -> None:
    if publisher is None and draft.step != DraftStep.SCHEDULED:
        refuse_unfinished(draft)  # an import brings what has ended too
        return
    refuse_unpublishable(draft, at=at)
    if publisher is None:
        return
    if edits is not None and edits != draft.edits and draft.written_by_id != publisher.pk:
        raise ActionRefused(_("El texto ha cambiado desde que abrió la página. Vuelva a leerlo antes de publicarlo."))
    writers = {draft.written_by_id, draft.submitted_by_id}
    others = other_editors(draft.version.article.organisation, publisher)
    if not without_review and needs_another_person(publisher=publisher.pk, writers=writers, other_editors=others):
        raise ActionRefused(_("Lo ha escrito usted: pida a otra persona que lo revise y lo publique."))


def _show(version: ArticleVersion, text: ArticleText, now: datetime) -> None:
    """Make a text the one that readers see."""
    for name in SHOWN_FIELDS:
        setattr(version, name, getattr(text, name))
    version.html, version.parts_html = rendered(text, version.language, pictures_of(version.article))
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


def _locked_version(key: int) -> ArticleVersion:
    """Return a version that nobody else changes until the transaction ends; its draft is guarded by it too."""
    versions = ArticleVersion.objects.select_for_update(of=("self",))
    return versions.select_related("article__organisation").get(pk=key)


def _locked(draft: ArticleDraft) -> ArticleDraft:
    """Return the draft as it is now, guarded by its version.

    Raises:
        ActionRefused: Somebody else has published or discarded it meanwhile.
    """
    version = _locked_version(draft.version_id)
    found = ArticleDraft.objects.filter(pk=draft.pk).select_related("written_by", "submitted_by", "reviewed_by").first()
    if found is None:
        raise ActionRefused(_("Otra persona acaba de publicar o descartar este borrador."))
    found.version = version
    return found


def _comment(version: ArticleVersion, *, author: User, text: str, quote: str = "") -> ReviewComment:
    return ReviewComment.objects.create(
        version=version, author=author, text=text, quote=quote[:300], written_at=timezone.now()
    )


def _of(version: ArticleVersion) -> dict[str, Any]:
    return {"language": version.language}
