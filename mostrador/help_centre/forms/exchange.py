"""What editors decide when articles come in as an archive."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import Organisation, Topic
from mostrador.shared.formats import file_size


class ArchiveForm(forms.Form):
    archive = forms.FileField(
        label=_("Archivo .zip"),
        help_text=_("El de una exportación, o uno con la misma forma."),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )

    def clean_archive(self) -> Any:
        """Refuse what was too big to be kept."""
        archive = self.cleaned_data["archive"]
        if archive.size > settings.ATTACHMENT_MAX_BYTES:
            raise forms.ValidationError(
                _now(
                    "Pesa más de %(limit)s. Divídalo, o pida a quien administra el servidor que lo importe con "
                    "«mostrador import-articles»."
                )
                % {"limit": file_size(settings.ATTACHMENT_MAX_BYTES)}
            )
        return archive


class ConfirmForm(forms.Form):
    topic = forms.ModelChoiceField(
        label=_("Tema para los artículos cuyo tema no existe aquí"),
        queryset=Topic.objects.none(),
        required=False,
        empty_label=_("Ninguno: dejarlos fuera"),
    )
    publish = forms.BooleanField(
        label=_("Publicar lo que estaba publicado"),
        help_text=_("Sin revisión de otra persona. Si no lo marca, todo queda como borrador."),
        required=False,
    )

    def __init__(
        self, organisation: Organisation, *args: Any, asks_topic: bool, may_publish: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if asks_topic:
            topics = Topic.objects.filter(organisation__in=organisation.lineage, is_active=True)
            self.fields["topic"].queryset = topics.order_by("position", "pk")  # type: ignore[attr-defined]
            self.fields["topic"].label_from_instance = lambda topic: topic.name  # type: ignore[attr-defined]
        else:
            del self.fields["topic"]
        if not may_publish:
            del self.fields["publish"]
