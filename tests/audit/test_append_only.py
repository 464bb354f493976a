"""Nobody changes or removes what was recorded."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from mostrador.audit.actions import record, seal_events
from mostrador.audit.models import Event, Seal
from mostrador.organisations.models import Team

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor_name = 'otra persona'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event CASCADE",
        "UPDATE audit_seal SET hash = repeat('0', 64)",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
    ],
)
@pytest.mark.django_db
def test_the_database_refuses_to_change_the_record_even_to_its_owner(statement: str) -> None:
    record("tickets.replied", Team(pk=1, organisation_id=700, name="Equipo"))
    seal_events()

    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or TRUNCATE stumbles over checks that are still to come
        cursor.execute(statement)

    assert Event.objects.count() == Seal.objects.count() == 1


@pytest.mark.parametrize("table", ["audit_event", "audit_seal"])
@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.django_db
def test_the_application_role_may_only_read_and_add(table: str, right: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('mostrador', %s, %s), has_table_privilege('mostrador', %s, 'INSERT')",
            [table, right, table],
        )

        assert cursor.fetchone() == (False, True)
