"""What can be wrong with the running system, asked in a few quick queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection

from mostrador.shared import schema

OLDEST_HEARTBEAT = timedelta(seconds=60)  # the worker gives a sign of life every 10 s
LONGEST_QUEUE = timedelta(minutes=5)


@dataclass(frozen=True)
class Health:
    """The state of the parts that every page or job needs."""

    database: bool
    migrations: bool = False
    last_heartbeat: datetime | None = None
    oldest_waiting: timedelta = timedelta()

    @property
    def ready(self) -> bool:
        """Whether this process may be sent visitors: pages work even while background jobs wait."""
        return self.database and self.migrations

    def worker_lives(self, now: datetime) -> bool:
        """Tell whether a worker gave a sign of life lately."""
        return self.last_heartbeat is not None and now - self.last_heartbeat < OLDEST_HEARTBEAT


def current_health() -> Health:
    """Return the state of database, tables, background worker and queue."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(schema.READ)
            migrated = cursor.fetchone() == (schema.expected(),)
            if not migrated:
                return Health(database=True)
            cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
            heartbeat = cursor.fetchone()[0]
            # A job waits from the moment at which it may be done.
            cursor.execute(
                "SELECT coalesce(now() - min(coalesce(job.scheduled_at, event.at)), interval '0')"
                " FROM procrastinate_jobs job JOIN procrastinate_events event"
                " ON event.job_id = job.id AND event.type = 'deferred'"
                " WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())"
            )
            waiting = cursor.fetchone()[0]
    except DatabaseError:
        return Health(database=False)
    return Health(database=True, migrations=True, last_heartbeat=heartbeat, oldest_waiting=waiting)
