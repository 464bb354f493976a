"""What somebody fills in to write a rule of automation: when, if, then."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation
from mostrador.shared.forms import Combobox
from mostrador.shared.keys import row_key
from mostrador.tickets.choices import Deed as DeedName
from mostrador.tickets.choices import Happening, Priority
from mostrador.tickets.forms.citizen import PlainTextField
from mostrador.tickets.forms.saved_views import Builder, Choices
from mostrador.tickets.models import Rule, TaskList
from mostrador.tickets.queries.rules import keepers_of
from mostrador.tickets.rules.automation import Deed, texts_of
from mostrador.tickets.rules.conditions import Condition
from mostrador.tickets.rules.tags import LONGEST

MOST_DEEDS = 10
LONGEST_TEXT = 5000
_ROWS = {DeedName.TRANSFER: "team", DeedName.ASSIGN: "assigned_to", DeedName.SET_TOPIC: "topic"}
# Those whose value is the key of a row.
_CHOSEN = {*_ROWS, DeedName.PUT_TASKS}
_TAGS = {DeedName.ADD_TAG, DeedName.REMOVE_TAG}
_TELLING = {DeedName.TELL_ASSIGNEE, DeedName.TELL_TEAM, DeedName.TELL_SUPERVISORS}


class RuleForm(forms.Form):
    """What a rule is called, what for, who answers for it, and what it waits for."""

    name = PlainTextField(
        label=_("Nombre"),
        max_length=120,
        error_messages={"required": _("Escriba un nombre para la regla.")},
    )
    purpose = PlainTextField(
        label=_("Para qué"),
        help_text=_("Sale en el inventario de actuaciones automáticas."),
        max_length=300,
        error_messages={"required": _("Diga para qué es la regla: queda en el inventario de actuaciones automáticas.")},
    )
    responsible = forms.TypedChoiceField(
        label=_("Responsable"),
        help_text=_("Quien responde de lo que haga (artículo 41 de la Ley 40/2015)."),
        coerce=int,
        empty_value=None,
        widget=Combobox,
        error_messages={"required": _("Elija quién responde de la regla.")},
    )
    happening = forms.ChoiceField(label=_("Cuándo"), choices=Happening.choices)

    def __init__(self, organisation: Organisation, data: Any = None, *, rule: Rule | None = None, **options: Any):
        super().__init__(data, **options)
        self.keepers: dict[int, User] = {user.pk: user for user in keepers_of(organisation)}
        if rule is not None and rule.responsible is not None:
            self.keepers.setdefault(rule.responsible.pk, rule.responsible)
        responsible = self.fields["responsible"]
        if isinstance(responsible, forms.TypedChoiceField):
            names = [(str(key), user.name) for key, user in self.keepers.items()]
            responsible.choices = [("", _("Elija a alguien")), *names]

    @staticmethod
    def initial_of(rule: Rule | None, author: User) -> dict[str, Any]:
        """Return what the form of a rule begins with; whoever writes a new one answers for it unless told otherwise."""
        if rule is None:
            return {"responsible": author.pk, "happening": Happening.OPENED}
        kept = {name: getattr(rule, name) for name in ("name", "purpose", "happening")}
        return kept | {"responsible": rule.responsible_id or ""}

    def chosen(self) -> User:
        """Return who answers for it, once the form is valid."""
        return self.keepers[self.cleaned_data["responsible"]]


class RuleChoices(Choices):
    """What may be chosen in a rule: nobody looks when it is applied, so that "me" is nobody."""

    def _teams(self) -> list[tuple[str, str]]:
        return super()._teams()[1:]

    def _users(self) -> list[tuple[str, str]]:
        return super()._users()[1:]


class DeedForm(forms.Form):
    """One deed and what it needs."""

    deed = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, name: DeedName, choices: RuleChoices, *args: Any, kept: Mapping[str, str], **options: Any):
        super().__init__(*args, **options)
        self.name, self.choices, self.kept = name, choices, dict(kept)
        self.fields |= self._value_fields()

    @property
    def label(self) -> str:
        """What it does, in words."""
        return capfirst(str(self.name.label))

    @property
    def value_names(self) -> list[str]:
        """The fields that are shown."""
        return [name for name in self.fields if name != "deed"]

    def _value_fields(self) -> dict[str, forms.Field]:
        if self.name in _TAGS:
            return {"value": PlainTextField(label=_("Etiqueta"), max_length=LONGEST)}
        if self.name == DeedName.SET_PRIORITY:
            return {"value": forms.ChoiceField(label=_("Prioridad"), choices=Priority.choices, initial=Priority.NORMAL)}
        if self.name in _CHOSEN:
            return {"value": forms.ChoiceField(label=self._row_label(), choices=self._rows(), widget=Combobox)}
        if self.name == DeedName.WRITE_TO_PERSON:
            return {f"text_{code}": _text(_in_words(code), lang=code) for code in self.languages}
        if self.name == DeedName.WRITE_NOTE:
            return {"value": _text(_now("Texto de la nota"), required=True)}
        if self.name in _TELLING:
            return {"value": _text(_now("Qué se le dice, si quiere añadir algo"))}
        return {}

    @property
    def languages(self) -> list[str]:
        """Those in which people are answered."""
        offered = self.choices.organisation.languages
        return [code for code, _name in settings.LANGUAGES if code in offered]

    def _row_label(self) -> str:
        if self.name == DeedName.PUT_TASKS:
            return _now("Lista de tareas")
        return str(self.choices.fields[_ROWS[self.name]].label)

    def _rows(self) -> list[tuple[str, str]]:
        known = _task_lists(self.choices) if self.name == DeedName.PUT_TASKS else self.choices.of(_ROWS[self.name])
        keys = {key for key, _name in known}
        gone = [(key, _now("%(name)s (ya no existe)") % {"name": name}) for key, name in self.kept.items()]
        return [("", _now("Elija")), *known, *((key, name) for key, name in gone if key not in keys)]

    def clean(self) -> dict[str, Any]:
        """Ask for a text in one language at least."""
        data: dict[str, Any] = super().clean() or {}
        if self.name == DeedName.WRITE_TO_PERSON and not self.errors and not any(self._texts(data).values()):
            self.add_error(None, _now("«%(deed)s»: escriba el texto en un idioma por lo menos.") % {"deed": self.label})
        return data

    def _texts(self, data: Mapping[str, Any]) -> dict[str, str]:
        return {code: data.get(f"text_{code}", "") for code in self.languages}

    def as_deed(self) -> Deed:
        """Return the deed, once the form is valid."""
        if self.name == DeedName.WRITE_TO_PERSON:
            return Deed(self.name, self._texts(self.cleaned_data))
        value = self.cleaned_data.get("value") or None
        if self.name == DeedName.SET_PRIORITY:
            return Deed(self.name, int(value or 0))
        if self.name in _CHOSEN:
            return Deed(self.name, row_key(str(value)), dict(self._rows()).get(str(value), ""))
        return Deed(self.name, value)


def _task_lists(choices: RuleChoices) -> list[tuple[str, str]]:
    rows = TaskList.objects.filter(organisation__in=choices.organisation.lineage).order_by("name", "pk")
    return [(str(key), name) for key, name in rows.values_list("pk", "name")]


def _text(label: str, *, required: bool = False, lang: str = "") -> PlainTextField:
    attrs = {"rows": 5} | ({"lang": lang} if lang else {})
    return PlainTextField(label=label, required=required, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs=attrs))


def _in_words(code: str) -> str:
    return _now("Texto en %(language)s") % {"language": str(dict(settings.LANGUAGES)[code]).lower()}


class RuleBuilder(Builder):
    """The conditions and deeds of a rule while it is written; "deed-0-value" is a field of the first deed."""

    def __init__(self, organisation: Organisation, access: Access) -> None:
        super().__init__(organisation, access)
        self.choices: RuleChoices = RuleChoices(organisation, access)
        self.deeds: list[DeedForm] = []

    def begin(self, deeds: list[Deed]) -> None:
        """Begin with the deeds of a rule."""
        for deed in deeds:
            if deed.name in DeedName.values:
                self._add_deed(deed)

    def read(self, data: QueryDict) -> None:
        """Take what was sent, as for the conditions of a view."""
        super().read(data)
        for number in range(MOST_DEEDS):
            prefix = f"deed-{number}"
            name = data.get(f"{prefix}-deed", "")
            if name in DeedName.values and data.get("remove") != prefix:
                kept = {data.get(f"{prefix}-kept", ""): data.get(f"{prefix}-kept-name", "")}
                kept.pop("", None)
                self.deeds.append(DeedForm(DeedName(name), self.choices, data, prefix=prefix, kept=kept))
        added = data.get("deed-add", "")
        if data.get("add") == "deed" and added in DeedName.values and len(self.deeds) < MOST_DEEDS:
            self._add_deed(Deed(added))

    def _add_deed(self, deed: Deed) -> None:
        taken = {form.prefix for form in self.deeds}
        prefix = next(f"deed-{number}" for number in range(MOST_DEEDS + 1) if f"deed-{number}" not in taken)
        initial: dict[str, Any] = {"deed": deed.name} | ({} if deed.value is None else {"value": deed.value})
        if deed.name == DeedName.WRITE_TO_PERSON:
            initial |= {f"text_{code}": text for code, text in texts_of(deed.value).items()}
        kept = {str(deed.value): deed.words} if deed.words else {}
        form = DeedForm(DeedName(deed.name), self.choices, prefix=prefix, initial=initial, kept=kept)
        self.deeds.append(form)

    def is_valid(self) -> bool:
        """Tell whether every row is complete."""
        return [super().is_valid(), *(form.is_valid() for form in self.deeds)].count(False) == 0

    @property
    def errors(self) -> list[str]:
        """What is wrong with the rows, as sentences; what a field says itself is said beside it too."""
        return super().errors + [
            str(error) if name == "__all__" else _now("«%(deed)s»: %(fault)s") % {"deed": form.label, "fault": error}
            for form in self.deeds
            if form.is_bound
            for name, errors in form.errors.items()
            for error in errors
        ]

    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions that are complete."""
        return self.asked().all_of

    def ready(self) -> list[Deed]:
        """Return the deeds that are complete, in order."""
        return [form.as_deed() for form in self.deeds if form.is_valid()]
