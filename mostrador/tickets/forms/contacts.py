"""What the desk types while somebody speaks: a call or a visit, and who speaks for whom."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mostrador.help_centre.models import Article
from mostrador.organisations.models import Organisation
from mostrador.people.choices import TitleKind
from mostrador.people.forms import clean_identity
from mostrador.people.models import Person, Representation
from mostrador.shared.forms import DateInput, TelephoneInput
from mostrador.shared.keys import row_key
from mostrador.tickets.choices import Channel, ContactBy, TicketKind
from mostrador.tickets.forms.agent import LONGEST_TEXT, AboutForm, device_field
from mostrador.tickets.forms.citizen import PlainTextField, stored_phone
from mostrador.tickets.models import Ticket

SUBJECT_LENGTH = 160  # characters
LONGEST_CALL = timedelta(hours=10)
OWN, OTHER = "own", "other"  # in whose name somebody speaks, besides the keys of those they represent


class LogForm(AboutForm):
    """A call or a visit, on one screen. Nobody is somebody known until they were picked from those who were found."""

    who = forms.CharField(
        label=_("Buscar a la persona"),
        help_text=_("Nombre, teléfono, correo, documento o referencia."),
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )
    person = forms.CharField(required=False, widget=forms.RadioSelect)
    name = PlainTextField(label=_("Nombre"), max_length=120, required=False)
    phone = PlainTextField(label=_("Teléfono"), max_length=40, required=False, widget=TelephoneInput)
    email = forms.EmailField(label=_("Correo electrónico"), required=False)
    identity = forms.CharField(
        label=_("Documento"),
        help_text=_("Solo si hace falta. Se guarda cifrado."),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    acts_for = forms.ChoiceField(label=_("¿En nombre de quién?"), required=False, widget=forms.RadioSelect)
    other_name = PlainTextField(label=_("Nombre de la otra persona u organización"), max_length=120, required=False)
    other_is_legal = forms.BooleanField(label=_("Es una organización"), required=False)
    other_identity = forms.CharField(
        label=_("Su documento"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    other_title = forms.ChoiceField(
        label=_("Con qué título"), choices=TitleKind.choices, required=False, initial=TitleKind.PRESUMED
    )
    add_to = forms.ChoiceField(label=_("¿Es sobre una consulta abierta?"), required=False, widget=forms.RadioSelect)
    channel = forms.ChoiceField(
        label=_("¿Cómo nos ha llegado?"),
        choices=[(Channel.PHONE.value, _("Por teléfono")), (Channel.IN_PERSON.value, _("En persona"))],
        widget=forms.RadioSelect,
    )
    office = PlainTextField(
        label=_("Oficina o mesa"), help_text=_("Solo si ha venido en persona."), max_length=120, required=False
    )
    minutes = forms.IntegerField(
        label=_("Minutos"),
        help_text=_("Vacío: no se cuenta el tiempo."),
        min_value=0,
        max_value=int(LONGEST_CALL.total_seconds() // 60),
        required=False,
    )
    contact_by = forms.ChoiceField(
        label=_("Cómo quiere la respuesta"),
        choices=[
            (ContactBy.EMAIL.value, _("Por correo electrónico")),
            (ContactBy.PHONE.value, _("Por teléfono")),
            (ContactBy.IN_PERSON.value, _("Vendrá en persona con la referencia")),
        ],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label=_("Idioma"))
    subject = PlainTextField(label=_("Asunto"), max_length=SUBJECT_LENGTH, required=False)
    text = PlainTextField(
        label=_("Qué nos cuenta"),
        help_text=_("La persona podrá leerlo. Lo que sea solo para el equipo va en una nota interna."),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Escriba qué le ocurre a la persona.")},
    )
    article = forms.CharField(required=False, widget=forms.RadioSelect)
    answer = PlainTextField(
        label=_("Qué se le ha dicho"),
        help_text=_("Queda como respuesta en la consulta; si quiere la respuesta por correo, le llega."),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    person_deadline_on = forms.DateField(
        label=_("Su plazo termina el"),
        help_text=_("El último día que la persona dice que tiene, si lo tiene."),
        required=False,
        widget=DateInput,
        error_messages={"invalid": _("Escriba una fecha como 31/12/2026.")},
    )
    device = device_field()
    kind = forms.ChoiceField(label=_("Clase"), choices=TicketKind.choices, required=False)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(
        self,
        organisation: Organisation,
        data: Any = None,
        *,
        person: Person | None = None,
        represented: list[Representation] | None = None,
        open_tickets: list[Ticket] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(organisation, data, **options)
        self.organisation, self.caller = organisation, person
        self.represented = {str(row.person_id): row for row in represented or []}
        self.open_tickets = {ticket.reference: ticket for ticket in open_tickets or []}
        self._offer("language", [(code, name) for code, name in settings.LANGUAGES if code in organisation.languages])
        names = [(key, row.person.name or gettext("Sin nombre")) for key, row in self.represented.items()]
        self._offer(
            "acts_for",
            [(OWN, gettext("En su propio nombre")), *names, (OTHER, gettext("De otra persona u organización"))],
        )
        known = [(reference, f"{reference} · {ticket.subject}") for reference, ticket in self.open_tickets.items()]
        self._offer("add_to", [("", gettext("No: abrir una consulta nueva")), *known])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_phone(self) -> str:
        """Return the number as it is stored.

        Raises:
            ValidationError: Too few or too many digits.
        """
        return stored_phone(self.cleaned_data["phone"])

    def clean_article(self) -> Article | None:
        """Return the article that solved it; one of another body is refused when the ticket is resolved."""
        key = row_key(self.cleaned_data["article"])
        return Article.objects.filter(pk=key).first() if key else None

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen way of answering needs, for a subject of what is new, and for who is spoken for."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("add_to"):
            self._need(data, "subject", gettext("Escriba el asunto: se ve en las listas y en los correos."))
        way = data.get("contact_by")
        if way == ContactBy.EMAIL:
            self._need(data, "email", gettext("Escriba el correo al que quiere la respuesta."))
        if way == ContactBy.PHONE:
            self._need(data, "phone", gettext("Escriba el teléfono al que quiere que le llamemos."))
        if data.get("acts_for") == OTHER:
            self._need(data, "other_name", gettext("Escriba el nombre de la persona por la que habla."))
        for name in ("identity", "other_identity"):
            try:
                data[f"{name}_kind"], data[name] = clean_identity("", data.get(name, ""))
            except ValidationError as error:
                self.add_error(name, error)
        return data

    def _need(self, data: dict[str, Any], name: str, sentence: str) -> None:
        if not data.get(name) and name not in self.errors:
            self.add_error(name, sentence)


class RepresentativeForm(forms.Form):
    """Who speaks for the person of a ticket."""

    representative = forms.ChoiceField(
        label=_("¿Quién habla por la persona?"),
        help_text=_("Las respuestas irán a quien elija."),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, representations: list[Representation], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.known = {str(row.representative_id): row for row in representations}
        representative = self.fields["representative"]
        if isinstance(representative, forms.ChoiceField):
            representative.choices = [("", gettext("Nadie: habla por sí misma"))] + [
                (key, f"{row.representative.name or gettext('Sin nombre')} ({row.get_title_display()})")
                for key, row in self.known.items()
            ]

    def chosen(self) -> Person | None:
        """Return the representative, once the form is valid."""
        row = self.known.get(self.cleaned_data["representative"])
        return row.representative if row else None


class RetentionForm(forms.Form):
    """For how many days after its closing each kind of ticket is kept."""

    def __init__(self, kinds: list[tuple[str, str]], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for kind, label in kinds:
            self.fields[kind] = forms.IntegerField(
                label=label,
                min_value=30,
                max_value=36_500,
                error_messages={"required": gettext("Escriba cuántos días.")},
            )
