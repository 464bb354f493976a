"""Prepared answers: the variables in their texts, where each is offered, and in which language it is put."""

import re
from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Name of each variable → what is put in its place.
VARIABLES = {
    "saludo": gettext_lazy("«Hola, María:», o «Hola:» si no se sabe el nombre"),
    "persona.nombre": gettext_lazy("nombre de la persona"),
    "referencia": gettext_lazy("referencia de la consulta"),
    "asunto": gettext_lazy("asunto de la consulta"),
    "entidad": gettext_lazy("nombre de la entidad"),
    "telefono": gettext_lazy("teléfono de la entidad"),
    "sede": gettext_lazy("dirección de la sede electrónica"),
    "tramite": gettext_lazy("nombre del trámite"),
    "agente": gettext_lazy("quien responde"),
    "equipo": gettext_lazy("nombre del equipo"),
    "enlace": gettext_lazy("página en la que se sigue una consulta"),
    "plazo": gettext_lazy("día en que vence nuestra respuesta"),
    "plazo.persona": gettext_lazy("último día del plazo que dijo la persona"),
}

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def fault_in(text: str) -> str:
    """Return what is wrong with the variables of a text, in a sentence, or ""."""
    unknown = [name for name in _VARIABLE.findall(text) if name not in VARIABLES]
    if unknown:
        return _("No existe la variable «%(name)s». Las que hay son: %(known)s.") % {
            "name": unknown[0],
            "known": ", ".join(VARIABLES),
        }
    if _BRACES.search(_VARIABLE.sub("", text)):
        return _("Falta una llave en una variable: se escriben así, {{ referencia }}.")
    return ""


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its variables replaced; what has no value is left out, with the blank before it.

    Values are words of people: their marks of Markdown are made harmless, except in addresses.
    """

    def put(match: re.Match[str]) -> str:
        value = values.get(match[1], "")
        return value if value.startswith(("http://", "https://")) else _MARKS.sub(r"\\\1", value)

    whole = _VARIABLE.sub(put, text)
    whole = re.sub(r"[ \t]+(?=[,.;:\n]|$)", "", whole)
    return re.sub(r",(?:\s*,)+", ",", whole)


def has_variable(text: str, name: str) -> bool:
    """Tell whether a text has this variable, and not only its name among other words."""
    return name in _VARIABLE.findall(text)


def missing_in(text: str, values: Mapping[str, str]) -> list[str]:
    """Return the variables of a text that have no value here, in order."""
    return list(dict.fromkeys(name for name in _VARIABLE.findall(text) if not values.get(name)))


def text_for(texts: Mapping[str, str], language: str, fallbacks: Sequence[str]) -> tuple[str, str]:
    """Return the text for somebody who reads a language, and the language of that text; ("", "") when there is none."""
    for code in (language, *fallbacks, *texts):
        if texts.get(code, "").strip():
            return texts[code], code
    return "", ""


def is_offered(wanted: Collection[str], value: str) -> bool:
    """Tell whether a condition lets a value through: an empty one lets all."""
    return not wanted or value in wanted
