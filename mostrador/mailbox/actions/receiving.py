"""Keeping what a server gives us, before anybody reads it."""

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.mailbox.choices import Via
from mostrador.mailbox.clients.servers import Raw
from mostrador.mailbox.models import IncomingMail, Mailbox, MailImport
from mostrador.shared.background import run_at, run_later

LONGEST_ENVELOPE = 320  # RFC 5321, 4.5.3.1: 64 letters, "@" and 255
FOLDER = "mail"


@transaction.atomic
def receive(
    raw: Raw,
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
        raw: The message; a large one may be in a file.
        mailbox: Whose it is.
        via: Through which door it came.
        envelope_from: Address of the envelope (RFC 5321), "" for the null sender or when unknown.
        envelope_to: To whom the envelope was addressed, when known.
        imported_by: The import that brings it, which is history: nobody is written to about it.

    Returns:
        The row. What is there already is not written again, as its words may have had their time; of what somebody else
        keeps at the same moment only the key is to be relied upon.
    """
    kept = _row(raw, mailbox, via)
    if known := IncomingMail.objects.filter(mailbox=mailbox, sha256=kept.sha256).first():
        return known
    kept.envelope_from = envelope_from[:LONGEST_ENVELOPE]
    kept.envelope_to = [address[:LONGEST_ENVELOPE] for address in envelope_to]
    kept.imported_by = imported_by
    [kept.file] = _store({_name(kept): raw})
    _save([kept])
    return kept


@transaction.atomic
def receive_several(messages: Iterable[Raw], *, mailbox: Mailbox, via: Via) -> None:
    """Keep messages that a server gave us together and without envelopes, all or none, as `receive` does with one.

    They take three queries, and little more time of the disk than one; large ones are never in memory as a whole.
    """
    found = {kept.sha256: (kept, raw) for raw in messages for kept in [_row(raw, mailbox, via)]}
    known = IncomingMail.objects.filter(mailbox=mailbox, sha256__in=found).values_list("sha256", flat=True)
    for sha256 in known:
        del found[sha256]
    if not found:
        return
    rows = [kept for kept, _ in found.values()]
    names = _store({_name(kept): raw for kept, raw in found.values()})
    for kept, name in zip(rows, names, strict=True):
        kept.file = name
    _save(rows)


def _row(raw: Raw, mailbox: Mailbox, via: Via) -> IncomingMail:
    now = timezone.now()
    return IncomingMail(
        organisation_id=mailbox.organisation_id,
        mailbox=mailbox,
        via=via,
        sha256=_sha256(raw),
        size_bytes=len(raw),
        received_at=now,
        next_attempt_at=now,
    )


def _sha256(raw: Raw) -> str:
    if isinstance(raw, bytes):
        return hashlib.sha256(raw).hexdigest()
    raw.file.seek(0)
    return hashlib.file_digest(raw.file, "sha256").hexdigest()


def _name(kept: IncomingMail) -> str:
    return f"{FOLDER}/{kept.mailbox_id}/{kept.sha256[:2]}/{kept.sha256}.eml"


def _save(rows: list[IncomingMail]) -> None:
    # The key of what is there already comes back too, which takes an update that changes nothing.
    IncomingMail.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["mailbox", "sha256"], update_fields=["sha256"]
    )
    transaction.on_commit(have_it_read)


def have_it_read() -> None:
    """Ask for what has been received to be read, unless somebody is about to: who begins later sees what is there now.

    Called once it is committed; a process that dies before is made up for by the job that looks every minute.
    """
    waiting = ProcrastinateJob.objects.filter(task_name="mailbox.take_in", status="todo", scheduled_at__isnull=True)
    if not waiting.exists():
        run_later("mailbox.take_in")


def have_it_read_at(moment: datetime) -> None:
    """Ask for what is due at a moment (aware) to be read then."""
    run_at(moment, "mailbox.take_in")


def _store(messages: dict[str, Raw]) -> list[str]:
    """Write messages under names that their content makes, so that whoever writes one twice writes the same.

    On a disk each is there whole or not at all, and outlives a power cut. Returns the names they got.
    """
    if not isinstance(default_storage._wrapped, FileSystemStorage):  # type: ignore[attr-defined]  # behind Django's lazy object
        return [
            name if default_storage.exists(name) else default_storage.save(name, _file(raw))
            for name, raw in messages.items()
        ]
    written = {Path(default_storage.path(name)): _written(name, raw) for name, raw in messages.items()}
    for path, unfinished in written.items():
        _flush(unfinished)  # after all are written: the disk's journal takes them together
        unfinished.replace(path)
    for folder in {path.parent for path in written}:
        _flush(folder)
    return list(messages)


def _written(name: str, raw: Raw) -> Path:
    """Write a message beside the place where it is to be."""
    folder = Path(default_storage.path(name)).parent
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=".", delete=False) as file:
        try:
            for piece in _file(raw).chunks():
                file.write(piece)
        except BaseException:  # a stop too: it goes on below
            Path(file.name).unlink(missing_ok=True)  # a full disk does not get fuller with each attempt
            raise
    return Path(file.name)


def _file(raw: Raw) -> "File[bytes]":
    return ContentFile(raw) if isinstance(raw, bytes) else File(raw.file)


def _flush(path: Path) -> None:
    """Have a file, or a folder's list of names, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
