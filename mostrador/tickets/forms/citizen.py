"""What citizens type: their question, where it happens, how to reach them, their answers and their reference.

Every form of the wizard is read from the draft, so that what was typed comes back whatever happens in between.
"""

import re
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import Organisation, Procedure, Topic
from mostrador.people.rules import normalise_phone
from mostrador.shared.forms import Combobox, DateInput, MultipleFileField, MultipleFileInput, TelephoneInput
from mostrador.shared.plain_text import plain_text
from mostrador.shared.references import normalise_reference
from mostrador.shared.uploads import told_at_once
from mostrador.tickets.choices import ContactBy, TicketKind
from mostrador.tickets.queries.drafts import procedure_choices
from mostrador.tickets.queries.fields import topics_to_ask
from mostrador.tickets.rules.kinds import rule_of

QUESTION_LENGTH = 10_000  # characters: some four printed pages
ACCEPTED_FILES = "image/*,.pdf,.txt,.log,.csv,.xml,.docx,.xlsx,.pptx,.odt,.ods,.odp"

TOO_LONG = {
    "max_length": _(
        "Ha escrito %(show_value)s caracteres y caben %(limit_value)s. Acorte el texto, o guárdelo en un archivo y "
        "adjúntelo en el paso siguiente. Lo que ha escrito sigue aquí."
    )
}


class PlainTextField(forms.CharField):
    """Text without control characters, with line feeds as line ends."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_text(value) if isinstance(value, str) else value)


def typed(form: type[forms.Form], posted: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed into the fields of a form, as it can be kept: valid or not."""
    return {name: plain_text(posted[name]) for name in form.base_fields if name in posted}


