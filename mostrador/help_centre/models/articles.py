"""Articles, their versions in each language, and what readers say."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.help_centre.choices import ArticleKind, NotUsefulReason, PublicationState
from mostrador.organisations.models import OrganisationOwned, Procedure, Team, Topic


class Article(OrganisationOwned):
    """One matter that the help centre explains; its words are its versions."""

    slug = models.SlugField(_("dirección"), max_length=120)
    kind = models.CharField(_("tipo"), max_length=12, choices=ArticleKind, default=ArticleKind.FAQ)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+", verbose_name=_("tema"))
    procedures = models.ManyToManyField(Procedure, related_name="+", blank=True, verbose_name=_("procedimientos"))
    owner_team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("equipo responsable")
    )
    # Error codes and literal messages that it answers: "SAF_09".
    codes = ArrayField(models.CharField(max_length=200), verbose_name=_("códigos y mensajes"), default=list, blank=True)
    review_by = models.DateField(_("revisar antes de"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("orden en el tema"), default=100)
    created_at = models.DateTimeField(_("creado"))

    class Meta:
        verbose_name = _("artículo")
        verbose_name_plural = _("artículos")
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="article_slug_per_organisation")]

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        """What the audit record calls it."""
        return self.slug


class ArticleVersion(models.Model):
    """The text of an article in one language."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    language = models.CharField(_("idioma"), max_length=5)
    title = models.CharField(_("pregunta o título"), max_length=200)
    summary = models.CharField(_("respuesta en dos líneas"), max_length=400)
    body = models.TextField(_("texto"))
    state = models.CharField(_("estado"), max_length=10, choices=PublicationState, default=PublicationState.DRAFT)
    published_at = models.DateTimeField(_("publicado"), null=True)
    updated_at = models.DateTimeField(_("actualizado"))
    # Rendered and cleaned once, when it is saved: readers are many, editors few.
    html = models.TextField(editable=False)
    search_document = SearchVectorField(null=True, editable=False)

    class Meta:
        verbose_name = _("versión")
        verbose_name_plural = _("versiones")
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="article_version_per_language"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="article_published_has_date"
            ),
        ]
        indexes = [GinIndex(fields=["search_document"], name="article_search")]

    def __str__(self) -> str:
        return f"#{self.article_id} {self.language}"


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

    class Meta:
        verbose_name = _("lecturas de un día")
        verbose_name_plural = _("lecturas por día")
        constraints = [models.UniqueConstraint(fields=["article", "on", "language"], name="daily_reading_once")]

    def __str__(self) -> str:
        return f"#{self.article_id} {self.on} {self.readings}"
