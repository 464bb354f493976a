"""What whoever supervises fills in."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mostrador.shared.forms import DateInput
from mostrador.tickets.actions.quality import MOST_DRAWN
from mostrador.tickets.choices import Criterion
from mostrador.tickets.forms.citizen import PlainTextField
from mostrador.tickets.rules.quality import BEST

USUAL_SIZE = 10
SCORES = [("2", _("Sí")), ("1", _("En parte")), ("0", _("No")), ("", _("No procede"))]


class SampleForm(forms.Form):
    """From which days, and how many."""

    since = forms.DateField(label=_("Resueltas desde"), widget=DateInput)
    until = forms.DateField(label=_("Hasta"), widget=DateInput)
    size = forms.IntegerField(label=_("Cuántas"), min_value=1, max_value=MOST_DRAWN, initial=USUAL_SIZE)

    def __init__(self, data: Any = None, **options: Any) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"since": today - timedelta(days=30), "until": today}, **options)


class ReviewForm(forms.Form):
    """The rubric, one choice for each criterion."""

    comment = PlainTextField(
        label=_("Qué conviene mantener o mejorar"),
        help_text=_("Lo leerá quien respondió."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for criterion in Criterion:
            self.fields[criterion.value] = forms.ChoiceField(
                label=criterion.label, choices=SCORES, widget=forms.RadioSelect, required=False
            )
        self.order_fields([*Criterion.values, "comment"])

    def scores(self) -> dict[Criterion, int | None]:
        """Return what was given, once the form is valid; None where it does not apply."""
        given = {criterion: self.cleaned_data[criterion.value] for criterion in Criterion}
        return {criterion: int(score) if score else None for criterion, score in given.items()}

    @staticmethod
    def initial_of(scores: dict[str, int], comment: str) -> dict[str, Any]:
        """Return what the form of a written review begins with."""
        return {name: str(score) for name, score in scores.items() if score <= BEST} | {"comment": comment}
