"""Keeping what a server gives us, before anybody reads it."""

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, transaction
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
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    _wait_for_others(mailbox, sha256)
    if known := IncomingMail.objects.filter(mailbox=mailbox, sha256=sha256).first():
        return known
    now = timezone.now()
    kept = IncomingMail.objects.create(
        organisation_id=mailbox.organisation_id,
        mailbox=mailbox,
        via=via,
        file=_store(f"{FOLDER}/{mailbox.pk}/{now:%Y/%m}/{sha256}.eml", raw),
        sha256=sha256,
        size_bytes=len(raw),
        received_at=now,
        next_attempt_at=now,
        envelope_from=envelope_from[:LONGEST_ENVELOPE],
        envelope_to=[address[:LONGEST_ENVELOPE] for address in envelope_to],
        imported_by=imported_by,
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


def _wait_for_others(mailbox: Mailbox, sha256: str) -> None:
    """Let whoever keeps the same bytes of the same mailbox finish first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mail {mailbox.pk} {sha256}"])


def _store(name: str, raw: bytes) -> str:
    if default_storage.exists(name):  # of a process that died before it could say that it has it
        default_storage.delete(name)
    stored = default_storage.save(name, ContentFile(raw))
    if isinstance(default_storage._wrapped, FileSystemStorage):  # type: ignore[attr-defined]  # behind Django's lazy object
        _flush(Path(default_storage.path(stored)))
    return stored


def _flush(path: Path) -> None:
    """Have the file and its place in the folder on the disk, so that they outlive a power cut."""
    for each in (path, path.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
