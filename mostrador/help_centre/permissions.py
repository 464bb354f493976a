"""Who may do what with articles."""

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.help_centre.models import Article, ArticleDraft
from mostrador.help_centre.rules.publication import needs_another_person

EDITORS = (Role.EDITOR, Role.ADMINISTRATOR)


def may_edit(access: Access, article: Article) -> bool:
    """Tell whether somebody may write the texts of an article and look after it."""
    return article.organisation_id in access.organisation_ids(*EDITORS)


def may_publish(access: Access, draft: ArticleDraft, *, other_editors: int) -> bool:
    """Tell whether somebody may let readers see a text as it is, without anybody else having to look at it.

    Args:
        access: Of whoever would publish.
        draft: With its version and article.
        other_editors: How many other people could review it (`queries.editing.other_editors`).
    """
    return may_edit(access, draft.version.article) and not needs_another_person(
        publisher=access.user.pk, writers={draft.written_by_id, draft.submitted_by_id}, other_editors=other_editors
    )


def may_skip_review(access: Access, article: Article) -> bool:
    """Tell whether somebody may publish what nobody else has looked at, which the record keeps."""
    return article.organisation_id in access.organisation_ids(Role.ADMINISTRATOR)
