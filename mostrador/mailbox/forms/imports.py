"""What is brought in of an existing mailbox."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mostrador.shared.forms import DateInput


class ImportForm(forms.Form):
    """Which folder, since when, and what becomes of it."""

    folder = forms.CharField(
        label=_("Carpeta"), help_text=_("Como la llama el servidor. La de entrada es INBOX."), max_length=200
    )
    since = forms.DateField(label=_("Desde"), help_text=_("Vacío: todo lo que hay."), required=False, widget=DateInput)
    as_history = forms.ChoiceField(
        label=_("Qué se hace con ello"),
        choices=[
            ("1", _("Se guarda como historial: consultas ya resueltas")),
            ("0", _("Se atiende: consultas que esperan respuesta")),
        ],
        widget=forms.RadioSelect,
        help_text=_("En ningún caso se escribe a nadie por ello."),
    )

    def __init__(self, data: Any = None, *, folders: list[str] | None = None) -> None:
        super().__init__(data, initial={"folder": "INBOX", "as_history": "1"})
        if folders:
            self.fields["folder"].widget = forms.Select(choices=[(name, name) for name in folders])

    def clean_since(self) -> Any:
        """Refuse days that have not come."""
        since = self.cleaned_data["since"]
        if since and since > timezone.localdate():
            raise forms.ValidationError(gettext("Ese día no ha llegado todavía."))
        return since

    def clean_as_history(self) -> bool:
        """Return whether tickets come in resolved."""
        return bool(self.cleaned_data["as_history"] == "1")
