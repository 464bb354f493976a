"""Checking a mailbox: a message goes out to its address and is fetched, step by step.

Each step is a job of its own, so that nobody holds up a worker while the message is on its way.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.mailbox.actions.fetching import server_of
from mostrador.mailbox.actions.receiving import receive
from mostrador.mailbox.choices import CheckProblem, CheckStep, MailState, Outcome, Via, Way
from mostrador.mailbox.clients import imap, pop3
from mostrador.mailbox.clients.reach import reach
from mostrador.mailbox.errors import NotGiven, NotReached
from mostrador.mailbox.models import IncomingMail, Mailbox, MailboxCheck
from mostrador.mailbox.queries.checks import SMTP, steps_of
from mostrador.mailbox.rules.testing import HEADER, test_token
from mostrador.notifications.clients import Letter, configured_server, hand_over
from mostrador.notifications.errors import NotDelivered
from mostrador.notifications.rules import new_message_id
from mostrador.shared.background import run_at, run_later

PAUSE = timedelta(seconds=5)
ON_ITS_WAY = timedelta(minutes=10)
UNREAD = timedelta(minutes=5)
MOST_LOOKED_AT = 30  # messages that came in meanwhile
_HEAD_BYTES = 100_000  # a larger message is not ours


class _NotYet(Exception):  # noqa: N818 - read aloud
    """Nothing to say before the next look."""


class _Failed(Exception):  # noqa: N818 - read aloud
    def __init__(self, problem: str, answer: str = "") -> None:
        super().__init__(problem)
        self.problem, self.answer = problem, answer


@transaction.atomic
def start_check(box: Mailbox, *, by: User) -> MailboxCheck:
    """Begin to check a mailbox; one that goes on already is returned instead."""
    box = Mailbox.objects.select_for_update().get(pk=box.pk)
    now = timezone.now()
    latest = box.checks.order_by("-pk").first()
    if latest and latest.ended_at is None and not latest.stands_still(now):
        return latest
    check = MailboxCheck.objects.create(mailbox=box, step=steps_of(box)[0], started_by=by, started_at=now, step_at=now)
    record("mailbox.check_started", box, actor=by)
    run_later("mailbox.check", check_id=check.pk)
    return check


def run_check(check_id: int) -> None:
    """Do the step at which a check is, and ask for the next one. Run twice at once, the second does nothing."""
    with transaction.atomic():
        check = (
            MailboxCheck.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("mailbox__sender", "mailbox__organisation", "started_by")
            .filter(pk=check_id, ended_at__isnull=True)
            .first()
        )
        if check is not None:
            _do_step(check)


def _do_step(check: MailboxCheck) -> None:
    step = CheckStep(check.step)
    try:
        _STEPS[step](check)
    except _NotYet:
        run_at(timezone.now() + PAUSE, "mailbox.check", check_id=check.pk)
        return
    except NotReached as failure:
        check.problem, check.answer = str(failure.problem), failure.answer
    except _Failed as failure:
        check.problem, check.answer = failure.problem, failure.answer
    else:
        _go_on(check, step)
    now = timezone.now()
    check.step_at = now
    if check.problem or not check.step:
        check.ended_at = now
    else:
        run_later("mailbox.check", check_id=check.pk)
    check.save()


def _go_on(check: MailboxCheck, step: CheckStep) -> None:
    steps = steps_of(check.mailbox)
    place = steps.index(step) + 1
    check.step = steps[place] if place < len(steps) else ""


# --- The steps ------------------------------------------------------------------------------------------


def _connect(check: MailboxCheck) -> None:
    reach(check.mailbox.host, check.mailbox.port)


def _sign_in(check: MailboxCheck) -> None:
    box = check.mailbox
    if box.way == Way.POP3:
        with pop3.connect(server_of(box)) as pop:
            check.before = {"names": [name for _number, name in pop.messages()]}
    else:
        with imap.connect(server_of(box)) as connection:
            connection.folders()


def _open_folders(check: MailboxCheck) -> None:
    box, before = check.mailbox, {}
    with imap.connect(server_of(box)) as connection:
        for folder in _places(box):
            state = connection.open(folder, read_only=True)
            before[folder] = (state.uid_next or 1) - 1 if state.uid_next else max(connection.uids_after(0), default=0)
    check.before = before


def _places(box: Mailbox) -> list[str]:
    return [*box.folders, *([box.done_folder] if box.done_folder else [])]


def _send(check: MailboxCheck) -> None:
    server = configured_server()
    if server is None:
        raise _Failed(CheckProblem.NO_SERVER)
    box, now = check.mailbox, timezone.now()
    check.message_id = new_message_id(box.organisation.host)
    check.save(update_fields=["message_id"])
    try:
        hand_over(_letter(box, check.message_id, now), server)
    except NotDelivered as failure:
        raise _Failed(f"{SMTP}{failure.problem}", failure.answer) from failure


def _letter(box: Mailbox, message_id: str, now: datetime) -> Letter:
    with translation.override(box.language):
        return Letter(
            sender=box.sender.address,
            to=box.address,
            subject=_("Prueba del buzón"),
            text=_("Este mensaje comprueba que el correo de este buzón sale y llega. No hace falta contestarlo.")
            + "\n",
            html="",
            written_at=now,
            message_id=message_id,
            headers={HEADER: test_token(box.pk, now), "Auto-Submitted": "auto-generated"},
        )


def _arrive(check: MailboxCheck) -> None:
    if _received(check) is not None:
        return
    box = check.mailbox
    raw = None
    if box.way == Way.POP3:
        raw = _from_pop3(check)
    elif box.way == Way.IMAP:
        raw = _from_imap(check)
    if raw is not None:
        receive(raw, mailbox=box, via=Via(box.way))
        return
    _wait(check, ON_ITS_WAY, CheckProblem.NOT_DELIVERED if box.way == Way.DELIVERED else CheckProblem.NOT_ARRIVED)


def _from_imap(check: MailboxCheck) -> bytes | None:
    box = check.mailbox
    with imap.connect(server_of(box)) as connection:
        for folder in _places(box):
            connection.open(folder, read_only=True)
            uids = connection.uids_after(check.before.get(folder, 0))[-MOST_LOOKED_AT:]
            sizes = connection.sizes(uids) if uids else {}
            for uid in uids:
                if sizes.get(uid, 0) > _HEAD_BYTES:
                    continue
                fetched = connection.fetch(uid)
                if fetched and isinstance(fetched.raw, bytes) and _is_ours(fetched.raw, check):
                    return fetched.raw
    return None


def _from_pop3(check: MailboxCheck) -> bytes | None:
    known = set(check.before.get("names", []))
    with pop3.connect(server_of(check.mailbox)) as pop:
        fresh = [number for number, name in pop.messages() if name not in known]
        sizes = pop.sizes() if fresh else {}
        for number in fresh[-MOST_LOOKED_AT:]:
            if sizes.get(number, 0) > _HEAD_BYTES:
                continue
            try:
                raw = pop.fetch(number)
            except NotGiven:
                continue
            if isinstance(raw, bytes) and _is_ours(raw, check):  # ours is no large one
                return raw
    return None


def _is_ours(raw: bytes, check: MailboxCheck) -> bool:
    return _bare(check.message_id).encode() in raw[:_HEAD_BYTES]


def _read(check: MailboxCheck) -> None:
    mail = _received(check)
    if mail is None or mail.state == MailState.RECEIVED:
        _wait(check, UNREAD, CheckProblem.NOT_READ)
    elif mail.outcome != Outcome.TEST:
        raise _Failed(CheckProblem.TAKEN_FOR_MAIL)


def _received(check: MailboxCheck) -> IncomingMail | None:
    """Return the message as we received it; before it is read, only its original says which one it is."""
    since = IncomingMail.objects.filter(mailbox=check.mailbox, received_at__gte=check.started_at).order_by("-pk")
    bare = _bare(check.message_id)
    if known := since.filter(message_id__contains=bare).first():
        return known
    for mail in since.filter(state=MailState.RECEIVED)[:MOST_LOOKED_AT]:
        with default_storage.open(mail.file) as original:
            if bare.encode() in original.read(_HEAD_BYTES):
                return mail
    return None


def _bare(message_id: str) -> str:
    return message_id.strip("<>")


def _wait(check: MailboxCheck, most: timedelta, problem: CheckProblem) -> None:
    if timezone.now() - check.step_at > most:
        raise _Failed(problem)
    raise _NotYet


_STEPS: dict[CheckStep, Callable[[MailboxCheck], Any]] = {
    CheckStep.CONNECT: _connect,
    CheckStep.SIGN_IN: _sign_in,
    CheckStep.FOLDER: _open_folders,
    CheckStep.SEND: _send,
    CheckStep.ARRIVE: _arrive,
    CheckStep.READ: _read,
}
