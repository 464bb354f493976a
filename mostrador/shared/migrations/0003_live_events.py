"""Live events, kept for two hours. Logged, unlike the tables beside it: a page must find what it missed while the server was down.

`transaction` and `position` say what had ended when the event was written; see mostrador/shared/live_events.py.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shared", "0002_rate_limits")]
    operations = [
        migrations.RunSQL(
            """CREATE TABLE shared_live_event (
                id bigserial PRIMARY KEY,
                transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
                position text NOT NULL DEFAULT
                    pg_snapshot_xmin(pg_current_snapshot())::text || '-' || extract(epoch FROM clock_timestamp())::bigint,
                topic varchar(200) NOT NULL,
                event varchar(40) NOT NULL,
                data json NOT NULL,
                at timestamptz NOT NULL DEFAULT clock_timestamp()
            );
            CREATE INDEX shared_live_event_of_topic ON shared_live_event (topic, transaction);""",
            "DROP TABLE shared_live_event",
        )
    ]
