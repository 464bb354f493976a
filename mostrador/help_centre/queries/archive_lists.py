"""What an archive of an organisation's articles says besides their texts."""

from django.db.models import Count
from django.db.models.functions import TruncDate

from mostrador.help_centre.models import Adaptation, ArticleVote, SynonymGroup
from mostrador.help_centre.rules.archive_lists import AdaptationEntry, Lists, SynonymEntry, VoteCount
from mostrador.organisations.models import Organisation


def lists_of(organisation: Organisation) -> Lists:
    """Return the opinions on an organisation's articles by day, its adaptations and its synonyms. Three queries.

    In an order that depends on nothing but what they say.
    """
    votes = ArticleVote.objects.filter(version__article__organisation=organisation).annotate(on=TruncDate("voted_at"))
    by = ("version__article__slug", "version__language", "on", "useful", "reason")
    counted = votes.values_list(*by).annotate(count=Count("pk")).order_by(*by)
    adaptations = Adaptation.objects.filter(organisation=organisation).exclude(is_hidden=False, texts={})
    adapted = adaptations.order_by("article__slug", "article_id")
    groups = SynonymGroup.objects.filter(organisation=organisation).order_by("key")
    return Lists(
        votes=[VoteCount(slug, code, on.isoformat(), *rest) for slug, code, on, *rest in counted],
        adaptations=[
            AdaptationEntry(slug, is_hidden, dict(sorted(texts.items())))
            for slug, is_hidden, texts in adapted.values_list("article__slug", "is_hidden", "texts")
        ],
        synonyms=[
            SynonymEntry(key, dict(sorted(words.items())), is_active)
            for key, words, is_active in groups.values_list("key", "words", "is_active")
        ],
    )
