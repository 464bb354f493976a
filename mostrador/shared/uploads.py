"""Files that people send us: how big they may be, what they are called, where they are kept, how they go out again."""

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.shared.file_types import FileRefused, recognise, refused_by_name
from mostrador.shared.formats import file_size

LONGEST_NAME = 100
View = TypeVar("View", bound=Callable[..., Any])
_UNSAFE = re.compile(r'[\\/:*?"<>|]')


class OversizedFile(UploadedFile):  # type: ignore[type-arg]  # generic only in its stubs
    """What is left of a file that was too big: its name and its size."""


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """A file that may be kept.

    Attributes:
        file: The content, from its beginning.
        name: What the person called it, made safe, with an ending that tells the truth.
        content_type: Found by content.
        size_bytes: Its size.
        sha256: Of its content, in hexadecimal.
    """

    file: "UploadedFile[Any]"
    name: str
    content_type: str
    size_bytes: int
    sha256: str


def takes_files_up_to(most_bytes: int) -> Callable[[View], View]:
    """Let a view receive files bigger than `ATTACHMENT_MAX_BYTES`; what it does with them is its own matter."""

    def mark(view: View) -> View:
        view.most_file_bytes = most_bytes  # type: ignore[attr-defined]  # functions take any attribute
        return view

    return mark


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Stop keeping a file once it is bigger than its view takes; the rest of the form still arrives.

    A view takes `ATTACHMENT_MAX_BYTES`, unless it says more with `takes_files_up_to`.

    So a file of many gigabytes fills no disk, and the person is told about that file while everything else is kept.
    """

    @property
    def most_bytes(self) -> int:
        """The biggest file that the view takes which will answer."""
        match = getattr(self.request, "resolver_match", None)
        return max(settings.ATTACHMENT_MAX_BYTES, getattr(match and match.func, "most_file_bytes", 0))

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse at once what no form of ours can be.

        Raises:
            RequestDataTooBig: More than the allowed number of files at twice the allowed size.
        """
        if content_length > 2 * self.most_bytes * settings.ATTACHMENTS_MAX_COUNT:
            raise RequestDataTooBig("the form is bigger than all its files may be")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write what is within the limit, drop the rest and what was written."""
        if start + len(raw_data) <= self.most_bytes:
            super().receive_data_chunk(raw_data, start)
        elif not self.file.closed:
            self.file.close()
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        """Return the file, or an empty one in the place of one too big."""
        if file_size <= self.most_bytes:
            return super().file_complete(file_size)
        return OversizedFile(file=None, name=self.file_name, content_type=self.content_type, size=file_size)


def check_upload(file: "UploadedFile[Any]") -> CheckedUpload:
    """Find out what a file is and whether we take it.

    Raises:
        FileRefused: Empty, too big, or of a kind that we do not take; the message is for the person.
    """
    name = safe_name(file.name or "")
    size = file.size or 0
    if size > settings.ATTACHMENT_MAX_BYTES:
        raise FileRefused(_too_big(name))
    if size == 0:
        raise FileRefused(_empty(name))
    content_type, ending = recognise(file, name)
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return CheckedUpload(file, _with_ending(name, ending), content_type, size, digest.hexdigest())


def told_at_once() -> dict[str, str]:
    """Return the attributes of a file field by which a page says at once what `check_upload` would refuse.

    Sentences hold "{name}" where the name of the file goes.
    """
    most = settings.ATTACHMENTS_MAX_COUNT
    return {
        "data-most": str(most),
        "data-too-many": _("Se pueden adjuntar %(limit)s archivos como máximo.") % {"limit": most},
        "data-most-bytes": str(settings.ATTACHMENT_MAX_BYTES),
        "data-too-big": _too_big("{name}"),
        "data-empty": _empty("{name}"),
        "data-refused": json.dumps(refused_by_name("{name}"), ensure_ascii=False),
    }


def _too_big(name: str) -> str:
    words = _("«%(name)s» pesa más de %(limit)s, el máximo por archivo. Reduzca su tamaño o envíe solo una parte.")
    return words % {"name": name, "limit": file_size(settings.ATTACHMENT_MAX_BYTES)}


def _empty(name: str) -> str:
    return _("«%(name)s» está vacío. Compruebe que es el archivo correcto.") % {"name": name}


def store(upload: CheckedUpload, *, folder: str) -> str:
    """Write a checked file under a random name in `folder`, by month; return its name in the storage."""
    return default_storage.save(f"{folder}/{timezone.now():%Y/%m}/{secrets.token_hex(16)}", upload.file)


def safe_name(name: str) -> str:
    """Return a file's name without folders and without characters that hide or reorder it; at most 100 characters."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(" " if char.isspace() else char for char in plain if char.isspace() or char.isprintable())
    plain = " ".join(_UNSAFE.sub("_", plain).split()).strip(". ")
    if len(plain) > LONGEST_NAME:
        ending = PurePosixPath(plain).suffix[:12]
        plain = plain[: LONGEST_NAME - len(ending)].rstrip(". ") + ending
    return plain or _("archivo")


def as_download(file: FieldFile, *, name: str, content_type: str) -> FileResponse:
    """Answer with a stored file that browsers save and never show, run or guess the type of.

    Raises:
        Http404: The file is not in the storage.
    """
    try:
        content = file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _with_ending(name: str, ending: str) -> str:
    stem = PurePosixPath(name)
    if stem.suffix.removeprefix(".").lower() == ending:
        return name
    # A text called "error.log.1" keeps its whole name; a picture called "foto.pdf" is told for what it is.
    return f"{name}.{ending}" if ending == "txt" else f"{stem.stem}.{ending}"
