"""Conditions over tickets: what a saved view shows, and to which tickets a rule of automation applies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison.

    Attributes:
        field: A name of `queries.conditions.FIELDS`.
        operator: "is", "is_not", "in", "not_in", "contains", "before", "after", "is_empty", "is_not_empty".
        value: What to compare with: a text, a number, a list of them, an ISO date; "me" and "my_teams" stand for
            whoever looks; for moments also "-7d", "+4h": relative to now.
    """

    field: str
    operator: str
    value: Any = None

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """Read it as it is stored: {"field": …, "operator": …, "value": …}."""
        return cls(str(written.get("field", "")), str(written.get("operator", "")), written.get("value"))

    def written(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {"field": self.field, "operator": self.operator, "value": self.value}
