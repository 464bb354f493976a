"""What readers say and do; not audited, because nobody of the desk acts."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.help_centre.models import ArticleVersion, ArticleVote, DailyReading
from mostrador.shared.errors import ActionRefused

TIME_TO_SAY_WHY = timedelta(hours=1)


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


def count_reading(version: ArticleVersion) -> None:
    """Count that somebody has read an article today; no trace of who. Safe with many at once."""
    DailyReading.objects.bulk_create(
        [DailyReading(article_id=version.article_id, on=timezone.localdate(), language=version.language)],
        ignore_conflicts=True,
    )
    today = DailyReading.objects.filter(
        article_id=version.article_id, on=timezone.localdate(), language=version.language
    )
    today.update(readings=F("readings") + 1)
