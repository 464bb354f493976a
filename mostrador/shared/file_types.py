"""What a file really is, found by its content; never by its name or by what the browser says.

What can run, what hides other files and what a browser would show as a page is refused, each with a sentence that says
what to send instead.
"""

import re
import zipfile
from pathlib import PurePosixPath
from typing import IO

import filetype
from django.utils.translation import gettext as _

from mostrador.shared.errors import ActionRefused

# Content type → how names of it may end; the first ending is given to a file that ends otherwise.
BY_SIGNATURE = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg", "jpe"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "image/avif": ("avif",),
    "image/tiff": ("tif", "tiff"),
    "image/bmp": ("bmp",),
}
OFFICE_FOLDERS = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "ppt/": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
}
OPEN_DOCUMENTS = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
TEXT_TYPES = {"csv": "text/csv", "xml": "application/xml", "xsig": "application/xml", "json": "application/json"}
TEXT_ENDINGS = frozenset({"txt", "log", "md", "pem", "crt", "cer", *TEXT_TYPES})
# Text that a computer would run under this name; any other unknown ending gets ".txt" after it.
SCRIPT_ENDINGS = frozenset(
    {"bat", "cmd", "com", "exe", "hta", "jar", "js", "lnk", "ps1", "py", "reg", "sh", "url", "vbs"}
)
PAGE_ENDINGS = frozenset({"html", "htm", "xhtml", "xht", "shtml", "svg", "svgz", "mht", "mhtml", "xsl", "xslt"})

PROGRAMS = frozenset(
    {
        "application/x-msdownload",
        "application/x-executable",
        "application/wasm",
        "application/x-deb",
        "application/x-rpm",
        "application/x-google-chrome-extension",
        "application/x-shockwave-flash",
    }
)
ARCHIVES = frozenset(
    {
        "application/x-tar",
        "application/x-rar-compressed",
        "application/gzip",
        "application/x-bzip2",
        "application/x-7z-compressed",
        "application/x-xz",
        "application/zstd",
        "application/x-lz4",
        "application/x-lzip",
        "application/x-lzop",
        "application/x-compress",
        "application/x-brotli",
        "application/vnd.ms-cab-compressed",
    }
)
OLD_OFFICE = frozenset({"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"})

# How names of what is never taken end, but for what the others here say already.
ARCHIVE_ENDINGS = frozenset({"zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz", "cab"})
OLD_OFFICE_ENDINGS = frozenset({"doc", "xls", "ppt", "rtf"})
FILM_ENDINGS = frozenset({"mp4", "mov", "avi", "mkv", "webm", "mp3", "wav", "ogg", "m4a"})
PRIVATE_KEY_ENDINGS = frozenset({"p12", "pfx"})

# An office document of ordinary people unpacks to a few times its size.
UNPACKED_MAX_BYTES = 200_000_000
UNPACKED_MAX_ENTRIES = 5_000
UNPACKED_MAX_RATIO = 150
RATIO_COUNTS_FROM_BYTES = 10_000_000

HEAD_BYTES = 8192
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_XML_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_PAGE_START = re.compile(
    rb"(?:\s|<!--.*?-->)*<(?:!doctype\s+(?:html|svg)|html|head|body|script|iframe|svg)[\s>/]", re.IGNORECASE | re.DOTALL
)
_PKCS12_VERSION, _PKCS7_DATA = b"\x02\x01\x03", bytes.fromhex("06092a864886f70d010701")
_CONTROL = frozenset(range(32)) - {9, 10, 12, 13, 27}


class FileRefused(ActionRefused):
    """A file cannot be accepted; the message names it and says what to send instead."""


def refused_by_name(name: str) -> list[tuple[list[str], str]]:
    """Return endings of names that are told to be refused before anything is sent, and the sentence about `name`.

    What counts is the content, once it is here: this spares people a wait.
    """
    return [
        (sorted(endings), str(refusal(name)))
        for endings, refusal in (
            (SCRIPT_ENDINGS, _is_a_program),
            (PAGE_ENDINGS, _is_a_page_file),
            (ARCHIVE_ENDINGS, _is_an_archive),
            (OLD_OFFICE_ENDINGS, _is_old_office),
            (FILM_ENDINGS, _is_a_film),
            (PRIVATE_KEY_ENDINGS, _has_a_private_key),
        )
    ]


def recognise(content: IO[bytes], name: str) -> tuple[str, str]:
    """Return the content type of a file, and the ending that its name must have.

    Raises:
        FileRefused: It is of no kind that we take.
    """
    content.seek(0)
    head = content.read(HEAD_BYTES)
    ending = PurePosixPath(name).suffix.removeprefix(".").lower()
    if head.startswith(_ZIP):
        return _office_type(content, name)
    found = filetype.guess_mime(head)
    if found in BY_SIGNATURE:
        allowed = BY_SIGNATURE[found]
        return found, ending if ending in allowed else allowed[0]
    if found == "image/apng":
        return "image/png", "png"
    if found is None and _looks_like_text(head):
        return _text_type(content, name, ending)
    raise _refusal(found, head, name)


