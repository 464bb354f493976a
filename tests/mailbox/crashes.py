"""Fetches and reads mail in a process that is killed (SIGKILL) at one of its steps, then once more in one that is not.

Run by test_crashes.py in a process of its own. A step is whatever leaves this process: a statement or the end of a
transaction in the database, a call of the mail server, something in the file system. The product knows nothing of it:
what it calls is wrapped here. Prints one line of JSON for each crash point: what the product has, and the server.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.files.storage import FileSystemStorage, default_storage  # noqa: E402 - after Django's set-up
from django.db import connection, connections  # noqa: E402 - as above
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402 - as above
from django.db.backends.utils import CursorWrapper  # noqa: E402 - as above
from django.utils import timezone  # noqa: E402 - as above

from mostrador.mailbox.actions import fetching, taking_in  # noqa: E402 - as above
from mostrador.mailbox.clients import imap, pop3  # noqa: E402 - as above
from mostrador.mailbox.models import IncomingMail, Mailbox  # noqa: E402 - as above

WATCHED: list[tuple[Any, str]] = [
    (CursorWrapper, "_execute_with_wrappers"),
    (BaseDatabaseWrapper, "_commit"),
    (FileSystemStorage, "_save"),
    (os, "fsync"),
    (Path, "replace"),
    *((imap.Connection, name) for name in ("open", "uids_after", "sizes", "fetch_several", "move", "delete")),
    *((pop3.Connection, name) for name in ("messages", "sizes", "fetch", "delete")),
    (pop3._Pop3, "quit"),
]


class Steps:
    """Counts, and ends this process before its step number `last`, which is after the one before it."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.done = 0

    def step(self) -> None:
        self.done += 1
        if self.done == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def counted(*arguments: Any, **named: Any) -> Any:
            self.step()
            return function(*arguments, **named)

        return counted


def work(mailbox_id: int, *, reads: bool) -> None:
    """Fetch the mailbox and, where wanted, read what came."""
    fetching.look_into(Mailbox.objects.get(pk=mailbox_id))
    while reads and taking_in.take_in_what_is_due():
        pass


def killed_at(step: int, mailbox_id: int, *, reads: bool) -> bool:
    """Work in a process that is killed at the step; return whether it was: it may have ended before."""
    child = os.fork()
    if child == 0:
        steps = Steps(step)
        for owner, name in WATCHED:
            setattr(owner, name, steps.around(getattr(owner, name)))
        work(mailbox_id, reads=reads)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        sys.exit(f"step {step} failed by itself")
    return os.WIFSIGNALED(status)


def in_a_child(do: Callable[[], None]) -> None:
    """Do it in a process that has its own connection to the database."""
    child = os.fork()
    if child == 0:
        do()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status != 0:
        sys.exit("could not go on after a crash")


def files_of(mailbox_id: int) -> list[str]:
    """What is safe after a crash: the digests of the messages whose originals are whole."""
    found = []
    for mail in IncomingMail.objects.filter(mailbox_id=mailbox_id):
        with default_storage.open(mail.file) as file:
            if len(file.read()) == mail.size_bytes:
                found.append(mail.sha256)
    return sorted(found)


def recover(mailbox_id: int, *, reads: bool) -> None:
    """What the product does some minutes later: leases are over, and the work is done again."""
    print(json.dumps({"mailbox": mailbox_id, "safe": files_of(mailbox_id)}), flush=True)  # noqa: T201 - the test reads it
    sys.stdin.readline()  # the test looks at what the server still has
    IncomingMail.objects.filter(mailbox_id=mailbox_id).update(next_attempt_at=timezone.now())
    work(mailbox_id, reads=reads)
    print(json.dumps({"again": True}), flush=True)  # noqa: T201 - the test reads it


def main() -> None:
    """Read lines "MAILBOX STEP READS", crash there and recover."""
    connections.close_all()
    while line := sys.stdin.readline():
        mailbox_id, step, with_reading = map(int, line.split())
        reads = bool(with_reading)
        was_killed = killed_at(step, mailbox_id, reads=reads)
        in_a_child(partial(recover, mailbox_id, reads=reads))
        print(json.dumps({"killed": was_killed}), flush=True)  # noqa: T201 - the test reads it
    connection.close()


if __name__ == "__main__":
    main()
