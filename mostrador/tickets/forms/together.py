"""What the desk types to work together: which ticket, what to ask, what to do."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import Team
from mostrador.service_status.models import Incident
from mostrador.shared.forms import Combobox, DateInput
from mostrador.shared.references import normalise_reference
from mostrador.tickets.actions.tickets import SUBJECT_LENGTH
from mostrador.tickets.choices import RelationChoice
from mostrador.tickets.forms.agent import LONGEST_TEXT
from mostrador.tickets.forms.citizen import PlainTextField
from mostrador.tickets.models import Message, Ticket
from mostrador.tickets.queries.incidents import running_incidents_for
from mostrador.tickets.queries.people_at_the_desk import colleagues_of, teams_to_ask
from mostrador.tickets.rules.tags import LONGEST
from mostrador.tickets.rules.together import LONGEST_DAY

QUICK_MINUTES = (5, 15, 30)


class ReferenceField(forms.CharField):
    """A reference as people write it; cleaned to how it is stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Referencia de la otra consulta"),
            max_length=40,
            error_messages={"required": _("Escriba la referencia de la otra consulta.")},
            **options,
        )

    def clean(self, value: Any) -> str:
        reference = normalise_reference(super().clean(value))
        if reference is None:
            raise forms.ValidationError(_("Una referencia tiene nueve signos, por ejemplo 7K3-M9C-A64."))
        return reference


class ReferenceForm(forms.Form):
    reference = ReferenceField()


class RelateForm(forms.Form):
    choice = forms.ChoiceField(label=_("Esta consulta…"), choices=RelationChoice, initial=RelationChoice.RELATED)
    reference = ReferenceField()


class SplitForm(forms.Form):
    subject = PlainTextField(
        label=_("Asunto de la consulta nueva"),
        max_length=SUBJECT_LENGTH,
        error_messages={"required": _("Escriba el asunto de la consulta nueva.")},
    )
    messages = forms.TypedMultipleChoiceField(
        label=_("Qué mensajes pasan a ella"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Elija al menos un mensaje.")},
    )
    email = forms.EmailField(
        label=_("Correo de la otra persona"),
        help_text=_("Solo si lo que pasa es asunto de otra persona. Leerá los mensajes elegidos."),
        required=False,
    )
    tell = forms.BooleanField(
        label=_("Enviar a la persona el acuse de recibo con la referencia nueva"), required=False, initial=True
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, messages: list[tuple[int, str]], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        field = self.fields["messages"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = messages


class OpenIncidentForm(forms.Form):
    title = PlainTextField(
        label=_("Qué ocurre, en una línea"),
        max_length=160,
        error_messages={"required": _("Escriba qué ocurre.")},
    )
    description = PlainTextField(
        label=_("Qué se sabe"),
        required=False,
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AttachForm(forms.Form):
    incident = forms.ModelChoiceField(
        Incident.objects.none(),
        label=_("Incidencia en curso"),
        empty_label=_("Elija una incidencia"),
        widget=Combobox,
        error_messages={"required": _("Elija una incidencia.")},
    )

    def __init__(self, ticket: Ticket, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        incident = self.fields["incident"]
        if isinstance(incident, forms.ModelChoiceField):
            incident.queryset = running_incidents_for(ticket).order_by("-began_at", "-pk")


class IncidentReplyForm(forms.Form):
    """A text for each language that the people of the incident's tickets read."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, counts: dict[str, int], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        names = dict(settings.LANGUAGES)
        self.languages = list(counts)
        for code, count in counts.items():
            self.fields[f"text_{code}"] = PlainTextField(
                label=__("Respuesta en %(language)s (%(count)s)")
                % {"language": str(names.get(code, code)).lower(), "count": count},
                validators=[MaxLengthValidator(LONGEST_TEXT)],
                widget=forms.Textarea(attrs={"rows": 6, "lang": code}),
                error_messages={"required": _("Escriba la respuesta en este idioma.")},
            )

    @property
    def texts(self) -> dict[str, str]:
        """What to say, by language, once the form is valid."""
        return {code: self.cleaned_data[f"text_{code}"] for code in self.languages}


class OpinionForm(forms.Form):
    of = forms.ChoiceField(
        label=_("A quién"), widget=Combobox, error_messages={"required": _("Elija a quién preguntar.")}
    )
    text = PlainTextField(
        label=_("Qué quiere saber"),
        help_text=_("Solo la lee el equipo. La consulta sigue con quien la lleva."),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Escriba qué quiere saber.")},
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, ticket: Ticket, author: User, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.people = {f"u{user.pk}": user for user in colleagues_of(ticket).exclude(pk=author.pk).order_by("name")}
        self.teams = {f"t{team.pk}": team for team in teams_to_ask(ticket).order_by("name")}
        field = self.fields["of"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", __("Elija a quién preguntar")),
                (__("Personas"), [(key, user.name) for key, user in self.people.items()]),
                (__("Equipos"), [(key, team.name) for key, team in self.teams.items()]),
            ]

    def asked(self) -> User | Team:
        """Return whom to ask, once the form is valid."""
        key = self.cleaned_data["of"]
        return self.people.get(key) or self.teams[key]


class AnswerOpinionForm(forms.Form):
    text = PlainTextField(
        label=_("Su opinión"),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Escriba su opinión antes de guardarla.")},
    )
    opinion = forms.IntegerField(widget=forms.HiddenInput)


class TaskForm(forms.Form):
    text = PlainTextField(
        label=_("Tarea"), max_length=200, error_messages={"required": _("Escriba qué hay que hacer.")}
    )
    assigned_to = forms.TypedChoiceField(label=_("Quién la hace"), required=False, coerce=int, empty_value=None)
    due_on = forms.DateField(label=_("Para el día"), required=False, widget=DateInput)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, colleagues: list[tuple[int, str]], data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id="task_%s", **options)
        assigned_to = self.fields["assigned_to"]
        if isinstance(assigned_to, forms.TypedChoiceField):
            assigned_to.choices = [("", __("Cualquiera")), *colleagues]


class TimeForm(forms.Form):
    minutes = forms.IntegerField(
        label=_("Minutos"),
        min_value=1,
        max_value=LONGEST_DAY,
        error_messages={"required": _("Escriba los minutos.")},
    )
    note = PlainTextField(label=_("En qué"), max_length=200, required=False)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id="time_%s", **options)


class TagForm(forms.Form):
    tag = PlainTextField(
        label=_("Etiqueta nueva"),
        max_length=LONGEST,
        error_messages={"required": _("Escriba la etiqueta.")},
        widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id="tag_%s", **options)


def message_label(message: Message, who: str) -> str:
    """Return how a message is named among those that may go to another ticket."""
    words = " ".join(message.text.split())
    return f"{who}: {words[:140]}{'…' if len(words) > 140 else ''}"
