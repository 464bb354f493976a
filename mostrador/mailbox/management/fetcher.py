"""Looks after all mailboxes that are fetched, each in a thread of its own, until it is told to stop."""

import logging
import threading
import time

from django.db import DatabaseError, InterfaceError, connection

from mostrador.mailbox.actions.fetching import note_failure, stay_with
from mostrador.mailbox.choices import FetchProblem
from mostrador.mailbox.errors import NotReached
from mostrador.mailbox.models import Mailbox

logger = logging.getLogger(__name__)

SECONDS_UNTIL_CHANGES_ARE_SEEN = 3
SECONDS_TO_FINISH = 12  # what is being fetched when it is told to stop; what is not finished is fetched again
SHORTEST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0
# A server that refuses us several times a minute locks the account, and nothing changes until somebody does something.
REFUSED = {FetchProblem.CREDENTIALS, FetchProblem.TOKEN, FetchProblem.APPLICATION, FetchProblem.METHOD}
PAUSE_AFTER_REFUSAL_SECONDS = 300.0
LONGEST_PAUSE_AFTER_REFUSAL_SECONDS = 3600.0


class Fetcher:
    """All mailboxes, or only that of one address."""

    def __init__(self, address: str = "") -> None:
        self._address = address
        self._stop = threading.Event()
        self._keepers: dict[int, Keeper] = {}

    def stop(self) -> None:
        """Have `run` end soon."""
        self._stop.set()

    def run(self) -> None:
        """Look after the mailboxes, new and changed ones too, until `stop` is called."""
        while not self._stop.is_set():
            try:
                self._follow_changes()
            except (DatabaseError, InterfaceError):
                logger.warning("the database is not there; what is known is looked after", exc_info=True)
                connection.close()
            self._stop.wait(SECONDS_UNTIL_CHANGES_ARE_SEEN)
        connection.close()
        self._end(list(self._keepers.values()))

    def _follow_changes(self) -> None:
        mailboxes = Mailbox.objects.fetched()
        if self._address:
            mailboxes = mailboxes.of_address(self._address)
        wanted = {mailbox.pk: mailbox for mailbox in mailboxes}
        for key, keeper in list(self._keepers.items()):
            if key not in wanted or wanted[key].changed_at != keeper.mailbox.changed_at:
                keeper.stop.set()
            if not keeper.is_alive():
                del self._keepers[key]
        for key, mailbox in wanted.items():
            if key not in self._keepers:
                self._keepers[key] = Keeper(mailbox)
                self._keepers[key].start()

    @staticmethod
    def _end(keepers: "list[Keeper]") -> None:
        for keeper in keepers:
            keeper.stop.set()
        end = time.monotonic() + SECONDS_TO_FINISH
        for keeper in keepers:
            keeper.join(max(0.0, end - time.monotonic()))


class Keeper(threading.Thread):
    """Looks after one mailbox, as it was configured when the thread began."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(name=f"mailbox-{mailbox.pk}", daemon=True)
        self.mailbox = mailbox
        self.stop = threading.Event()

    def run(self) -> None:
        """Come again and again; the pause doubles with each failure."""
        pause = 0.0
        while not self.stop.is_set():
            try:
                seconds = stay_with(self.mailbox, stopped=self.stop.is_set, before_waiting=connection.close)
                pause = 0.0
            except NotReached as error:
                logger.warning("mailbox %s could not be fetched: %s", self.mailbox.pk, error.problem)
                seconds = pause = next_pause(pause, error.problem)
            except Exception:  # the outer loop of a mailbox: it goes on, and its page says so
                logger.exception("mailbox %s could not be fetched", self.mailbox.pk)
                self._note_own_fault()
                seconds = pause = next_pause(pause, FetchProblem.OURS)
            finally:
                connection.close()
            self.stop.wait(seconds)

    def _note_own_fault(self) -> None:
        try:
            connection.close()
            note_failure(self.mailbox, FetchProblem.OURS, "")
        except (DatabaseError, InterfaceError):
            logger.warning("the database is not there")


def next_pause(before: float, problem: str) -> float:
    """Return how many seconds to wait after a failure; `before` is the pause after the last one, 0 after success."""
    if problem in REFUSED:
        return min(max(before * 2, PAUSE_AFTER_REFUSAL_SECONDS), LONGEST_PAUSE_AFTER_REFUSAL_SECONDS)
    return min(max(before * 2, SHORTEST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
