"""Forms of the portal."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.actions.hosts import plain_host
from mostrador.organisations.choices import Region, TimeZone
from mostrador.portal.actions import FirstOffice
from mostrador.shared.errors import ActionRefused
from mostrador.shared.forms import (
    Combobox,
    DateInput,
    DateTimeInput,
    MultipleFileField,
    PickMany,
    TelephoneInput,
    TimeInput,
)

_PROCEDURES = (
    ("", _("Elija uno")),
    ("padron", _("Alta en el padrón")),
    ("licencia", _("Licencia de obras")),
    ("tasas", _("Pago de tasas")),
    ("notificaciones", _("Notificaciones")),
)


class FirstRunForm(forms.Form):
    """What the first run asks for."""

    clave = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Nombre de la entidad"), help_text=_("Por ejemplo, «Ayuntamiento de Olmedilla»."), max_length=160
    )
    short_name = forms.CharField(label=_("Nombre corto"), max_length=60)
    host = forms.CharField(
        label=_("Nombre de dominio"),
        help_text=_("Donde se visitará. En este equipo, «localhost» sirve para probar."),
        max_length=253,
    )
    languages = forms.MultipleChoiceField(
        label=_("Idiomas que se ofrecen"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    default_language = forms.ChoiceField(label=_("Idioma principal"), choices=settings.LANGUAGES)
    region = forms.ChoiceField(label=_("Comunidad o ciudad autónoma"), choices=[("", _("Elija una")), *Region.choices])
    time_zone = forms.ChoiceField(label=_("Hora oficial"), choices=TimeZone)
    team = forms.CharField(
        label=_("Nombre del equipo"), help_text=_("El que recibirá las consultas nuevas."), max_length=80
    )
    administrator_name = forms.CharField(
        label=_("Nombre"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    administrator_email = forms.EmailField(
        label=_("Correo electrónico"),
        help_text=_("Con él entrará. También recibirá el mensaje de prueba."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    # Shown again after an error: the page is never cached, and only whoever installs can see it.
    password = forms.CharField(
        label=_("Contraseña"),
        help_text=_("Al menos doce caracteres. Una frase larga es fácil de recordar."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )

    def clean_host(self) -> str:
        """Reduce an address to its host name."""
        try:
            return plain_host(self.cleaned_data["host"])
        except ActionRefused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        """Refuse a main language that is not offered and a password that is easy to guess."""
        data = super().clean() or self.cleaned_data
        if data.get("languages") and data.get("default_language") not in data["languages"]:
            self.add_error("default_language", _("Marque también este idioma entre los que se ofrecen."))
        if data.get("password"):
            owner = User(email=data.get("administrator_email", ""), name=data.get("administrator_name", ""))
            try:
                validate_password(data["password"], owner)
            except ValidationError as problem:
                self.add_error("password", problem)
        return data

    @property
    def office(self) -> FirstOffice:
        """What was typed, once it is valid."""
        return FirstOffice(**{name: value for name, value in self.cleaned_data.items() if name != "clave"})


class SpecimenForm(forms.Form):
    """One field of each kind, for the catalogue of components. It is never sent."""

    subject = forms.CharField(label=_("Asunto"), max_length=120)
    what = forms.CharField(
        label=_("¿Qué le ocurre?"),
        help_text=_("Cuéntelo con sus palabras. No escriba contraseñas."),
        widget=forms.Textarea,
        max_length=2000,
    )
    email = forms.EmailField(label=_("Correo electrónico"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(label=_("Teléfono"), required=False, widget=TelephoneInput(attrs={"autocomplete": "tel"}))
    password = forms.CharField(
        label=_("Contraseña"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    locked = forms.CharField(label=_("Referencia"), disabled=True, initial="7K3-92M-4", required=False)
    on = forms.DateField(label=_("Día"), widget=DateInput, required=False)
    at = forms.TimeField(label=_("Hora"), widget=TimeInput, required=False)
    moment = forms.DateTimeField(label=_("Día y hora"), widget=DateTimeInput, required=False)
    parts = forms.SplitDateTimeField(
        label=_("Cita"), widget=forms.SplitDateTimeWidget(date_attrs={"type": "date"}, time_attrs={"type": "time"})
    )
    way = forms.ChoiceField(
        label=_("¿Cómo prefiere que le respondamos?"),
        choices=[("email", _("Por correo")), ("phone", _("Por teléfono")), ("person", _("Iré en persona"))],
        widget=forms.RadioSelect,
    )
    used = forms.MultipleChoiceField(
        label=_("¿Qué estaba usando?"),
        help_text=_("Marque todo lo que corresponda."),
        choices=[("autofirma", "Autofirma"), ("clave", "Cl@ve"), ("dnie", "DNIe")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    read = forms.BooleanField(label=_("He leído la información de protección de datos"))
    procedure = forms.ChoiceField(label=_("Procedimiento"), choices=_PROCEDURES)
    search = forms.ChoiceField(
        label=_("Procedimiento, buscando"),
        help_text=_("Escriba una parte del nombre."),
        choices=_PROCEDURES,
        widget=Combobox,
    )
    several = forms.MultipleChoiceField(
        label=_("Procedimientos, buscando"),
        choices=_PROCEDURES[1:],
        initial=["padron"],
        widget=PickMany,
        required=False,
    )
    text = forms.CharField(label=_("Texto con formato"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    attachments = MultipleFileField(
        label=_("Archivos"), help_text=_("Hasta 5 archivos de 15 MB: imágenes, PDF u ofimática."), required=False
    )
