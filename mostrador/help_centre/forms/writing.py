"""What editors type: the words of an article and what is said of it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mostrador.help_centre.choices import ArticleKind, Audience, FixState, Part, VideoKind
from mostrador.help_centre.models import Article
from mostrador.help_centre.queries.writing import linkable_articles, related_choices
from mostrador.help_centre.rules.texts import ArticleText, parts_of, words_of
from mostrador.organisations.models import Organisation, Procedure, Team, Topic
from mostrador.organisations.queries import topic_options
from mostrador.shared.forms import Combobox, DateInput, DateTimeInput, PickMany

KIND_EXPLAINED = {
    ArticleKind.FAQ: _("Pregunta frecuente: una pregunta y su respuesta, corta"),
    ArticleKind.TUTORIAL: _("Paso a paso: cómo se hace algo, con pasos numerados"),
    ArticleKind.GUIDE: _("Guía: un asunto entero, en varios apartados"),
    ArticleKind.KNOWN_ERROR: _("Error conocido: qué mensaje sale, por qué y qué hacer"),
    ArticleKind.NEWS: _("Novedad: algo que cambia o empieza"),
}
PART_HINTS = {
    Part.BEFORE: _("Lo que la persona debe tener a mano antes de empezar."),
    Part.SYMPTOM: _("Lo que la persona ve en la pantalla, con sus palabras."),
    Part.CAUSE: _("En una o dos frases, sin tecnicismos."),
    Part.WORKAROUND: _("Qué puede hacer mientras se arregla."),
    Part.EASY_READ: _("Lo mismo con frases muy cortas, una idea en cada una y palabras corrientes."),
}
LONGEST_BODY, LONGEST_PART = 50_000, 20_000
LONGEST_WORDS = 300  # characters that say what a picture shows


class NewArticleForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("¿Qué va a escribir?"),
        choices=KIND_EXPLAINED.items(),
        widget=forms.RadioSelect,
        initial=ArticleKind.FAQ,
    )
    title = forms.CharField(
        label=_("Pregunta o título"),
        help_text=_("Como lo diría quien lo busca: «No aparece mi certificado al firmar»."),
        max_length=200,
    )
    topic = forms.ModelChoiceField(
        label=_("Tema"), queryset=Topic.objects.none(), empty_label=_("Elija uno"), widget=Combobox
    )
    language = forms.ChoiceField(label=_("Idioma en que lo escribe"))
    code = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_topics(self, "topic", organisation)
        self.fields["language"].choices = languages_of(organisation)  # type: ignore[attr-defined]


class TextForm(forms.Form):
    title = forms.CharField(label=_("Pregunta o título"), max_length=200, required=False)
    summary = forms.CharField(
        label=_("La respuesta en dos líneas"),
        help_text=_("Es lo primero que se lee y lo que enseña el buscador."),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    body = forms.CharField(
        label=_("Texto"), max_length=LONGEST_BODY, required=False, widget=forms.Textarea(attrs={"rows": 18})
    )
    video_url = forms.URLField(
        label=_("Dirección del vídeo"),
        help_text=_("Empieza por https://"),
        required=False,
        assume_scheme="https",
        validators=[URLValidator(["https"])],
    )
    video_kind = forms.ChoiceField(
        label=_("Cómo es el vídeo"), choices=[("", _("Elija uno")), *VideoKind.choices], required=False
    )
    note = forms.CharField(
        label=_("Qué cambia"),
        help_text=_("Una frase para sus compañeros: queda en el historial."),
        max_length=300,
        required=False,
    )
    is_minor = forms.BooleanField(
        label=_("Es un cambio menor: las traducciones siguen valiendo"),
        required=False,
    )
    stand = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, kind: str, before: ArticleText, *args: Any, **kwargs: Any) -> None:
        """Args: kind: Of the article. before: The words to go on with."""
        super().__init__(*args, **kwargs)
        self.before = before
        self.part_names = [f"part_{part}" for part in parts_of(kind)]
        for part in parts_of(kind):
            self.fields[f"part_{part}"] = forms.CharField(
                label=capfirst(part.label),
                help_text=PART_HINTS[part],
                max_length=LONGEST_PART,
                required=False,
                widget=forms.Textarea(attrs={"rows": 5}),
            )
        for name in ("body", *self.part_names):
            self.fields[name].widget.attrs.pop("maxlength")  # so long that nobody needs to see how much is left
        others = {name: getattr(before, name) for name in ("video_url", "video_kind", "is_minor")}
        self.initial = {**words_of(before), **others, **self.initial}

    def clean(self) -> dict[str, Any]:
        """Refuse a video of which nobody knows whom it helps."""
        data = super().clean() or {}
        if data.get("video_url") and not data.get("video_kind"):
            self.add_error("video_kind", gettext("Diga si el vídeo está en lengua de signos o lleva subtítulos."))
        return data

    @property
    def text(self) -> ArticleText:
        """What was typed; parts that this kind of article does not have are as before."""
        return self._text(lambda name: self.cleaned_data[name])

    @property
    def unchecked_text(self) -> ArticleText:
        """What was typed, cut where it is too long, whatever is wrong with it: only to be looked at."""
        return self._text(lambda name: str(self[name].value() or "")[:LONGEST_BODY])

    def _text(self, value_of: Callable[[str], Any]) -> ArticleText:
        words = {name: str(value_of(name)).replace("\r\n", "\n") for name in self._written}
        parts = {name.removeprefix("part_"): words[name] for name in self.part_names}
        return ArticleText(
            title=words["title"],
            summary=words["summary"],
            body=words["body"],
            parts={name: text for name, text in {**self.before.parts, **parts}.items() if text},
            video_url=words["video_url"],
            video_kind=words["video_kind"] if words["video_url"] else "",
            is_minor=bool(value_of("is_minor")),
            note=words["note"],
        )

    @property
    def _written(self) -> list[str]:
        return ["title", "summary", "body", "video_url", "video_kind", "note", *self.part_names]


class PictureForm(forms.Form):
    """A picture and what it shows, for browsers without scripts: the editor has a dialog for both."""

    picture = forms.FileField(
        label=_("Archivo"),
        help_text=_("JPG, PNG, WebP o GIF."),
        error_messages={"required": _("Elija un archivo.")},
    )
    words = forms.CharField(
        label=_("Qué se ve en la imagen"),
        help_text=_("Lo lee en voz alta el lector de pantalla a quien no la ve: diga lo que importa de ella."),
        max_length=LONGEST_WORDS,
        error_messages={"required": _("Escriba qué se ve en la imagen: sin eso no se puede publicar.")},
    )


class ArticleDataForm(forms.Form):
    """What is common to all languages of an article; names are those of `change_article`."""

    kind = forms.ChoiceField(label=_("Tipo"), choices=[(kind, capfirst(kind.label)) for kind in ArticleKind])
    topic = forms.ModelChoiceField(label=_("Tema"), queryset=Topic.objects.none(), widget=Combobox, empty_label=None)
    also_in = forms.ModelMultipleChoiceField(
        label=_("Mostrarlo también en los temas"), queryset=Topic.objects.none(), required=False, widget=PickMany
    )
    procedures = forms.ModelMultipleChoiceField(
        label=_("Procedimientos a los que se refiere"),
        queryset=Procedure.objects.none(),
        required=False,
        widget=PickMany,
    )
    codes = forms.CharField(
        label=_("Códigos y mensajes de error que resuelve"),
        help_text=_("Uno en cada línea, tal como aparecen en la pantalla."),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    related = forms.ModelMultipleChoiceField(
        label=_("Artículos relacionados"), queryset=Article.objects.none(), required=False, widget=PickMany
    )
    minutes = forms.IntegerField(label=_("Minutos que lleva"), min_value=1, max_value=600, required=False)
    fix_state = forms.ChoiceField(
        label=_("Estado del error"), choices=[("", _("No se sabe")), *FixState.choices], required=False
    )
    affects = forms.CharField(
        label=_("Versiones y sistemas a los que afecta"),
        help_text=_("Uno en cada línea: «Autofirma 1.8», «macOS 15»."),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    owner_team = forms.ModelChoiceField(
        label=_("Equipo responsable"),
        help_text=_("El que lo mantiene al día y recibe los recordatorios."),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("Ninguno"),
    )
    review_by = forms.DateField(label=_("Revisar antes de"), required=False, widget=DateInput)
    visible_until = forms.DateTimeField(
        label=_("Visible hasta"),
        help_text=_("Después deja de mostrarse. Vacío: siempre."),
        required=False,
        widget=DateTimeInput,
    )
    audience = forms.ChoiceField(
        label=_("Quién lo lee"),
        choices=[(audience, capfirst(audience.label)) for audience in Audience],
        widget=forms.RadioSelect,
    )
    audience_teams = forms.ModelMultipleChoiceField(
        label=_("Equipos que lo leen"),
        queryset=Team.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    for_descendants = forms.BooleanField(
        label=_("Mostrarlo también en las entidades que dependen de esta"), required=False
    )
    source_language = forms.ChoiceField(
        label=_("Idioma en que se escribe primero"), help_text=_("Los demás se traducen de este.")
    )

    def __init__(self, article: Article, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("codes", "affects"):
            self.fields[name].widget.attrs.pop("maxlength")
        organisation = article.organisation
        for name in ("topic", "also_in"):
            _offer_topics(self, name, organisation, kept=article.topic)
        procedures = Procedure.objects.filter(organisation__in=organisation.lineage)
        chosen = article.procedures.values("pk")
        procedures = procedures.filter(Q(is_active=True) | Q(pk__in=chosen)).order_by("sia_code", "pk")
        _offer(self, "procedures", procedures, lambda procedure: f"{procedure.name} ({procedure.sia_code})")
        teams = Team.objects.filter(organisation=organisation).filter(Q(is_active=True) | Q(pk=article.owner_team_id))
        for name in ("owner_team", "audience_teams"):
            _offer(self, name, teams.order_by("name", "pk"), lambda team: str(team.name))
        self._offer_related(article)
        self.fields["source_language"].choices = languages_of(organisation, article.source_language)  # type: ignore[attr-defined]

    def _offer_related(self, article: Article) -> None:
        """Take any article that readers of this one may open; offer those of its topic, and with scripts a search."""
        field: Any = self.fields["related"]
        field.queryset = linkable_articles(article)
        chosen = [int(key) for key in self["related"].value() or () if str(key).isdecimal() and len(str(key)) < 19]
        field.widget.choices = [(row.article_id, row.title) for row in related_choices(article, chosen)]
        field.widget.attrs["data-pick-from"] = reverse("help_centre:article_choices", kwargs={"pk": article.pk})

    def clean_codes(self) -> list[str]:
        """Return one code for each line."""
        return _lines(self.cleaned_data["codes"], 200)

    def clean_affects(self) -> list[str]:
        """Return one version or system for each line."""
        return _lines(self.cleaned_data["affects"], 120)

    def clean(self) -> dict[str, Any]:
        """Refuse an article that nobody would read."""
        data = super().clean() or {}
        if data.get("audience") == Audience.TEAMS and not data.get("audience_teams"):
            self.add_error("audience_teams", gettext("Elija al menos un equipo."))
        return data


def topics_of(organisation: Organisation, *others: int) -> "QuerySet[Topic]":
    """Return the topics in which the organisation may write, and those named besides."""
    chosen = Q(organisation__in=organisation.lineage, is_active=True) | Q(pk__in=others)
    return Topic.objects.filter(chosen).order_by("position", "pk")


def languages_of(organisation: Organisation, *others: str) -> list[tuple[str, str]]:
    """Return the languages in which the organisation writes, and those named besides, with their own names."""
    names = dict(settings.LANGUAGES)
    return [(code, str(names[code])) for code in dict.fromkeys([*organisation.languages, *others])]


def _offer_topics(form: forms.Form, name: str, organisation: Organisation, *, kept: Topic | None = None) -> None:
    """Offer the topics that contain no others, under the name of the one that contains them."""
    field: Any = form.fields[name]
    field.queryset = topics_of(organisation, *([kept.pk] if kept else []))
    first = [("", field.empty_label)] if getattr(field, "empty_label", None) else []
    field.choices = [*first, *topic_options(organisation, kept=kept)]


def _offer(form: forms.Form, name: str, rows: "QuerySet[Any]", label: Callable[[Any], str]) -> None:
    field: Any = form.fields[name]
    field.queryset, field.label_from_instance = rows, label


def _lines(text: str, longest: int) -> list[str]:
    return [line.strip()[:longest] for line in text.splitlines() if line.strip()]
