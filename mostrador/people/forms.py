"""What people type about the public."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import Organisation, Procedure
from mostrador.people.choices import (
    ConsentBy,
    ElectronicObligation,
    IdentityCheck,
    IdentityKind,
    PersonKind,
    PreferredContact,
    RevealReason,
    TitleKind,
)
from mostrador.people.models import Person
from mostrador.people.rules import normalise_phone, readable_phone
from mostrador.people.rules.identity import is_valid_identity, kind_of_identity, normalise_identity
from mostrador.shared.file_types import FileRefused
from mostrador.shared.forms import Combobox, DateInput, TelephoneInput
from mostrador.shared.uploads import CheckedUpload, check_upload

WRONG_IDENTITY = _("El documento no es correcto: revise el número y la letra, por ejemplo 12345678Z.")
LONGEST_NOTES = 2000  # characters


def clean_identity(kind: str, text: str) -> tuple[str, str]:
    """Return the kind and the number of an identity document as they are kept; empty when nothing was typed.

    Raises:
        ValidationError: Its form or its control letter is wrong.
    """
    number = normalise_identity(text)
    if not number:
        return "", ""
    kind = kind or kind_of_identity(number) or IdentityKind.PASSPORT
    if not is_valid_identity(kind, number):
        raise ValidationError(WRONG_IDENTITY)
    return kind, number


class SearchForm(forms.Form):
    words = forms.CharField(
        label=_("Correo, teléfono, documento o nombre"),
        max_length=250,
        min_length=3,
        error_messages={
            "required": _("Escriba un correo, un teléfono, un documento o un nombre."),
            "min_length": _("Escriba al menos tres letras."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "search"}),
    )


class PersonForm(forms.Form):
    """Everything that the desk may correct of somebody."""

    kind = forms.ChoiceField(label=_("Es una"), choices=PersonKind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Nombre y apellidos, o nombre de la organización"), max_length=120, required=False)
    email = forms.EmailField(label=_("Correo electrónico"), required=False)
    phone = forms.CharField(label=_("Teléfono"), max_length=40, required=False, widget=TelephoneInput)
    identity_kind = forms.ChoiceField(
        label=_("Documento"), choices=[("", _("El que corresponda al número")), *IdentityKind.choices], required=False
    )
    identity = forms.CharField(
        label=_("Número del documento"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    forget_identity = forms.BooleanField(label=_("Quitar el documento que consta"), required=False)
    language = forms.ChoiceField(label=_("Idioma"))
    preferred_contact = forms.ChoiceField(
        label=_("Cómo prefiere que la contactemos"), choices=PreferredContact.choices, required=False
    )
    electronic_obligation = forms.ChoiceField(
        label=_("¿Debe relacionarse por medios electrónicos?"),
        help_text=_("A quien debe hacerlo no se le deriva al papel ni se firma por ella."),
        choices=ElectronicObligation.choices,
        required=False,
    )
    notes = forms.CharField(
        label=_("Notas"),
        help_text=_("Lo que conviene saber antes de hablar con ella. La persona puede pedir leerlo."),
        required=False,
        validators=[MaxLengthValidator(LONGEST_NOTES)],
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, person: Person, data: Any = None, **options: Any) -> None:
        initial = {name: getattr(person, name) for name in self.base_fields if hasattr(person, name)}
        super().__init__(data, initial=initial | {"phone": readable_phone(person.phone)}, **options)
        language = self.fields["language"]
        if isinstance(language, forms.ChoiceField):
            codes = {*person.organisation.languages, person.language}
            language.choices = [(code, name) for code, name in settings.LANGUAGES if code in codes]
        if person.identity_sealed:
            self.fields["identity"].help_text = gettext("Consta %(masked)s. Escriba otro solo para cambiarlo.") % {
                "masked": person.masked_identity
            }
        else:
            del self.fields["forget_identity"]

    def clean_phone(self) -> str:
        """Return the number as it is stored.

        Raises:
            ValidationError: Too few digits.
        """
        number = normalise_phone(self.cleaned_data["phone"])
        if number and len(number) < 7:
            raise ValidationError(gettext("Escriba el número completo, por ejemplo 600 112 233."))
        return number

    def clean(self) -> dict[str, Any]:
        """Find out which document it is, and whether its letter is right."""
        data: dict[str, Any] = super().clean() or {}
        try:
            data["identity_kind"], number = clean_identity(data.get("identity_kind", ""), data.get("identity", ""))
        except ValidationError as error:
            self.add_error("identity", error)
            return data
        data["identity"] = number if number or data.pop("forget_identity", False) else None
        data.pop("forget_identity", None)
        return data


class RevealForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Para qué necesita el número completo"),
        help_text=_("Queda en el registro, con su nombre y la hora."),
        choices=RevealReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Diga para qué lo necesita.")},
    )


class HoldForm(forms.Form):
    held_until = forms.DateField(
        label=_("Conservar hasta"), required=False, widget=DateInput, help_text=_("Déjelo vacío para dejar de hacerlo.")
    )
    hold_reason = forms.CharField(
        label=_("Por qué"),
        help_text=_("Por ejemplo: recurso contencioso 12/2026."),
        max_length=200,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A day needs its reason, and it must be to come."""
        data: dict[str, Any] = super().clean() or {}
        until = data.get("held_until")
        if until and until < timezone.localdate():
            self.add_error("held_until", gettext("Ese día ya ha pasado. Elija otro."))
        if until and not data.get("hold_reason", "").strip():
            self.add_error("hold_reason", gettext("Escriba por qué hay que conservarlos."))
        return data


