"""The search: what can be found, by which words, the words that mean the same, and what people searched."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mostrador.help_centre.choices import NextStep, SearchScope
from mostrador.help_centre.models.articles import Adaptation, Article, ArticleVersion
from mostrador.organisations.models import OrganisationOwned, Procedure


class SearchDocument(OrganisationOwned):
    """One thing that can be found, in one language: an article's version, what a body adds to it, or a procedure."""

    version = models.OneToOneField(ArticleVersion, on_delete=models.CASCADE, null=True, related_name="+")
    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, null=True, related_name="+")
    adaptation = models.ForeignKey(Adaptation, on_delete=models.CASCADE, null=True, related_name="+")
    scope = models.CharField(max_length=9, choices=SearchScope)
    subject_id = models.BigIntegerField()  # the article or the procedure
    language = models.CharField(max_length=5)
    # What the second stage compares without asking other tables: stems in their order, with spaces between them.
    title_terms = models.TextField()
    text_terms = models.TextField()
    fingerprint = models.CharField(max_length=32)  # of the text as it was indexed
    words = models.TextField()  # each once, folded, in their order
    popularity = models.FloatField(default=0)  # between -1 and 1: how much it is read, and how useful it is found
    indexed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(version__isnull=False, procedure__isnull=True, adaptation__isnull=True)
                | Q(version__isnull=True, procedure__isnull=False, adaptation__isnull=True)
                | Q(version__isnull=True, procedure__isnull=True, adaptation__isnull=False),
                name="search_document_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["adaptation", "language"], condition=Q(adaptation__isnull=False), name="search_adaptation_once"
            ),
            models.UniqueConstraint(
                fields=["procedure", "language"], condition=Q(procedure__isnull=False), name="search_procedure_once"
            ),
        ]
        indexes = [
            # The texts of what the first stage found.
            models.Index(fields=["scope", "subject_id", "language"], name="search_document_of"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class SearchPosting(models.Model):
    """One term of one document, and how much it says about it; all else is its document's.

    Read by `organisation, scope, language, term` with the strongest first, so that what a search costs does not grow
    with the number of articles.
    """

    document = models.ForeignKey(SearchDocument, on_delete=models.CASCADE, related_name="+")
    organisation_id = models.BigIntegerField()
    scope = models.CharField(max_length=9, choices=SearchScope)
    language = models.CharField(max_length=5)
    term = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    impact = models.FloatField()  # between 0 and 1

    class Meta:
        indexes = [
            # The strongest of a term, without touching the table.
            models.Index(
                F("organisation_id"),
                F("scope"),
                F("language"),
                F("term"),
                F("impact").desc(),
                include=["subject_id"],
                name="search_posting_strongest",
            )
        ]

    def __str__(self) -> str:
        return f"{self.term} #{self.document_id}"


class SearchWord(OrganisationOwned):
    """That a word stands in so many more documents of an organisation, or so many fewer.

    Whoever publishes only adds rows, so that nobody waits for anybody; a job makes one of them (`actions.index`).
    The word "" counts the documents themselves.
    """

    language = models.CharField(max_length=5)
    word = models.CharField(max_length=60)  # folded, as it is written
    term = models.CharField(max_length=60)  # its stem
    documents = models.IntegerField()
    near = ArrayField(models.TextField(), default=list)  # `rules.words.near_keys`

    class Meta:
        indexes = [
            # Words like a mistyped one: by what is left without a letter, else by what they share.
            GinIndex(fields=["near"], fastupdate=False, name="search_word_near"),
            GinIndex(fields=["word"], fastupdate=False, opclasses=["gin_trgm_ops"], name="search_word_like"),
            # Words that begin with what has been typed so far.
            models.Index(
                fields=["organisation", "language", "word"],
                include=["documents"],
                opclasses=["int8_ops", "text_pattern_ops", "text_pattern_ops"],
                name="search_word_prefix",
            ),
            # How rare a term is.
            models.Index(fields=["organisation", "language", "term"], include=["documents"], name="search_word_term"),
        ]

    def __str__(self) -> str:
        return self.word


class SynonymGroup(OrganisationOwned):
    """Words that mean the same to an organisation's readers; or a change to a group of the product's list."""

    key = models.SlugField(_("clave"), max_length=60)  # of the product's list, or made from the first word
    words = models.JSONField(_("palabras, por idioma"), default=dict)  # {"es": ["autofirma", "auto firma"]}
    is_active = models.BooleanField(_("se usa"), default=True)
    changed_at = models.DateTimeField(_("cambió"))

    class Meta:
        verbose_name = _("grupo de sinónimos")
        verbose_name_plural = _("grupos de sinónimos")
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="synonym_group_once")]

    def __str__(self) -> str:
        return self.key


class SearchLog(OrganisationOwned):
    """One search, without anything that tells who; after 90 days only its count remains (`DailySearch`).

    A ticket to which it led keeps its key.
    """

    key = models.CharField(max_length=24, unique=True)  # what the page names when a result is opened
    at = models.DateTimeField(_("momento"))
    language = models.CharField(_("idioma"), max_length=5)
    text = models.CharField(_("palabras"), max_length=200)  # folded; addresses and long numbers left out
    found = models.PositiveSmallIntegerField(_("resultados"))
    articles = ArrayField(models.BigIntegerField(), verbose_name=_("primeros resultados"), default=list)
    opened = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_place = models.PositiveSmallIntegerField(_("puesto del abierto"), null=True)
    next_step = models.CharField(_("qué vino después"), max_length=8, choices=NextStep, blank=True)

    class Meta:
        verbose_name = _("búsqueda")
        verbose_name_plural = _("búsquedas")
        indexes = [models.Index(fields=["organisation", "at"], name="search_log_by_day")]

    def __str__(self) -> str:
        return self.text


class DailySearch(OrganisationOwned):
    """How many times something was searched on one day, and how it went."""

    on = models.DateField(_("día"))
    language = models.CharField(_("idioma"), max_length=5)
    text = models.CharField(_("palabras"), max_length=200)
    searches = models.PositiveIntegerField(_("búsquedas"))
    without_result = models.PositiveIntegerField(_("sin resultado"), default=0)
    opened = models.PositiveIntegerField(_("con un resultado abierto"), default=0)
    asked = models.PositiveIntegerField(_("terminaron en una consulta"), default=0)

    class Meta:
        verbose_name = _("búsquedas de un día")
        verbose_name_plural = _("búsquedas por día")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "on", "language", "text"], name="daily_search_once")
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.on} {self.searches}"
