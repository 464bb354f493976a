"""Files that come with a mail, kept with the message that it became."""

from collections.abc import Sequence

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from mostrador.mailbox.rules.mail import File
from mostrador.shared.errors import ActionRefused
from mostrador.shared.uploads import check_upload, store
from mostrador.tickets.actions.attachments import FOLDER
from mostrador.tickets.models import Attachment, Message

# What a signature consists of; the ticket shows whose it is.
_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}


def keep_files(message: Message, files: Sequence[File], stored: list[str]) -> list[str]:
    """Keep the files of a mail with a message; return a sentence for each that is only in the original.

    What is written to the storage is added to `stored`, for whoever has to take it out again (`forget`).
    """
    kept: list[Attachment] = []
    refused: list[str] = []
    wanted = [file for file in files if file.content_type not in _SIGNATURES]
    for file in wanted[: settings.ATTACHMENTS_MAX_COUNT]:
        try:
            kept.append(_kept(message, file))
        except ActionRefused as refusal:
            refused.append(str(refusal))
        else:
            stored.append(str(kept[-1].file))
    Attachment.objects.bulk_create(kept)
    left = len(wanted) - settings.ATTACHMENTS_MAX_COUNT
    if left > 0:
        words = _("El mensaje traía %(number)s archivos más: están en el original.")
        refused.append(words % {"number": left})
    return refused


def forget(stored: Sequence[str]) -> None:
    """Take files out of the storage whose rows will never be."""
    for name in stored:
        default_storage.delete(name)


def _kept(message: Message, file: File) -> Attachment:
    upload = SimpleUploadedFile(file.name, file.content, file.content_type)
    upload.name = file.name  # Django takes folders out of it, and long names apart
    checked = check_upload(upload)
    return Attachment(
        message=message,
        file=store(checked, folder=FOLDER),
        name=checked.name,
        content_type=checked.content_type,
        size_bytes=checked.size_bytes,
        sha256=checked.sha256,
    )
