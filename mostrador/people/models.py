"""Persons of the public."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation, OrganisationOwned
from mostrador.people.rules import ACCENTED, PLAIN, normalise_email, normalise_phone

READERS = (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)


class PersonQuerySet(models.QuerySet["Person"]):
    """Filters over the public."""

    def of(self, organisation: Organisation) -> Self:
        """Known to this organisation and not erased."""
        return self.filter(organisation=organisation, erased_at__isnull=True)

    def visible_to(self, access: Access, *roles: Role) -> Self:
        """Persons of the organisations where this user has one of the roles (READERS, when none is named)."""
        return self.filter(organisation__in=access.organisation_ids(*(roles or READERS)))

    def with_email(self, email: str) -> Self:
        """Whose address this is."""
        return self.alias(address=Lower("email")).filter(address=normalise_email(email))

    def with_phone(self, phone: str) -> Self:
        """Whose number this is."""
        return self.filter(phone=normalise_phone(phone))


class Person(OrganisationOwned):
    """Somebody whom the organisation helped, with what is needed to reach them."""

    name = models.CharField(_("nombre"), max_length=120, blank=True)
    email = models.EmailField(_("correo electrónico"), blank=True)
    phone = models.CharField(_("teléfono"), max_length=20, blank=True)
    language = models.CharField(_("idioma"), max_length=5, default="es")
    created_at = models.DateTimeField(_("primer contacto"))
    erased_at = models.DateTimeField(_("datos suprimidos"), null=True)

    # What was erased, by app: {"tickets": {"messages": 3}}.
    erasure_report = models.JSONField(_("qué se suprimió"), default=dict, blank=True)
    # The name as it is searched. Generated, so that no import or bulk write forgets it.
    name_key = models.GeneratedField(
        expression=Func(Lower("name"), Value(ACCENTED), Value(PLAIN), function="translate"),
        output_field=models.CharField(max_length=120),
        db_persist=True,
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(name="", email="", phone=""), name="person_erased_is_empty"
            )
        ]
        indexes = [
            # One person by what they gave as contact.
            models.Index(F("organisation"), Lower("email"), name="person_by_email"),
            models.Index("organisation", "phone", name="person_by_phone"),
            # Parts of a name, typed at the desk.
            GinIndex(fields=["name_key"], opclasses=["gin_trgm_ops"], name="person_parts_of_name"),
            # Who was known last, on the page without a search.
            models.Index(fields=["organisation", "-id"], name="person_newest_first"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
