"""The archive of a help centre's articles: where each thing stands in it, and what of one from elsewhere may be read.

articulos/<slug>/<language>.md               what readers read, or a text never published
articulos/<slug>/<language>.borrador.md      what is being written over it
articulos/<slug>/historia/<language>.<number>.md   what was published before
articulos/<slug>/imagenes/<key>.webp
opiniones.json, adaptaciones.json, sinonimos.json   `rules.archive_lists`
temas.json, README.md                        for people; not read again
"""

import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image

from mostrador.help_centre.errors import ArchiveRefused, NotAnArticleFile
from mostrador.help_centre.rules.archive_lists import (
    ADAPTATIONS,
    SYNONYMS,
    VOTES,
    Lists,
    adaptations_in,
    synonyms_in,
    votes_in,
)
from mostrador.help_centre.rules.article_files import ArticleFile, read_article
from mostrador.shared.file_types import unpacks_too_far

TEXT_MAX_BYTES = 400_000
LIST_MAX_BYTES = 20_000_000
PICTURE_MAX_BYTES = 5_000_000
PICTURE_LONGEST_SIDE = 1600  # pixels

_SLUG = r"articulos/([A-Za-z0-9_-]{1,120})"
_TEXT = re.compile(_SLUG + r"/([a-z]{2,5})(\.borrador)?\.md")
_PAST = re.compile(_SLUG + r"/historia/([a-z]{2,5})\.([1-9][0-9]{0,5})\.md")
_PICTURE = re.compile(_SLUG + r"/imagenes/([A-Za-z0-9_-]{1,32})\.webp")
_REFERENCE = re.compile(r"\bimagen:([A-Za-z0-9_-]{1,32})")
_FOR_PEOPLE = {"README.md", "temas.json"}
_LEFT_BY_SYSTEMS = re.compile(r"(?:^|/)(?:__MACOSX/|\.[^/.][^/]*$|Thumbs\.db$|desktop\.ini$)")
_USUAL_KINDS = {0, stat.S_IFREG, stat.S_IFDIR}


@dataclass(frozen=True)
class Problem:
    """Something that is not taken, and why.

    Attributes:
        path: The file, as the archive calls it.
        line: Of the file, counted from 1; 0 when it is about the whole file.
        text: A sentence for people.
    """

    path: str
    line: int
    text: str


@dataclass(frozen=True)
class TextEntry:
    """One text of the archive."""

    path: str
    slug: str
    language: str
    is_draft: bool
    file: ArticleFile


@dataclass(frozen=True)
class PastEntry:
    """One text of the archive that was published before another."""

    path: str
    slug: str
    language: str
    number: int
    file: ArticleFile


@dataclass(frozen=True)
class PictureEntry:
    """One picture of the archive."""

    path: str
    slug: str
    key: str
    content: bytes
    width: int
    height: int


@dataclass
class Archive:
    """What can be read of an archive, and what cannot."""

    texts: list[TextEntry] = field(default_factory=list)
    pictures: list[PictureEntry] = field(default_factory=list)
    past: list[PastEntry] = field(default_factory=list)
    lists: Lists = field(default_factory=lambda: Lists([], [], []))
    problems: list[Problem] = field(default_factory=list)


def path_of_text(slug: str, language: str, *, is_draft: bool = False) -> str:
    """Return where a text stands."""
    return f"articulos/{slug}/{language}{'.borrador' if is_draft else ''}.md"


def path_of_past(slug: str, language: str, number: int) -> str:
    """Return where a text stands that was published before another."""
    return f"articulos/{slug}/historia/{language}.{number}.md"


def path_of_picture(slug: str, key: str) -> str:
    """Return where a picture stands."""
    return f"articulos/{slug}/imagenes/{key}.webp"


def with_keys(text: str, keys: dict[str, str]) -> str:
    """Return a text that shows other pictures: each key is replaced by its new one, others stay."""
    return _REFERENCE.sub(lambda found: f"imagen:{keys.get(found[1], found[1])}", text)


def read_archive(content: IO[bytes]) -> Archive:
    """Return what an archive holds, sorted by path; nothing of it is written anywhere.

    An archive that somebody unpacked and packed again within a folder is read too.

    Raises:
        ArchiveRefused: It is no zip file, or opening it would take too much room.
    """
    with _opened(content) as archive:
        entries = [entry for entry in archive.infolist() if not _LEFT_BY_SYSTEMS.search(entry.filename)]
        if unpacks_too_far(entries):
            raise ArchiveRefused(
                _("El archivo contiene demasiados archivos o crece demasiado al abrirse. Divídalo en varios.")
            )
        return _read(archive, entries)