class QuestionForm(forms.Form):
    text = PlainTextField(
        label=_("Cuéntelo con sus palabras"),
        help_text=_(
            "Qué quería hacer, qué ve en la pantalla y, si aparece, el mensaje de error. "
            "No escriba contraseñas ni claves."
        ),
        max_length=QUESTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 9}),
        error_messages={"required": _("Escriba qué le ocurre; con una frase basta para empezar."), **TOO_LONG},
    )
    read = PlainTextField(required=False, widget=forms.HiddenInput)  # key of the article that led here
    error_code = PlainTextField(required=False, max_length=200, widget=forms.HiddenInput)  # of the page that led here
    search = PlainTextField(required=False, widget=forms.HiddenInput)  # key of the search that led here
    clase = PlainTextField(required=False, max_length=40, widget=forms.HiddenInput)  # word of the kind of matter

    def __init__(self, *args: Any, kind: TicketKind = TicketKind.SUPPORT, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if hint := rule_of(kind).hint:
            self.fields["text"].help_text = str(hint)


class WhereForm(forms.Form):
    procedure = forms.ChoiceField(
        label=_("¿En qué trámite?"),
        help_text=_("Si no lo sabe, déjelo como está."),
        required=False,
        widget=Combobox,
    )
    page_url = PlainTextField(
        label=_("¿En qué página?"),
        help_text=_("Copie la dirección que aparece arriba en su navegador."),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": _("La dirección es demasiado larga: caben %(limit_value)s caracteres.")},
    )
    error_code = PlainTextField(
        label=_("¿Aparece algún código o mensaje de error?"),
        help_text=_("Por ejemplo: SAF_09. Cópielo tal como aparece."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": _("El mensaje es demasiado largo: caben %(limit_value)s caracteres.")},
    )
    topic = forms.ChoiceField(
        label=_("¿De qué trata?"),
        help_text=_("Según lo que elija, le preguntaremos algún dato más."),
        required=False,
    )
    person_deadline_on = forms.DateField(
        label=_("Si tiene un plazo, ¿qué día termina?"),
        help_text=_("Nos ayuda a contestarle a tiempo. Enviar esto no detiene su plazo."),
        required=False,
        widget=DateInput,
        error_messages={"invalid": _("Escriba el día, el mes y el año: por ejemplo, 31/12/2026.")},
    )
    uploads = MultipleFileField(label=_("Archivos"), required=False, widget=MultipleFileInput)

    def __init__(
        self, *args: Any, organisation: Organisation, kind: TicketKind = TicketKind.SUPPORT, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not rule_of(kind).asks_deadline:
            del self.fields["person_deadline_on"]
        topics = topics_to_ask(organisation)
        if topics:
            cast(forms.ChoiceField, self.fields["topic"]).choices = [("", _("No lo sé u otra cosa")), *topics]
        else:
            del self.fields["topic"]
        groups = procedure_choices(organisation)
        if groups:
            cast(forms.ChoiceField, self.fields["procedure"]).choices = [
                ("", _("No lo sé o no aparece")),
                *(groups[0][1] if len(groups) == 1 else groups),
            ]
        else:
            del self.fields["procedure"]
        take_files(self.fields["uploads"])

    def clean_procedure(self) -> Procedure | None:
        """Turn the key into its row."""
        key = self.cleaned_data["procedure"]
        return Procedure.objects.filter(pk=int(key)).first() if key else None

    def clean_topic(self) -> Topic | None:
        """Turn the key into its row."""
        key = self.cleaned_data["topic"]
        return Topic.objects.filter(pk=int(key)).first() if key else None


class ContactForm(forms.Form):
    contact_by = forms.ChoiceField(
        label=_("¿Cómo quiere que le contestemos?"),
        choices=ContactBy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Elija cómo quiere que le contestemos.")},
    )
    email = forms.EmailField(
        label=_("Correo electrónico"),
        help_text=_("Le enviaremos la respuesta y un enlace para seguir la consulta."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "invalid": _("Escriba un correo como nombre@ejemplo.es; revise si falta la arroba o el final.")
        },
    )
    phone = PlainTextField(
        label=_("Teléfono"),
        help_text=_("Le llamaremos en nuestro horario de atención."),
        required=False,
        max_length=40,
        widget=TelephoneInput(attrs={"autocomplete": "tel"}),
    )
    name = PlainTextField(
        label=_("¿Cómo se llama?"),
        help_text=_("Opcional: para dirigirnos a usted."),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("¿En qué idioma quiere la respuesta?"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [(code, name) for code, name in settings.LANGUAGES if code in organisation.languages]
        field = cast(forms.ChoiceField, self.fields["language"])
        field.choices = languages
        if len(languages) == 1:
            field.widget = forms.HiddenInput()
            field.required = False

    def clean_phone(self) -> str:
        """Return the number as it is stored.

        Raises:
            ValidationError: Fewer than nine digits, or more than fifteen (ITU-T E.164).
        """
        return stored_phone(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        """Ask for the one way of reaching the person that they chose, and keep no other."""
        cleaned = super().clean() or {}
        way = cleaned.get("contact_by")
        if way == ContactBy.EMAIL and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Escriba su correo electrónico para que podamos contestarle."))
        if way == ContactBy.PHONE and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Escriba su teléfono para que podamos llamarle."))
        for field, needed_for in (("email", ContactBy.EMAIL), ("phone", ContactBy.PHONE)):
            if way and way != needed_for:
                cleaned[field] = ""
                self.errors.pop(field, None)
        return cleaned


class AnswerForm(forms.Form):
    """The citizen's answer in a conversation; a file alone is an answer too."""

    text = PlainTextField(
        label=_("Su respuesta"),
        required=False,
        max_length=QUESTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "max_length": _(
                "Ha escrito %(show_value)s caracteres y caben %(limit_value)s. Acorte el texto, o guárdelo en un "
                "archivo y adjúntelo. Lo que ha escrito sigue aquí."
            )
        },
    )
    uploads = MultipleFileField(label=_("Archivos"), required=False, widget=MultipleFileInput)
    key = forms.CharField(max_length=43, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        take_files(self.fields["uploads"])


class FindForm(forms.Form):
    reference = PlainTextField(
        label=_("Referencia"),
        help_text=_("La que le dimos al enviar la consulta; por ejemplo: 7K3-M9C-A64."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Escriba la referencia de su consulta.")},
    )
    email = forms.EmailField(
        label=_("Correo electrónico"),
        help_text=_("El mismo que nos dio en la consulta."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Escriba el correo electrónico que nos dio."),
            "invalid": _("Escriba un correo como nombre@ejemplo.es; revise si falta la arroba o el final."),
        },
    )

    def clean_reference(self) -> str:
        """Return the reference as it is stored.

        Raises:
            ValidationError: It cannot be one of ours: a character is wrong, missing or out of place.
        """
        reference = normalise_reference(self.cleaned_data["reference"])
        if reference is None:
            raise forms.ValidationError(
                _("Esa referencia no es correcta. Revise letra por letra: puede haber una cambiada o faltar alguna.")
            )
        return reference


def stored_phone(written: str) -> str:
    """Return a number as it is stored, "" when there is none.

    Raises:
        ValidationError: Fewer than nine digits, or more than fifteen (ITU-T E.164).
    """
    if written and not 9 <= len(re.sub(r"\D", "", written)) <= 15:
        raise forms.ValidationError(gettext("Escriba el número completo, con sus nueve cifras."))
    return normalise_phone(written)


def take_files(field: forms.Field) -> None:
    """Let a field take the files that we accept, and say so; a file that we do not is told at once."""
    field.widget.attrs |= {"accept": ACCEPTED_FILES, **told_at_once()}
    field.help_text = files_hint()


def files_hint() -> str:
    """Return how many files, of what kinds and how big."""
    return gettext("Capturas de pantalla o documentos: hasta %(count)s archivos de %(size)s MB cada uno.") % {
        "count": settings.ATTACHMENTS_MAX_COUNT,
        "size": settings.ATTACHMENT_MAX_BYTES // 1024 // 1024,
    }
