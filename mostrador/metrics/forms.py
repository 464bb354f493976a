"""Which period and team somebody wants to see."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mostrador.metrics.rules import Period
from mostrador.organisations.models import Team
from mostrador.shared.forms import DateInput

USUAL_DAYS = 30
LONGEST_DAYS = 3 * 366
# Beyond these there are no figures, and near the ends of time no period before.
EARLIEST, LATEST = MinValueValidator(date(1990, 1, 1)), MaxValueValidator(date(2100, 12, 31))
PERIODS = [
    ("7", _("Últimos 7 días")),
    ("30", _("Últimos 30 días")),
    ("90", _("Últimos 90 días")),
    ("month", _("Este mes")),
    ("last_month", _("El mes pasado")),
    ("dates", _("Entre dos fechas")),
]


class MeasuresForm(forms.Form):
    period = forms.ChoiceField(label=_("Periodo"), choices=PERIODS, required=False)
    first = forms.DateField(label=_("Desde"), required=False, widget=DateInput, validators=[EARLIEST, LATEST])
    last = forms.DateField(label=_("Hasta"), required=False, widget=DateInput, validators=[EARLIEST, LATEST])
    team = forms.ModelChoiceField(
        label=_("Equipo"), queryset=Team.objects.none(), required=False, empty_label=_("Todos los equipos")
    )

    def __init__(self, teams: list[Team], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(pk__in=[team.pk for team in teams])  # type: ignore[attr-defined]
        self.fields["team"].choices = [("", _("Todos los equipos")), *((team.pk, team.name) for team in teams)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check that two dates, when they are used, are in order and not too far apart."""
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if data.get("period") == "dates":
            if not first or not last:
                raise forms.ValidationError(_("Escriba las dos fechas del periodo."))
            if last < first:
                raise forms.ValidationError(_("La segunda fecha es anterior a la primera. Cámbielas."))
            if (last - first).days > LONGEST_DAYS:
                raise forms.ValidationError(_("El periodo es demasiado largo: como mucho, tres años."))
        return data

    def chosen_period(self) -> Period:
        """Return the period asked for; the last 30 days when the form says nothing or something wrong."""
        today = timezone.localdate()
        kind = self.cleaned_data.get("period") if self.is_valid() else ""
        if kind == "dates":
            return Period(self.cleaned_data["first"], self.cleaned_data["last"])
        if kind == "month":
            return Period(today.replace(day=1), today)
        if kind == "last_month":
            last = today.replace(day=1) - timedelta(days=1)
            return Period(last.replace(day=1), last)
        return _last_days(today, int(kind or USUAL_DAYS))

    def chosen_team(self) -> Team | None:
        """Return the team asked for, or None for all."""
        team: Team | None = self.cleaned_data.get("team") if self.is_valid() else None
        return team


def _last_days(today: date, days: int) -> Period:
    return Period(today - timedelta(days=days - 1), today)
