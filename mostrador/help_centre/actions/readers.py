"""What readers say and do; not audited, because nobody of the desk acts."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.help_centre.models import ArticleVersion, ArticleVote, DailyReading
from mostrador.help_centre.queries.readers import TIME_TO_SAY_WHY
from mostrador.shared.errors import ActionRefused


def vote(version: ArticleVersion, *, useful: bool) -> ArticleVote:
    """Count one reader's answer to "was this useful?"; nothing tells who."""
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


@transaction.atomic
def count_reading(version: ArticleVersion, *, language: str) -> None:
    """Count that somebody has read an article today; no trace of who. Safe with many at once.

    Args:
        version: What they read.
        language: The one they had asked for: readers who got another are counted as lost to it.
    """
    day = {"article_id": version.article_id, "on": timezone.localdate(), "language": version.language}
    DailyReading.objects.bulk_create([DailyReading(**day)], ignore_conflicts=True)
    today = DailyReading.objects.select_for_update().get(**day)
    today.readings += 1
    if language != version.language:
        today.readers_lost[language] = today.readers_lost.get(language, 0) + 1
    today.save(update_fields=["readings", "readers_lost"])
