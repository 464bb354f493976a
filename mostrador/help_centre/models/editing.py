"""The work on articles: drafts, comments of whoever reviews them, and every text that was ever published."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.help_centre.choices import DraftStep, VideoKind
from mostrador.help_centre.models.articles import ArticleVersion


class Text(models.Model):
    """The words of an article in one language."""

    title = models.CharField(_("pregunta o título"), max_length=200)
    summary = models.CharField(_("respuesta en dos líneas"), max_length=400, blank=True)
    body = models.TextField(_("texto"), blank=True)
    parts = models.JSONField(_("otras partes"), default=dict, blank=True)  # `choices.Part` to CommonMark
    video_url = models.URLField(_("vídeo"), blank=True)
    video_kind = models.CharField(_("cómo es el vídeo"), max_length=16, choices=VideoKind, blank=True)
    is_minor = models.BooleanField(_("cambio menor: las traducciones siguen valiendo"), default=False)
    note = models.CharField(_("qué cambia"), max_length=300, blank=True)

    class Meta:
        abstract = True


class ArticleDraft(Text):
    """The text that is being written for a version; readers see nothing of it until it is published."""

    version = models.OneToOneField(ArticleVersion, on_delete=models.CASCADE, related_name="draft")
    step = models.CharField(_("paso"), max_length=16, choices=DraftStep, default=DraftStep.WRITING)
    # Grows with every save: whoever saves over another's words is told (`actions.drafts.save_draft`).
    edits = models.PositiveIntegerField(_("veces guardado"), default=0)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(_("guardado"))
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    publish_at = models.DateTimeField(_("se publicará"), null=True)

    class Meta:
        verbose_name = _("borrador")
        verbose_name_plural = _("borradores")
        constraints = [
            models.CheckConstraint(
                condition=~Q(step="scheduled") | Q(publish_at__isnull=False), name="draft_scheduled_has_moment"
            )
        ]
        indexes = [
            # The job that publishes what has its moment.
            models.Index(fields=["publish_at"], condition=Q(step="scheduled"), name="draft_scheduled"),
        ]

    def __str__(self) -> str:
        return f"#{self.version_id}"

    @property
    def stand(self) -> str:
        """What changes whenever anybody saves, publishes or throws away the text of this version."""
        return f"{self.version.revision}-{self.pk or 0}-{self.edits}"


class ArticleRevision(Text):
    """A text as it was published; never changed."""

    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("número"))
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("publicada"))

    class Meta:
        verbose_name = _("revisión")
        verbose_name_plural = _("revisiones")
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="article_revision_number")]

    def __str__(self) -> str:
        return f"#{self.version_id}.{self.number}"


class ReviewComment(models.Model):
    """What a reviewer says about a draft, about all of it or about some of its words."""

    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    quote = models.CharField(_("palabras a las que se refiere"), max_length=300, blank=True)
    text = models.TextField(_("comentario"), max_length=2000)
    written_at = models.DateTimeField(_("escrito"))
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("atendido"), null=True)

    class Meta:
        verbose_name = _("comentario de revisión")
        verbose_name_plural = _("comentarios de revisión")

    def __str__(self) -> str:
        return f"#{self.pk}"
