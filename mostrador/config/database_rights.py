"""What the application's database role may do; the owner's role migrates."""

import psycopg
from psycopg import sql

from mostrador.config.embedded_postgres import ROLE_NAMES

# Tables that the application may read and add to, never change: the audit trail.
APPEND_ONLY_TABLES = ("audit_event", "audit_seal")


def grant_application_rights(owner_url: str, *, application: str = ROLE_NAMES["application"]) -> None:
    """Give the application's role what it needs on every table, after migrating as the owner. Safe to repeat."""
    role = sql.Identifier(application)
    with psycopg.connect(owner_url) as connection:
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {}",
        ):
            connection.execute(sql.SQL(statement).format(role))
        present = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename = ANY(%s)",
            [list(APPEND_ONLY_TABLES)],
        )
        for (table,) in present.fetchall():
            revoke = "REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}"
            connection.execute(sql.SQL(revoke).format(sql.Identifier(table), role))
