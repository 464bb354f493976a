"""Bringing in what an archive says besides the texts of its articles; what is here already is left as it is."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.help_centre.actions.adaptations import complement, hide
from mostrador.help_centre.actions.synonyms import save_synonyms, use_synonyms
from mostrador.help_centre.models import Adaptation, ArticleVersion, ArticleVote, SynonymGroup
from mostrador.help_centre.queries.lists import lent_articles
from mostrador.help_centre.queries.synonyms import synonym_group
from mostrador.help_centre.rules.archive_lists import (
    ADAPTATIONS,
    SYNONYMS,
    AdaptationEntry,
    Lists,
    SynonymEntry,
    VoteCount,
)
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused

LONGEST_COMPLEMENT = 5000  # characters, as in its form
Faults = list[tuple[str, str]]  # file and sentence


def bring_lists(organisation: Organisation, lists: Lists, *, author: User | None) -> Faults:
    """Bring in opinions, adaptations and synonyms; return what is left out, and why.

    A text with opinions here, an article that is adapted here and a group that is changed here stay as they are.
    """
    _bring_votes(organisation, lists.votes)
    faults = _bring_synonyms(organisation, lists.synonyms, author=author)
    return faults + _bring_adaptations(organisation, lists.adaptations, author=author)


def _bring_votes(organisation: Organisation, votes: Iterable[VoteCount]) -> None:
    by_text: defaultdict[tuple[str, str], list[VoteCount]] = defaultdict(list)
    for vote in votes:
        by_text[vote.article, vote.language].append(vote)
    versions = ArticleVersion.objects.filter(article__organisation=organisation, votes=None, revision__gt=0)
    known = {(version.article.slug, version.language): version for version in versions.select_related("article")}
    ArticleVote.objects.bulk_create(
        (
            ArticleVote(version=known[text], useful=vote.useful, reason=vote.reason, voted_at=_noon(vote.on))
            for text, counts in by_text.items()
            if text in known
            for vote in counts
            for _each in range(vote.count)
        ),
        batch_size=1000,
    )


def _bring_synonyms(organisation: Organisation, groups: Iterable[SynonymEntry], *, author: User | None) -> Faults:
    changed = set(SynonymGroup.objects.filter(organisation=organisation).values_list("key", flat=True))
    faults: Faults = []
    for entry in groups:
        if entry.key in changed:
            continue
        try:
            save_synonyms(organisation, entry.key, entry.words, author=author)
            row = None if entry.is_active else synonym_group(organisation, entry.key)
            if row:
                use_synonyms(organisation, row, is_active=False, author=author)
        except ActionRefused as refusal:
            faults.append((SYNONYMS, str(refusal)))
    return faults


def _bring_adaptations(
    organisation: Organisation, adaptations: Iterable[AdaptationEntry], *, author: User | None
) -> Faults:
    adapted = set(
        Adaptation.objects.filter(organisation=organisation)
        .exclude(is_hidden=False, texts={})
        .values_list("article_id", flat=True)
    )
    lent = {article.slug: article for article in lent_articles(organisation).order_by("organisation__path", "pk")}
    faults: Faults = []
    for entry in adaptations:
        article = lent.get(entry.article)
        if article is None:
            words = _("El artículo «%(slug)s» no existe aquí y se deja fuera.") % {"slug": entry.article}
            faults.append((ADAPTATIONS, words))
        elif any(len(text) > LONGEST_COMPLEMENT for text in entry.texts.values()):
            faults.append((ADAPTATIONS, _("«%(slug)s»: el texto es demasiado largo.") % {"slug": entry.article}))
        elif article.pk not in adapted:
            if entry.texts:
                complement(organisation, article, entry.texts, author=author)
            if entry.is_hidden:
                hide(organisation, article, author=author)
    return faults


def _noon(on: str) -> datetime:
    return datetime.combine(date.fromisoformat(on), time(12), tzinfo=timezone.get_default_timezone())
