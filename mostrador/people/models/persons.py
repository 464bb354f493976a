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
from mostrador.people.choices import ElectronicObligation, IdentityKind, PersonKind, PreferredContact
from mostrador.people.rules import ACCENTED, PLAIN, normalise_email, normalise_phone
from mostrador.people.rules.identity import masked, normalise_identity
from mostrador.people.rules.sealing import digests, unseal

READERS = (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)


class PersonQuerySet(models.QuerySet["Person"]):
    """Filters over the public."""

    def of(self, organisation: Organisation) -> Self:
        """Known to this organisation, not erased, and not joined to another."""
        return self.filter(organisation=organisation).known()

    def known(self) -> Self:
        """Neither erased nor joined to another."""
        return self.filter(erased_at__isnull=True, merged_into__isnull=True)

    def visible_to(self, access: Access, *roles: Role) -> Self:
        """Persons of the organisations where this user has one of the roles (READERS, when none is named)."""
        return self.filter(organisation__in=access.organisation_ids(*(roles or READERS)))

    def with_email(self, email: str) -> Self:
        """Whose address this is."""
        return self.alias(address=Lower("email")).filter(address=normalise_email(email))

    def with_phone(self, phone: str) -> Self:
        """Whose number this is."""
        return self.filter(phone=normalise_phone(phone))

    def with_identity(self, number: str) -> Self:
        """Whose identity number this is, written in any form."""
        return self.filter(identity_digest__in=digests(normalise_identity(number)))


class Person(OrganisationOwned):
    """Somebody whom the organisation helped, or another organisation, with what is needed to reach them."""

    kind = models.CharField(_("clase"), max_length=8, choices=PersonKind, default=PersonKind.NATURAL)
    name = models.CharField(_("nombre"), max_length=120, blank=True)
    email = models.EmailField(_("correo electrónico"), blank=True)
    phone = models.CharField(_("teléfono"), max_length=20, blank=True)
    language = models.CharField(_("idioma"), max_length=5, default="es")
    preferred_contact = models.CharField(
        _("cómo prefiere el contacto"), max_length=12, choices=PreferredContact, blank=True
    )
    electronic_obligation = models.CharField(
        _("obligación de relacionarse por medios electrónicos"),
        max_length=20,
        choices=ElectronicObligation,
        blank=True,
    )
    # What the desk should know before speaking with them; the person may read it.
    notes = models.TextField(_("notas"), blank=True)
    # The identity number is read through `identity_number`: here it is encrypted (`rules.sealing`).
    identity_kind = models.CharField(_("documento"), max_length=8, choices=IdentityKind, blank=True)
    identity_sealed = models.TextField(_("número del documento, cifrado"), blank=True)
    identity_digest = models.CharField(max_length=64, blank=True)
    identity_key = models.CharField(max_length=8, blank=True)  # name of the key under which it is sealed
    created_at = models.DateTimeField(_("primer contacto"))
    erased_at = models.DateTimeField(_("datos suprimidos"), null=True)
    # Until when the law obliges to keep everything, and which reason there is (RGPD, art. 17.3).
    held_until = models.DateField(_("conservar hasta"), null=True, blank=True)
    hold_reason = models.CharField(_("por qué se conserva"), max_length=200, blank=True)
    # The same person under another record, where everything of theirs is now.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="joined", verbose_name=_("unida a")
    )

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
                condition=Q(erased_at__isnull=True)
                | Q(name="", email="", phone="", notes="", identity_sealed="", identity_digest=""),
                name="person_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(identity_sealed="", identity_digest="", identity_kind="")
                | (~Q(identity_sealed="") & ~Q(identity_digest="") & ~Q(identity_kind="")),
                name="person_identity_is_whole",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="person_not_joined_to_itself"),
            # One record of each person; it also finds them by their number.
            models.UniqueConstraint(
                fields=["organisation", "identity_digest"],
                condition=~Q(identity_digest="") & Q(merged_into__isnull=True),
                name="person_identity_once",
            ),
        ]
        indexes = [
            # One person by what they gave as contact.
            models.Index(F("organisation"), Lower("email"), name="person_by_email"),
            models.Index("organisation", "phone", name="person_by_phone"),
            # Parts of a name, typed at the desk.
            GinIndex(fields=["name_key"], opclasses=["gin_trgm_ops"], name="person_parts_of_name"),
            # Who was known last, on the page without a search.
            models.Index(fields=["organisation", "-id"], name="person_newest_first"),
            # Who may be somebody else as well: the same whole name.
            models.Index(fields=["organisation", "name_key"], name="person_by_whole_name"),
            # Numbers to be sealed anew when the secret key has changed.
            models.Index(fields=["identity_key"], condition=~Q(identity_key=""), name="person_sealed_under"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def identity_number(self) -> str:
        """The whole number, for the person and for whoever says why; every other page shows `masked_identity`."""
        return unseal(self.identity_sealed)

    @property
    def masked_identity(self) -> str:
        """The number with four characters to be seen, "***4567**"; "" for none."""
        return masked(self.identity_number)

    @property
    def is_known(self) -> bool:
        """Whether this is a record in use: neither erased nor joined to another."""
        return self.erased_at is None and self.merged_into_id is None
