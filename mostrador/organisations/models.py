"""Organisations and what belongs to them before anybody works there."""

from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.choices import DayOrigin, DayScope, LegalPageKind, Region, Typeface, Weekday
from mostrador.shared.links import absolute


def language_codes() -> list[str]:
    """Return the default of `Organisation.languages`."""
    return [settings.LANGUAGE_CODE]


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Filters over the tree."""

    def under(self, organisation: "Organisation") -> Self:
        """The organisation and all its descendants."""
        return self.filter(path__startswith=organisation.path)

    def above(self, organisation: "Organisation") -> Self:
        """The organisation and all its ancestors."""
        return self.filter(pk__in=organisation.lineage)


class Organisation(models.Model):
    """A public body, in a tree: a *diputación* serves its town halls."""

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    # Keys from the root to this row, "/1/7/": descendants are a prefix, ancestors are its parts. Kept by the actions.
    path = models.CharField(_("camino"), max_length=200, blank=True)
    name = models.CharField(_("nombre"), max_length=160)
    short_name = models.CharField(_("nombre corto"), max_length=60)
    dir3_code = models.CharField("DIR3", max_length=9, blank=True)
    languages = ArrayField(models.CharField(max_length=5), verbose_name=_("idiomas"), default=language_codes)
    default_language = models.CharField(_("idioma principal"), max_length=5, default="es")
    time_zone = models.CharField(_("zona horaria"), max_length=40, default="Europe/Madrid")
    # ISO 3166-2 without the country, as `holidays` uses it: "MD", "CN".
    region = models.CharField(_("comunidad autónoma"), max_length=2, choices=Region, blank=True)
    sede_url = models.URLField(_("dirección de la sede electrónica"), blank=True)
    email = models.EmailField(_("correo de soporte"), blank=True)
    phone = models.CharField(_("teléfono"), max_length=40, blank=True)
    postal_address = models.CharField(_("dirección postal"), max_length=250, blank=True)
    accent = models.CharField(_("color principal"), max_length=7, default="#1f4f8f")
    typeface = models.CharField(_("tipo de letra"), max_length=10, choices=Typeface, default=Typeface.INTER)
    logo = models.FileField(_("logotipo"), upload_to="logos/", blank=True)
    theme_version = models.PositiveIntegerField(_("versión del aspecto"), default=1)
    # Changes with the hours and days that its working time depends on, its ancestors' too; calendars are cached by it.
    calendar_version = models.UUIDField(default=uuid4, editable=False)
    is_sample = models.BooleanField(_("es de muestra"), default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("entidad")
        verbose_name_plural = _("entidades")
        constraints = [
            models.UniqueConstraint(fields=["path"], name="organisation_path_once"),
            models.CheckConstraint(
                condition=Q(languages__contains=[F("default_language")]), name="organisation_default_language_offered"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lineage(self) -> list[int]:
        """Keys from the root to this organisation, itself included."""
        return [int(key) for key in self.path.split("/") if key]

    @property
    def host(self) -> str:
        """The host name that people are told."""
        return (
            HostName.objects.filter(organisation=self).order_by("-is_primary", "pk").values_list("name", flat=True)[0]
        )

    def offered(self, language: str) -> str:
        """Return the language in which to write to somebody who wants this one: the default where it is not offered."""
        return language if language in self.languages else self.default_language

    def link(self, name: str, *args: Any, language: str | None = None, **kwargs: Any) -> str:
        """Return the whole address of a page, with the language in the path where it is not the default one."""
        language = language or get_language() or self.default_language
        prefix = "/" if language == self.default_language or language not in self.languages else f"/{language}/"
        return absolute(self.host, name, *args, prefix=prefix, **kwargs)


class OrganisationOwned(models.Model):
    """A row that belongs to one organisation and goes with it."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", verbose_name=_("entidad")
    )

    class Meta:
        abstract = True


class HostName(OrganisationOwned):
    """A name under which the organisation's pages are visited."""

    name = models.CharField(_("nombre de dominio"), max_length=253, unique=True)
    is_primary = models.BooleanField(_("principal"), default=False)

    class Meta:
        verbose_name = _("dominio")
        verbose_name_plural = _("dominios")
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=Q(is_primary=True), name="host_one_primary"),
        ]

    def __str__(self) -> str:
        return self.name


