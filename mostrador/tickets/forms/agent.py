"""What the desk types: answers, notes, and what to do with a ticket."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, validate_email
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.help_centre.models import Article
from mostrador.help_centre.queries.search import Found
from mostrador.organisations.models import Organisation, Procedure, Team, Topic
from mostrador.organisations.queries import topic_options
from mostrador.shared.forms import Combobox, DateTimeInput, MultipleFileField, MultipleFileInput
from mostrador.tickets.choices import After, State
from mostrador.tickets.forms.citizen import PlainTextField, take_files
from mostrador.tickets.models import Participant, Ticket
from mostrador.tickets.queries.conversation import procedures_for
from mostrador.tickets.queries.people_at_the_desk import where_it_may_go, who_may_handle

LONGEST_TEXT = 20_000  # characters
MOST_COPIES = 20


class AddressesField(PlainTextField):
    """Several e-mail addresses in one line, as people write them: by commas, semicolons or blanks."""

    def clean(self, value: Any) -> list[str]:
        """Return the addresses, in lower case and each once."""
        typed = re.split(r"[,;\s]+", super().clean(value) or "")
        addresses = list(dict.fromkeys(each.strip("<>").lower() for each in typed if each.strip("<>")))
        if len(addresses) > MOST_COPIES:
            raise forms.ValidationError(_("Escriba %(most)s direcciones como máximo.") % {"most": MOST_COPIES})
        for address in addresses:
            try:
                validate_email(address)
            except forms.ValidationError as error:
                words = _("«%(address)s» no es una dirección de correo. Escríbalas separadas por comas.")
                raise forms.ValidationError(words % {"address": address}) from error
        return addresses


class ReplyForm(forms.Form):
    text = PlainTextField(
        label=_("Respuesta a la persona"),
        validators=[MaxLengthValidator(LONGEST_TEXT)],  # no count below the field: nobody at the desk comes near it
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Escriba la respuesta antes de enviarla.")},
    )
    uploads = MultipleFileField(label=_("Archivos"), required=False, widget=MultipleFileInput)
    cc = forms.MultipleChoiceField(
        label=_("También lo reciben"),
        help_text=_("Quite la marca a quien no deba recibirlo."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    more_cc = AddressesField(
        label=_("Copia a"), help_text=_("Correos separados por comas."), max_length=2000, required=False
    )
    after = forms.ChoiceField(
        label=_("Después queda"),
        required=False,
        choices=[(each.value, each.label) for each in After if each != After.RESOLVED],
    )
    third_party = PlainTextField(label=_("Nombre del tercero"), max_length=120, required=False)
    send_at = forms.DateTimeField(
        label=_("Cuándo se envía"),
        required=False,
        widget=DateTimeInput,
        error_messages={"invalid": _("Escriba día y hora, por ejemplo 3/5/2026 9:00.")},
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, copies: Sequence[Participant] = (), **options: Any) -> None:
        """Take what was typed; `copies` are offered as ticked boxes, so that an answer goes to everybody."""
        everybody = {"cc": [each.address for each in copies]}
        super().__init__(data, auto_id="reply_%s", initial=everybody | options.pop("initial", {}), **options)
        take_files(self.fields["uploads"])
        cc = self.fields["cc"]
        if isinstance(cc, forms.MultipleChoiceField):
            cc.choices = [
                (each.address, f"{each.name} ({each.address})" if each.name else each.address) for each in copies
            ]
        if not copies:
            del self.fields["cc"]

    @property
    def goes_to(self) -> list[str]:
        """Whom the answer goes to besides the person, once the form is valid."""
        return list(dict.fromkeys([*self.cleaned_data.get("cc", []), *self.cleaned_data["more_cc"]]))

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen way of sending needs; "Enviar y resolver" and "Programar" are buttons of the form."""
        data: dict[str, Any] = super().clean() or {}
        data["after"] = After.RESOLVED if "resolve" in self.data else After(data.get("after") or After.PERSON)
        if data["after"] == After.THIRD_PARTY and not data.get("third_party"):
            self.add_error("third_party", _("Escriba de quién depende la consulta."))
        if "schedule" not in self.data:
            self.errors.pop("send_at", None)
            data["send_at"] = None
        elif not data.get("send_at") and "send_at" not in self.errors:
            self.add_error("send_at", _("Elija el día y la hora en que se envía."))
        return data


