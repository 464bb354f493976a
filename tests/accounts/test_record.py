"""Administrators and security officers read the record."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit import jobs
from mostrador.audit.actions import record, seal_events
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation, Team
from tests import make

DAY = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def reader(organisation: Organisation) -> User:
    return make.user(organisation, Role.SECURITY_OFFICER)


def thing(organisation: Organisation, name: str = "7K3-M9C-A64") -> Team:
    return Team(pk=5, organisation_id=organisation.pk, name=name)


def write(organisation: Organisation, count: int, **values: object) -> list[Event]:
    return [record("accounts.invited", thing(organisation, f"Cosa {n}"), details={"n": n}) for n in range(count)]


def test_the_newest_lines_come_first_in_human_words(client: Client, organisation: Organisation, reader: User) -> None:
    for hours, name in enumerate(("Antigua", "Reciente")):
        with time_machine.travel(DAY + timedelta(hours=hours)):
            record("accounts.invited", thing(organisation, name), actor=reader)
    client.force_login(reader)

    page = client.get(reverse("accounts:record"), {"objeto": ""}).content.decode()

    assert "Invitó a una persona" in page
    assert page.index("Reciente") < page.index("Antigua")


def test_it_is_for_administrators_and_security_officers_of_this_organisation(
    client: Client, organisation: Organisation, reader: User
) -> None:
    (ours,) = write(organisation, 1)
    (theirs,) = write(make.organisation(), 1)

    def answer(role: Role, event: Event) -> tuple[int, int]:
        client.force_login(make.user(organisation, role))
        line = client.get(reverse("accounts:record_line", kwargs={"pk": event.pk}))
        return client.get(reverse("accounts:record")).status_code, line.status_code

    assert answer(Role.ADMINISTRATOR, ours) == (200, 200)
    assert answer(Role.SECURITY_OFFICER, ours) == (200, 200)
    assert answer(Role.ADMINISTRATOR, theirs) == (200, 404)
    assert answer(Role.AGENT, ours) == (403, 403)
    assert answer(Role.DIRECTOR, ours) == (403, 403)


def test_every_line_is_reached_once_page_by_page(client: Client, organisation: Organisation, reader: User) -> None:
    with time_machine.travel(DAY, tick=False):
        written = write(organisation, 120)  # all at the same moment: the key breaks the tie
    client.force_login(reader)
    seen: list[str] = []
    address = reverse("accounts:record") + "?accion=accounts.invited"

    while address:
        page = client.get(address).content.decode()
        rows = page.split("<tbody>")[1].split("</tbody>")[0]
        seen += [part.split('/"')[0] for part in rows.split('href="/gestion/registro/')[1:]]
        older = page.split('rel="next" href="')
        address = reverse("accounts:record") + older[1].split('"')[0].replace("&amp;", "&") if len(older) > 1 else ""

    assert seen == [str(event.pk) for event in reversed(written)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"desde": "2026-03-11"}, ["C", "D"]),
        ({"hasta": "2026-03-10"}, ["A", "B"]),
        ({"desde": "2026-03-10", "hasta": "2026-03-10"}, ["A", "B"]),
        ({"accion": "accounts.joined"}, ["B"]),
        ({"quien": "sistema"}, ["D"]),
        ({"objeto": "c"}, ["C"]),
    ],
)
def test_filters_narrow_the_list(
    client: Client, organisation: Organisation, reader: User, filters: dict[str, str], expected: list[str]
) -> None:
    late_at_night = datetime(2026, 3, 10, 22, 59, tzinfo=UTC)  # 23:59 in Madrid: still the 10th there
    for at, verb, name, actor in (
        (DAY, "accounts.invited", "A", reader),
        (late_at_night, "accounts.joined", "B", reader),
        (late_at_night + timedelta(minutes=1), "accounts.invited", "C", reader),
        (DAY + timedelta(days=3), "accounts.invited", "D", None),
    ):
        with time_machine.travel(at):
            record(verb, thing(organisation, name), actor=actor)
    client.force_login(reader)

    answer = client.get(reverse("accounts:record_csv"), filters)

    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row["objeto"] for row in rows if row["objeto"] in "ABCD"] == expected


def test_what_one_person_did_is_listed_even_after_they_left(
    client: Client, organisation: Organisation, reader: User
) -> None:
    gone = make.user(make.organisation())
    record("accounts.invited", thing(organisation, "Suya"), actor=gone)
    record("accounts.invited", thing(organisation, "De otra"), actor=reader)
    client.force_login(reader)

    page = client.get(reverse("accounts:record"), {"quien": gone.pk}).content.decode()

    assert "Suya" in page
    assert "De otra" not in page
    assert f'<option value="{gone.pk}" selected>{gone.name}</option>' in page


@pytest.mark.parametrize(
    "filters",
    [{"quien": "999999999999999999999999"}, {"accion": "no.existe"}, {"desde": "ayer"}, {"objeto": "x" * 300}],
)
def test_a_filter_that_makes_no_sense_is_said(
    client: Client, organisation: Organisation, reader: User, filters: dict[str, str]
) -> None:
    client.force_login(reader)

    assert client.get(reverse("accounts:record"), filters).status_code == 422
    assert client.get(reverse("accounts:record_csv"), filters).status_code == 302


def test_a_place_in_the_list_that_makes_no_sense_shows_the_beginning(
    client: Client, organisation: Organisation, reader: User
) -> None:
    client.force_login(reader)

    for key in ("x", "1-", "nan-3", "1e99-1", "-5-5"):
        assert client.get(reverse("accounts:record"), {"antes": key}).status_code == 200


def test_the_list_asks_the_database_the_same_for_one_and_for_three(
    client: Client, organisation: Organisation, reader: User
) -> None:
    client.force_login(reader)

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("accounts:record"), {"accion": "accounts.invited"}).status_code == 200
        return len(asked)

    write(organisation, 1)
    one = count()
    write(organisation, 2)

    assert count() == one == 7


def test_a_line_shows_its_details_and_its_place_in_the_chain(
    client: Client, organisation: Organisation, reader: User
) -> None:
    event = record("accounts.invited", thing(organisation, "<script>"), details={"palabra": "año <b>"})
    client.force_login(reader)
    address = reverse("accounts:record_line", kwargs={"pk": event.pk})

    waiting = client.get(address).content.decode()
    seal_events()
    sealed = client.get(address).content.decode()

    assert "Se sellará en menos de un minuto." in waiting
    assert event.seal.hash in sealed
    assert "año &lt;b&gt;" in sealed
    assert "<script>7" not in sealed


def test_a_spreadsheet_takes_no_text_for_a_formula(client: Client, organisation: Organisation, reader: User) -> None:
    record("accounts.invited", thing(organisation, "=HYPERLINK(1)"))
    client.force_login(reader)

    answer = client.get(reverse("accounts:record_csv"), {"objeto": "=HYPERLINK(1)"})

    text = b"".join(answer).decode("utf-8-sig")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "'=HYPERLINK(1)" in text
    assert text.count("\r\n") == 2


def test_the_page_says_whether_the_chain_is_sound(client: Client, organisation: Organisation, reader: User) -> None:
    (event,) = write(organisation, 1)
    client.force_login(reader)

    def verdict() -> str:
        return client.get(reverse("accounts:record")).content.decode()

    before = verdict()
    jobs.check_chains(0)
    sound = verdict()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET actor_name = 'otra' WHERE id = %s", [event.pk])
        cursor.execute("SET session_replication_role = origin")
    jobs.check_chain(organisation.pk)
    broken = verdict()

    assert "todavía no se ha comprobado" in before
    assert "Cadena verificada hoy" in sound
    assert f"La cadena está rota en la línea {event.seal.position}: el apunte no es el que se selló." in broken


def test_asking_for_a_check_queues_it_and_is_itself_on_record(
    client: Client, organisation: Organisation, reader: User
) -> None:
    client.force_login(reader)

    response = client.post(reverse("accounts:check_record"))

    assert response["Location"] == reverse("accounts:record")
    job = ProcrastinateJob.objects.get(task_name="audit.check_chain")
    assert job.args == {"organisation_id": organisation.pk}
    assert Event.objects.filter(verb="audit.verified", actor_id=reader.pk).exists()
