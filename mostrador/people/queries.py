"""What is asked about the public."""

from __future__ import annotations  # Django's File takes a parameter only where types are checked

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.files import File
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.accounts.permissions import Access
from mostrador.people.models import Person, PersonQuerySet
from mostrador.people.rules import (
    Entry,
    PersonalData,
    keepers,
    name_in_archive,
    name_key,
    normalise_phone,
    readable_phone,
)
from mostrador.shared.formats import clock, exact_date
from mostrador.shared.pages import render_text

MOST_FOUND = 50
IN_MEMORY_BYTES = 5_000_000


def people_found(access: Access, words: str) -> list[Person]:
    """Return whom this user may see and who has this e-mail, or this phone, or all these parts in their name.

    At most fifty, who came first comes last; nobody whose data were erased.
    """
    people = Person.objects.visible_to(access).filter(erased_at__isnull=True).select_related("organisation")
    return list(_matching(people, words.strip()).order_by("-pk")[:MOST_FOUND])


def _matching(people: PersonQuerySet, words: str) -> PersonQuerySet:
    if "@" in words:
        return people.with_email(words)
    if len(normalise_phone(words)) >= 7 and not any(character.isalpha() for character in words):
        return people.with_phone(words)
    for part in name_key(words).split():
        people = people.filter(name_key__contains=part)
    return people


@dataclass(frozen=True)
class Held:
    """What one app has about a person, for the desk."""

    title: str
    entries: list[Entry]


def what_is_held(person: Person, access: Access) -> list[Held]:
    """Return what each app shows of a person to this user."""
    shown = [(keeper, keeper.overview_function()) for keeper in keepers()]
    return [Held(str(keeper.title), overview(person, access)) for keeper, overview in shown if overview]


Collected = dict[str, tuple[str, PersonalData]]  # app → its title and what it keeps


def export_of(person: Person) -> IO[bytes]:
    """Return an archive with everything that is kept about a person: JSON for programs, HTML for people, and the files.

    Words of the readable form are in the person's language, its times in the organisation's zone. A stored file that is
    missing is named in `missing_files` instead of stopping everything. The caller closes the archive.

    Source: RGPD, arts. 15.3 and 20.1: a copy, in a structured, commonly used and machine-readable format.
    """
    archive: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - handed over
    with (
        translation.override(person.language),
        timezone.override(person.organisation.time_zone),
        zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped,
    ):
        collected = {keeper.name: (str(keeper.title), keeper.export_function()(person)) for keeper in keepers()}
        missing = [
            name
            for app, (_title, data) in collected.items()
            for name, file in data.files.items()
            if not _add_file(zipped, f"{app}/{name}", file)
        ]
        zipped.writestr("datos.json", _as_json(person, collected, missing))
        zipped.writestr("datos.html", _as_html(person, collected))
    archive.seek(0)
    return archive


def _add_file(zipped: zipfile.ZipFile, name: str, file: File[bytes]) -> bool:
    try:
        source = file.open("rb")
    except FileNotFoundError:
        return False
    with source, zipped.open(name_in_archive(name), "w") as target:
        for portion in source.chunks():
            target.write(portion)
    return True


def _as_json(person: Person, collected: Collected, missing: list[str]) -> str:
    content: dict[str, Any] = {
        "organisation": person.organisation.name,
        "made_at": timezone.now(),
        "person": {
            "name": person.name,
            "email": person.email,
            "phone": person.phone,
            "language": person.language,
            "first_contact_at": person.created_at,
        },
        "missing_files": missing,
    }
    content |= {app: data.records for app, (_title, data) in collected.items()}
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _as_html(person: Person, collected: Collected) -> str:
    page = {
        "organisation": person.organisation,
        "identity": [
            (_("Nombre"), person.name),
            (_("Correo electrónico"), person.email),
            (_("Teléfono"), readable_phone(person.phone)),
            (_("Primer contacto"), exact_date(person.created_at)),
        ],
        "sections": [
            (title, [_presented(record, data.labels) for record in data.records]) for title, data in collected.values()
        ],
        "made_at": timezone.now(),
    }
    return render_text("people/export/data.html", page, language=person.language)


def _presented(record: dict[str, Any], labels: Mapping[str, object]) -> list[tuple[str, Any]]:
    """Return heading and value; a value is text, or a list of such records."""
    return [(str(labels[key]), _shown(value, labels)) for key, value in record.items() if key in labels]


def _shown(value: Any, labels: Mapping[str, object]) -> Any:
    match value:
        case [dict(), *_]:
            return [_presented(record, labels) for record in value]
        case list():
            return ", ".join(str(part) for part in value)
        case datetime():
            return f"{exact_date(value)}, {clock(value)}"
        case None:
            return "—"
        case _:
            return str(value) or "—"
