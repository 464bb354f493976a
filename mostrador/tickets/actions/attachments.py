"""Files that come with a draft and then with a message."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mostrador.shared.errors import ActionRefused
from mostrador.shared.uploads import check_upload, store
from mostrador.tickets.errors import TooManyFiles
from mostrador.tickets.models import Attachment, DraftFile, Message, TicketDraft

# Of all unsent drafts together, so that nobody fills the disk with what is never sent.
DRAFTS_MAX_BYTES = 4_000_000_000
FOLDER = "attachments"  # from the first day: when the draft is sent the file stays where it is


def keep_files(draft: TicketDraft, files: Iterable["UploadedFile[Any]"]) -> list[str]:
    """Keep the files that may be kept; return a sentence for each of the others.

    The caller holds the draft's lock, so that two presses do not pass the limit together. A file that is already there
    (same name, same content) is kept once.
    """
    refused, too_many = [], []
    for file in files:
        try:
            _keep(draft, file)
        except TooManyFiles as refusal:
            too_many.append(str(refusal))
        except ActionRefused as refusal:
            refused.append(str(refusal))
    if len(too_many) > 1:  # one sentence, not one for each of two hundred
        words = _("Se pueden adjuntar %(limit)s archivos como máximo; %(number)s no se han guardado.")
        too_many = [words % {"limit": settings.ATTACHMENTS_MAX_COUNT, "number": len(too_many)}]
    return refused + too_many


def remove_file(draft: TicketDraft, file_id: int) -> None:
    """Take a file out of a draft; one that is not there is no matter."""
    for file in draft.files.filter(pk=file_id):
        _delete(file)


def hand_over(draft: TicketDraft, message: Message) -> None:
    """Give the files of a draft to the message with which they were sent."""
    kept = list(draft.files.order_by("pk"))
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            file=file.file.name,
            name=file.name,
            content_type=file.content_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
        )
        for file in kept
    )
    draft.files.all().delete()


def delete_draft(draft: TicketDraft) -> None:
    """Delete a draft with what was typed and uploaded."""
    for file in draft.files.all():
        _delete(file)
    draft.delete()


def _keep(draft: TicketDraft, file: "UploadedFile[Any]") -> None:
    checked = check_upload(file)
    if draft.files.filter(name=checked.name, sha256=checked.sha256).exists():
        return
    limit = settings.ATTACHMENTS_MAX_COUNT
    if draft.files.count() >= limit:
        sentence = ngettext(
            "Solo se puede adjuntar %(limit)s archivo; «%(name)s» no se ha guardado.",
            "Se pueden adjuntar %(limit)s archivos como máximo; «%(name)s» no se ha guardado.",
            limit,
        )
        raise TooManyFiles(sentence % {"limit": limit, "name": checked.name})
    if _kept_in_drafts() + checked.size_bytes > DRAFTS_MAX_BYTES:
        raise ActionRefused(
            _("Ahora mismo no podemos guardar «%(name)s». Envíe la consulta sin él; podrá añadirlo después.")
            % {"name": checked.name}
        )
    stored = store(checked, folder=FOLDER)
    DraftFile.objects.create(
        draft=draft,
        file=stored,
        name=checked.name,
        content_type=checked.content_type,
        size_bytes=checked.size_bytes,
        sha256=checked.sha256,
    )


def _kept_in_drafts() -> int:
    total: int | None = DraftFile.objects.aggregate(total=Sum("size_bytes"))["total"]
    return total or 0


def _delete(file: DraftFile) -> None:
    """Delete row and content; the content goes once the row's end is certain."""
    stored = str(file.file.name)
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(stored))
