"""Fields of an organisation's own: which of them show, and what their answers mean.

Answers are kept as JSON has them: texts and keys of options as text, numbers, "2026-03-02", true or false, lists of
keys.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from mostrador.shared.formats import exact_date, number
from mostrador.tickets.choices import FieldKind

WITH_OPTIONS = (FieldKind.CHOICE, FieldKind.SEVERAL)
# How long a short text may be, in characters, and a long one.
SHORT, LONG = 200, 4000
YES, NO = "si", "no"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a list; a removed one stays readable but is not offered."""

    key: str
    names: Mapping[str, str]
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field as rules see it.

    Attributes:
        topic_id: Of which topic; None for all.
        depends_on: Key of the field on whose answer it depends, "" for none.
        depends_value: That answer: the key of an option, or "si" or "no".
    """

    key: str
    kind: FieldKind
    names: Mapping[str, str]
    hints: Mapping[str, str]
    options: tuple[Option, ...] = ()
    topic_id: int | None = None
    is_required: bool = False
    is_asked: bool = False
    is_removed: bool = False
    depends_on: str = ""
    depends_value: str = ""

    def name_in(self, language: str) -> str:
        """Return its name in a language, else in Spanish, else any."""
        return in_language(self.names, language)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return a text in a language, else in Spanish, else any; "" when there is none."""
    return texts.get(language) or texts.get("es") or next(iter(texts.values()), "")


def of_topic(fields: Iterable[Field], topic_ids: Iterable[int]) -> list[Field]:
    """Return the fields in use of tickets about a topic: those of all, of the topic, and of the one it is inside of."""
    wanted = set(topic_ids)
    return [field for field in fields if not field.is_removed and (field.topic_id is None or field.topic_id in wanted)]


def shows(field: Field, answers: Mapping[str, Any]) -> bool:
    """Tell whether a field shows, given the other answers."""
    if not field.depends_on:
        return True
    answer = answers.get(field.depends_on)
    if isinstance(answer, bool):
        return field.depends_value == (YES if answer else NO)
    return field.depends_value in answer if isinstance(answer, list) else field.depends_value == answer


def shown(fields: Iterable[Field], answers: Mapping[str, Any]) -> list[Field]:
    """Return the fields that show; one that depends on a field that does not show does not either."""
    seen: list[Field] = []
    visible = dict(answers)
    for field in fields:
        if shows(field, visible):
            seen.append(field)
        else:
            visible.pop(field.key, None)
    return seen


def kept(fields: Iterable[Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers to be kept: of fields that show, without the empty ones."""
    return {field.key: answers[field.key] for field in shown(fields, answers) if not is_empty(answers.get(field.key))}


def is_empty(answer: Any) -> bool:
    """Tell whether nothing was answered; "no" is an answer."""
    return answer is None or answer == "" or answer == []


def words(field: Field, answer: Any, language: str) -> str:
    """Return an answer in words. One that no longer fits its field is shown as it was kept."""
    if isinstance(answer, bool):
        return _("Sí") if answer else _("No")
    if isinstance(answer, list):
        return ", ".join(_option(field, str(key), language) for key in answer)
    if field.kind == FieldKind.DATE:
        return _date_words(str(answer))
    if field.kind == FieldKind.NUMBER:
        return _number_words(answer)
    return _option(field, str(answer), language) if field.kind in WITH_OPTIONS else str(answer)


def _option(field: Field, key: str, language: str) -> str:
    names = next((option.names for option in field.options if option.key == key), {})
    return in_language(names, language) or key


def _date_words(answer: str) -> str:
    try:
        return exact_date(date.fromisoformat(answer))
    except ValueError:
        return answer


def _number_words(answer: Any) -> str:
    try:
        return number(Decimal(str(answer)), 6)
    except InvalidOperation:
        return str(answer)


def key_from(name: str, taken: Iterable[str]) -> str:
    """Return a key for a new field or option: the words of its name without accents, numbered when taken."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold().translate(_PLAIN)).strip("_")[:34] or "campo"
    used = set(taken)
    return next(key for n in range(1, len(used) + 2) if (key := plain if n == 1 else f"{plain}_{n}") not in used)


_PLAIN = str.maketrans("áàäéèëíìïóòöúùüñç", "aaaeeeiiiooouuunc")
