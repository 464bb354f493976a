"""What the desk says of a ticket's kind, priority and terms, and what is decided about kinds and service levels."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import Organisation, Team
from mostrador.organisations.queries import teams_of
from mostrador.shared.formats import language_name
from mostrador.shared.forms import DateInput
from mostrador.tickets.choices import Impact, Priority, TicketKind, Urgency
from mostrador.tickets.forms.citizen import PlainTextField
from mostrador.tickets.models import KindSettings, ServiceLevel, Ticket
from mostrador.tickets.rules.spans import span_minutes, span_text

LONGEST_TEXT = 20_000  # characters


def _capitalised(choices: Any) -> list[tuple[Any, str]]:
    return [(value, capfirst(str(label))) for value, label in choices]


def _reason(**options: Any) -> PlainTextField:
    return PlainTextField(
        label=_("Motivo"),
        max_length=300,
        error_messages={"required": _("Escriba el motivo: queda en la consulta.")},
        **options,
    )


class ChangeKindForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Clase"), widget=forms.RadioSelect, error_messages={"required": _("Elija una clase.")}
    )
    reason = _reason(help_text=_("Los plazos se vuelven a contar desde el día en que llegó."))

    def __init__(self, ticket: Ticket, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        kind: Any = self.fields["kind"]
        kind.choices = [each for each in _capitalised(TicketKind.choices) if each[0] != ticket.kind]


class SetPriorityForm(forms.Form):
    impact = forms.TypedChoiceField(
        label=_("¿A cuántas personas afecta?"),
        choices=_capitalised(Impact.choices),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Elija a cuántas personas afecta.")},
    )
    urgency = forms.TypedChoiceField(
        label=_("¿Qué urgencia tiene?"),
        choices=_capitalised(Urgency.choices),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Elija la urgencia.")},
    )


class DeadlineForm(forms.Form):
    on = forms.DateField(
        label=_("Su plazo termina el"),
        help_text=_("El último día que la persona dice que tiene. Déjelo vacío si no tiene plazo."),
        required=False,
        widget=DateInput,
        error_messages={"invalid": _("Escriba una fecha como 31/12/2026.")},
    )


class SuspendForm(forms.Form):
    reason = _reason()
    question = PlainTextField(
        label=_("Qué le pide que aclare"),
        help_text=_("Se le envía como respuesta, en su idioma."),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Escriba qué tiene que aclarar la persona.")},
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    act = forms.CharField(initial="suspend", widget=forms.HiddenInput)


class ResumeForm(forms.Form):
    reason = _reason()
    act = forms.CharField(initial="resume", widget=forms.HiddenInput)


class ExtendForm(forms.Form):
    reason = _reason()
    text = PlainTextField(
        label=_("Qué le decimos a la persona"),
        help_text=_("La ley obliga a decírselo, con los motivos, antes de que acabe el primer plazo."),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Escriba qué le decimos a la persona.")},
    )
    act = forms.CharField(initial="extend", widget=forms.HiddenInput)


# --- Settings -----------------------------------------------------------------------------------------


class _TeamField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    def label_from_instance(self, obj: Team) -> str:
        """Return its name."""
        return obj.name


class KindForm(forms.Form):
    """How one kind is handled; a text for each language that the organisation offers."""

    is_offered = forms.BooleanField(label=_("Se ofrece al público"), required=False)
    team = _TeamField(
        Team.objects.none(),
        label=_("Equipo que la atiende"),
        required=False,
        empty_label=_("El del tema, o el que recibe las consultas nuevas"),
    )

    def __init__(self, organisation: Organisation, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        team: Any = self.fields["team"]
        team.queryset = teams_of(organisation)
        self.languages = [code for code, _name in settings.LANGUAGES if code in organisation.languages]
        for code in self.languages:
            words = {"language": language_name(code)}
            self.fields[f"acknowledgement_{code}"] = _text(_("Acuse de recibo en %(language)s") % words, rows=3)
            self.fields[f"reply_{code}"] = _text(_("Plantilla de respuesta en %(language)s") % words, rows=4)

    def values(self) -> dict[str, object]:
        """Return what is kept of it, once it is valid."""
        data = self.cleaned_data
        return {
            "is_offered": data["is_offered"],
            "team": data["team"],
            "acknowledgements": self._texts("acknowledgement"),
            "replies": self._texts("reply"),
        }

    def _texts(self, name: str) -> dict[str, str]:
        typed = {code: self.cleaned_data[f"{name}_{code}"] for code in self.languages}
        return {code: text for code, text in typed.items() if text}

    @staticmethod
    def initial_of(row: KindSettings | None, *, is_offered: bool) -> dict[str, Any]:
        """Return what the form shows at first."""
        if row is None:
            return {"is_offered": is_offered}
        texts = {f"acknowledgement_{code}": text for code, text in row.acknowledgements.items()}
        texts |= {f"reply_{code}": text for code, text in row.replies.items()}
        return texts | {"is_offered": row.is_offered, "team": row.team_id}


def _text(label: str, *, rows: int) -> PlainTextField:
    return PlainTextField(
        label=label,
        help_text=_("Vacío: el texto del programa."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class SpanField(forms.CharField):
    """A stretch of working time as people write it: "8 h", "1 h 30 min", "45 min"; cleaned to minutes or None."""

    def prepare_value(self, value: Any) -> Any:
        return span_text(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return span_minutes(typed)
        except ValueError:
            raise ValidationError(_("Escriba un tiempo como «8 h», «1 h 30 min» o «45 min».")) from None


class LevelForm(forms.Form):
    """One service level; for which tickets, what, and what happens when it is not met."""

    kind = forms.ChoiceField(label=_("Clase"), required=False)
    priority = forms.TypedChoiceField(label=_("Prioridad"), required=False, coerce=int, empty_value=None)
    team = _TeamField(Team.objects.none(), label=_("Equipo"), required=False, empty_label=_("Todos"))
    first_response_minutes = SpanField(
        label=_("Primera respuesta"),
        help_text=_("Por ejemplo «8 h» o «45 min», de horario de atención. Vacío: lo que diga el nivel más general."),
        required=False,
        max_length=20,
    )
    next_response_minutes = SpanField(label=_("Siguiente respuesta"), required=False, max_length=20)
    resolution_minutes = SpanField(
        label=_("Resolución"), help_text=_("«0» quita el objetivo."), required=False, max_length=20
    )
    pauses_for_third_party = forms.BooleanField(
        label=_("El tiempo se detiene mientras depende de un tercero"), required=False
    )
    warn_minutes = SpanField(
        label=_("Avisar a quien la lleva cuando quede"), help_text=_("«0» para no avisar."), max_length=20
    )
    tells_team = forms.BooleanField(label=_("Si vence, avisar por correo al equipo"), required=False)
    tells_supervisors = forms.BooleanField(label=_("Si vence, avisar por correo a quien supervisa"), required=False)
    raises_priority = forms.BooleanField(label=_("Si vence, subir la prioridad"), required=False)
    passes_to = _TeamField(
        Team.objects.none(), label=_("Si vence, pasarla al equipo"), required=False, empty_label=_("A ninguno")
    )

    def __init__(
        self, organisation: Organisation, data: Any = None, *, level: ServiceLevel | None = None, **options: Any
    ) -> None:
        super().__init__(data, **options)
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("Todas")), *_capitalised(TicketKind.choices)]
        priority: Any = self.fields["priority"]
        priority.choices = [("", _("Todas")), *_capitalised(Priority.choices)]
        for name in ("team", "passes_to"):
            team: Any = self.fields[name]
            team.queryset = teams_of(organisation)
        if level is not None:  # another one would be another level
            for name in ("kind", "priority", "team"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """Ask for one target at least: a level that says nothing would only be in the way."""
        data: dict[str, Any] = super().clean() or {}
        targets = ("first_response_minutes", "next_response_minutes", "resolution_minutes")
        if all(data.get(name) is None for name in targets) and not set(targets) & set(self.errors):
            self.add_error("first_response_minutes", _("Escriba al menos un objetivo."))
        return data

    @staticmethod
    def initial_of(row: ServiceLevel | None) -> dict[str, Any]:
        """Return what the form shows at first."""
        if row is None:
            return {"pauses_for_third_party": True, "warn_minutes": 60, "tells_team": True, "tells_supervisors": True}
        names = [name for name in LevelForm.base_fields if name not in ("team", "passes_to")]
        return {name: getattr(row, name) for name in names} | {"team": row.team_id, "passes_to": row.passes_to_id}
