"""What somebody fills in to put a view together: rows of field, comparison and value, and how it is shown."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation, Procedure, Team, Topic
from mostrador.organisations.queries import topics_of
from mostrador.service_status.models import Incident
from mostrador.shared.forms import DateInput, PickMany
from mostrador.tickets.actions.saved_views import MOST_CONDITIONS, Described
from mostrador.tickets.choices import ViewColumn, ViewOf, ViewSort
from mostrador.tickets.forms.citizen import PlainTextField
from mostrador.tickets.models import SavedView
from mostrador.tickets.permissions import may_share_views
from mostrador.tickets.queries.condition_fields import Field, custom_fields, described_fields
from mostrador.tickets.queries.conversation import procedures_for
from mostrador.tickets.queries.people_at_the_desk import who_works_for
from mostrador.tickets.queries.saved_views import teams_to_share_with
from mostrador.tickets.rules.conditions import (
    OPERATOR_WORDS,
    OPERATORS,
    WITH_DURATION,
    WITHOUT_VALUE,
    Condition,
    Filter,
    Kind,
    listed,
    sequence_of_two,
)
from mostrador.tickets.rules.tags import normalised
from mostrador.tickets.rules.views import MOST_COLUMNS, USUAL_COLUMNS

GROUPS = ("all", "any")
MOST_INCIDENTS = 50
_UNITS = [("d", _("días")), ("h", _("horas")), ("m", _("minutos"))]
_CHOSEN = {Kind.CHOICE, Kind.ROW, Kind.ROW_ALWAYS}
_NUMBERS = {Kind.NUMBER, Kind.SCORE}
_IN_TIME = {Kind.MOMENT, Kind.DAY}


class Choices:
    """What may be chosen for the fields of one organisation's tickets; each list is read once, when it is needed."""

    def __init__(self, organisation: Organisation, access: Access) -> None:
        self.organisation, self.access = organisation, access
        self.custom = custom_fields(organisation)
        self._known: dict[str, list[tuple[str, str]]] = {}

    @property
    def fields(self) -> dict[str, Field]:
        """All fields by name, the organisation's own last."""
        return described_fields() | self.custom

    def names(self) -> list[tuple[str, str]]:
        """Return the fields to choose from."""
        return [(name, str(field.label)) for name, field in self.fields.items()]

    def of(self, name: str) -> list[tuple[str, str]]:
        """Return the values to choose from for a field, with their words."""
        if name not in self._known:
            field = self.fields[name]
            read = {
                Team: self._teams,
                User: self._users,
                Topic: self._topics,
                Procedure: self._procedures,
                Organisation: self._organisations,
                Incident: self._incidents,
            }
            rows = read[field.rows]() if field.rows in read else [(value, str(words)) for value, words in field.options]
            self._known[name] = rows
        return self._known[name]

    def _teams(self) -> list[tuple[str, str]]:
        teams = teams_to_share_with(self.organisation).values_list("pk", "name")
        return [("my_teams", _now("Mis equipos")), *((str(pk), name) for pk, name in teams)]

    def _users(self) -> list[tuple[str, str]]:
        users = who_works_for(self.organisation).order_by("name", "pk").values_list("pk", "name")
        return [("me", _now("Yo, quien mire la vista")), *((str(pk), name) for pk, name in users)]

    def _topics(self) -> list[tuple[str, str]]:
        return [
            (str(topic.pk), f"{topic.parent.name}: {topic.name}" if topic.parent else topic.name)
            for topic in topics_of(self.organisation)
        ]

    def _procedures(self) -> list[tuple[str, str]]:
        return [(str(row.pk), f"{row.name} ({row.sia_code})") for row in procedures_for(self.organisation)]

    def _organisations(self) -> list[tuple[str, str]]:
        rows = Organisation.objects.filter(pk__in=self.access.organisation_ids()).order_by("path")
        return [(str(pk), name) for pk, name in rows.values_list("pk", "short_name")]

    def _incidents(self) -> list[tuple[str, str]]:
        rows = Incident.objects.filter(organisation__in=self.access.organisation_ids()).order_by("-began_at", "-pk")
        return [(str(pk), title) for pk, title in rows.values_list("pk", "title")[:MOST_INCIDENTS]]


