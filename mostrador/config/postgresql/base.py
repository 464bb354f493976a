"""Connect again for a few seconds while the database server restarts, instead of failing the page at once."""

import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base

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


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's own, but waits for a server that is coming back."""

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
