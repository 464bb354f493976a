"""What people type about the public."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    words = forms.CharField(
        label=_("Correo, teléfono o nombre"),
        max_length=250,
        min_length=3,
        error_messages={
            "required": _("Escriba un correo, un teléfono o un nombre."),
            "min_length": _("Escriba al menos tres letras."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "search"}),
    )


class ErasureForm(forms.Form):
    understood = forms.BooleanField(
        label=_("He comprobado quién es la persona y sé que esto no se puede deshacer."),
        error_messages={"required": _("Marque la casilla para suprimir los datos.")},
    )
