"""Consents of people who are helped with a procedure."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import OrganisationOwned, Procedure
from mostrador.people.choices import ConsentBy
from mostrador.people.models.persons import Person


class Assistance(OrganisationOwned):
    """A public official acts electronically for somebody, who said yes (Ley 39/2015, art. 12.2; RD 203/2021, art. 30).

    The text is kept as it was shown, in the person's language.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assistances", verbose_name=_("persona"))
    procedure = models.ForeignKey(
        Procedure, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("trámite")
    )
    scope = models.CharField(_("para qué"), max_length=300)
    official = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién la asiste"))
    office = models.CharField(_("oficina"), max_length=120, blank=True)
    # "7K3-M9C-A64", a value: tickets stand above.
    ticket_reference = models.CharField(_("consulta"), max_length=11, blank=True)
    consented_at = models.DateTimeField(_("consintió"))
    consent_by = models.CharField(_("cómo consintió"), max_length=8, choices=ConsentBy)
    language = models.CharField(_("idioma"), max_length=5)
    text = models.TextField(_("texto que se le mostró"))
    text_version = models.CharField(_("versión del texto"), max_length=12)
    scan = models.FileField(_("documento firmado"), upload_to="consents/%Y/%m/", max_length=200, blank=True)
    scan_name = models.CharField(_("nombre del archivo"), max_length=200, blank=True)
    scan_type = models.CharField(_("tipo del archivo"), max_length=100, blank=True)
    scan_sha256 = models.CharField(_("huella del archivo"), max_length=64, blank=True)
    revoked_at = models.DateTimeField(_("revocado"), null=True)
    revoked_with = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # The form carried this key, so that pressing twice records one.
    key = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("asistencia")
        verbose_name_plural = _("asistencias")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="assistance_recorded_once"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_with__isnull=False), name="assistance_revoked_with"
            ),
        ]
        indexes = [models.Index(fields=["person", "-id"], name="assistance_of_person")]

    def __str__(self) -> str:
        return f"#{self.pk}"
