"""What administrators type about organisations."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mostrador.organisations import queries
from mostrador.organisations.actions.hosts import plain_host
from mostrador.organisations.choices import DayScope, Region, TimeZone, Typeface, Weekday
from mostrador.organisations.models import Organisation, Procedure, Team, Timetable, Topic
from mostrador.organisations.rules.shift_text import HoursNotUnderstood, HoursOverlap, parse_spans, spans_text
from mostrador.organisations.rules.working_time import Shift
from mostrador.shared.colours import NotAColourError, parse_hex
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import language_name
from mostrador.shared.forms import DateInput, TelephoneInput

CALENDAR_FILE_MAX_BYTES = 1_000_000

_DIR3 = re.compile(r"[A-Z]{1,2}\d{7,8}")


class DetailsForm(forms.Form):
    """An organisation's data, as `describe_organisation` takes it."""

    name = forms.CharField(label=_("Nombre completo"), max_length=160)
    short_name = forms.CharField(
        label=_("Nombre corto"), help_text=_("Para los menús y el asunto de los correos."), max_length=60
    )
    dir3_code = forms.CharField(
        label=_("Código DIR3"), help_text=_("Por ejemplo, L01280796."), max_length=9, required=False
    )
    languages = forms.MultipleChoiceField(
        label=_("Idiomas que se ofrecen"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    default_language = forms.ChoiceField(
        label=_("Idioma principal"),
        help_text=_("El de las direcciones sin idioma y el de quien no elige otro."),
        choices=settings.LANGUAGES,
    )
    region = forms.ChoiceField(
        label=_("Comunidad o ciudad autónoma"),
        help_text=_("Decide qué días inhábiles se calculan."),
        choices=[("", _("Ninguna"))],
        required=False,
    )
    time_zone = forms.ChoiceField(label=_("Hora oficial"), choices=TimeZone)
    sede_url = forms.URLField(label=_("Dirección de la sede electrónica"), required=False, assume_scheme="https")
    email = forms.EmailField(label=_("Correo de soporte"), required=False)
    phone = forms.CharField(label=_("Teléfono de soporte"), max_length=40, required=False, widget=TelephoneInput)
    postal_address = forms.CharField(label=_("Dirección postal"), max_length=250, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [("", _("Ninguna")), *Region.choices]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(organisation: Organisation) -> dict[str, Any]:
        """Return what the form shows at first."""
        return {name: getattr(organisation, name) for name in DetailsForm.base_fields}

    def clean_dir3_code(self) -> str:
        """Refuse what cannot be a code of the common directory."""
        code: str = self.cleaned_data["dir3_code"].upper().replace(" ", "")
        if code and not (_DIR3.fullmatch(code) and len(code) == 9):
            raise ValidationError(_("Un código DIR3 tiene nueve caracteres: una o dos letras y el resto cifras."))
        return code

    def clean(self) -> dict[str, Any]:
        """Refuse a main language that is not offered."""
        data = super().clean() or self.cleaned_data
        languages, default = data.get("languages"), data.get("default_language")
        if languages and default and default not in languages:
            self.add_error("default_language", _("Marque también este idioma entre los que se ofrecen."))
        return data


class NewOrganisationForm(forms.Form):
    """A body that depends on another; the rest of its data it takes from there."""

    name = forms.CharField(label=_("Nombre completo"), max_length=160)
    short_name = forms.CharField(label=_("Nombre corto"), max_length=60)
    host = forms.CharField(
        label=_("Nombre de dominio"),
        help_text=_("Donde se visitará su ayuda, por ejemplo soporte.ayuntamiento.es."),
        max_length=253,
    )
    region = forms.ChoiceField(label=_("Comunidad o ciudad autónoma"), choices=Region)
    time_zone = forms.ChoiceField(label=_("Hora oficial"), choices=TimeZone)

    def clean_host(self) -> str:
        """Reduce an address to its host name."""
        return _refusals_shown(lambda: plain_host(self.cleaned_data["host"]))


class MoveForm(forms.Form):
    """Which body an organisation depends on."""

    parent = forms.ModelChoiceField(
        label=_("Depende de"), queryset=Organisation.objects.none(), empty_label=None, required=True
    )

    def __init__(self, choices: list[Organisation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["parent"]
        field.queryset = Organisation.objects.filter(pk__in=[choice.pk for choice in choices]).order_by("name", "pk")


class HostForm(forms.Form):
    name = forms.CharField(
        label=_("Nombre de dominio"), help_text=_("Por ejemplo, soporte.ayuntamiento.es."), max_length=253
    )

    def clean_name(self) -> str:
        """Reduce an address to its host name."""
        return _refusals_shown(lambda: plain_host(self.cleaned_data["name"]))


class ColourInput(forms.TextInput):
    """The browser's own way to choose a colour."""

    input_type = "color"


class ThemeForm(forms.Form):
    accent = forms.CharField(
        label=_("Color principal"),
        help_text=_("El de botones, enlaces y foco. Se corrige lo justo para que todo el mundo pueda leerlo."),
        max_length=7,
        widget=ColourInput,
    )
    typeface = forms.ChoiceField(label=_("Tipo de letra"), choices=Typeface, widget=forms.RadioSelect)

    def clean_accent(self) -> str:
        """Refuse what is no colour."""
        try:
            return parse_hex(self.cleaned_data["accent"])
        except NotAColourError as problem:
            raise ValidationError(_("Escriba el color con seis cifras, por ejemplo #1f4f8f.")) from problem


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=_("Imagen"),
        help_text=_("PNG, JPEG o WebP de hasta 300 kB; se muestra a 40 píxeles de alto."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Nombre"), max_length=80)
    signature = forms.CharField(
        label=_("Firma de los correos"),
        help_text=_("Aparece bajo el nombre de quien responde."),
        max_length=120,
        required=False,
    )
    is_default = forms.BooleanField(
        label=_("Recibe las consultas nuevas"),
        help_text=_("Solo un equipo las recibe; si marca este, deja de hacerlo el actual."),
        required=False,
    )


class ValidityChoices:
    """When a timetable is in force."""

    ALWAYS, SEASON, DATES = "always", "season", "dates"
    CHOICES = (
        (ALWAYS, _("Todo el año: es el horario habitual")),
        (SEASON, _("Cada año, entre dos fechas")),
        (DATES, _("Una sola vez, entre dos fechas")),
    )


class TimetableForm(forms.Form):
    """A timetable: one line of hours for each day of the week."""

    name = forms.CharField(
        label=_("Nombre"), help_text=_("Por ejemplo, «Horario habitual» o «Jornada de verano»."), max_length=80
    )
    team = forms.ModelChoiceField(
        label=_("Quién trabaja así"), queryset=Team.objects.none(), empty_label=_("Toda la entidad"), required=False
    )
    validity = forms.ChoiceField(label=_("Cuándo vale"), choices=ValidityChoices.CHOICES, widget=forms.RadioSelect)
    starts_on = forms.DateField(
        label=_("Desde el día"),
        help_text=_("Si se repite cada año, el año de estas fechas no importa."),
        required=False,
        widget=DateInput,
    )
    ends_on = forms.DateField(label=_("Hasta el día, incluido"), required=False, widget=DateInput)

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["team"]
        field.queryset = queries.teams_of(organisation)
        for weekday in Weekday:
            self.fields[f"day_{weekday}"] = forms.CharField(
                label=str(weekday.label).capitalize(), max_length=120, required=False
            )

    @staticmethod
    def initial_of(timetable: Timetable) -> dict[str, Any]:
        """Return what the form shows at first."""
        dated = timetable.starts_on is not None
        validity = ValidityChoices.SEASON if timetable.repeats else ValidityChoices.DATES
        days = queries.shifts_by_weekday(timetable)
        return {
            "name": timetable.name,
            "team": timetable.team_id,
            "validity": validity if dated else ValidityChoices.ALWAYS,
            "starts_on": timetable.starts_on,
            "ends_on": timetable.ends_on,
        } | {
            f"day_{weekday}": spans_text((shift.opens, shift.closes) for shift in shifts)
            for weekday, shifts in days.items()
        }

    @property
    def day_names(self) -> list[str]:
        """Names of the seven fields, Monday first."""
        return [f"day_{weekday}" for weekday in Weekday]

    def clean(self) -> dict[str, Any]:
        """Turn the seven lines into shifts, and check the dates."""
        data = super().clean() or self.cleaned_data
        data["shifts"] = [shift for weekday in Weekday for shift in self._shifts(weekday, data)]
        if not self.errors and not data["shifts"]:
            self.add_error("day_1", _("Escriba a qué horas se atiende al menos un día."))
        self._check_dates(data)
        return data

    def _shifts(self, weekday: Weekday, data: Mapping[str, Any]) -> list[Shift]:
        try:
            spans = parse_spans(data.get(f"day_{weekday}", ""))
        except HoursNotUnderstood as problem:
            message = gettext("No se entiende «%(text)s». Escriba las horas así: 9:00-14:00, 16:00-18:30.")
            self.add_error(f"day_{weekday}", message % {"text": problem.text})
        except HoursOverlap:
            self.add_error(f"day_{weekday}", _("Dos tramos de este día se pisan. Revise las horas."))
        else:
            return [Shift(weekday, opens, closes) for opens, closes in spans]
        return []

    def _check_dates(self, data: dict[str, Any]) -> None:
        validity, starts_on, ends_on = data.get("validity"), data.get("starts_on"), data.get("ends_on")
        if validity == ValidityChoices.ALWAYS:
            data["starts_on"] = data["ends_on"] = None
            return
        for name in ("starts_on", "ends_on"):
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("Indique esta fecha."))
        if validity == ValidityChoices.DATES and starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("El último día no puede ser anterior al primero."))


class NamesForm(forms.Form):
    """A name for each language that the organisation offers; the Spanish one, or the main one, must be there."""

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [code for code, _own_name in settings.LANGUAGES if code in organisation.languages]
        self.name_codes = ["es", *(code for code in offered if code != "es")]
        own = {
            f"name_{code}": forms.CharField(
                label=gettext("Nombre en %(language)s") % {"language": language_name(code)},
                max_length=200,
                required=code == "es",
                widget=forms.TextInput(attrs={"lang": code}),
            )
            for code in self.name_codes
        }
        self.fields = own | self.fields

    @property
    def names(self) -> dict[str, str]:
        """The names typed, by language."""
        return {code: name for code in self.name_codes if (name := self.cleaned_data.get(f"name_{code}"))}

    @staticmethod
    def initial_names(names: Mapping[str, str]) -> dict[str, str]:
        """Return what the fields of names show at first."""
        return {f"name_{code}": name for code, name in names.items()}


class DayForm(NamesForm):
    on = forms.DateField(label=_("Día"), widget=DateInput)
    scope = forms.ChoiceField(label=_("Ámbito"), choices=DayScope, initial=DayScope.LOCAL)
    source = forms.CharField(
        label=_("Dónde se publicó"), help_text=_("Boletín y fecha."), max_length=200, required=False
    )

    def __init__(self, organisation: Organisation, year: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(organisation, *args, **kwargs)
        self.year = year
        self.order_fields(["on", *self.fields])
        self.fields["on"].widget.attrs |= {"min": f"{year}-01-01", "max": f"{year}-12-31"}

    def clean_on(self) -> Any:
        """Refuse a day of another year, which would not be seen on the page."""
        on = self.cleaned_data["on"]
        if on.year != self.year:
            raise ValidationError(gettext("Este calendario es el de %(year)s.") % {"year": self.year})
        return on


class CalendarFileForm(forms.Form):
    """An official calendar: a file, or lines pasted."""

    file = forms.FileField(
        label=_("Fichero CSV o iCalendar"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.ics,text/csv,text/calendar"}),
    )
    text = forms.CharField(
        label=_("O pegue aquí las líneas"),
        help_text=_("Fecha, ámbito y nombre: 15/05/2027; local; San Isidro."),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    scope = forms.ChoiceField(label=_("Ámbito de los días que no lo dicen"), choices=DayScope, initial=DayScope.LOCAL)
    source = forms.CharField(
        label=_("Dónde se publicó"), help_text=_("Boletín y fecha."), max_length=200, required=False
    )
    whole_years = forms.BooleanField(
        label=_("Trae el año entero: quitar los días calculados que no aparezcan en él"), required=False
    )

    def clean_file(self) -> Any:
        """Refuse what cannot be a calendar by its size."""
        file = self.cleaned_data["file"]
        if file and file.size > CALENDAR_FILE_MAX_BYTES:
            raise ValidationError(_("El fichero pesa más de 1 MB: no parece un calendario."))
        return file

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("file") and not data.get("text", "").strip():
            self.add_error("file", _("Elija un fichero o pegue las líneas del calendario."))
        return data

    @property
    def content(self) -> bytes:
        """What was sent; call it once."""
        file = self.cleaned_data["file"]
        return bytes(file.read()) if file else self.cleaned_data["text"].encode()


class ConfirmYearForm(forms.Form):
    source = forms.CharField(
        label=_("Dónde se publicó el calendario"),
        help_text=_("Por ejemplo, «BOP núm. 214, de 10 de noviembre de 2026»."),
        max_length=250,
    )
    checked = forms.BooleanField(label=_("He comprobado cada día con el calendario publicado"))


class _TopicField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    def label_from_instance(self, obj: Topic) -> str:
        """Return its name in the reader's language."""
        return obj.name


class TopicForm(NamesForm):
    parent = _TopicField(
        label=_("Dentro de"),
        help_text=_("Un tema puede reunir varios. Para crear uno que los reúna, deje este campo como está."),
        queryset=Topic.objects.none(),
        empty_label=_("Ninguno"),
        required=False,
    )
    team = forms.ModelChoiceField(
        label=_("Equipo que lo atiende"),
        queryset=Team.objects.none(),
        empty_label=_("El que recibe las consultas nuevas"),
        required=False,
    )
    position = forms.IntegerField(
        label=_("Orden"), help_text=_("Los temas se muestran de menor a mayor."), min_value=0, max_value=30_000
    )

    def __init__(self, organisation: Organisation, *args: Any, topic: Topic | None = None, **kwargs: Any) -> None:
        super().__init__(organisation, *args, **kwargs)
        team: Any = self.fields["team"]
        team.queryset = queries.teams_of(organisation)
        parent: Any = self.fields["parent"]
        parent.queryset = queries.possible_parents(organisation, topic)

    @staticmethod
    def initial_of(topic: Topic) -> dict[str, Any]:
        """Return what the form shows at first."""
        own = {"parent": topic.parent_id, "team": topic.team_id, "position": topic.position}
        return NamesForm.initial_names(topic.names) | own


class ProcedureForm(NamesForm):
    sia_code = forms.CharField(label=_("Código SIA"), max_length=12)
    url = forms.URLField(label=_("Dirección en la sede"), required=False, assume_scheme="https")

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(organisation, *args, **kwargs)
        self.order_fields(["sia_code", *self.fields])

    @staticmethod
    def initial_of(procedure: Procedure) -> dict[str, Any]:
        """Return what the form shows at first."""
        return NamesForm.initial_names(procedure.names) | {"sia_code": procedure.sia_code, "url": procedure.url}


class LegalPageForm(forms.Form):
    body = forms.CharField(
        label=_("Texto"),
        help_text=_(
            "Puede usar títulos (##), listas (-), negrita y enlaces de Markdown. Vacío: la página no se publica."
        ),
        max_length=60_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 24}),
    )


def _refusals_shown(check: Any) -> str:
    """Show beside the field what an action would refuse."""
    try:
        return str(check())
    except ActionRefused as refusal:
        raise ValidationError(str(refusal)) from refusal
