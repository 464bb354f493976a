"""A rule that is tried on mail before a ticket is opened."""

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mostrador.mailbox.choices import FilterAction, MailKind
from mostrador.mailbox.models import FilterRule, Mailbox
from mostrador.organisations.models import Team, Topic
from mostrador.organisations.queries import teams_of, topic_options
from mostrador.shared.forms import Combobox

CONDITIONS = ("sender", "recipient", "subject", "words", "kind")


class FilterForm(forms.Form):
    """What a mail must be like, all of it, and what is done then."""

    sender = forms.CharField(
        label=_("Remitente"),
        help_text=_("Una dirección, un dominio como @ejemplo.com, o una parte."),
        max_length=200,
        required=False,
    )
    recipient = forms.CharField(
        label=_("Destinatario"), help_text=_("De igual forma, en «Para» o «En copia»."), max_length=200, required=False
    )
    subject = forms.CharField(label=_("El asunto contiene"), max_length=200, required=False)
    words = forms.CharField(
        label=_("El texto contiene"),
        help_text=_("Palabras o frases separadas por comas: basta una, en el asunto o en el texto."),
        max_length=200,
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Clase de correo"),
        choices=[("", pgettext_lazy("kind of mail", "Cualquiera")), *MailKind.choices],
        required=False,
    )
    action = forms.ChoiceField(label=_("Qué se hace"), choices=FilterAction.choices, widget=forms.RadioSelect)
    team = forms.TypedChoiceField(
        label=_("Equipo"), help_text=_("Solo para darlo a un equipo."), required=False, coerce=int, empty_value=None
    )
    topic = forms.TypedChoiceField(
        label=_("Tema"),
        help_text=_("Solo para ponerle un tema."),
        required=False,
        coerce=int,
        empty_value=None,
        widget=Combobox,
    )
    tag = forms.CharField(
        label=_("Etiqueta"), help_text=_("Solo para ponerle una etiqueta."), max_length=40, required=False
    )
    is_active = forms.BooleanField(label=_("En uso"), required=False)

    def __init__(self, box: Mailbox, data: Any = None, *, rule: FilterRule | None = None) -> None:
        super().__init__(data, initial=_initial(rule))
        organisation = box.organisation
        teams: Any = self.fields["team"]
        kept = rule.team_id if rule else None
        teams.choices = [
            ("", gettext("Elija una opción")),
            *((str(team.pk), team.name) for team in teams_of(organisation, kept=kept)),
        ]
        topics: Any = self.fields["topic"]
        topics.choices = [
            ("", gettext("Elija una opción")),
            *topic_options(organisation, kept=rule.topic if rule else None),
        ]

    def clean_team(self) -> Team | None:
        """Return the team."""
        key = self.cleaned_data["team"]
        return Team.objects.get(pk=key) if key else None

    def clean_topic(self) -> Topic | None:
        """Return the topic."""
        key = self.cleaned_data["topic"]
        return Topic.objects.get(pk=key) if key else None

    def clean(self) -> dict[str, Any]:
        """Ask for one condition at least, and for what the action needs."""
        data: dict[str, Any] = super().clean() or {}
        if not any(data.get(name, "").strip() for name in CONDITIONS):
            self.add_error(None, gettext("Diga al menos una cosa por la que se reconozca el correo."))
        missing = {
            FilterAction.TEAM: ("team", gettext("Elija el equipo.")),
            FilterAction.TOPIC: ("topic", gettext("Elija el tema.")),
            FilterAction.TAG: ("tag", gettext("Escriba la etiqueta.")),
        }
        name, words = missing.get(FilterAction(data["action"]), ("", "")) if data.get("action") else ("", "")
        if name and not data.get(name):
            self.add_error(name, words)
        return data


def _initial(rule: FilterRule | None) -> dict[str, Any]:
    if rule is None:
        return {"is_active": True, "action": FilterAction.SPAM}
    known = {name: getattr(rule, name) for name in (*CONDITIONS, "action", "tag", "is_active")}
    return known | {"team": rule.team_id or "", "topic": rule.topic_id or ""}