def _opened(content: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(content)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OSError, EOFError):
        raise ArchiveRefused(
            _("No es un archivo .zip o está dañado. Elija el archivo .zip de una exportación.")
        ) from None


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Archive:
    found = Archive()
    seen: set[str] = set()
    folder = _common_folder(entries)
    for entry in sorted(entries, key=lambda entry: entry.filename):
        path = entry.filename.removeprefix(folder)
        if entry.is_dir() and not _refusal(entry):
            continue
        if path in seen:
            found.problems.append(Problem(path, 0, _("Está dos veces en el archivo; se lee la primera.")))
            continue
        seen.add(path)
        try:
            _read_entry(archive, entry, path, found)
        except NotAnArticleFile as problem:
            found.problems.append(Problem(path, problem.line, str(problem)))
    return found


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, found: Archive) -> None:
    if refusal := _refusal(entry):
        raise NotAnArticleFile(0, refusal)
    if text := _TEXT.fullmatch(path):
        file = read_article(_decoded(_content(archive, entry, TEXT_MAX_BYTES)))
        found.texts.append(TextEntry(path, text[1], text[2], bool(text[3]), file))
    elif past := _PAST.fullmatch(path):
        file = read_article(_decoded(_content(archive, entry, TEXT_MAX_BYTES)))
        found.past.append(PastEntry(path, past[1], past[2], int(past[3]), file))
    elif path == VOTES:
        found.lists.votes = votes_in(_decoded(_content(archive, entry, LIST_MAX_BYTES)))
    elif path == ADAPTATIONS:
        found.lists.adaptations = adaptations_in(_decoded(_content(archive, entry, LIST_MAX_BYTES)))
    elif path == SYNONYMS:
        found.lists.synonyms = synonyms_in(_decoded(_content(archive, entry, LIST_MAX_BYTES)))
    elif picture := _PICTURE.fullmatch(path):
        content = _content(archive, entry, PICTURE_MAX_BYTES)
        width, height = _size_of_picture(content)
        found.pictures.append(PictureEntry(path, picture[1], picture[2], content, width, height))
    elif path not in _FOR_PEOPLE:
        raise NotAnArticleFile(0, _("No es de una exportación: su nombre o su carpeta son otros."))


def _common_folder(entries: list[zipfile.ZipInfo]) -> str:
    """Return the folder in which everything stands, or ""."""
    folders = {entry.filename.partition("/")[0] for entry in entries}
    folder = folders.pop() if len(folders) == 1 else "articulos"
    return "" if folder in {"articulos", "..", ""} else f"{folder}/"


def _refusal(entry: zipfile.ZipInfo) -> str:
    """Return why an entry is not even opened; "" when it may be."""
    name = entry.orig_filename
    if name.startswith("/") or "\\" in name or "\x00" in name or ":" in name or ".." in name.split("/"):
        return _("Su ruta sale de la carpeta del archivo.")
    if stat.S_IFMT(entry.external_attr >> 16) not in _USUAL_KINDS:
        return _("Es un enlace a otro archivo.")
    if entry.flag_bits & 0x1:
        return _("Está cifrado. Quite la contraseña del archivo .zip.")
    return ""


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most_bytes: int) -> bytes:
    try:
        with archive.open(entry) as file:
            content = file.read(most_bytes + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError, zlib.error):
        raise NotAnArticleFile(0, _("Está dañado o comprimido de un modo que no conocemos.")) from None
    if len(content) > most_bytes:
        raise NotAnArticleFile(0, _("Es demasiado grande."))
    return content


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise NotAnArticleFile(line, _("No está en UTF-8. Guárdelo con esa codificación.")) from None


def _size_of_picture(content: bytes) -> tuple[int, int]:
    """Return width and height of a picture as we write them: WebP, still, without data about who made it."""
    try:
        with Image.open(io.BytesIO(content), formats=["WEBP"]) as picture:
            if max(picture.size) > PICTURE_LONGEST_SIDE:
                raise NotAnArticleFile(0, _("Tiene demasiados píxeles. Súbala desde el editor, que la reduce."))
            hidden = bool(picture.getexif()) or {"xmp", "icc_profile"} & set(picture.info)
            is_longer = int.from_bytes(content[4:8], "little") + 8 != len(content)
            if hidden or is_longer or getattr(picture, "is_animated", False):
                raise NotAnArticleFile(0, _("Se mueve o lleva datos ocultos. Súbala desde el editor, que los quita."))
            picture.load()
            return picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NotAnArticleFile(0, _("No es una imagen WebP, aunque su nombre lo diga.")) from None
