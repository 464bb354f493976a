"""Forms of the portal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mostrador.shared.forms import (
    Combobox,
    DateInput,
    DateTimeInput,
    MultipleFileField,
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
    password = forms.CharField(label=_("Contraseña"), widget=forms.PasswordInput)
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
    files = MultipleFileField(
        label=_("Archivos"), help_text=_("Hasta 5 archivos de 15 MB: imágenes, PDF u ofimática."), required=False
    )
