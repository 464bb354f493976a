"""Which ticket is the next one for somebody, and why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mostrador.shared.formats import day_and_month

# Days before the end of a person's own term from which their ticket goes before all others.
NEAR_TERM = timedelta(days=3)


class Why(StrEnum):
    """Why a ticket is the next one."""

    MINE = "mine"
    TERM = "term"
    OVERDUE = "overdue"
    URGENT = "urgent"


def why_words(why: Why, ends_on: date | None) -> str:
    """Return why this ticket and no other, for whoever was given it; `ends_on` is the end of the person's term."""
    if why == Why.MINE:
        return _("Esta ya era suya y espera respuesta.")
    if why == Why.TERM and ends_on:
        return _("Ya es suya. El plazo de la persona acaba el %(day)s.") % {"day": day_and_month(ends_on)}
    if why == Why.OVERDUE:
        return _("Ya es suya. Su respuesta va con retraso.")
    return _("Ya es suya. Es la más urgente de las que puede atender.")


@dataclass(frozen=True, slots=True)
class Left:
    """What waits for somebody, and why not for this person.

    Attributes:
        by_language: Name of each language that the person does not attend to → tickets.
        other_topics: Tickets of topics that they do not attend to.
        other_teams: Of teams that they are not in.
        over_limit: Which they could attend to if they had fewer.
        load_limit: How many they may have at once; zero means any number.
        most: Counts stop here.
    """

    by_language: Mapping[str, int] = field(default_factory=dict)
    other_topics: int = 0
    other_teams: int = 0
    over_limit: int = 0
    load_limit: int = 0


def nothing_words(left: Left) -> str:
    """Return why there is no next case, and what others will have to attend to."""
    if left.over_limit:
        return ngettext(
            "Ya tiene %(limit)s consultas, su máximo. Responda o traspase alguna: espera %(num)s más.",
            "Ya tiene %(limit)s consultas, su máximo. Responda o traspase alguna: esperan %(num)s más.",
            left.over_limit,
        ) % {"limit": left.load_limit, "num": left.over_limit}
    parts = [
        _("%(number)s en %(language)s") % {"number": number, "language": language}
        for language, number in left.by_language.items()
    ]
    if left.other_topics:
        parts.append(_("%(number)s de otros temas") % {"number": left.other_topics})
    if left.other_teams:
        parts.append(_("%(number)s de otros equipos") % {"number": left.other_teams})
    if not parts:
        return _("No hay nada pendiente sin asignar.")
    return _("No hay nada que usted pueda atender ahora: %(others)s.") % {"others": ", ".join(parts)}
