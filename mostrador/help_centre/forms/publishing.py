"""What those who review, publish and look after articles type."""

from itertools import groupby
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from mostrador.help_centre.choices import ArticleKind, PublicationState
from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.organisations.queries import TopicOption, topics_of
from mostrador.shared.formats import language_name
from mostrador.shared.forms import DateTimeInput

LONGEST_COMPLEMENT = 5000


class ScheduleForm(forms.Form):
    publish_at = forms.DateTimeField(label=_("Cuándo"), widget=DateTimeInput())


class ChangesForm(forms.Form):
    changes = forms.CharField(label=_("Qué hay que cambiar"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class CommentForm(forms.Form):
    quote = forms.CharField(
        label=_("Palabras a las que se refiere"),
        help_text=_("Selecciónelas en el texto, o escríbalas. Si lo deja vacío, el comentario es sobre todo el texto."),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"data-quote": True}),
    )
    text = forms.CharField(label=_("Comentario"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class ArticleFilterForm(forms.Form):
    """Which articles are listed. The names stand in the address."""

    titulo = forms.CharField(label=_("Título"), required=False, max_length=200)
    estado = forms.ChoiceField(label=_("Estado"), required=False)
    idioma = forms.ChoiceField(label=_("Idioma"), required=False)
    tema = forms.ModelChoiceField(
        label=_("Tema"), required=False, queryset=Topic.objects.none(), empty_label=_("Todos")
    )
    equipo = forms.ModelChoiceField(
        label=_("Equipo"), required=False, queryset=Team.objects.none(), empty_label=_("Todos")
    )
    tipo = forms.ChoiceField(label=_("Tipo"), required=False)

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, str]]] = {
            "estado": [(state.value, capfirst(str(state.label))) for state in PublicationState],
            "idioma": [(code, capfirst(language_name(code))) for code in organisation.languages],
            "tipo": [(kind.value, capfirst(str(kind.label))) for kind in ArticleKind],
        }
        fields: dict[str, Any] = self.fields
        for name, values in choices.items():
            fields[name].choices = [("", _("Todos")), *values]
        fields["tema"].queryset = Topic.objects.filter(organisation__in=organisation.lineage, is_active=True)
        fields["tema"].choices = [("", _("Todos")), *_topics_and_groups(organisation)]
        teams = Team.objects.filter(organisation=organisation, is_active=True)
        fields["equipo"].queryset = teams.order_by("name", "pk")


def _topics_and_groups(organisation: Organisation) -> list[TopicOption]:
    """Return the topics to choose from; those inside of another stand under its name, after all of them together."""
    options: list[TopicOption] = []
    for parent, rows in groupby(topics_of(organisation), key=lambda row: row.parent or row):
        together = [(row.pk, row.name) for row in rows]
        if len(together) > 1 or together[0][0] != parent.pk:
            inside = [option for option in together if option[0] != parent.pk]
            options.append((parent.name, [(parent.pk, _("Todo: %(topic)s") % {"topic": parent.name}), *inside]))
        else:
            options += together
    return options


class AdaptationForm(forms.Form):
    """An organisation's own words below an article, one field for each of its languages."""

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in organisation.languages:
            self.fields[code] = forms.CharField(
                label=_("En %(language)s") % {"language": language_name(code)},
                max_length=LONGEST_COMPLEMENT,
                required=False,
                widget=forms.Textarea(attrs={"rows": 5, "lang": code}),
            )
