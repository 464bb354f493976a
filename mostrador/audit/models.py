"""The audit record. The database refuses to change or delete its rows (see the migrations)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
            # The viewer: one organisation, newest first, by key.
            models.Index(fields=["organisation_id", "-id"], name="audit_event_newest_first"),
            # "What happened to this row?"
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_event_of_subject"),
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
