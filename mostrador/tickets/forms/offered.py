"""What is offered in the tickets of a team, or of a topic, or in all of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.organisations.queries import teams_of, topic_options
from mostrador.shared.forms import Combobox


class OfferedForm(forms.Form):
    """The part of a form that says where something is offered."""

    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Equipo"), required=False, empty_label=_("Todos"), widget=Combobox
    )
    topic = forms.TypedChoiceField(label=_("Tema"), required=False, coerce=int, empty_value=None, widget=Combobox)

    def offer(self, organisation: Organisation, *, kept_team: int | None, kept_topic: Topic | None) -> None:
        """Give the teams and topics in use, and those that the row has, retired or not."""
        team, topic = self.fields["team"], self.fields["topic"]
        if isinstance(team, forms.ModelChoiceField) and isinstance(topic, forms.TypedChoiceField):
            team.queryset = teams_of(organisation, kept=kept_team)
            topic.choices = [("", _("Todos")), *topic_options(organisation, kept=kept_topic)]

    def clean_topic(self) -> Topic | None:
        """Return the topic itself: one of the choices."""
        key: Any = self.cleaned_data["topic"]
        return Topic.objects.get(pk=key) if key else None
