"""Forms of fields of an organisation's own: their answers, and the fields themselves."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.forms import NamesForm
from mostrador.organisations.models import Organisation
from mostrador.organisations.queries import topic_options
from mostrador.shared.forms import DateInput
from mostrador.tickets.choices import FieldKind
from mostrador.tickets.forms.citizen import PlainTextField
from mostrador.tickets.models import CustomField
from mostrador.tickets.queries.fields import rows_of
from mostrador.tickets.rules.fields import (
    LONG,
    NO,
    SHORT,
    WITH_OPTIONS,
    YES,
    Field,
    in_language,
    is_empty,
    key_from,
    shown,
)

PREFIX = "campo_"


class AnswersForm(forms.Form):
    """The answers to some fields. All show without scripts; those that depend on another say on which answer."""

    def __init__(
        self, fields: Sequence[Field], data: Any = None, *, answers: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        self.shown = fields
        known = {PREFIX + key: _typed(answer) for key, answer in (answers or {}).items()}
        super().__init__(data, initial=known | (options.pop("initial", None) or {}), **options)
        language = get_language() or "es"
        by_key = {field.key: field for field in fields}
        for field in fields:
            made = self.fields[PREFIX + field.key] = _form_field(field, language)
            made.label = field.name_in(language)
            made.help_text = _hint(field, by_key, language)
            if field.depends_on in by_key:
                made.required = False

    def clean(self) -> dict[str, Any]:
        """Ask for the required answers of what shows; what does not show is not an error."""
        data: dict[str, Any] = super().clean() or {}
        visible = {field.key for field in shown(self.shown, self._answers(data))}
        for field in self.shown:
            name = PREFIX + field.key
            if field.key not in visible:
                self.errors.pop(name, None)
            elif field.is_required and is_empty(data.get(name)) and name not in self.errors:
                self.add_error(name, _required(field))
        return data

    @property
    def depending(self) -> str:
        """Which field shows on which answer of which other, for the script, as JSON."""
        keys = {field.key for field in self.shown}
        rules = {
            PREFIX + field.key: f"{PREFIX}{field.depends_on}={field.depends_value}"
            for field in self.shown
            if field.depends_on in keys
        }
        return json.dumps(rules)

    def answers(self) -> dict[str, Any]:
        """Return the answers by key, as they are kept; once the form is valid."""
        return self._answers(self.cleaned_data)

    def _answers(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {field.key: _kept(field, data.get(PREFIX + field.key)) for field in self.shown}


def _form_field(field: Field, language: str) -> forms.Field:
    required: dict[str, Any] = {"required": field.is_required, "error_messages": {"required": _required(field)}}
    options = [(each.key, in_language(each.names, language)) for each in field.options if not each.is_removed]
    if field.kind == FieldKind.LONG_TEXT:
        return PlainTextField(max_length=LONG, widget=forms.Textarea(attrs={"rows": 4}), **required)
    if field.kind == FieldKind.NUMBER:
        return forms.DecimalField(
            max_digits=16,
            decimal_places=4,
            localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            **{**required, "error_messages": {**required["error_messages"], "invalid": _("Escriba un número.")}},
        )
    if field.kind == FieldKind.DATE:
        return forms.DateField(widget=DateInput, **required)
    if field.kind == FieldKind.YES_NO:
        yes_or_no = [(YES, _("Sí")), (NO, _("No"))]
        return forms.ChoiceField(choices=yes_or_no, widget=forms.RadioSelect, **required)
    if field.kind == FieldKind.CHOICE:
        if len(options) > 6 or not field.is_required:
            return forms.ChoiceField(choices=[("", _("Elija una opción")), *options], **required)
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **required)
    if field.kind == FieldKind.SEVERAL:
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **required)
    return PlainTextField(max_length=SHORT, **required)


def _required(field: Field) -> str:
    return gettext("Falta «%(name)s».") % {"name": field.name_in(get_language() or "es")}


def _hint(field: Field, by_key: Mapping[str, Field], language: str) -> str:
    hint = in_language(field.hints, language)
    above = by_key.get(field.depends_on)
    if above is None:
        return hint
    value = {YES: gettext("Sí"), NO: gettext("No")}.get(field.depends_value, field.depends_value)
    names = {option.key: in_language(option.names, language) for option in above.options}
    words = {"name": above.name_in(language), "answer": names.get(field.depends_value, value)}
    return " ".join([hint, gettext("Solo si en «%(name)s» ha contestado «%(answer)s».") % words]).strip()


def _kept(field: Field, value: Any) -> Any:
    if value in (None, "", []):
        return None
    if field.kind == FieldKind.DATE:
        return value.isoformat()
    if field.kind == FieldKind.NUMBER:
        return float(value) if value % 1 else int(value)
    return value == YES if field.kind == FieldKind.YES_NO else value


def _typed(answer: Any) -> Any:
    """Return a kept answer as its form field shows it."""
    if isinstance(answer, bool):
        return YES if answer else NO
    return answer


# --- The fields themselves ----------------------------------------------------------------------------


class FieldForm(NamesForm):
    """One field; its kind is chosen once. Options are written one a line."""

    kind = forms.ChoiceField(label=_("Tipo de respuesta"))
    topic = forms.TypedChoiceField(
        label=_("De qué tema"),
        help_text=_("Se pregunta en las consultas sobre ese tema."),
        required=False,
        coerce=int,
        empty_value=None,
    )
    options = PlainTextField(
        label=_("Opciones"),
        help_text=_("Una en cada línea; solo para listas. Otros idiomas tras una barra: «Sí | ca: Sí | eu: Bai»."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    hint = PlainTextField(label=_("Ayuda bajo la pregunta"), required=False, max_length=300)
    is_asked = forms.BooleanField(label=_("Se pregunta al público en el formulario"), required=False)
    is_required = forms.BooleanField(label=_("Es obligatorio contestarlo"), required=False)
    depends_on = forms.TypedChoiceField(label=_("Solo si contesta a"), required=False, coerce=int, empty_value=None)
    depends_value = PlainTextField(
        label=_("Con esta respuesta"),
        help_text=_("El nombre de la opción, «Sí» o «No»."),
        required=False,
        max_length=80,
    )
    position = forms.IntegerField(
        label=_("Orden"), help_text=_("Los campos se muestran de menor a mayor."), min_value=0, max_value=30_000
    )

    def __init__(self, organisation: Organisation, *args: Any, field: CustomField | None = None, **kwargs: Any) -> None:
        super().__init__(organisation, *args, **kwargs)
        self.row = field
        kind: Any = self.fields["kind"]
        kind.choices = [(value, capfirst(str(label))) for value, label in FieldKind.choices]
        kind.disabled = field is not None
        topic: Any = self.fields["topic"]
        topic.choices = [("", _("De todos")), *topic_options(organisation, kept=field.topic if field else None)]
        self.others = {row.pk: row for row in rows_of(organisation) if field is None or row.pk != field.pk}
        depends: Any = self.fields["depends_on"]
        with_answers = (*WITH_OPTIONS, FieldKind.YES_NO)
        depends.choices = [
            ("", _("Siempre")),
            *((row.pk, row.name) for row in self.others.values() if row.kind in with_answers),
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for options where they are needed, and for an answer that the other field has."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") in WITH_OPTIONS and not data.get("options"):
            self.add_error("options", _("Escriba al menos una opción."))
        above = self.others.get(data.get("depends_on") or 0)
        if above is not None:
            key = _answer_key(above, data.get("depends_value", ""))
            if key is None:
                self.add_error("depends_value", _("Ese campo no tiene esa respuesta. Escríbala como está en la lista."))
            data["depends_value"] = key or ""
        else:
            data["depends_value"] = ""
        return data

    def values(self) -> dict[str, Any]:
        """Return the columns of the field, once the form is valid."""
        data = self.cleaned_data
        before = self.row.options if self.row else []
        hints = (self.row.hints if self.row else {}) | {"es": data["hint"]}
        return {
            "names": (self.row.names if self.row else {}) | self.names,
            "kind": data["kind"],
            "topic_id": data["topic"],
            "hints": {code: text for code, text in hints.items() if text},
            "options": options_from(data["options"], before) if data["kind"] in WITH_OPTIONS else [],
            "is_asked": data["is_asked"],
            "is_required": data["is_required"],
            "depends_on": self.others.get(data["depends_on"] or 0),
            "depends_value": data["depends_value"],
            "position": data["position"],
        }

    @staticmethod
    def initial_of(row: CustomField) -> dict[str, Any]:
        """Return what the form shows at first."""
        names = ("kind", "is_asked", "is_required", "depends_value", "position")
        own = {name: getattr(row, name) for name in names}
        own |= {"topic": row.topic_id, "depends_on": row.depends_on_id, "hint": row.hints.get("es", "")}
        if row.depends_on is not None:
            own["depends_value"] = _answer_name(row.depends_on, row.depends_value)
        return NamesForm.initial_names(row.names) | own | {"options": options_text(row.options)}


def options_from(text: str, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return options as they are kept: known names keep their key, those no longer there stay as removed."""
    known = {each["names"].get("es", ""): each["key"] for each in before}
    keys = set(known.values())
    options: list[dict[str, Any]] = []
    for line in dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()):
        name, *others = [part.strip() for part in line.split("|")]
        pairs = (part.partition(":") for part in others)
        names = {"es": name} | {code.strip(): words.strip() for code, _colon, words in pairs if words.strip()}
        key = known.get(name) or key_from(name, keys)
        keys.add(key)
        options.append({"key": key, "names": names})
    here = {each["key"] for each in options}
    return options + [dict(each) | {"removed": True} for each in before if each["key"] not in here]


def options_text(options: Sequence[Mapping[str, Any]]) -> str:
    """Return options as they are typed, one a line."""
    lines = []
    for each in options:
        if not each.get("removed"):
            others = [f"{code}: {name}" for code, name in each["names"].items() if code != "es"]
            lines.append(" | ".join([each["names"].get("es", each["key"]), *others]))
    return "\n".join(lines)


def _answer_key(field: CustomField, written: str) -> str | None:
    words = written.strip().casefold()
    if field.kind == FieldKind.YES_NO:
        known = {"sí": YES, "si": YES, "no": NO}
        return (known | {gettext("Sí").casefold(): YES, gettext("No").casefold(): NO}).get(words)
    return next((each["key"] for each in field.options if each["names"].get("es", "").casefold() == words), None)


def _answer_name(field: CustomField, key: str) -> str:
    if field.kind == FieldKind.YES_NO:
        return {YES: gettext("Sí"), NO: gettext("No")}.get(key, key)
    return next((each["names"].get("es", key) for each in field.options if each["key"] == key), key)