class NoteForm(forms.Form):
    note = PlainTextField(
        label=_("Nota interna"),
        help_text=_("Solo la lee el equipo."),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Escriba la nota antes de guardarla.")},
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id="note_%s", **options)


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(
        User.objects.none(), label=_("Quién la lleva"), required=False, empty_label=_("Nadie"), widget=Combobox
    )

    def __init__(self, ticket: Ticket, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        to = self.fields["to"]
        if isinstance(to, forms.ModelChoiceField):
            to.queryset = who_may_handle(ticket).order_by("name", "pk")


class TransferForm(forms.Form):
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Equipo que la atenderá"),
        empty_label=_("Elija un equipo"),
        widget=Combobox,
        error_messages={"required": _("Elija un equipo.")},
    )
    note = PlainTextField(
        label=_("Nota para el equipo (opcional)"),
        help_text=_("Lo que deben saber quienes la reciben. Solo la lee el equipo."),
        required=False,
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, ticket: Ticket, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        team = self.fields["team"]
        if isinstance(team, forms.ModelChoiceField):
            team.queryset = where_it_may_go(ticket).exclude(pk=ticket.team_id or 0).order_by("name", "pk")


class ProcedureField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    def label_from_instance(self, obj: Procedure) -> str:
        """Return its name in the reader's language, and its code."""
        return f"{obj.name} ({obj.sia_code})"


class AboutForm(forms.Form):
    topic = forms.TypedChoiceField(label=_("Tema"), required=False, coerce=int, empty_value=None, widget=Combobox)
    procedure = ProcedureField(
        Procedure.objects.none(), label=_("Trámite"), required=False, empty_label=_("Ninguno"), widget=Combobox
    )

    def __init__(
        self, organisation: Organisation, data: Any = None, *, about: Ticket | None = None, **options: Any
    ) -> None:
        super().__init__(data, **options)
        # What the ticket has stays, also when it is out of use or a nearer topic has taken its name.
        kept = about.topic if about else None
        topic, procedure = self.fields["topic"], self.fields["procedure"]
        if isinstance(topic, forms.TypedChoiceField) and isinstance(procedure, forms.ModelChoiceField):
            topic.choices = [("", _("Ninguno")), *topic_options(organisation, kept=kept)]
            procedure.queryset = procedures_for(organisation, kept=about.procedure_id if about else None)

    def clean_topic(self) -> Topic | None:
        """Return the topic itself: one of the choices."""
        key = self.cleaned_data["topic"]
        return Topic.objects.get(pk=key) if key else None


def device_field() -> PlainTextField:
    """Return the field for the person's computer and browser."""
    return PlainTextField(
        label=_("Equipo y navegador"),
        help_text=_("Por ejemplo, «Windows 11, Firefox»."),
        max_length=200,
        required=False,
    )


class ClassifyForm(AboutForm):
    component = PlainTextField(
        label=_("Componente"),
        help_text=_("La parte del servicio: firma, registro, notificaciones, pagos…"),
        max_length=80,
        required=False,
    )
    device = device_field()

    def __init__(self, ticket: Ticket, data: Any = None, **options: Any) -> None:
        super().__init__(ticket.organisation, data, about=ticket, **options)


class StateForm(forms.Form):
    state = forms.ChoiceField(
        label=_("De quién depende ahora"),
        choices=[
            (State.WAITING_FOR_US.value, _("De nosotros")),
            (State.WAITING_FOR_PERSON.value, _("De la persona")),
            (State.WAITING_FOR_THIRD_PARTY.value, _("De un tercero")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Elija de quién depende ahora.")},
    )
    third_party = PlainTextField(
        label=_("Nombre del tercero"),
        help_text=_("Por ejemplo, la entidad que emite el certificado. Solo si depende de un tercero."),
        max_length=120,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the third party's name where it is needed."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("state") == State.WAITING_FOR_THIRD_PARTY and not data.get("third_party"):
            self.add_error("third_party", _("Escriba de quién depende la consulta."))
        return data


class ResolveForm(forms.Form):
    article = forms.ChoiceField(
        label=_("¿Qué artículo la resolvió?"),
        help_text=_("Así sabemos qué artículos ayudan y cuáles faltan."),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, articles: list[Found], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        article = self.fields["article"]
        if isinstance(article, forms.ChoiceField):
            article.choices = [("", _("Ninguno"))] + [(str(found.article_id), found.title) for found in articles]

    def chosen(self) -> Article | None:
        """Return the article, once the form is valid."""
        key = self.cleaned_data["article"]
        return Article.objects.filter(pk=key).first() if key else None
