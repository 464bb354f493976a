"""What is typed around answers: prepared ones, signatures, moments, questions to third parties."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import Organisation
from mostrador.shared.formats import language_name
from mostrador.shared.forms import DateTimeInput, MultipleFileField, MultipleFileInput
from mostrador.tickets.choices import OPEN_STATES, Channel, State, TicketKind
from mostrador.tickets.forms.agent import LONGEST_TEXT
from mostrador.tickets.forms.citizen import PlainTextField, take_files
from mostrador.tickets.forms.offered import OfferedForm
from mostrador.tickets.models import Attachment, CannedReply
from mostrador.tickets.queries.third_parties import Quotable
from mostrador.tickets.rules.canned import fault_in


class MomentForm(forms.Form):
    send_at = forms.DateTimeField(
        label=_("Cuándo se envía"),
        widget=DateTimeInput,
        error_messages={
            "required": _("Elija el día y la hora en que se envía."),
            "invalid": _("Escriba día y hora, por ejemplo 3/5/2026 9:00."),
        },
    )


class SignatureForm(forms.Form):
    text = PlainTextField(
        label=_("Su firma"),
        help_text=_("Va delante de la de su equipo. Vacía, firma con su nombre."),
        max_length=200,
        required=False,
    )


class WritingRulesForm(forms.Form):
    drafts_are_readable = forms.BooleanField(
        label=_("El equipo puede leer lo que una persona aún no ha enviado"),
        help_text=_("Si no, solo se ve que está escribiendo."),
        required=False,
    )
    supervisors_listen = forms.BooleanField(
        label=_("Quien supervisa puede leer, mientras se escribe, lo que aún no se ha enviado"),
        help_text=_("El equipo lo ve avisado en cada consulta, y cada lectura queda en el registro."),
        required=False,
    )


class CannedForm(OfferedForm):
    field_order = ("title", "shortcut", "team", "topic", "kinds", "channels", "states")

    title = PlainTextField(
        label=_("Título"),
        help_text=_("Con él se busca. La persona no lo lee."),
        max_length=80,
        error_messages={"required": _("Escriba un título con el que encontrarla.")},
    )
    shortcut = forms.SlugField(
        label=_("Atajo"),
        help_text=_("Letras, números y guiones: «certificado-caducado»."),
        max_length=30,
        error_messages={
            "required": _("Escriba un atajo."),
            "invalid": _("Use solo letras sin acento, números y guiones."),
        },
    )
    kinds = forms.MultipleChoiceField(
        label=_("Clases de consulta"),
        help_text=_("Ninguna marcada: en todas."),
        required=False,
        choices=TicketKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    channels = forms.MultipleChoiceField(
        label=_("Canales"),
        help_text=_("Ninguno marcado: en todos."),
        required=False,
        choices=Channel.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    states = forms.MultipleChoiceField(
        label=_("Estados"),
        help_text=_("Ninguno marcado: en todos."),
        required=False,
        choices=[(state.value, State(state).label) for state in OPEN_STATES],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, organisation: Organisation, data: Any = None, *, reply: CannedReply | None = None, **options: Any
    ) -> None:
        super().__init__(data, initial=_initial(reply) if reply else None, auto_id="canned_%s", **options)
        self.languages = [code for code, _name in settings.LANGUAGES if code in organisation.languages]
        for code in self.languages:
            self.fields[f"text_{code}"] = PlainTextField(
                label=_now("Texto en %(language)s") % {"language": language_name(code)},
                required=False,
                validators=[MaxLengthValidator(LONGEST_TEXT), _variables],
                widget=forms.Textarea(attrs={"rows": 8, "lang": code}),
            )
        self.offer(organisation, kept_team=reply.team_id if reply else None, kept_topic=reply.topic if reply else None)

    def clean(self) -> dict[str, Any]:
        """Ask for a text in one language at least."""
        data: dict[str, Any] = super().clean() or {}
        fields = [f"text_{code}" for code in self.languages]
        if not any(data.get(name) for name in fields) and not any(name in self.errors for name in fields):
            self.add_error(fields[0], _("Escriba el texto en un idioma por lo menos."))
        return data

    def texts(self) -> dict[str, str]:
        """Return language → text, once the form is valid."""
        return {code: self.cleaned_data[f"text_{code}"] for code in self.languages}


def _initial(reply: CannedReply) -> dict[str, Any]:
    known = {name: getattr(reply, name) for name in ("title", "shortcut", "kinds", "channels", "states")}
    return known | {
        "team": reply.team_id,
        "topic": reply.topic_id,
        **{f"text_{language}": text for language, text in reply.texts.items()},
    }


def _variables(text: str) -> None:
    if fault := fault_in(text):
        raise forms.ValidationError(fault)


class ThirdPartyForm(forms.Form):
    name = PlainTextField(
        label=_("Nombre del tercero"),
        help_text=_("La persona lo verá: «Esperamos a …»."),
        max_length=120,
        error_messages={"required": _("Escriba a quién pregunta.")},
    )
    email = forms.EmailField(
        label=_("Correo electrónico"), error_messages={"required": _("Escriba el correo al que se le pregunta.")}
    )
    text = PlainTextField(
        label=_("Qué le pide"),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Escriba qué le pide.")},
    )
    messages = forms.TypedMultipleChoiceField(
        label=_("Mensajes que podrá leer"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    attached = forms.TypedMultipleChoiceField(
        label=_("Archivos que podrá abrir"),
        help_text=_("Van como están: compruebe antes qué datos tienen."),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    with_person = forms.BooleanField(
        label=_("Decirle quién es la persona"),
        help_text=_("Si no lo marca, en los mensajes no van su nombre, correos, teléfonos ni números de identidad."),
        required=False,
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, said: Sequence[Quotable], attached: Sequence[Attachment], data: Any = None, **options: Any
    ) -> None:
        super().__init__(data, auto_id="third_%s", **options)
        messages, files = self.fields["messages"], self.fields["attached"]
        if isinstance(messages, forms.TypedMultipleChoiceField) and isinstance(files, forms.TypedMultipleChoiceField):
            messages.choices = [(each.id, f"{each.who}, {each.when}: {_short(each.text)}") for each in said]
            files.choices = [(file.pk, file.name) for file in attached]
        if not attached:
            del self.fields["attached"]


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 160 else f"{words[:160].rsplit(' ', 1)[0]}…"


class ForwardForm(forms.Form):
    name = PlainTextField(
        label=_("A quién se reenvía"),
        max_length=120,
        error_messages={"required": _("Escriba a quién lo reenvía.")},
    )
    email = forms.EmailField(
        label=_("Correo electrónico"), error_messages={"required": _("Escriba el correo al que se reenvía.")}
    )
    text = PlainTextField(
        label=_("Lo que va delante"),
        required=False,
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    attached = forms.TypedMultipleChoiceField(
        label=_("Archivos"),
        help_text=_("Van como están: compruebe antes qué datos tienen."),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    with_person = forms.BooleanField(
        label=_("Decirle quién es la persona"),
        help_text=_("Si no lo marca, en el mensaje no van su nombre, correos, teléfonos ni números de identidad."),
        required=False,
    )
    waits = forms.BooleanField(
        label=_("La consulta queda pendiente de su respuesta"),
        help_text=_("Con marca o sin ella, lo que conteste llegará aquí como nota interna."),
        required=False,
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, attached: Sequence[Attachment], data: Any = None, *, may_wait: bool, **options: Any) -> None:
        super().__init__(data, auto_id="forward_%s", **options)
        files = self.fields["attached"]
        if isinstance(files, forms.TypedMultipleChoiceField):
            files.choices = [(file.pk, file.name) for file in attached]
        if not attached:
            del self.fields["attached"]
        if not may_wait:
            del self.fields["waits"]


class ThirdPartyAnswerForm(forms.Form):
    text = PlainTextField(
        label=_("Su respuesta"),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Escriba su respuesta antes de enviarla.")},
    )
    uploads = MultipleFileField(label=_("Archivos"), required=False, widget=MultipleFileInput)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        take_files(self.fields["uploads"])
