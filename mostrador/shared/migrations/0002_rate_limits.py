"""Counters of the rate limits: an unlogged table, because nothing in it must survive."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shared", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """CREATE UNLOGGED TABLE shared_rate_limit (
                key varchar(64) PRIMARY KEY, uses integer NOT NULL, expires timestamptz NOT NULL
            );
            CREATE INDEX shared_rate_limit_expires ON shared_rate_limit (expires);""",
            "DROP TABLE shared_rate_limit",
        )
    ]
