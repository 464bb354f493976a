"""Turn Django's form fields into plain parts that the `ui.field` macro draws, and the few widgets Django lacks.

`field_parts` looks only at the widget, so every form (ours, Django's, a package's) is drawn the same way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField


class Combobox(forms.Select):
    """A select that becomes a search-while-typing list when scripts run; without them it stays a select."""


class PickMany(forms.SelectMultiple):
    """A long list of which some are picked: found while typing when scripts run; without them it stays a list."""


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time field, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own date and time field, to the minute, in the active time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class TelephoneInput(forms.TextInput):
    """A telephone number: mobile keyboards show digits."""

    input_type = "tel"


class MultipleFileInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """Several uploaded files; cleaned to a list, empty when none was chosen."""

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        single = super().clean
        files = data if isinstance(data, (list, tuple)) else [data]
        return [cleaned for file in files or [None] if (cleaned := single(file, initial))]


# Most particular first: the first class that the widget is an instance of decides.
_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.MultipleHiddenInput, "several_hidden"),
    (forms.HiddenInput, "hidden"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (Combobox, "combobox"),
    (PickMany, "pick_many"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.MultiWidget, "several"),
    (forms.SelectDateWidget, "several"),
)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select, of radio buttons or of checkboxes."""

    value: str
    label: str
    chosen: bool
    id: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Choices that belong together; `label` is empty when the field has no groups."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class FieldParts:
    """Everything the macro needs to draw one field."""

    kind: str
    type: str
    name: str
    id: str
    label: str
    hint: str
    errors: tuple[str, ...]
    required: bool
    value: Any
    attrs: Mapping[str, Any]
    groups: tuple[OptionGroup, ...]
    parts: tuple["FieldParts", ...]
    limit: int | None
    summary: str

    @property
    def options(self) -> tuple[Option, ...]:
        """All choices without their groups."""
        return tuple(option for group in self.groups for option in group.options)


def field_parts(bound: BoundField) -> FieldParts:
    """Describe a field of a form, with what the person typed and what was wrong with it."""
    widget = bound.field.widget
    attrs = bound.build_widget_attrs({}, widget)
    if bound.auto_id and "id" not in widget.attrs:
        attrs["id"] = bound.auto_id
    context = widget.get_context(bound.html_name, bound.value(), attrs)["widget"]
    return _parts(
        widget,
        context,
        label=str(bound.label or ""),
        hint=str(bound.help_text or ""),
        errors=tuple(str(error) for error in bound.errors),
        required=bound.field.required,
        summary=_summary(bound),
    )


def _summary(bound: BoundField) -> str:
    """Return the first error as it reads away from its field: a general one ("Este campo…") needs the field's name."""
    if not bound.errors:
        return ""
    error = str(bound.errors[0])
    families = type(bound.field).__mro__
    general = {str(text) for family in families for text in vars(family).get("default_error_messages", {}).values()}
    general |= {str(getattr(validator, "message", "")) for validator in bound.field.default_validators}
    return f"{bound.label}: {error}" if error in general or _is_about_a_limit(bound) else error


def _is_about_a_limit(bound: BoundField) -> bool:
    """Tell whether the first error is Django's own about a length or a size ("Asegúrese de que este valor…")."""
    errors = bound.form.errors.as_data().get(bound.name, [])
    codes = {"max_length", "min_length", "max_value", "min_value"} - set(bound.field.error_messages)
    return bool(errors) and errors[0].code in codes


def _parts(
    widget: forms.Widget,
    context: Mapping[str, Any],
    *,
    label: str,
    hint: str = "",
    errors: Sequence[str] = (),
    required: bool = False,
    summary: str = "",
) -> FieldParts:
    kind = _kind(widget)
    attrs = dict(context["attrs"])
    identifier = str(attrs.pop("id", None) or f"id_{context['name']}")
    limit = attrs.pop("maxlength", None) if kind == "textarea" else None
    for taken in ("required", "aria-describedby", "aria-invalid", "disabled_options"):
        attrs.pop(taken, None)
    return FieldParts(
        kind=kind,
        type=str(context.get("type") or "text"),
        name=context["name"],
        id=identifier,
        label=label,
        hint=hint,
        errors=tuple(errors),
        required=required,
        value=context["value"],
        attrs={name: ("" if value is True else value) for name, value in attrs.items() if value not in (None, False)},
        groups=_groups(context.get("optgroups", ()), identifier),
        parts=_subparts(widget, context),
        limit=int(limit) if limit else None,
        summary=summary,
    )


def _kind(widget: forms.Widget) -> str:
    return next((kind for family, kind in _KINDS if isinstance(widget, family)), "input")


def _groups(optgroups: Iterable[tuple[Any, list[dict[str, Any]], int]], identifier: str) -> tuple[OptionGroup, ...]:
    groups = []
    number = 0
    for label, raw_options, _index in optgroups:
        options = []
        for raw in raw_options:
            options.append(
                Option(
                    value=str(raw["value"]),
                    label=str(raw["label"]),
                    chosen=bool(raw["selected"]),
                    id=identifier if number == 0 else f"{identifier}-{number}",  # the error summary links to the first
                    disabled=bool(raw["attrs"].get("disabled")),
                )
            )
            number += 1
        groups.append(OptionGroup(label=str(label or ""), options=tuple(options)))
    return tuple(groups)


def _subparts(widget: forms.Widget, context: Mapping[str, Any]) -> tuple[FieldParts, ...]:
    raw_parts = context.get("subwidgets", ())
    if isinstance(widget, forms.MultiWidget):
        widgets: list[forms.Widget] = list(widget.widgets)
    else:
        widgets = [forms.Select()] * len(raw_parts)
    return tuple(
        _parts(part, raw, label=str(part.attrs.get("aria-label", "")))
        for part, raw in zip(widgets, raw_parts, strict=True)
    )
