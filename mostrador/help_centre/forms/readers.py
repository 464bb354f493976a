"""What readers and editors type."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mostrador.help_centre.choices import ArticleKind, NotUsefulReason
from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.shared.forms import DateInput


class VoteForm(forms.Form):
    useful = forms.ChoiceField(choices=[("yes", _("Sí")), ("no", _("No"))])


class ReasonForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("¿Qué ha fallado?"), choices=NotUsefulReason, widget=forms.RadioSelect, required=False
    )
    comment = forms.CharField(
        label=_("¿Quiere contarnos algo más?"),
        help_text=_("No escriba datos personales: esta respuesta es anónima."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ArticleForm(forms.Form):
    title = forms.CharField(label=_("Pregunta o título"), max_length=200)
    summary = forms.CharField(
        label=_("La respuesta en dos líneas"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
    body = forms.CharField(
        label=_("Texto"),
        help_text=_("Puede usar listas, títulos y negrita con las marcas de Markdown."),
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 18}),
    )
    language = forms.ChoiceField(label=_("Idioma"))
    kind = forms.ChoiceField(label=_("Tipo"), choices=ArticleKind)
    topic = forms.ModelChoiceField(label=_("Tema"), queryset=Topic.objects.none(), empty_label=_("Elija uno"))
    owner_team = forms.ModelChoiceField(
        label=_("Equipo responsable"), queryset=Team.objects.none(), required=False, empty_label=_("Ninguno")
    )
    codes = forms.CharField(
        label=_("Códigos y mensajes de error que resuelve"),
        help_text=_("Uno en cada línea, tal como aparecen en la pantalla."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    review_by = forms.DateField(label=_("Revisar antes de"), required=False, widget=DateInput)

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        self.fields["language"].choices = [(code, names[code]) for code in organisation.languages]  # type: ignore[attr-defined]
        topics = Topic.objects.filter(organisation__in=organisation.lineage, is_active=True).order_by("position", "pk")
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]
        self.fields["topic"].label_from_instance = lambda topic: topic.name  # type: ignore[attr-defined]
        teams = Team.objects.filter(organisation=organisation, is_active=True).order_by("name", "pk")
        self.fields["owner_team"].queryset = teams  # type: ignore[attr-defined]

    def clean_codes(self) -> list[str]:
        """Return one code for each line."""
        return [line.strip()[:200] for line in self.cleaned_data["codes"].splitlines() if line.strip()]
