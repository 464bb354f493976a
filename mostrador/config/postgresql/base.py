"""Connect again for a few seconds while the database server restarts, and remember when a connection was lost."""

import select
import time
from types import TracebackType
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property

SECONDS_OF_PATIENCE = 8
PAUSE_SECONDS = 0.1
# What libpq says while a server is down, stops, starts or replays its log. Wrong passwords and names fail at once.
PASSING_FAULTS = (
    "Connection refused",
    "No such file or directory",
    "server closed the connection",
    "starting up",
    "shutting down",
    "recovery mode",
    "not yet accepting connections",
)
GOING_AWAY = ("57P", "08")  # classes of SQLSTATE: the server stops or starts, the connection broke


class CountingErrors(DatabaseErrorWrapper):
    """Django's translation of the driver's errors, which also counts lost connections."""

    def __init__(self, wrapper: "DatabaseWrapper") -> None:
        super().__init__(wrapper)
        self.own_wrapper = wrapper

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(exc_value, psycopg.OperationalError) and self._is_gone(exc_value):
            self.own_wrapper.losses += 1
        super().__exit__(exc_type, exc_value, traceback)

    def _is_gone(self, error: psycopg.OperationalError) -> bool:
        raw: Any = self.own_wrapper.connection
        return raw is None or raw.closed or (error.sqlstate or "").startswith(GOING_AWAY)


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's own, but waits for a server that is coming back.

    `losses` says how often this thread has lost its connection; Django itself forgets it at once by connecting again.
    """

    losses = 0

    def is_usable(self) -> bool:
        """Tell whether the connection still works, once for each page.

        A server that goes away says so or closes the connection; only when there is something to read is it asked,
        which would otherwise cost every page a question more.
        """
        return self._is_quiet() or super().is_usable()

    def _is_quiet(self) -> bool:
        raw = self.connection
        if raw is None or raw.closed:
            return False
        waiting = select.poll()
        waiting.register(raw.fileno(), select.POLLIN)
        return not waiting.poll(0)

    @cached_property
    def wrap_database_errors(self) -> CountingErrors:
        return CountingErrors(self)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        patience = time.monotonic() + SECONDS_OF_PATIENCE
        while True:
            try:
                return super().get_new_connection(conn_params)
            except psycopg.OperationalError as error:
                passing = any(fault in str(error) for fault in PASSING_FAULTS)
                if not passing or time.monotonic() > patience:
                    raise
            time.sleep(PAUSE_SECONDS)
