"""Do many things of the same kind in one transaction, and write what they lead to with one statement for each kind.

What happens to one ticket leads to lines of the audit record, jobs, news for open pages, words for the search… each a
statement of its own. Where hundreds are worked through, `together()` gathers these and writes them at its end, in the
same transaction. Whoever writes such a thing asks `later` first:

    if not later(_write_all, item):
        _write_all([item])
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import transaction

Value = TypeVar("Value")
Write = Callable[[list[Any]], None]


class _Gathered:
    """What is to be written at the end, and what was looked up once for all."""

    def __init__(self) -> None:
        self.items: dict[Write, list[Any]] = {}
        self.known: dict[Hashable, Any] = {}

    def write(self, write: Write) -> None:
        items = self.items.get(write)
        if items:
            self.items[write] = []
            write(items)

    def write_all(self) -> None:
        for write in list(self.items):
            self.write(write)


_gathered: ContextVar[_Gathered | None] = ContextVar("gathered", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Gather what the block leads to, in a transaction of its own or in the one that is open."""
    if _gathered.get() is not None:
        yield
        return
    gathered = _Gathered()
    token = _gathered.set(gathered)
    try:
        with transaction.atomic():
            yield
            gathered.write_all()
    finally:
        _gathered.reset(token)


@contextmanager
def one_of_them() -> Iterator[None]:
    """Do one of the many: when it fails, what it has written and what it led to are taken back, and the rest stays."""
    gathered = _gathered.get()
    before = {write: [*items] for write, items in gathered.items.items()} if gathered else {}
    try:
        with transaction.atomic():
            yield
    except BaseException:  # a stop too: it goes on below
        if gathered is not None:
            gathered.items = before
            gathered.known.clear()  # a lock that was taken inside is gone, too
        raise


@contextmanager
def savepoint() -> Iterator[None]:
    """Keep what fails inside from spoiling the transaction; one of many has that already, and is tried anew whole."""
    if _gathered.get() is not None:
        yield
        return
    with transaction.atomic():
        yield


def later(write: Write, item: Any) -> bool:
    """Have an item written with others of its kind, when many things are done together; tell whether it will be."""
    gathered = _gathered.get()
    if gathered is None:
        return False
    gathered.items.setdefault(write, []).append(item)
    return True


def write_now(write: Write) -> None:
    """Write what waits of one kind, for somebody who is about to read it."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered.write(write)


def found_once(key: Hashable, find: Callable[[], Value]) -> Value:
    """Return what `find` finds; while many things are done together it is asked once for each key."""
    gathered = _gathered.get()
    if gathered is None:
        return find()
    if key not in gathered.known:
        gathered.known[key] = find()
    found: Value = gathered.known[key]
    return found
