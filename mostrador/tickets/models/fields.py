"""Fields that an organisation adds to its tickets."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import Named, OrganisationOwned, Topic
from mostrador.tickets.choices import FieldKind


class CustomField(OrganisationOwned, Named):
    """One thing more to know of the tickets of a topic, or of all; the answers are in `Ticket.custom`, by its key.

    Descendants use their ancestors' fields too. A removed one keeps its row, so that old answers stay readable.
    """

    key = models.SlugField(_("clave"), max_length=40)
    topic = models.ForeignKey(
        Topic, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("tema")
    )
    kind = models.CharField(_("tipo"), max_length=10, choices=FieldKind)
    # Language → text under the label.
    hints = models.JSONField(_("ayuda"), default=dict, blank=True)
    # For choices: [{"key": …, "names": {language: …}}], in order; taken out ones carry "removed".
    options = models.JSONField(_("opciones"), default=list, blank=True)
    is_required = models.BooleanField(_("obligatorio"), default=False)
    # Whether the person is asked, or only the desk fills it in.
    is_asked = models.BooleanField(_("se pregunta al público"), default=False)
    # It shows only when another field has this answer.
    depends_on = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("depende de")
    )
    depends_value = models.CharField(_("con la respuesta"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("orden"), default=0)
    removed_at = models.DateTimeField(_("quitado"), null=True, blank=True)

    class Meta:
        verbose_name = _("campo propio")
        verbose_name_plural = _("campos propios")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="custom_field_key_once"),
            models.CheckConstraint(
                condition=Q(depends_on__isnull=True) | ~Q(depends_value=""), name="custom_field_depends_on_an_answer"
            ),
        ]

    def __str__(self) -> str:
        return self.key
