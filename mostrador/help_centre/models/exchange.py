"""Exports and imports of articles, while they matter."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.help_centre.choices import ExchangeKind, ExchangeState
from mostrador.organisations.models import OrganisationOwned, Topic


class Exchange(OrganisationOwned):
    """One export or import of an organisation's articles; it is gone with its file a day later."""

    kind = models.CharField(_("clase"), max_length=8, choices=ExchangeKind)
    state = models.CharField(_("estado"), max_length=8, choices=ExchangeState)
    file = models.FileField(_("archivo"), max_length=200, blank=True)
    file_name = models.CharField(_("nombre del archivo"), max_length=120)
    done = models.PositiveIntegerField(_("artículos tratados"), default=0)
    total = models.PositiveIntegerField(_("artículos"), default=0)
    # What an import would do, then what it has done (`rules.archives.Report`).
    report = models.JSONField(_("resultado"), default=dict, blank=True)
    # What was decided of an import: the topic of articles whose own does not exist here, and whether readers see it.
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    publish = models.BooleanField(_("publicar"), default=False)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("empezó"))
    moved_at = models.DateTimeField(_("avanzó"))
    expires_at = models.DateTimeField(_("se borra"))

    class Meta:
        verbose_name = _("exportación o importación")
        verbose_name_plural = _("exportaciones e importaciones")
        indexes = [models.Index(fields=["expires_at"], name="exchange_expiry")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def name(self) -> str:
        """What the audit record calls it."""
        return self.file_name
