"""What people type."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mostrador.feedback.choices import Score

BEST_FIRST = [(score.value, score.label) for score in reversed(Score)]


class OpinionForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("¿Qué le ha parecido la ayuda que ha recibido?"),
        choices=BEST_FIRST,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Elija una de las cinco respuestas.")},
    )
    comment = forms.CharField(
        label=_("¿Quiere añadir algo?"),
        help_text=_("Nos ayuda a mejorar. No escriba datos personales."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, chosen: str = "", **kwargs: Any) -> None:
        initial = {"score": int(chosen)} if chosen in {str(score.value) for score in Score} else {}
        super().__init__(*args, **kwargs | {"initial": initial})
