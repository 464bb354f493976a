"""What those who review, publish and look after articles type."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from mostrador.help_centre.choices import ArticleKind, PublicationState
from mostrador.organisations.models import Organisation, Team, Topic
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
        for name, values in choices.items():
            self.fields[name].choices = [("", _("Todos")), *values]  # type: ignore[attr-defined]  # a ChoiceField
        topics = Topic.objects.filter(organisation__in=organisation.lineage, is_active=True)
        self.fields["tema"].queryset = topics.order_by("position", "pk")  # type: ignore[attr-defined]
        self.fields["tema"].label_from_instance = lambda topic: topic.name  # type: ignore[attr-defined]
        teams = Team.objects.filter(organisation=organisation, is_active=True)
        self.fields["equipo"].queryset = teams.order_by("name", "pk")  # type: ignore[attr-defined]


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
