"""Persons of the public."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import OrganisationOwned


class Person(OrganisationOwned):
    """Somebody whom the organisation helped, with what is needed to reach them."""

    name = models.CharField(_("nombre"), max_length=120, blank=True)
    email = models.EmailField(_("correo electrónico"), blank=True)
    phone = models.CharField(_("teléfono"), max_length=20, blank=True)
    language = models.CharField(_("idioma"), max_length=5, default="es")
    created_at = models.DateTimeField(_("primer contacto"))
    erased_at = models.DateTimeField(_("datos suprimidos"), null=True)

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        indexes = [
            models.Index("organisation", Lower("email"), name="person_by_email"),
            models.Index("organisation", "phone", name="person_by_phone"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
