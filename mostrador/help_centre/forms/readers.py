"""What readers say about an article."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mostrador.help_centre.choices import NotUsefulReason


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
