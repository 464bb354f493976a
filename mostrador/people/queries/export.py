"""A copy of everything that is kept about a person, for themselves."""

from __future__ import annotations  # Django's File takes a parameter only where types are checked

import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.files import File
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.people.models import Person
from mostrador.people.queries.persons import records_of
from mostrador.people.rules import PersonalData, keepers, name_in_archive, readable_phone
from mostrador.shared.formats import clock, exact_date, language_name
from mostrador.shared.pages import render_text

IN_MEMORY_BYTES = 5_000_000

Collected = dict[str, tuple[str, PersonalData]]  # app → its title and what it keeps


Report = dict[str, dict[str, int]]


def export_of(person: Person) -> IO[bytes]:
    """Return the archive that `write_copy` writes, from its beginning. The caller closes it."""
    archive: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - handed over
    write_copy(person, archive)
    archive.seek(0)
    return archive


def write_copy(person: Person, target: IO[bytes]) -> Report:
    """Write an archive with everything that is kept about a person: JSON for programs, HTML for people, and the files.

    Words of the readable form are in the person's language, its times in the organisation's zone. A stored file that is
    missing is named in `missing_files` instead of stopping everything. What was kept under records that were joined to
    this one is in it too.

    Returns:
        How much of what, by app: {"tickets": {"records": 3, "files": 1, "missing": 0}}.

    Source: RGPD, arts. 15.3 and 20.1: a copy, in a structured, commonly used and machine-readable format.
    """
    with (
        translation.override(person.organisation.offered(person.language)),
        timezone.override(person.organisation.time_zone),
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped,
    ):
        records = records_of(person)
        collected = {
            keeper.name: (str(keeper.title), _joined(keeper.export_function(), records)) for keeper in keepers()
        }
        missing = {
            app: [name for name, file in data.files.items() if not _add_file(zipped, f"{app}/{name}", file)]
            for app, (_title, data) in collected.items()
        }
        zipped.writestr(
            "datos.json", _as_json(person, collected, [name for names in missing.values() for name in names])
        )
        zipped.writestr("datos.html", _as_html(person, collected))
    return {
        app: {"records": len(data.records), "files": len(data.files), "missing": len(missing[app])}
        for app, (_title, data) in collected.items()
    }


def _joined(export: Callable[[Any], PersonalData], records: list[Person]) -> PersonalData:
    """Return what one app keeps under all records of somebody; what two of them hand over is there once."""
    parts = [export(record) for record in records]
    joined = parts[0]
    for part in parts[1:]:
        joined.records.extend(record for record in part.records if record not in joined.records)
        joined.files.update(part.files)
    return joined


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
            "identity_document": {"kind": person.identity_kind, "number": person.identity_number},
            "kind": person.kind,
            "language": person.language,
            "preferred_contact": person.preferred_contact,
            "electronic_obligation": person.electronic_obligation,
            "notes": person.notes,
            "kept_by_law_until": person.held_until,
            "why_kept_by_law": person.hold_reason,
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
            (_("Documento"), f"{person.get_identity_kind_display()} {person.identity_number}".strip() or "—"),
            (_("Idioma"), language_name(person.language)),
            (_("Cómo prefiere el contacto"), person.get_preferred_contact_display()),
            (_("Obligación de relacionarse por medios electrónicos"), person.get_electronic_obligation_display()),
            (_("Notas"), person.notes or "—"),
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
