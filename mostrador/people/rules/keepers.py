"""The list of apps that keep personal data, and what each hands over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files import File
from django.utils.functional import Promise
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class PersonalData:
    """What one app keeps about a person, to be handed to them.

    Attributes:
        records: Plain values (text, numbers, dates, lists of records), the oldest first; keys in English, stable.
        labels: Translated heading of each key, for the readable form; keys without one are not shown there.
        files: Name inside the archive → the stored file.
    """

    records: list[dict[str, Any]]
    labels: Mapping[str, str | Promise] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)  # type: ignore[type-arg]


@dataclass(frozen=True)
class Entry:
    """One line of what an app has about a person, on the page of that person at the desk."""

    text: str
    href: str = ""
    note: str = ""


@dataclass(frozen=True)
class Hold:
    """Why the data of a person may not be erased now.

    Attributes:
        code: For the record, which is for ever and holds no words: "open_tickets".
        sentence: For whoever wanted to erase.
    """

    code: str
    sentence: str


# What was moved from one person to another: name of the rows → their keys.
Moved = dict[str, list[int]]


@dataclass(frozen=True)
class Keeper:
    """An app that keeps personal data, by the dotted names of its functions."""

    name: str
    title: str | Promise
    export: str
    erase: str
    overview: str = ""
    move: str = ""
    holds: str = ""
    signals: str = ""

    def export_function(self) -> Callable[[Any], PersonalData]:
        """`(person) -> PersonalData`."""
        function: Callable[[Any], PersonalData] = import_string(self.export)
        return function

    def erase_function(self) -> Callable[[Any], dict[str, int]]:
        """`(person) -> {"what": how many}`, in the caller's transaction; files go after it commits."""
        function: Callable[[Any], dict[str, int]] = import_string(self.erase)
        return function

    def overview_function(self) -> Callable[[Any, Any], list[Entry]] | None:
        """`(person, access) -> entries that this access may see`, newest first; None when the app shows nothing."""
        function: Callable[[Any, Any], list[Entry]] | None = import_string(self.overview) if self.overview else None
        return function

    def move_function(self) -> Callable[[Any, Any, Mapping[str, list[int]] | None], Moved] | None:
        """`(source, target, only) -> what was moved`; None when nothing of the app points at persons itself."""
        function: Callable[[Any, Any, Mapping[str, list[int]] | None], Moved] | None = (
            import_string(self.move) if self.move else None
        )
        return function

    def holds_function(self) -> Callable[[Any], list[Hold]] | None:
        """`(person) -> why their data may not be erased now`; None when the app never minds."""
        function: Callable[[Any], list[Hold]] | None = import_string(self.holds) if self.holds else None
        return function

    def signals_function(self) -> Callable[[Any, Any], list[tuple[str, str]]] | None:
        """`(person, access) -> heading and value` to know before speaking with somebody; None when there is nothing."""
        function: Callable[[Any, Any], list[tuple[str, str]]] | None = (
            import_string(self.signals) if self.signals else None
        )
        return function


_keepers: dict[str, Keeper] = {}


def register_personal_data(
    name: str,
    *,
    title: str | Promise,
    export: str,
    erase: str,
    overview: str = "",
    move: str = "",
    holds: str = "",
    signals: str = "",
) -> None:
    """Tell that an app keeps data of persons; called in `AppConfig.ready()` of apps above this one.

    Functions are dotted names, because tables are not there yet when apps are wired, and because a lower app does not
    import a higher one.

    Args:
        name: The app: "tickets".
        title: What people call it, translated when read: `gettext_lazy("Consultas")`.
        export: Of a function `(person) -> PersonalData`.
        erase: Of a function `(person) -> {"messages": 3}` that clears words, files and copies and keeps the figures.
        overview: Of a function `(person, access) -> list[Entry]`, for the person's page at the desk.
        move: Of a function `(source, target, only) -> {"tickets": [keys]}` that gives what points at `source` to
            `target` when two records are joined; `only` names the rows to give back when that is undone. Needed by
            every app with a foreign key to `Person`.
        holds: Of a function `(person) -> list[Hold]`: what speaks against erasing now.
        signals: Of a function `(person, access) -> list[(heading, value)]`: what is good to know of somebody at a
            glance, as in "Satisfacción: 4,5 de 5". At most one query.
    """
    _keepers[name] = Keeper(name, title, export, erase, overview, move, holds, signals)


def keepers() -> list[Keeper]:
    """Return who keeps personal data, by name."""
    return [_keepers[name] for name in sorted(_keepers)]
