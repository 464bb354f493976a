"""Where a mailbox begins: what was in it before it was ours is left alone, unless somebody wants it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mostrador.mailbox.actions.fetching import begin_with_what_comes_now, note_failure, server_of
from mostrador.mailbox.choices import Way
from mostrador.mailbox.clients import imap
from mostrador.mailbox.errors import NotReached
from mostrador.mailbox.models import Folder, Mailbox


def begin(mailbox_id: int, *, activate: bool, asked_at: datetime | None = None) -> None:
    """Leave alone what is in folders that were never looked into, then put the mailbox to use.

    Run twice, the second finds nothing to do. When the server cannot be reached, the mailbox says so and rests: whoever
    looks after it puts it right and starts it again. One that somebody has changed or stopped since it was asked for
    (`asked_at`, none for now) is not put to use.
    """
    box = Mailbox.objects.get(pk=mailbox_id)
    try:
        _begin(box)
    except NotReached as failure:
        note_failure(box, failure.problem, failure.answer)
        return
    Mailbox.objects.filter(pk=box.pk).update(problem="", last_error="", failing_since=None)
    if activate:
        Mailbox.objects.filter(pk=box.pk, changed_at=asked_at or box.changed_at).update(is_active=True)


def _begin(box: Mailbox) -> None:
    if box.way == Way.POP3:
        if not box.positions.exists():
            begin_with_what_comes_now(box)
        return
    known = set(box.positions.values_list("name", flat=True))
    fresh = [name for name in box.folders if name not in known]
    if not fresh:
        return
    found = []
    with imap.connect(server_of(box)) as session:
        for name in fresh:
            state = session.open(name, read_only=True)
            last = max(session.uids_after(0), default=0)
            found.append(
                Folder(
                    mailbox=box,
                    name=name,
                    uid_validity=state.uid_validity,
                    last_uid=last,
                    ours_since=timezone.now(),
                )
            )
    with transaction.atomic():
        Folder.objects.bulk_create(found, ignore_conflicts=True)