class ConditionForm(forms.Form):
    """One condition: how its field compares, and with what."""

    field = forms.CharField(widget=forms.HiddenInput)
    operator = forms.ChoiceField(label=_("Comparación"))

    def __init__(self, name: str, choices: Choices, *args: Any, kept: Mapping[str, str] | None = None, **options: Any):
        super().__init__(*args, **options)
        self.name, self.choices, self.kept = name, choices, dict(kept or {})
        self.described = choices.fields[name]
        operators = OPERATORS[self.described.kind]
        self.fields["operator"] = forms.ChoiceField(
            label=_("Comparación"), choices=[(each, OPERATOR_WORDS[each]) for each in operators]
        )
        self.fields |= self._value_fields()
        for each in self.fields.values():
            each.widget.attrs["aria-label"] = f"{self.described.label}: {each.label}"

    @property
    def label(self) -> str:
        """What the field is called."""
        return str(self.described.label)

    def _value_fields(self) -> dict[str, forms.Field]:
        kind = self.described.kind
        if kind in _CHOSEN:
            known = self.choices.of(self.name)
            gone = [(value, _now("%(name)s (ya no existe)") % {"name": name}) for value, name in self._gone(known)]
            return {
                "value": forms.MultipleChoiceField(
                    label=_("Valores"), choices=[*known, *gone], required=False, widget=PickMany
                )
            }
        if kind == Kind.YES_NO:
            return {"value": forms.ChoiceField(label=_("Valor"), choices=[("true", _("Sí")), ("false", _("No"))])}
        if kind in _NUMBERS:
            return {
                "value": forms.IntegerField(label=_("Cantidad"), required=False, min_value=0, max_value=1_000_000),
                "until": forms.IntegerField(
                    label=_("Hasta, si es «entre»"), required=False, min_value=0, max_value=1_000_000
                ),
            }
        if kind in _IN_TIME:
            return {
                "value": forms.DateField(label=_("Fecha"), required=False, widget=DateInput),
                "until": forms.DateField(label=_("Hasta, si es «entre»"), required=False, widget=DateInput),
                "amount": forms.IntegerField(
                    label=_("Cuánto, si es «hace» o «dentro de»"), required=False, min_value=1, max_value=9999
                ),
                "unit": forms.ChoiceField(label=_("Unidad"), choices=_UNITS, required=False),
            }
        hint = _("Separadas por comas.") if kind == Kind.TAGS else ""
        return {"value": PlainTextField(label=_("Texto"), max_length=200, required=False, help_text=hint)}

    def _gone(self, known: list[tuple[str, str]]) -> list[tuple[str, str]]:
        values = {value for value, _name in known}
        return [(key, name) for key, name in self.kept.items() if key != "field" and key not in values]

    def clean(self) -> dict[str, Any]:
        """Ask for what the comparison needs."""
        data: dict[str, Any] = super().clean() or {}
        operator = data.get("operator", "")
        if not self.errors and operator not in WITHOUT_VALUE and self._value(data) is None:
            self.add_error(None, self._missing(operator))
        return data

    def _missing(self, operator: str) -> str:
        words = {"name": self.label}
        if operator in {"is", "is_not"} and self.described.kind in _CHOSEN:
            return _now("«%(name)s»: elija un solo valor, o use «es alguna de».") % words
        if operator == "between":
            return _now("«%(name)s»: escriba los dos extremos, el menor primero.") % words
        if operator in WITH_DURATION:
            return _now("«%(name)s»: escriba cuánto tiempo.") % words
        return _now("«%(name)s»: falta con qué comparar.") % words

    def _value(self, data: Mapping[str, Any]) -> Any:
        """Return the value as a condition keeps it, or None when something is missing."""
        operator, kind, value = data.get("operator", ""), self.described.kind, data.get("value")
        if operator in WITH_DURATION:
            return f"{data['amount']}{data.get('unit') or 'd'}" if data.get("amount") else None
        if operator == "between":
            until = data.get("until")
            are_in_order = value is not None and until is not None and value <= until
            return [_plain(value), _plain(until)] if are_in_order else None
        if kind == Kind.YES_NO:
            return value == "true"
        if kind in _CHOSEN:
            return self._chosen(operator, value or [])
        if kind == Kind.TAGS:
            tags = [tag.strip() for tag in (value or "").split(",") if tag.strip()]
            tags = [normalised(tag) for tag in tags] if self.name == "tags" else tags
            return tags or None
        return None if value in (None, "") else _plain(value)

    def _chosen(self, operator: str, values: list[str]) -> Any:
        keys = [int(each) if self.described.rows and each.isdecimal() else each for each in values]
        if operator in {"is", "is_not"}:
            return keys[0] if len(keys) == 1 else None
        return keys or None

    def condition(self) -> Condition:
        """Return the condition, once the form is valid."""
        value = None if self.cleaned_data["operator"] in WITHOUT_VALUE else self._value(self.cleaned_data)
        words = {"field": self.label}
        if self.described.rows is not None:
            known = dict(self.choices.of(self.name)) | self.kept
            words |= {str(each): known[str(each)] for each in listed(value) if str(each) in known}
        return Condition(self.name, self.cleaned_data["operator"], value, words)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def initial_of(condition: Condition, kind: Kind) -> dict[str, Any]:
    """Return what the form of a stored condition begins with."""
    initial: dict[str, Any] = {"field": condition.field, "operator": condition.operator}
    if condition.operator in WITH_DURATION:
        text = str(condition.value or "")
        return initial | {"amount": text[:-1], "unit": text[-1:]}
    if condition.operator == "between":
        first, last = sequence_of_two(condition.value)
        return initial | {"value": first, "until": last}
    if kind in _CHOSEN:
        return initial | {"value": [str(each) for each in listed(condition.value)]}
    if kind == Kind.TAGS:
        return initial | {"value": ", ".join(map(str, listed(condition.value)))}
    if kind == Kind.YES_NO:
        return initial | {"value": "true" if condition.value in {True, "true", "1"} else "false"}
    return initial | {"value": condition.value}


