"""What readers do and say; nothing tells who."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mostrador.help_centre.choices import NotUsefulReason
from mostrador.help_centre.models.articles import Article, ArticleVersion


class ArticleVote(models.Model):
    """One reader's answer to "was this useful?"; nothing tells who."""

    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="votes")
    useful = models.BooleanField(_("útil"))
    reason = models.CharField(_("motivo"), max_length=20, choices=NotUsefulReason, blank=True)
    comment = models.CharField(_("comentario"), max_length=1000, blank=True)
    voted_at = models.DateTimeField(_("momento"))

    class Meta:
        verbose_name = _("opinión sobre un artículo")
        verbose_name_plural = _("opiniones sobre artículos")

    def __str__(self) -> str:
        return f"#{self.pk} {'+' if self.useful else '-'}"


class DailyReading(models.Model):
    """How many times an article was opened on one day, in one language (counted by a beacon, without cookies)."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    on = models.DateField(_("día"))
    language = models.CharField(_("idioma"), max_length=5)
    readings = models.PositiveIntegerField(_("lecturas"), default=0)
    # Of these, how many read in a language that they had not asked for, by the one they had: {"eu": 12}.
    readers_lost = models.JSONField(_("lectores sin su idioma"), default=dict)

    class Meta:
        verbose_name = _("lecturas de un día")
        verbose_name_plural = _("lecturas por día")
        constraints = [models.UniqueConstraint(fields=["article", "on", "language"], name="daily_reading_once")]

    def __str__(self) -> str:
        return f"#{self.article_id} {self.on} {self.readings}"
