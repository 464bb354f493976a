"""What a rule of automation may do, and when it must stop."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from mostrador.tickets.choices import Deed as DeedName
from mostrador.tickets.rules import canned

# A rule whose deed wakes another, whose deed wakes another…: no office means more than this.
LONGEST_CHAIN = 5
# Those of prepared answers, without the one that stands for whoever answers.
VARIABLES = {name: words for name, words in canned.VARIABLES.items() if name != "agente"}
_VARIABLE = re.compile(r"{{\s*([\w.]+)\s*}}")


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a rule does.

    Attributes:
        name: A value of `choices.Deed`.
        value: What it needs: the key of a team, person or topic; a word; a text; texts by language for the person.
        words: What the team, person or topic was called when it was chosen.
    """

    name: str
    value: Any = None
    words: str = field(default="", compare=False)

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """Read it as it is stored: {"deed": …, "value": …, "words": …}."""
        return cls(str(written.get("deed", "")), written.get("value"), str(written.get("words", "")))

    def written(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {"deed": self.name, "value": self.value} | ({"words": self.words} if self.words else {})

    @property
    def label(self) -> str:
        """What it does, in words."""
        return str(DeedName(self.name).label) if self.name in DeedName.values else self.name


def goes_round(rule_id: int, chain: Sequence[int]) -> bool:
    """Tell whether running the rule would go round in a circle, or on for too long."""
    return rule_id in chain or len(chain) >= LONGEST_CHAIN


def unknown_variables(text: str) -> list[str]:
    """Return the names in {{ }} that stand for nothing."""
    return [name for name in _VARIABLE.findall(text) if name not in VARIABLES]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the place of the variables of a plain text; what stands for nothing stays as it is."""
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def texts_of(value: Any) -> Mapping[str, str]:
    """Return the texts for the person by language; a plain text is for everybody."""
    return value if isinstance(value, Mapping) else {"": str(value or "")}
