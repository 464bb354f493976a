"""The shared cache (limits on signing in): an unlogged table, as Django's database cache reads it; nothing in it must survive."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            """CREATE UNLOGGED TABLE shared_cache (
                cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
            );
            CREATE INDEX shared_cache_expires ON shared_cache (expires);""",
            "DROP TABLE shared_cache",
        )
    ]