def _refusal(found: str | None, head: bytes, name: str) -> FileRefused:
    if found in PROGRAMS or head.startswith((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")):
        return _is_a_program(name)
    if found in ARCHIVES:
        return _is_an_archive(name)
    if found in OLD_OFFICE or found == "application/rtf" or head.startswith(_OLE):
        return _is_old_office(name)
    if _PKCS12_VERSION in head[:16] and _PKCS7_DATA in head[:48]:
        return _has_a_private_key(name)
    if found and found.startswith(("video/", "audio/")):
        return _is_a_film(name)
    return _is_unknown(name)


def _office_type(content: IO[bytes], name: str) -> tuple[str, str]:
    """Tell office documents, which are zip files inside, from plain archives and from bombs.

    Sizes are those that the archive declares: programs that unpack it refuse entries that turn out longer.
    """
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            kind = _office_kind(archive, names)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        raise FileRefused(
            _("«%(name)s» está dañado o protegido con contraseña. Ábralo, guárdelo como PDF y adjúntelo de nuevo.")
            % {"name": name}
        ) from None
    if kind is None:
        raise _is_an_archive(name)
    if unpacks_too_far(entries):
        raise FileRefused(
            _("«%(name)s» ocupa demasiado al abrirse y podría dañar un equipo. Guárdelo como PDF y adjúntelo de nuevo.")
            % {"name": name}
        )
    if any("vbaproject" in entry.lower() or entry.startswith(("Basic/", "Scripts/")) for entry in names):
        raise FileRefused(
            _("«%(name)s» contiene macros, que son pequeños programas. Guárdelo como PDF y adjúntelo de nuevo.")
            % {"name": name}
        )
    return kind


def _office_kind(archive: zipfile.ZipFile, names: set[str]) -> tuple[str, str] | None:
    if "[Content_Types].xml" in names:
        for folder, kind in OFFICE_FOLDERS.items():
            if any(entry.startswith(folder) for entry in names):
                return kind
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        mimetype = archive.read("mimetype").decode("ascii", "replace").strip()
        if mimetype in OPEN_DOCUMENTS:
            return mimetype, OPEN_DOCUMENTS[mimetype]
    return None


def unpacks_too_far(entries: list[zipfile.ZipInfo]) -> bool:
    """Tell whether an archive says that it is too big, or grows too much, when it is opened."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    return (
        len(entries) > UNPACKED_MAX_ENTRIES
        or unpacked > UNPACKED_MAX_BYTES
        or (unpacked > RATIO_COUNTS_FROM_BYTES and unpacked / packed > UNPACKED_MAX_RATIO)
    )


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, as some programs of Windows write their logs
        return True
    return not _CONTROL.intersection(head)


def _text_type(content: IO[bytes], name: str, ending: str) -> tuple[str, str]:
    content.seek(0)
    text = _as_ascii(content.read())
    if ending in SCRIPT_ENDINGS or text.startswith(b"#!"):
        raise _is_a_program(name)
    if ending in PAGE_ENDINGS or _is_a_page(text):
        raise _is_a_page_file(name)
    if b"PRIVATE KEY-----" in text:
        raise _has_a_private_key(name)
    if not _looks_like_text(text):
        raise _is_unknown(name)
    if ending in TEXT_ENDINGS:
        return TEXT_TYPES.get(ending, "text/plain"), ending
    return "text/plain", "txt"


def _as_ascii(text: bytes) -> bytes:
    """Return text of any encoding as bytes in which ASCII marks can be looked for."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text.decode("utf-16", "replace").encode()
    return text.removeprefix(b"\xef\xbb\xbf")


def _is_a_page(text: bytes) -> bool:
    start = text[:HEAD_BYTES]
    if start.lstrip().startswith(b"<?xml"):
        root = _XML_ROOT.search(start)
        return root is not None and root[1].lower() in {b"html", b"svg"}
    return _PAGE_START.match(start) is not None


def _is_a_program(name: str) -> FileRefused:
    return FileRefused(
        _("«%(name)s» es un programa y no podemos aceptarlo. Adjunte una captura de pantalla o el mensaje de error.")
        % {"name": name}
    )


def _is_a_page_file(name: str) -> FileRefused:
    return FileRefused(
        _(
            "«%(name)s» es una página web o un dibujo SVG, que pueden contener programas. "
            "Adjunte una captura de pantalla."
        )
        % {"name": name}
    )


def _is_old_office(name: str) -> FileRefused:
    return FileRefused(
        _(
            "«%(name)s» está protegido con contraseña o en un formato antiguo de Office, que no admitimos. "
            "Guárdelo como PDF y adjúntelo de nuevo."
        )
        % {"name": name}
    )


def _is_a_film(name: str) -> FileRefused:
    return FileRefused(
        _("«%(name)s» es un vídeo o un sonido. Adjunte capturas de pantalla o cuéntenos lo que se ve.") % {"name": name}
    )


def _is_an_archive(name: str) -> FileRefused:
    return FileRefused(
        _("«%(name)s» es un archivo comprimido. Adjunte por separado los archivos que contiene.") % {"name": name}
    )


def _has_a_private_key(name: str) -> FileRefused:
    return FileRefused(
        _(
            "«%(name)s» contiene la clave privada de un certificado, con la que otra persona podría firmar por usted. "
            "No lo envíe nunca a nadie. Adjunte una captura de pantalla."
        )
        % {"name": name}
    )


def _is_unknown(name: str) -> FileRefused:
    return FileRefused(
        _(
            "No reconocemos qué clase de archivo es «%(name)s». Admitimos PDF, imágenes, texto y documentos de "
            "LibreOffice o de Office actual."
        )
        % {"name": name}
    )
