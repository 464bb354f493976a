"""Keeping what a server gives us, before anybody reads it."""

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.mailbox.choices import Via
from mostrador.mailbox.models import IncomingMail, Mailbox, MailImport
from mostrador.shared.background import run_at, run_later

LONGEST_ENVELOPE = 320  # RFC 5321, 4.5.3.1: 64 letters, "@" and 255
FOLDER = "mail"


@transaction.atomic
def receive(
    raw: bytes,
    *,
    mailbox: Mailbox,
    via: Via,
    envelope_from: str = "",
    envelope_to: Iterable[str] = (),
    imported_by: MailImport | None = None,
) -> IncomingMail:
    """Keep a message byte for byte and ask for it to be read; what we have already is not kept twice.

    Once the transaction has committed the message is safe, and not before: only then may the server be told so, or the
    message be removed there. A process that dies before leaves nothing but a file that the next attempt writes anew.

    Args:
        raw: The message.
        mailbox: Whose it is.
        via: Through which door it came.
        envelope_from: Address of the envelope (RFC 5321), "" for the null sender or when unknown.
        envelope_to: To whom the envelope was addressed, when known.
        imported_by: The import that brings it, which is history: nobody is written to about it.

    Returns:
        The row; of what was there already only the key is to be relied upon.
    """
    sha256, now = hashlib.sha256(raw).hexdigest(), timezone.now()
    kept = IncomingMail(
        organisation_id=mailbox.organisation_id,
        mailbox=mailbox,
        via=via,
        file=_store(f"{FOLDER}/{mailbox.pk}/{sha256[:2]}/{sha256}.eml", raw),
        sha256=sha256,
        size_bytes=len(raw),
        received_at=now,
        next_attempt_at=now,
        envelope_from=envelope_from[:LONGEST_ENVELOPE],
        envelope_to=[address[:LONGEST_ENVELOPE] for address in envelope_to],
        imported_by=imported_by,
    )
    # The key of what is there already comes back too, which takes an update that changes nothing.
    IncomingMail.objects.bulk_create(
        [kept], update_conflicts=True, unique_fields=["mailbox", "sha256"], update_fields=["sha256"]
    )
    transaction.on_commit(have_it_read)
    return kept


def have_it_read() -> None:
    """Ask for what has been received to be read, unless somebody is about to: who begins later sees what is there now.

    Called once it is committed; a process that dies before is made up for by the job that looks every minute.
    """
    if not ProcrastinateJob.objects.filter(task_name="mailbox.take_in", status="todo").exists():
        run_later("mailbox.take_in")


def have_it_read_at(moment: datetime) -> None:
    """Ask for what is due at a moment (aware) to be read then."""
    run_at(moment, "mailbox.take_in")


def _store(name: str, raw: bytes) -> str:
    """Write a message under a name that its content makes, so that whoever writes it twice writes the same.

    On a disk it is there whole or not at all, and outlives a power cut.
    """
    if not isinstance(default_storage._wrapped, FileSystemStorage):  # type: ignore[attr-defined]  # behind Django's lazy object
        return name if default_storage.exists(name) else default_storage.save(name, ContentFile(raw))
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    _flush_folder(path.parent)
    return name


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
