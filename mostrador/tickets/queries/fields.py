"""The fields of their own that organisations add to tickets."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from mostrador.organisations.models import Organisation, Topic
from mostrador.organisations.queries import TopicOption, topic_options
from mostrador.tickets.choices import FieldKind
from mostrador.tickets.models import CustomField, Ticket
from mostrador.tickets.rules.fields import Field, Option, is_empty, of_topic, words


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a ticket in words."""

    name: str
    words: str


def fields_of(organisation: Organisation) -> list[Field]:
    """Return every field of an organisation and of those above it, removed ones too, in their order. One query."""
    rows = CustomField.objects.filter(organisation__in=organisation.lineage).select_related("depends_on")
    return [as_field(row) for row in sorted(rows, key=lambda row: (row.position, row.pk))]


def rows_of(organisation: Organisation, *, removed: bool = False) -> list[CustomField]:
    """Return an organisation's own fields with their topics: those in use, or the removed ones. One query."""
    rows = CustomField.objects.filter(organisation=organisation, removed_at__isnull=not removed)
    return list(rows.select_related("topic", "depends_on").order_by("position", "pk"))


def fields_about(organisation: Organisation, topic: Topic | None) -> list[Field]:
    """Return the fields in use of a ticket about a topic. One query."""
    return of_topic(fields_of(organisation), with_parent(topic))


def asked_fields(organisation: Organisation, topic: Topic | None) -> list[Field]:
    """Return the fields that a person is asked, whose condition is asked too. One query."""
    asked: list[Field] = []
    for field in fields_about(organisation, topic):
        if field.is_asked and (not field.depends_on or field.depends_on in {each.key for each in asked}):
            asked.append(field)
    return asked


def topics_to_ask(organisation: Organisation) -> list[TopicOption]:
    """Return the topics to choose from when a person is asked more about some of them; else none. One query or two."""
    asked = CustomField.objects.filter(organisation__in=organisation.lineage, removed_at=None, is_asked=True)
    return topic_options(organisation) if asked.exclude(topic=None).exists() else []


def answers_of(ticket: Ticket) -> list[Answer]:
    """Return the answers of a ticket in words, those of removed fields too. One query, none without answers."""
    if not ticket.custom:
        return []
    language = get_language() or "es"
    known = {field.key: field for field in reversed(fields_of(ticket.organisation))}
    order = {key: place for place, key in enumerate(reversed(known))}
    rows = sorted(ticket.custom.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
    return [_answer(known.get(key), key, answer, language) for key, answer in rows if not is_empty(answer)]


def _answer(field: Field | None, key: str, answer: Any, language: str) -> Answer:
    if field is None:
        return Answer(key, str(answer))
    return Answer(field.name_in(language), words(field, answer, language))


def as_field(row: CustomField) -> Field:
    """Return a field as rules see it; what it depends on must be loaded."""
    return Field(
        key=row.key,
        kind=FieldKind(row.kind),
        names=row.names,
        hints=row.hints,
        options=_options(row.options),
        topic_id=row.topic_id,
        is_required=row.is_required,
        is_asked=row.is_asked,
        is_removed=row.removed_at is not None,
        depends_on=row.depends_on.key if row.depends_on and row.depends_on.removed_at is None else "",
        depends_value=row.depends_value,
    )


def _options(kept: Iterable[dict[str, Any]]) -> tuple[Option, ...]:
    return tuple(Option(each["key"], each["names"], bool(each.get("removed"))) for each in kept)


def with_parent(topic: Topic | None) -> list[int]:
    """Return the keys of a topic and of the one it is inside of."""
    return [key for key in (topic.pk, topic.parent_id) if key] if topic else []
