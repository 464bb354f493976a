"""What an organisation does with the articles that its ancestors lend it: hide them, or add its own words."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.actions.articles import tell_readers
from mostrador.help_centre.actions.index import index_adaptation
from mostrador.help_centre.models import Adaptation, Article
from mostrador.help_centre.queries.lists import lent_articles
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.shared.markdown import render_markdown


@transaction.atomic
def hide(organisation: Organisation, article: Article, *, author: User | None) -> None:
    """Take an ancestor's article away from the organisation's own readers; `unhide` undoes it.

    Raises:
        ActionRefused: It is not lent to the organisation any more.
    """
    _set_hidden(organisation, article, is_hidden=True)
    record("help_centre.hidden", article, actor=author, organisation=organisation)


@transaction.atomic
def unhide(organisation: Organisation, article: Article, *, author: User) -> None:
    """Let the organisation's readers see an ancestor's article again.

    Raises:
        ActionRefused: It is not lent to the organisation any more.
    """
    _set_hidden(organisation, article, is_hidden=False)
    record("help_centre.unhidden", article, actor=author, organisation=organisation)


@transaction.atomic
def complement(organisation: Organisation, article: Article, texts: Mapping[str, str], *, author: User | None) -> None:
    """Show the organisation's own words below an ancestor's article.

    Args:
        organisation: Whose readers see them.
        article: The ancestor's.
        texts: CommonMark by language; a language without words shows none.
        author: Who wrote them.

    Raises:
        ActionRefused: It is not lent to the organisation any more, or a text is too long for a page.
    """
    adaptation = _locked(organisation, article)
    adaptation.texts = {language: text.strip() for language, text in texts.items() if text.strip()}
    adaptation.html = {
        language: str(render_markdown(text, language=language)) for language, text in adaptation.texts.items()
    }
    adaptation.save(update_fields=["texts", "html"])
    index_adaptation(adaptation)
    details = {"languages": sorted(adaptation.texts)}
    record("help_centre.adapted", article, actor=author, organisation=organisation, details=details)
    tell_readers(organisation)


def _set_hidden(organisation: Organisation, article: Article, *, is_hidden: bool) -> None:
    adaptation = _locked(organisation, article)
    adaptation.is_hidden = is_hidden
    adaptation.save(update_fields=["is_hidden"])
    index_adaptation(adaptation)
    tell_readers(organisation)


def _locked(organisation: Organisation, article: Article) -> Adaptation:
    if not lent_articles(organisation).filter(pk=article.pk).exists():
        raise ActionRefused(_("Ese artículo ya no se muestra en su entidad."))
    adaptation, _created = Adaptation.objects.select_for_update().get_or_create(
        organisation=organisation, article=article
    )
    return adaptation
