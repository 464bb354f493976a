"""What was asked about the data of a person."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import OrganisationOwned
from mostrador.people.choices import IdentityCheck, RequestKind, RequestState
from mostrador.people.models.persons import Person


class DataRequest(OrganisationOwned):
    """A copy or an erasure of somebody's data, done by a job; its report stays, its file goes after a day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("persona"))
    kind = models.CharField(_("qué se pidió"), max_length=8, choices=RequestKind)
    state = models.CharField(_("estado"), max_length=8, choices=RequestState, default=RequestState.WAITING)
    identity_check = models.CharField(_("cómo se comprobó quién lo pide"), max_length=16, choices=IdentityCheck)
    # Why it was erased although something spoke against it; the words of whoever decided.
    forced_because = models.CharField(_("motivo para no esperar"), max_length=500, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("quién lo pidió"))
    asked_at = models.DateTimeField(_("pedida"))
    done_at = models.DateTimeField(_("hecha"), null=True)
    # What was copied or erased, by app: {"tickets": {"tickets": 2, "files": 1}}.
    report = models.JSONField(_("resultado"), default=dict, blank=True)
    refusal = models.CharField(_("por qué no se pudo"), max_length=500, blank=True)
    file = models.FileField(_("archivo"), max_length=200, blank=True)
    expires_at = models.DateTimeField(_("se borra"), null=True)

    class Meta:
        verbose_name = _("petición sobre datos")
        verbose_name_plural = _("peticiones sobre datos")
        indexes = [
            # One person's, and the organisation's list, newest first.
            models.Index(fields=["person", "-id"], name="data_request_of_person"),
            models.Index(fields=["organisation", "-id"], name="data_request_newest_first"),
            models.Index(fields=["expires_at"], condition=~Q(file=""), name="data_request_file_expiry"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
