"""E-mails to those who look after articles; they leave with the transaction that writes them."""

from collections.abc import Iterable

from mostrador.accounts.models import User
from mostrador.help_centre.models import Article, ArticleDraft
from mostrador.help_centre.queries.editing import people_to_tell
from mostrador.notifications.actions import send_email
from mostrador.notifications.rules import about
from mostrador.organisations.models import Organisation


def tell_reviewers(draft: ArticleDraft, *, author: User) -> None:
    """Ask everybody who could review a text to look at it."""
    people = people_to_tell(draft.version.article.organisation, without={author.pk, draft.written_by_id})
    for person in people:
        _send(draft, person, "review_asked", by=author)


def tell_changes_asked(draft: ArticleDraft, *, reviewer: User, text: str) -> None:
    """Tell whoever wrote a text what a reviewer misses in it."""
    for person in _writers(draft, without=reviewer):
        _send(draft, person, "changes_asked", by=reviewer, text=text)


def tell_published(draft: ArticleDraft, *, publisher: User | None) -> None:
    """Tell whoever wrote a text that somebody else has published it."""
    for person in _writers(draft, without=publisher):
        _send(draft, person, "published", by=publisher)


def tell_to_check(organisation: Organisation, person: User, articles: Iterable[tuple[Article, str]]) -> None:
    """Remind somebody of the articles whose review-by date has passed or comes soon, in one message.

    Args:
        organisation: Whose articles they are.
        person: Who looks after them.
        articles: Each with the title by which it is known.
    """
    rows = [
        (title, article.review_by, _page(organisation, person, article.pk, article.source_language))
        for article, title in articles
    ]
    send_email(
        organisation=organisation,
        to=person.email,
        kind="help_centre.to_check",
        template="help_centre/email/to_check",
        context={"name": person.name, "rows": rows},
        language=person.language,
    )


def _send(draft: ArticleDraft, person: User, name: str, *, by: User | None, text: str = "") -> None:
    article, language = draft.version.article, draft.version.language
    organisation = article.organisation
    send_email(
        organisation=organisation,
        to=person.email,
        kind=f"help_centre.{name}",
        template=f"help_centre/email/{name}",
        context={
            "name": person.name,
            "draft": draft,
            "by": by.name if by else "",
            "text": text,
            "link": _page(organisation, person, article.pk, language),
        },
        language=person.language,
        about=about(article),
    )


def _writers(draft: ArticleDraft, *, without: User | None) -> list[User]:
    people = {person.pk: person for person in (draft.written_by, draft.submitted_by) if person and person.is_active}
    return [person for person in people.values() if person != without]


def _page(organisation: Organisation, person: User, pk: int, language: str) -> str:
    return organisation.link("help_centre:review", pk, language, language=person.language)
