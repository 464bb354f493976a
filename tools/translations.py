"""Bring the catalogues up to date with the source, or with --check say whether they are.

Every text comes from `_()` and its sisters in Python and Jinja2; Babel extracts them into locale/mostrador.pot, and
what is new or changed appears empty in each language's django.po. `make install` compiles them.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

REPOSITORY = Path(__file__).resolve().parents[1]
LOCALE = REPOSITORY / "mostrador" / "locale"
LANGUAGES = ("ca", "gl", "eu", "en")
KEYWORDS = {
    "_": None,
    "_now": None,  # gettext where "_" is lazy
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def extracted() -> Catalog:
    """Return every text of the source."""
    with (REPOSITORY / "tools/babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    catalogue = Catalog(project="Mostrador", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        REPOSITORY / "mostrador", methods, options, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for file, _line, message, comments, context in sorted(found, key=lambda each: (each[0], each[1])):
        catalogue.add(message, None, [(str(file), None)], auto_comments=comments, context=context)
    return catalogue


def main() -> int:
    """Write the catalogues, or compare."""
    template = extracted()
    if "--check" in sys.argv:
        kept = _read(LOCALE / "mostrador.pot")
        new = {(m.id, m.context) for m in template if m.id} ^ {(m.id, m.context) for m in kept if m.id}
        if new:
            print(f"{len(new)} texts differ from the catalogues: run `make translations` and translate what is empty")
            for message, _context in sorted(new, key=str)[:20]:
                print("  ", message)
        return 1 if new else 0
    LOCALE.mkdir(exist_ok=True)
    _write(template, LOCALE / "mostrador.pot")
    for code in LANGUAGES:
        path = LOCALE / code / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = _read(path, code) if path.exists() else Catalog(locale=code, charset="utf-8", fuzzy=False)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        _write(catalogue, path)
        empty = sum(1 for m in catalogue if m.id and not all(m.string if isinstance(m.string, tuple) else [m.string]))
        print(f"{code}: {empty} of {len(catalogue)} texts to translate")
    return 0


def _read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _write(catalogue: Catalog, path: Path) -> None:
    # No line numbers and no date: a catalogue changes only when its words do.
    catalogue.header_comment = "# Texts of Mostrador. Licence: EUPL-1.2, as the product."
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, omit_header=False, sort_output=False, include_previous=False)


if __name__ == "__main__":
    sys.exit(main())
