"""Bringing in what was in a mailbox before it was ours, by portions; nobody is written to about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.mailbox.actions.fetching import server_of
from mostrador.mailbox.actions.receiving import receive
from mostrador.mailbox.choices import FetchProblem, ImportState, Via, Way
from mostrador.mailbox.clients import imap
from mostrador.mailbox.errors import NotGiven, NotReached
from mostrador.mailbox.models import Mailbox, MailImport
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused

PORTION = 100
GOING = (ImportState.WAITING, ImportState.RUNNING)
STANDS_STILL_AFTER = timedelta(minutes=2)
# They pass by themselves: the import goes on a little later.
PASSING = {
    FetchProblem.UNREACHABLE,
    FetchProblem.SILENT,
    FetchProblem.CUT_OFF,
    FetchProblem.BUSY,
}


def folders_of(box: Mailbox) -> list[str]:
    """Return the folders that the server of a mailbox has.

    Raises:
        ActionRefused: It could not be reached.
    """
    try:
        with imap.connect(server_of(box)) as session:
            return session.folders()
    except NotReached as failure:
        raise ActionRefused(str(FetchProblem(failure.problem).label)) from failure


@transaction.atomic
def start_import(box: Mailbox, *, folder: str, since: date | None, as_history: bool, by: User) -> MailImport:
    """Begin to bring in a folder.

    Args:
        box: Which mailbox.
        folder: As the server calls it.
        since: Only what the server received on that day or later.
        as_history: Tickets come in resolved; else as work to do.
        by: Who asks.

    Raises:
        ActionRefused: The mailbox has no folders to look into, or another import of it goes on.
    """
    box = Mailbox.objects.select_for_update().get(pk=box.pk)
    if box.way != Way.IMAP:
        raise ActionRefused(_("Solo se puede traer lo que hay en buzones que se recogen por IMAP."))
    if box.imports.filter(state__in=GOING).exists():
        raise ActionRefused(_("Ya hay una importación en marcha de este buzón. Espere a que termine o deténgala."))
    now = timezone.now()
    made = MailImport.objects.create(
        mailbox=box,
        folder=folder,
        since=since,
        as_history=as_history,
        started_by=by,
        started_at=now,
        moved_at=now,
    )
    record("mailbox.import_started", box, actor=by, details={"import": made.pk})
    run_later("mailbox.import_portion", import_id=made.pk)
    return made


@transaction.atomic
def stop_import(asked: MailImport, *, by: User) -> None:
    """Stop after the message that is being brought in; what came in stays."""
    stopped = MailImport.objects.filter(pk=asked.pk, state__in=GOING)
    if stopped.update(state=ImportState.STOPPED, moved_at=timezone.now()):
        record("mailbox.import_stopped", asked.mailbox, actor=by, details={"import": asked.pk})


@transaction.atomic
def resume_import(asked: MailImport, *, by: User) -> None:
    """Go on after the last message that came in.

    Raises:
        ActionRefused: Another import of the mailbox goes on.
    """
    box = Mailbox.objects.select_for_update().get(pk=asked.mailbox_id)
    if box.imports.filter(state__in=GOING).exclude(pk=asked.pk).exists():
        raise ActionRefused(_("Ya hay una importación en marcha de este buzón. Espere a que termine o deténgala."))
    rested = MailImport.objects.filter(pk=asked.pk, state__in=[ImportState.STOPPED, ImportState.FAILED])
    if rested.update(state=ImportState.WAITING, problem="", ended_at=None, moved_at=timezone.now()):
        record("mailbox.import_resumed", box, actor=by, details={"import": asked.pk})
        run_later("mailbox.import_portion", import_id=asked.pk)


def import_portion(import_id: int) -> None:
    """Bring in a portion and ask for the next one. Run twice at once, the second does nothing.

    Each message and how far we are with it are kept in one transaction: a process that dies loses nothing, and what
    came in already is recognised by its content.
    """
    with _alone_with(import_id) as alone:
        if not alone:
            return
        going = MailImport.objects.select_related("mailbox__organisation").filter(pk=import_id, state__in=GOING)
        asked = going.first()
        if asked is None:
            return
        try:
            is_over = _bring(asked)
        except NotReached as failure:
            _note_failure(asked, failure)
            return
    if is_over:
        _settle(asked, ImportState.DONE)
    elif going.exists():
        run_later("mailbox.import_portion", import_id=import_id)


def wake_imports() -> int:
    """Ask again for imports that stand still: their process died, or their server did not answer; return how many."""
    limit = timezone.now() - STANDS_STILL_AFTER
    still = list(MailImport.objects.filter(state__in=GOING, moved_at__lt=limit).order_by("pk"))
    for asked in still:
        MailImport.objects.filter(pk=asked.pk).update(moved_at=timezone.now())
        run_later("mailbox.import_portion", import_id=asked.pk)
    return len(still)


def _bring(asked: MailImport) -> bool:
    """Bring in one portion; return whether nothing is left."""
    with imap.connect(server_of(asked.mailbox)) as session:
        state = session.open(asked.folder, read_only=True)
        if state.uid_validity != asked.uid_validity:  # numbers mean something else by now: all is gone through again
            asked.uid_validity, asked.last_uid, asked.done, asked.failed = state.uid_validity, 0, 0, 0
        left = _not_to_be_fetched(asked, session.uids_after(asked.last_uid))
        if asked.since:
            since = session.uids_since(asked.since)
            left = [uid for uid in left if uid in since]
        asked.total = asked.done + asked.failed + len(left)
        asked.problem = ""
        _move(asked, "uid_validity", "last_uid", "done", "failed", "total", "problem", state=ImportState.RUNNING)
        for uid in left[:PORTION]:
            if not _bring_one(asked, session, uid):
                return False
    return len(left) <= PORTION


def _not_to_be_fetched(asked: MailImport, uids: list[int]) -> list[int]:
    """Leave to the fetcher what it has not passed yet: that is new mail, and work to do.

    Raises:
        NotReached: It has to go through the folder again first (BUSY).
    """
    if asked.folder not in asked.mailbox.folders:
        return uids
    position = asked.mailbox.positions.filter(name=asked.folder).first()
    if position is None:
        return uids
    if position.uid_validity != asked.uid_validity:
        raise NotReached(FetchProblem.BUSY, "UIDVALIDITY")
    return [uid for uid in uids if uid <= position.last_uid and uid not in position.withheld]


def _bring_one(asked: MailImport, session: imap.Connection, uid: int) -> bool:
    """Bring in one message; return whether to go on."""
    try:
        fetched = session.fetch(uid)
    except NotGiven:
        fetched = None
        asked.failed += 1
    else:
        asked.done += 1
    asked.last_uid = uid
    with transaction.atomic():
        if fetched is not None:
            receive(fetched.raw, mailbox=asked.mailbox, via=Via.IMPORT, imported_by=asked)
        return _move(asked, "last_uid", "done", "failed")


def _move(asked: MailImport, *names: str, state: ImportState | None = None) -> bool:
    """Keep how far an import is; return False when somebody has stopped it."""
    values = {name: getattr(asked, name) for name in names} | {"moved_at": timezone.now()}
    if state is not None:
        values["state"] = state
    changed = MailImport.objects.filter(pk=asked.pk, state__in=GOING).update(**values)
    if not changed:
        MailImport.objects.filter(pk=asked.pk).update(**{name: getattr(asked, name) for name in names})
    return bool(changed)


def _note_failure(asked: MailImport, failure: NotReached) -> None:
    if failure.problem in PASSING:
        MailImport.objects.filter(pk=asked.pk).update(problem=failure.problem, moved_at=timezone.now())
    else:
        _settle(asked, ImportState.FAILED, problem=failure.problem)


def _settle(asked: MailImport, state: ImportState, *, problem: str = "") -> None:
    now = timezone.now()
    going = MailImport.objects.filter(pk=asked.pk, state__in=GOING)
    going.update(state=state, problem=problem, ended_at=now, moved_at=now)


@contextmanager
def _alone_with(import_id: int) -> Iterator[bool]:
    """Tell whether no other process works at the import, and let none while open."""
    key = [f"mail import {import_id}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
        [alone] = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)
