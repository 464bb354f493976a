"""What of a ticket conditions may name: its columns, what stands beside it in other tables, and own fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.db.models.fields.json import KeyTransform
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation
from mostrador.tickets.models import CustomField, Mention, Ticket, Watcher
from mostrador.tickets.rules.conditions import Kind, registered_fields

CUSTOM = "custom."
# Keys that Django would read as a comparison and not as a name.
_KEY = re.compile(r"(?!.*__)[a-z0-9_-]{1,40}")
_CUSTOM_COLUMN: Any = Ticket._meta.get_field("custom")
_NO_KEYS = frozenset(_CUSTOM_COLUMN.get_lookups()) | frozenset(KeyTransform("a", "custom").get_lookups())


@dataclass(frozen=True, slots=True)
class Field:
    """Something of a ticket that a condition may name.

    Attributes:
        path: Of the column.
        kind: What it holds.
        label: What people call it.
        rows: The table that its keys are of.
        options: Fixed values with their words.
        beside: Where it stands when it is no column of tickets: a table, and the way from there to the ticket, which
            must be indexed. `path` is then of that table; the condition holds when one of its rows fits.
    """

    path: str
    kind: Kind
    label: str | Promise
    rows: type[Model] | None = None
    options: tuple[tuple[str, str | Promise], ...] = ()
    beside: tuple[type[Model], str] | None = None


def _of(name: str, kind: Kind, label: str | Promise, path: str = "") -> Field:
    """Describe a column, with the choices of its model."""
    column: Any = Ticket._meta.get_field(name)
    if kind in {Kind.ROW, Kind.ROW_ALWAYS}:
        return Field(name, kind, label, rows=column.related_model)
    options = tuple((str(value), words) for value, words in column.choices or ())
    return Field(path or name, kind, label, options=options)


# In the order in which they are offered; those of apps above follow.
_DESCRIBED: dict[str, Field] = {
    "state": _of("state", Kind.CHOICE, _("Estado")),
    "kind": _of("kind", Kind.CHOICE, _("Clase")),
    "priority": _of("priority", Kind.CHOICE, _("Prioridad")),
    "impact": _of("impact", Kind.CHOICE, _("Impacto")),
    "urgency": _of("urgency", Kind.CHOICE, _("Urgencia")),
    "team": _of("team", Kind.ROW, _("Equipo")),
    "assigned_to": _of("assigned_to", Kind.ROW, _("Quién la lleva")),
    "watched_by": Field("user", Kind.ROW, _("Quién la sigue"), rows=User, beside=(Watcher, "ticket")),
    "mentions": Field("user", Kind.ROW, _("A quién menciona"), rows=User, beside=(Mention, "message__ticket")),
    "topic": _of("topic", Kind.ROW, _("Tema")),
    "procedure": _of("procedure", Kind.ROW, _("Trámite")),
    "organisation": _of("organisation", Kind.ROW_ALWAYS, _("Entidad")),
    "incident": _of("incident", Kind.ROW, _("Incidencia")),
    "channel": _of("channel", Kind.CHOICE, _("Canal")),
    "language": Field("language", Kind.CHOICE, _("Idioma"), options=tuple(settings.LANGUAGES)),
    "tags": _of("tags", Kind.TAGS, _("Etiquetas")),
    "subject": _of("subject", Kind.TEXT, _("Asunto")),
    "person": Field("person__name", Kind.TEXT, _("Nombre de la persona")),
    "representative": Field("representative__name", Kind.TEXT, _("Nombre de quien la representa")),
    "component": _of("component", Kind.TEXT, _("Componente")),
    "third_party": _of("third_party", Kind.TEXT, _("Tercero del que depende")),
    "error_code": _of("error_code", Kind.TEXT, _("Código de error")),
    "person_deadline_on": _of("person_deadline_on", Kind.DAY, _("Fin del plazo de la persona")),
    "due_at": _of("due_at", Kind.MOMENT, _("Vence la respuesta")),
    "legal_due_at": _of("legal_due_at", Kind.MOMENT, _("Plazo legal de respuesta")),
    "opened_at": _of("opened_at", Kind.MOMENT, _("Recibida")),
    "waiting_since": _of("waiting_since", Kind.MOMENT, _("Espera desde")),
    "last_activity_at": _of("last_activity_at", Kind.MOMENT, _("Última actividad")),
    "first_reply_at": _of("first_reply_at", Kind.MOMENT, _("Primera respuesta")),
    "resolved_at": _of("resolved_at", Kind.MOMENT, _("Resuelta")),
    "closed_at": _of("closed_at", Kind.MOMENT, _("Cerrada")),
    "reopenings": _of("reopenings", Kind.NUMBER, _("Reaperturas")),
    "transfers": _of("transfers", Kind.NUMBER, _("Cambios de equipo")),
    "public_replies": _of("public_replies", Kind.NUMBER, _("Respuestas enviadas")),
    "minutes_spent": _of("minutes_spent", Kind.NUMBER, _("Minutos dedicados")),
    "is_restricted": Field("is_restricted", Kind.YES_NO, _("Reservada")),
    "is_merged": Field("merged_into", Kind.YES_NO, _("Unida a otra")),
    "is_part": Field("parent", Kind.YES_NO, _("Forma parte de otra")),
}
_CUSTOM_KINDS = {
    "text": Kind.TEXT,
    "long_text": Kind.TEXT,
    "number": Kind.NUMBER,
    "date": Kind.DAY,
    "yes_no": Kind.YES_NO,
    "choice": Kind.CHOICE,
    "several": Kind.TAGS,
}


@cache
def described_fields() -> dict[str, Field]:
    """Return the fields that every organisation has, those that apps above keep for tickets last."""
    return _DESCRIBED | {name: import_string(path)() for name, path in registered_fields().items()}


def described(name: str, custom: Mapping[str, Field] | None = None) -> Field:
    """Return what is known of a field.

    Args:
        name: As conditions write it.
        custom: The organisation's own fields (`custom_fields`); without them any key may be asked about.

    Raises:
        KeyError: There is none.
    """
    if not name.startswith(CUSTOM):
        return described_fields()[name]
    if custom is not None:
        return custom[name]
    key = name.removeprefix(CUSTOM)
    if not _KEY.fullmatch(key) or key in _NO_KEYS:
        raise KeyError(name)
    return Field(f"custom__{key}", Kind.TEXT, key)


def custom_fields(organisation: Organisation) -> dict[str, Field]:
    """Return the fields that the organisation and those above it have added, by the names of conditions. One query."""
    rows = CustomField.objects.filter(organisation__in=organisation.lineage, removed_at__isnull=True)
    found = {}
    for row in rows.order_by("position", "pk"):
        if _KEY.fullmatch(row.key) and row.key not in _NO_KEYS:
            options = tuple((each["key"], _in_language(each["names"])) for each in row.options if "removed" not in each)
            kind = _CUSTOM_KINDS.get(row.kind, Kind.TEXT)
            found[f"{CUSTOM}{row.key}"] = Field(f"custom__{row.key}", kind, row.name, options=options)
    return found


def _in_language(names: Mapping[str, str]) -> str:
    return names.get(get_language() or "es") or names.get("es") or next(iter(names.values()), "")
