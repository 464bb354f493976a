"""Articles and what readers see of them."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.help_centre.choices import ArticleKind, Audience, FixState, PublicationState, VideoKind
from mostrador.organisations.models import Organisation, OrganisationOwned, Procedure, Team, Topic


class ArticleQuerySet(models.QuerySet["Article"]):
    """Filters with a name in the editors' own words."""

    def served_to(self, organisation: Organisation) -> Self:
        """Keep what readers of the organisation may see: its own, and what its ancestors lend and it does not hide."""
        own = Q(organisation=organisation)
        lent = Q(organisation__in=organisation.lineage, for_descendants=True)
        hidden = Adaptation.objects.filter(organisation=organisation, is_hidden=True).values("article")
        return self.filter(own | lent).exclude(pk__in=hidden)

    def public(self) -> Self:
        """Keep what everybody may read."""
        return self.filter(audience=Audience.PUBLIC)

    def read_by(self, access: Access) -> Self:
        """Keep what somebody of the desk may read: what is for a team, only its people and the editors."""
        teams = Q(audience_teams__in=access.team_ids)
        edited = Q(organisation__in=access.organisation_ids(Role.EDITOR, Role.ADMINISTRATOR))
        return self.filter(~Q(audience=Audience.TEAMS) | teams | edited).distinct()

    def current(self, now: datetime) -> Self:
        """Keep what still holds: nothing better has taken its place, and its time is not over."""
        in_time = Q(visible_until__isnull=True) | Q(visible_until__gt=now)
        return self.filter(in_time, superseded_by__isnull=True)


class Article(OrganisationOwned):
    """One matter that the help centre explains; its words are its versions."""

    slug = models.SlugField(_("dirección"), max_length=120)
    kind = models.CharField(_("tipo"), max_length=12, choices=ArticleKind, default=ArticleKind.FAQ)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+", verbose_name=_("tema"))
    also_in = models.ManyToManyField(Topic, related_name="+", blank=True, verbose_name=_("también en los temas"))
    procedures = models.ManyToManyField(Procedure, related_name="+", blank=True, verbose_name=_("procedimientos"))
    owner_team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("equipo responsable")
    )
    audience = models.CharField(_("quién lo lee"), max_length=8, choices=Audience, default=Audience.PUBLIC)
    audience_teams = models.ManyToManyField(Team, related_name="+", blank=True, verbose_name=_("equipos que lo leen"))
    for_descendants = models.BooleanField(_("también en las entidades que dependen de esta"), default=True)
    source_language = models.CharField(_("idioma en que se escribe primero"), max_length=5, default="es")
    # Error codes and literal messages that it answers: "SAF_09".
    codes = ArrayField(models.CharField(max_length=200), verbose_name=_("códigos y mensajes"), default=list, blank=True)
    related = models.ManyToManyField("self", symmetrical=False, related_name="+", blank=True)
    # Readers of this one are led to the other.
    superseded_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    visible_until = models.DateTimeField(_("visible hasta"), null=True, blank=True)
    review_by = models.DateField(_("revisar antes de"), null=True, blank=True)
    review_reminded_on = models.DateField(_("se recordó la revisión"), null=True, editable=False)
    minutes = models.PositiveSmallIntegerField(_("minutos que lleva"), null=True, blank=True)  # tutorials
    fix_state = models.CharField(_("estado del error"), max_length=8, choices=FixState, blank=True)  # known errors
    # Versions and systems in which a known error happens.
    affects = ArrayField(models.CharField(max_length=120), verbose_name=_("a qué afecta"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("orden en el tema"), default=100)
    created_at = models.DateTimeField(_("creado"))

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("artículo")
        verbose_name_plural = _("artículos")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "slug"], name="article_slug_per_organisation"),
            models.CheckConstraint(condition=~Q(superseded_by=models.F("pk")), name="article_not_superseded_by_itself"),
        ]
        indexes = [
            # The job that takes expired articles away.
            models.Index(fields=["visible_until"], condition=Q(visible_until__isnull=False), name="article_expiring"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        """What the audit record calls it."""
        return self.slug


class ArticleVersion(models.Model):
    """What readers see of an article in one language: the text of its last published revision."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    language = models.CharField(_("idioma"), max_length=5)
    title = models.CharField(_("pregunta o título"), max_length=200)
    summary = models.CharField(_("respuesta en dos líneas"), max_length=400)
    body = models.TextField(_("texto"))
    parts = models.JSONField(_("otras partes"), default=dict, blank=True)  # `choices.Part` to CommonMark
    video_url = models.URLField(_("vídeo"), blank=True)
    video_kind = models.CharField(_("cómo es el vídeo"), max_length=16, choices=VideoKind, blank=True)
    state = models.CharField(_("estado"), max_length=10, choices=PublicationState, default=PublicationState.DRAFT)
    published_at = models.DateTimeField(_("publicado"), null=True)
    updated_at = models.DateTimeField(_("actualizado"))
    revision = models.PositiveIntegerField(_("número de la revisión que se lee"), default=0)
    # Of the source language: which of its revisions this translates, and since when it says something else.
    source_revision = models.PositiveIntegerField(_("revisión traducida"), default=0)
    stale_since = models.DateTimeField(_("desfasada desde"), null=True)
    # Rendered and cleaned once, when it is published: readers are many, editors few.
    html = models.TextField(editable=False)
    parts_html = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("versión")
        verbose_name_plural = _("versiones")
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="article_version_per_language"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="article_published_has_date"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.article_id} {self.language}"


class ArticlePicture(models.Model):
    """A picture of an article, written anew from what was uploaded; its alternative text stands in each text."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="pictures")
    key = models.CharField(_("clave"), max_length=32, unique=True)  # cannot be guessed; its address is public
    file = models.FileField(_("archivo"), max_length=200)
    content_type = models.CharField(_("tipo"), max_length=40)
    width = models.PositiveIntegerField(_("ancho en píxeles"))
    height = models.PositiveIntegerField(_("alto en píxeles"))
    size_bytes = models.PositiveIntegerField(_("tamaño"))
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(_("añadida"))
    # Since when no text shows it; a job removes it some days later (`actions.pictures.remove_unused`).
    unused_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("imagen")
        verbose_name_plural = _("imágenes")

    def __str__(self) -> str:
        return self.key


class Adaptation(OrganisationOwned):
    """What an organisation does with an article of one of its ancestors: hide it, or add its own words."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="adaptations")
    is_hidden = models.BooleanField(_("no se muestra"), default=False)
    texts = models.JSONField(_("lo que añade, por idioma"), default=dict, blank=True)  # language to CommonMark
    html = models.JSONField(default=dict, editable=False)  # language to cleaned HTML

    class Meta:
        verbose_name = _("adaptación")
        verbose_name_plural = _("adaptaciones")
        constraints = [models.UniqueConstraint(fields=["organisation", "article"], name="adaptation_once")]

    def __str__(self) -> str:
        return f"#{self.article_id}"