class ViewForm(forms.Form):
    """A view's name, for whom it is, and how it is shown."""

    name = PlainTextField(
        label=_("Nombre"), max_length=60, error_messages={"required": _("Escriba cómo se llamará la vista.")}
    )
    whose = forms.ChoiceField(label=_("Para quién"))
    of = forms.ChoiceField(label=_("Entre cuáles"), choices=ViewOf)
    sort = forms.ChoiceField(label=_("En qué orden"), choices=ViewSort)

    def __init__(self, organisation: Organisation, access: Access, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.teams = {f"team-{team.pk}": team for team in teams_to_share_with(organisation)}
        whose: list[tuple[str, Any]] = [("me", _("Solo para mí"))]
        if may_share_views(access):
            whose += [(key, _now("El equipo «%(name)s»") % {"name": team.name}) for key, team in self.teams.items()]
            whose.append(("all", _("Toda la entidad")))
        self.fields["whose"] = forms.ChoiceField(label=_("Para quién"), choices=whose)
        if len(whose) == 1:
            self.fields["whose"].widget = forms.HiddenInput()
        for number in range(1, MOST_COLUMNS + 1):
            self.fields[f"column{number}"] = forms.ChoiceField(
                label=_now("Columna %(number)s") % {"number": number},
                choices=[("", _("Ninguna")), *ViewColumn.choices],
                required=False,
            )
        self.order_fields(["name", "whose", "of", "sort"])

    @property
    def column_names(self) -> list[str]:
        """The fields of columns, in order."""
        return [f"column{number}" for number in range(1, MOST_COLUMNS + 1)]

    def chosen_columns(self) -> list[str]:
        """Return the columns that were chosen, each once, in order; once the form has been validated."""
        chosen = (self.cleaned_data.get(name) for name in self.column_names)
        return list(dict.fromkeys(column for column in chosen if column))

    def described(self, asked: Filter) -> Described:
        """Return the whole view, once the form is valid."""
        whose = self.cleaned_data["whose"]
        return Described(
            name=self.cleaned_data["name"],
            asked=asked,
            of=self.cleaned_data["of"],
            sort=self.cleaned_data["sort"],
            columns=self.chosen_columns(),
            team=self.teams.get(whose),
            is_shared=whose != "me",
        )

    @staticmethod
    def initial_of(view: SavedView | None) -> dict[str, Any]:
        """Return what the form of a view begins with; of none, what most want."""
        if view is None:
            shown: dict[str, Any] = {"whose": "me", "of": ViewOf.OPEN, "sort": ViewSort.DUE}
            columns: Iterable[str] = USUAL_COLUMNS
        else:
            whose = "me" if view.owner_id else f"team-{view.team_id}" if view.team_id else "all"
            shown = {"name": view.name, "whose": whose, "of": view.of, "sort": view.sort}
            columns = view.columns or USUAL_COLUMNS
        return shown | {f"column{number}": column for number, column in enumerate(columns, start=1)}


class Builder:
    """The conditions of a view while it is put together.

    "all-0-operator" is the field of the first of those that must all hold.
    """

    def __init__(self, organisation: Organisation, access: Access) -> None:
        self.choices = Choices(organisation, access)
        self.groups: dict[str, list[ConditionForm]] = {group: [] for group in GROUPS}

    def fill(self, asked: Filter) -> None:
        """Begin with the conditions of a view, leaving out those over fields that have gone."""
        for group, conditions in zip(GROUPS, (asked.all_of, asked.any_of), strict=True):
            for condition in conditions:
                if condition.field in self.choices.fields:
                    self._add(group, condition)

    def read(self, data: QueryDict) -> None:
        """Take what was sent: its rows, without one that is taken out, with one that is added."""
        for group in GROUPS:
            for number in range(MOST_CONDITIONS):
                prefix = f"{group}-{number}"
                name = data.get(f"{prefix}-field", "")
                if name in self.choices.fields and data.get("take_out") != prefix:
                    kept = dict(_kept_words(data, prefix))
                    self.groups[group].append(ConditionForm(name, self.choices, data, prefix=prefix, kept=kept))
            added = data.get(f"{group}-add", "")
            if data.get("add") == group and added in self.choices.fields:
                self._add(group, Condition(added, OPERATORS[self.choices.fields[added].kind][0]))

    def _add(self, group: str, condition: Condition) -> None:
        taken = {form.prefix for form in self.groups[group]}
        prefix = next(f"{group}-{number}" for number in range(MOST_CONDITIONS + 1) if f"{group}-{number}" not in taken)
        kind = self.choices.fields[condition.field].kind
        initial = initial_of(condition, kind)
        form = ConditionForm(condition.field, self.choices, prefix=prefix, initial=initial, kept=dict(condition.words))
        self.groups[group].append(form)

    def is_valid(self) -> bool:
        """Tell whether every row is complete."""
        return [form.is_valid() for forms_of in self.groups.values() for form in forms_of].count(False) == 0

    @property
    def errors(self) -> list[str]:
        """What is wrong with the rows, as sentences."""
        return [
            str(error)
            for forms_of in self.groups.values()
            for form in forms_of
            if form.is_bound
            for errors in form.errors.values()
            for error in errors
        ]

    def asked(self) -> Filter:
        """Return the conditions that are complete."""
        ready = {group: [form for form in forms_of if form.is_valid()] for group, forms_of in self.groups.items()}
        return Filter(*(tuple(form.condition() for form in ready[group]) for group in GROUPS))


def _kept_words(data: QueryDict, prefix: str) -> Iterable[tuple[str, str]]:
    """Return the names of chosen values that the form carries along because their rows may have gone."""
    return zip(data.getlist(f"{prefix}-kept"), data.getlist(f"{prefix}-kept-name"), strict=False)
