"""How contact data are compared, and the list of apps that keep personal data."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files import File
from django.utils.functional import Promise
from django.utils.module_loading import import_string

# Marks that are ignored when names are searched; also the database's own expression (models.Person.name_key).
ACCENTED = "áàâäãéèêëíìîïóòôöõúùûüçñ"
PLAIN = "aaaaaeeeeiiiiooooouuuucn"
_NATIONAL_PREFIX = "+34"


def normalise_email(text: str) -> str:
    """Return the address as it is stored and compared: without blanks, in lower case."""
    return text.strip().lower()


def normalise_phone(text: str) -> str:
    """Return a number as it is stored and compared: "+34600112233"; nine national digits get Spain's prefix.

    Source: ITU-T E.164 (international form); Plan Nacional de Numeración Telefónica, RD 2296/2004 (nine digits).
    """
    digits = re.sub(r"[^\d+]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    digits = digits[:1] + digits[1:].replace("+", "")
    if re.fullmatch(r"[6-9]\d{8}", digits):
        return _NATIONAL_PREFIX + digits
    return digits[:20]


def readable_phone(number: str) -> str:
    """Return a stored number in groups: "600 112 233"; foreign ones as they are."""
    national = re.fullmatch(r"\+34(\d{3})(\d{3})(\d{3})", number)
    return " ".join(national.groups()) if national else number


def name_key(name: str) -> str:
    """Return a name as it is searched: in lower case, without accents."""
    return name.lower().translate(str.maketrans(ACCENTED, PLAIN))


def name_in_archive(path: str) -> str:
    """Return a name that stays inside the archive wherever it is unpacked."""
    parts = [re.sub(r'[\\:*?"<>|\x00-\x1f]', "_", part) for part in path.split("/")]
    return "/".join(part for part in parts if part not in {"", ".", ".."})


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
class Keeper:
    """An app that keeps personal data, by the dotted names of its functions."""

    name: str
    title: str | Promise
    export: str
    erase: str
    overview: str = ""

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


_keepers: dict[str, Keeper] = {}


def register_personal_data(name: str, *, title: str | Promise, export: str, erase: str, overview: str = "") -> None:
    """Tell that an app keeps data of persons; called in `AppConfig.ready()` of apps above this one.

    Functions are dotted names, because tables are not there yet when apps are wired, and because a lower app does not
    import a higher one.

    Args:
        name: The app: "tickets".
        title: What people call it, translated when read: `gettext_lazy("Consultas")`.
        export: Of a function `(person) -> PersonalData`.
        erase: Of a function `(person) -> {"messages": 3}` that clears words, files and copies and keeps the figures.
        overview: Of a function `(person, access) -> list[Entry]`, for the person's page at the desk.
    """
    _keepers[name] = Keeper(name, title, export, erase, overview)


def keepers() -> list[Keeper]:
    """Return who keeps personal data, by name."""
    return [_keepers[name] for name in sorted(_keepers)]