class CopyForm(forms.Form):
    identity_check = forms.ChoiceField(
        label=_("¿Cómo sabe que lo pide la persona?"),
        choices=IdentityCheck.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Diga cómo ha comprobado quién lo pide.")},
    )


class ErasureForm(CopyForm):
    forced_because = forms.CharField(
        label=_("Motivo para suprimir sin esperar"),
        help_text=_("Queda en el informe de la supresión. No escriba datos de la persona."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    understood = forms.BooleanField(
        label=_("He comprobado quién es la persona y sé que esto no se puede deshacer."),
        error_messages={"required": _("Marque la casilla para suprimir los datos.")},
    )

    def __init__(self, data: Any = None, *, is_held: bool, **options: Any) -> None:
        super().__init__(data, **options)
        if not is_held:
            del self.fields["forced_because"]
        else:
            self.fields["forced_because"].required = True
            self.fields["forced_because"].error_messages["required"] = gettext(
                "Escriba por qué no se puede esperar, o deje la supresión para más adelante."
            )


class RepresentationForm(forms.Form):
    """Who acts for whom; the other person is found by what was typed."""

    side = forms.ChoiceField(
        label=_("Qué anota"),
        choices=[("by", _("Quién la representa")), ("of", _("A quién representa"))],
        widget=forms.RadioSelect,
        initial="by",
    )
    name = forms.CharField(label=_("Nombre de la otra persona u organización"), max_length=120)
    is_legal = forms.BooleanField(label=_("Es una organización"), required=False)
    identity = forms.CharField(
        label=_("Su documento"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(label=_("Su correo electrónico"), required=False)
    phone = forms.CharField(label=_("Su teléfono"), max_length=40, required=False, widget=TelephoneInput)
    title = forms.ChoiceField(label=_("Con qué título"), choices=TitleKind.choices)
    since = forms.DateField(label=_("Desde"), required=False, widget=DateInput)
    until = forms.DateField(label=_("Hasta"), required=False, widget=DateInput)
    evidence = forms.CharField(
        label=_("Cómo se acreditó"),
        help_text=_("Qué documento se vio y dónde está. Por ejemplo: inscrita en el registro de apoderamientos."),
        max_length=300,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Check the document, that the other can be found again, and the order of the days."""
        data: dict[str, Any] = super().clean() or {}
        try:
            data["identity_kind"], data["identity"] = clean_identity("", data.get("identity", ""))
        except ValidationError as error:
            self.add_error("identity", error)
        if not self.errors and not (data["identity"] or data["email"] or data["phone"]):
            self.add_error("identity", gettext("Escriba su documento, su correo o su teléfono: hace falta uno."))
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", gettext("Termina antes de empezar. Revise las fechas."))
        return data


class MergeForm(forms.Form):
    """Which value of two records is kept, for each that differs."""

    def __init__(self, differing: Iterable[tuple[str, str, str, str]], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for name, label, kept, gone in differing:
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("kept", kept or gettext("(vacío)")), ("gone", gone or gettext("(vacío)"))],
                initial="kept" if kept else "gone",
                widget=forms.RadioSelect,
                required=False,
            )

    def from_gone(self) -> list[str]:
        """Return the names of the values that come from the record that is joined, once the form is valid."""
        return [name for name, value in self.cleaned_data.items() if value == "gone"]


class ProcedureField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    def label_from_instance(self, obj: Procedure) -> str:
        """Return its name in the reader's language, and its code."""
        return f"{obj.name} ({obj.sia_code})"


class ScopeForm(forms.Form):
    """What for somebody is helped: the consent is written from it."""

    procedure = ProcedureField(
        Procedure.objects.none(), label=_("Trámite"), required=False, empty_label=_("Otro"), widget=Combobox
    )
    scope = forms.CharField(
        label=_("Para qué consiente"),
        help_text=_("Con precisión: «presentar la solicitud de la ayuda al alquiler». Aparece en el documento."),
        max_length=300,
        error_messages={"required": _("Escriba para qué consiente: el consentimiento vale solo para eso.")},
    )
    office = forms.CharField(label=_("Oficina o mesa"), max_length=120, required=False)
    ticket_reference = forms.CharField(required=False, max_length=11, widget=forms.HiddenInput)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, organisation: Organisation, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        procedure = self.fields["procedure"]
        if isinstance(procedure, forms.ModelChoiceField):
            offered = Procedure.objects.filter(organisation__in=organisation.lineage, is_active=True)
            procedure.queryset = offered.order_by("sia_code", "pk")


class AssistanceForm(ScopeForm):
    """How somebody said yes to the text that they were shown."""

    consent_by = forms.ChoiceField(
        label=_("¿Cómo ha consentido?"),
        choices=ConsentBy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Diga cómo ha consentido.")},
    )
    scan = forms.FileField(
        label=_("Documento firmado"), help_text=_("Escaneado o fotografiado. Solo si firmó en papel."), required=False
    )
    identified = forms.BooleanField(
        label=_("La persona se ha identificado ante mí y ha leído, o le he leído, el texto en su idioma."),
        error_messages={"required": _("Sin identificarse y conocer el texto no hay consentimiento.")},
    )

    def __init__(self, organisation: Organisation, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(organisation, data, files=files, **options)
        self.fields["scan"].widget.attrs["accept"] = "image/*,.pdf"
        self.fields["procedure"].widget = forms.HiddenInput()
        self.fields["scope"].widget = forms.HiddenInput()
        self.fields["office"].widget = forms.HiddenInput()

    def clean_scan(self) -> CheckedUpload | None:
        """Return the checked file.

        Raises:
            ValidationError: It is empty, too big, or neither a picture nor a PDF.
        """
        file = self.cleaned_data["scan"]
        if file is None:
            return None
        try:
            return check_upload(file)
        except FileRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
