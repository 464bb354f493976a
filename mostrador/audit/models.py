"""The audit record. The database refuses to change or delete events and seals (see the migrations)."""

from django.db import models
from django.db.models import F
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from mostrador.audit.choices import Break


class EventQuerySet(models.QuerySet["Event"]):
    """Filters of the record."""

    def of(self, organisation_ids: "frozenset[int]") -> "EventQuerySet":
        """Only what happened in these organisations."""
        return self.filter(organisation_id__in=organisation_ids)


class Event(models.Model):
    """One thing that somebody (or the system, when `actor_id` is empty) did."""

    organisation_id = models.BigIntegerField(_("entidad"))
    at = models.DateTimeField(_("momento"))
    actor_id = models.BigIntegerField(_("quién"), null=True)
    actor_name = models.CharField(_("nombre"), max_length=200, blank=True)
    verb = models.CharField(_("acción"), max_length=80)
    subject_type = models.CharField(_("tipo de objeto"), max_length=80)
    subject_id = models.BigIntegerField(_("objeto"), null=True)
    subject_label = models.CharField(_("nombre del objeto"), max_length=200, blank=True)
    details = models.JSONField(_("detalles"), default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("apunte")
        verbose_name_plural = _("apuntes")
        indexes = [
            # The viewer: one organisation, newest first, by key; alone or by one of its filters.
            models.Index(fields=["organisation_id", "-at", "-id"], name="audit_event_newest_first"),
            models.Index(fields=["organisation_id", "actor_id", "-at", "-id"], name="audit_event_of_actor"),
            models.Index(fields=["organisation_id", "verb", "-at", "-id"], name="audit_event_of_verb"),
            models.Index(
                F("organisation_id"),
                Upper("subject_label"),
                F("at").desc(),
                F("id").desc(),
                name="audit_event_of_label",
            ),
            # "What happened to this row?"
            models.Index(fields=["subject_type", "subject_id", "-at", "-id"], name="audit_event_of_subject"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.verb} {self.subject_type}:{self.subject_id}"


class Seal(models.Model):
    """The place of one event in its organisation's chain of hashes."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True)
    organisation_id = models.BigIntegerField(_("entidad"))
    position = models.BigIntegerField(_("posición"))
    previous_hash = models.CharField(_("huella anterior"), max_length=64)
    hash = models.CharField(_("huella"), max_length=64)
    sealed_at = models.DateTimeField(_("sellado"))

    class Meta:
        verbose_name = _("sello")
        verbose_name_plural = _("sellos")
        constraints = [
            # Two seals at the same place would be a fork of the chain.
            models.UniqueConstraint(fields=["organisation_id", "position"], name="audit_seal_one_chain"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}/{self.position} {self.hash[:12]}"


class ChainCheck(models.Model):
    """What the last check of one organisation's chain found; written again by each check."""

    organisation_id = models.BigIntegerField(_("entidad"), unique=True)
    checked_at = models.DateTimeField(_("comprobada"))
    length = models.BigIntegerField(_("líneas en orden"))
    head_hash = models.CharField(_("huella de la última"), max_length=64)
    broken_position = models.BigIntegerField(_("línea rota"), null=True)
    broken_event_id = models.BigIntegerField(_("apunte"), null=True)
    reason = models.CharField(_("motivo"), max_length=20, choices=Break, blank=True)

    class Meta:
        verbose_name = _("comprobación de la cadena")
        verbose_name_plural = _("comprobaciones de la cadena")

    def __str__(self) -> str:
        return f"{self.organisation_id}/{self.length} {self.reason or 'sound'}"

    @property
    def is_sound(self) -> bool:
        """Whether nothing was broken."""
        return not self.reason
