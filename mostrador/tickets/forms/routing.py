"""How a team shares out its tickets, and what somebody attends to."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import Organisation, Topic
from mostrador.organisations.queries import topics_of
from mostrador.shared.formats import language_name
from mostrador.shared.forms import PickMany
from mostrador.tickets.choices import RoutingMode
from mostrador.tickets.models import AgentRouting, TeamRouting

MOST_AT_ONCE = 200
MOST_DAYS = 365


class TeamRoutingForm(forms.Form):
    mode = forms.ChoiceField(
        label=_("Cómo se reparte lo que llega"),
        choices=[
            (RoutingMode.MANUAL.value, _("Cada persona toma las suyas, con «Siguiente consulta» o de la lista")),
            (RoutingMode.ROUND_ROBIN.value, _("Por turno")),
            (RoutingMode.LEAST_LOADED.value, _("A quien tiene menos esperando")),
        ],
        help_text=_("Fuera del horario del equipo no se asigna nada: espera en «Sin asignar» hasta que abra."),
        widget=forms.RadioSelect,
    )
    load_limit = forms.IntegerField(
        label=_("Cuántas puede tener cada persona"),
        help_text=_("Cuentan las que esperan respuesta nuestra. Con 0 no hay máximo."),
        min_value=0,
        max_value=MOST_AT_ONCE,
    )
    keep_days = forms.IntegerField(
        label=_("Días en que una persona sigue con quien ya la atendió"),
        help_text=_("Si vuelve a escribir antes, su consulta va a quien le respondió la última vez. Con 0, a nadie."),
        min_value=0,
        max_value=MOST_DAYS,
    )

    def __init__(self, rule: TeamRouting, data: Any = None) -> None:
        initial = {"mode": rule.mode, "load_limit": rule.load_limit, "keep_days": rule.keep_days}
        super().__init__(data, initial=initial)


class LanguagesForm(forms.Form):
    """What somebody settles for themselves."""

    languages = forms.MultipleChoiceField(
        label=_("Idiomas en que atiende"),
        help_text=_("Si no marca ninguno, se le darán en cualquier idioma."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, routing: AgentRouting, organisation: Organisation, data: Any = None) -> None:
        super().__init__(data, initial=self._settled(routing))
        languages = self.fields["languages"]
        if isinstance(languages, forms.MultipleChoiceField):
            offered = [code for code, _name in settings.LANGUAGES if code in organisation.languages]
            languages.choices = [(code, language_name(code).capitalize()) for code in offered]

    def _settled(self, routing: AgentRouting) -> dict[str, Any]:
        return {"languages": routing.languages}


class AgentRoutingForm(LanguagesForm):
    """What a supervisor settles for somebody."""

    topics = forms.ModelMultipleChoiceField(
        Topic.objects.none(),
        label=_("Temas que atiende"),
        help_text=_("Si no elige ninguno, todos. Un tema incluye los que tiene dentro."),
        required=False,
        widget=PickMany,
    )
    load_limit = forms.IntegerField(
        label=_("Cuántas puede tener"),
        help_text=_("Déjelo vacío para que valga el máximo de su equipo. Con 0 no tiene máximo."),
        required=False,
        min_value=0,
        max_value=MOST_AT_ONCE,
    )

    def __init__(self, routing: AgentRouting, organisation: Organisation, data: Any = None) -> None:
        super().__init__(routing, organisation, data)
        topics = self.fields["topics"]
        if isinstance(topics, forms.ModelMultipleChoiceField):
            topics.queryset = Topic.objects.filter(pk__in=[topic.pk for topic in topics_of(organisation)])
            topics.label_from_instance = lambda topic: topic.name  # type: ignore[method-assign, assignment]  # Django's own way

    def _settled(self, routing: AgentRouting) -> dict[str, Any]:
        topics = list(routing.topics.values_list("pk", flat=True)) if routing.pk else []
        return super()._settled(routing) | {"topics": topics, "load_limit": routing.load_limit}