class Named(models.Model):
    """A row with a name in each language: {"es": "…", "ca": "…"}; Spanish is always there."""

    names = models.JSONField(_("nombres"), default=dict)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The name in the current language, else in Spanish, else any."""
        return self.name_in(get_language() or "es")

    def name_in(self, language: str) -> str:
        """Return the name in `language`, else in Spanish, else any."""
        names: dict[str, str] = self.names
        return names.get(language) or names.get("es") or next(iter(names.values()), "")


class Team(OrganisationOwned):
    """People who answer together."""

    name = models.CharField(_("nombre"), max_length=80)
    slug = models.SlugField(_("clave"), max_length=60)
    signature = models.CharField(_("firma de los correos"), max_length=120, blank=True)
    # New tickets of the organisation (and of descendants without a team) come to this one.
    is_default = models.BooleanField(_("recibe las consultas nuevas"), default=False)
    is_active = models.BooleanField(_("en uso"), default=True)

    class Meta:
        verbose_name = _("equipo")
        verbose_name_plural = _("equipos")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "slug"], name="team_slug_per_organisation"),
            models.UniqueConstraint(fields=["organisation"], condition=Q(is_default=True), name="team_one_default"),
            models.CheckConstraint(condition=Q(is_default=False) | Q(is_active=True), name="team_default_is_active"),
        ]

    def __str__(self) -> str:
        return self.name


class Topic(OrganisationOwned, Named):
    """A kind of problem, or several together: a tree of two levels. Descendants use their ancestors' topics too."""

    slug = models.SlugField(_("clave"), max_length=60)
    parent = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="children", verbose_name=_("dentro de")
    )
    position = models.PositiveSmallIntegerField(_("orden"), default=0)
    team = models.ForeignKey(
        Team,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("equipo que la atiende"),
    )
    is_active = models.BooleanField(_("en uso"), default=True)

    class Meta:
        verbose_name = _("tema")
        verbose_name_plural = _("temas")
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="topic_slug_per_organisation")]

    def __str__(self) -> str:
        return self.slug


class Procedure(OrganisationOwned, Named):
    """A procedure (*trámite*) of the sede, with its code in the SIA inventory."""

    sia_code = models.CharField(_("código SIA"), max_length=12)
    url = models.URLField(_("dirección en la sede"), blank=True)
    is_active = models.BooleanField(_("en uso"), default=True)

    class Meta:
        verbose_name = _("procedimiento")
        verbose_name_plural = _("procedimientos")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sia_code"], name="procedure_sia_per_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.sia_code} {self.name_in('es')}"


class Timetable(OrganisationOwned):
    """Opening hours of an organisation, or of one team, between two dates; seasonal ones win over the usual one."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("nombre"), max_length=80)
    # Both empty: the usual timetable. A season repeats every year when `repeats` (only month and day count).
    starts_on = models.DateField(_("desde"), null=True, blank=True)
    ends_on = models.DateField(_("hasta, incluido"), null=True, blank=True)
    repeats = models.BooleanField(_("se repite cada año"), default=False)

    class Meta:
        verbose_name = _("horario")
        verbose_name_plural = _("horarios")
        constraints = [
            models.CheckConstraint(
                condition=Q(repeats=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="timetable_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(repeats=False) | Q(starts_on__isnull=False), name="timetable_season_has_dates"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, ends_on__isnull=True)
                | Q(starts_on__isnull=False, ends_on__isnull=False),
                name="timetable_both_dates_or_none",
            ),
            models.UniqueConstraint(
                fields=["organisation", "team"],
                condition=Q(starts_on__isnull=True),
                nulls_distinct=False,
                name="timetable_one_usual",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """One stretch of opening; `closes` at or before `opens` means the following day."""

    timetable = models.ForeignKey(Timetable, on_delete=models.CASCADE, related_name="shifts")
    weekday = models.PositiveSmallIntegerField(_("día"), choices=Weekday)
    opens = models.TimeField(_("abre"))
    closes = models.TimeField(_("cierra"))

    class Meta:
        verbose_name = _("turno")
        verbose_name_plural = _("turnos")
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="shift_weekday_iso"),
            models.UniqueConstraint(fields=["timetable", "weekday", "opens"], name="shift_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"


class NonWorkingDay(OrganisationOwned, Named):
    """A day without work (*día inhábil*) in the organisation's calendar; weekends are not listed."""

    on = models.DateField(_("día"))
    scope = models.CharField(_("ámbito"), max_length=10, choices=DayScope)
    origin = models.CharField(_("origen"), max_length=10, choices=DayOrigin)
    source = models.CharField(_("fuente"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("día inhábil")
        verbose_name_plural = _("días inhábiles")
        constraints = [models.UniqueConstraint(fields=["organisation", "on"], name="non_working_day_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.name_in('es')}"


class CalendarYear(OrganisationOwned):
    """What is known of one year's calendar: only a year confirmed as official has legal effect."""

    year = models.PositiveSmallIntegerField(_("año"))
    official_source = models.CharField(_("publicado en"), max_length=250, blank=True)
    confirmed_at = models.DateTimeField(_("confirmado"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendario")
        verbose_name_plural = _("calendarios")
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="calendar_year_once")]

    def __str__(self) -> str:
        return str(self.year)


class LegalPage(OrganisationOwned):
    """The text of a page that the law asks for, in one language."""

    kind = models.CharField(_("página"), max_length=20, choices=LegalPageKind)
    language = models.CharField(_("idioma"), max_length=5)
    body = models.TextField(_("texto"))
    updated_at = models.DateTimeField(_("actualizada"))

    class Meta:
        verbose_name = _("página legal")
        verbose_name_plural = _("páginas legales")
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "language"], name="legal_page_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"
