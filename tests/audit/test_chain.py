"""The record is sealed into a chain, and whoever tampers with it is found out."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from mostrador.audit import actions, jobs, queries
from mostrador.audit.actions import check_chain, record, seal_events
from mostrador.audit.choices import Break
from mostrador.audit.models import Event, Seal
from mostrador.audit.queries import first_broken_link
from mostrador.audit.rules import FIRST_PREVIOUS_HASH, BrokenLink, link_hash
from mostrador.organisations.models import Team

pytestmark = [pytest.mark.django_db, pytest.mark.smoke]

MOMENT = datetime(2026, 11, 23, 9, 30, 0, 123, tzinfo=UTC)
HERE, ELSEWHERE = 700, 600  # keys of organisations; the record holds values, so there need not be any


def thing(organisation_id: int = HERE) -> Team:
    return Team(pk=5, organisation_id=organisation_id, name="Equipo")


def events(count: int, organisation_id: int = HERE) -> list[Event]:
    return [record("tickets.replied", thing(organisation_id), details={"n": n, "texto": "año"}) for n in range(count)]


def tamper(statement: str, *values: int) -> None:
    """Do what only a superuser with the triggers off can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = origin")


def test_the_hash_of_a_line_is_what_the_documentation_says() -> None:
    event = {
        "id": 7,
        "organisation_id": 3,
        "at": MOMENT,
        "actor_id": None,
        "actor_name": "",
        "verb": "tickets.replied",
        "subject_type": "tickets.ticket",
        "subject_id": 12,
        "subject_label": "7K3-M9C-A64",
        "details": {"palabra": "año", "a": 1.5},
    }

    found = link_hash(position=1, previous_hash=FIRST_PREVIOUS_HASH, sealed_at=MOMENT, event=event)

    assert found == "42b283b13150f83cf69df983b059d50738fdcb0aa245e3676fd7a68eb710fdb6"  # computed with sha256sum


def test_events_are_sealed_in_order_each_organisation_in_its_own_chain() -> None:
    a, b, c = record("x.one", thing(HERE)), record("x.two", thing(ELSEWHERE)), record("x.three", thing(HERE))

    sealed = seal_events()

    assert sealed == 3
    chain = Seal.objects.order_by("organisation_id", "position")
    assert list(chain.values_list("organisation_id", "position", "event_id")) == [
        (ELSEWHERE, 1, b.pk),
        (HERE, 1, a.pk),
        (HERE, 2, c.pk),
    ]
    assert [chain[0].previous_hash, chain[1].previous_hash] == [FIRST_PREVIOUS_HASH, FIRST_PREVIOUS_HASH]
    assert chain[2].previous_hash == chain[1].hash
    assert first_broken_link() is None


def test_sealing_again_does_nothing() -> None:
    events(2)
    seal_events()

    assert seal_events() == 0
    assert Seal.objects.count() == 2


def test_many_events_are_sealed_in_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    monkeypatch.setattr(queries, "CHUNK", 2)
    events(5)

    assert seal_events() == 5
    assert first_broken_link() is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_seal_at_once_make_one_chain() -> None:
    events(60)
    sealed: list[int] = []

    def work() -> None:
        try:
            sealed.append(seal_events())
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(sealed) == 60
    assert list(Seal.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 61))
    assert first_broken_link() is None


def test_an_event_that_was_committed_late_is_sealed_after_the_others() -> None:
    late, early = events(2)
    tamper("DELETE FROM audit_event WHERE id = %s", late.pk)
    seal_events()
    late.save(force_insert=True)

    assert seal_events() == 1

    assert list(Seal.objects.order_by("position").values_list("event_id", flat=True)) == [early.pk, late.pk]
    assert first_broken_link() is None


def test_what_the_minute_job_overlooked_is_sealed_by_the_daily_one(monkeypatch: pytest.MonkeyPatch) -> None:
    late, _early = events(2)
    tamper("DELETE FROM audit_event WHERE id = %s", late.pk)
    seal_events()
    late.save(force_insert=True)
    monkeypatch.setattr(actions, "LOOK_BACK", 0)
    assert seal_events() == 0

    jobs.check_chains(0)

    assert Seal.objects.count() == 2
    assert queries.last_check(HERE).is_sound  # type: ignore[union-attr]  # the job has just made it


def change(chain: list[Event]) -> tuple[int | None, int | None, Break]:
    tamper("UPDATE audit_event SET actor_name = 'otra persona' WHERE id = %s", chain[2].pk)
    return 3, chain[2].pk, Break.CHANGED


def change_details(chain: list[Event]) -> tuple[int | None, int | None, Break]:
    tamper("UPDATE audit_event SET details = details || '{\"n\": 99}' WHERE id = %s", chain[0].pk)
    return 1, chain[0].pk, Break.CHANGED


def change_time_of_sealing(chain: list[Event]) -> tuple[int | None, int | None, Break]:
    tamper("UPDATE audit_seal SET sealed_at = sealed_at - interval '1 day' WHERE event_id = %s", chain[4].pk)
    return 5, chain[4].pk, Break.CHANGED


def give_to_another_organisation(chain: list[Event]) -> tuple[int | None, int | None, Break]:
    tamper("UPDATE audit_event SET organisation_id = organisation_id + 1 WHERE id = %s", chain[1].pk)
    return 2, chain[1].pk, Break.CHANGED


def delete_event(chain: list[Event]) -> tuple[int | None, int | None, Break]:
    tamper("DELETE FROM audit_event WHERE id = %s", chain[3].pk)
    return 4, chain[3].pk, Break.EVENT_MISSING


def delete_event_with_its_seal(chain: list[Event]) -> tuple[int | None, int | None, Break]:
    tamper("DELETE FROM audit_seal WHERE event_id = %s", chain[1].pk)
    tamper("DELETE FROM audit_event WHERE id = %s", chain[1].pk)
    return 2, None, Break.SEAL_MISSING


def delete_and_close_the_gap(chain: list[Event]) -> tuple[int | None, int | None, Break]:
    tamper("DELETE FROM audit_seal WHERE event_id = %s", chain[1].pk)
    tamper("DELETE FROM audit_event WHERE id = %s", chain[1].pk)
    for later in chain[2:]:
        tamper("UPDATE audit_seal SET position = position - 1 WHERE event_id = %s", later.pk)
    return 2, chain[2].pk, Break.NOT_FOLLOWING


def swap_two(chain: list[Event]) -> tuple[int | None, int | None, Break]:
    tamper("UPDATE audit_seal SET position = 100 WHERE position = 2 AND organisation_id = %s", HERE)
    tamper("UPDATE audit_seal SET position = 2 WHERE position = 3 AND organisation_id = %s", HERE)
    tamper("UPDATE audit_seal SET position = 3 WHERE position = 100 AND organisation_id = %s", HERE)
    return 2, chain[2].pk, Break.NOT_FOLLOWING


def insert_with_an_own_seal(chain: list[Event]) -> tuple[int | None, int | None, Break]:
    before = Seal.objects.get(position=2, organisation_id=HERE)
    for later in reversed(chain[2:]):
        tamper("UPDATE audit_seal SET position = position + 1 WHERE event_id = %s", later.pk)
    forged = record("tickets.replied", thing())
    values = Event.objects.filter(pk=forged.pk).values()[0]
    own = link_hash(position=3, previous_hash=before.hash, sealed_at=MOMENT, event=values)
    Seal.objects.create(
        event=forged,
        organisation_id=before.organisation_id,
        position=3,
        previous_hash=before.hash,
        hash=own,
        sealed_at=MOMENT,
    )
    return 4, chain[2].pk, Break.NOT_FOLLOWING


def add_with_an_old_date(chain: list[Event]) -> tuple[int | None, int | None, Break]:
    with time_machine.travel(timezone.now() - timedelta(days=30)):
        forged = record("tickets.replied", thing())
    seal_events()
    return 6, forged.pk, Break.BACKDATED


def keep_from_being_sealed(chain: list[Event]) -> tuple[int | None, int | None, Break]:
    with time_machine.travel(timezone.now() - timedelta(minutes=20)):
        waiting = record("tickets.replied", thing())
    return None, waiting.pk, Break.UNSEALED


@pytest.mark.parametrize(
    "interfere",
    [
        change,
        change_details,
        change_time_of_sealing,
        give_to_another_organisation,
        pytest.param(delete_event, marks=pytest.mark.django_db(transaction=True)),  # leaves a seal without event
        delete_event_with_its_seal,
        delete_and_close_the_gap,
        swap_two,
        insert_with_an_own_seal,
        add_with_an_old_date,
        keep_from_being_sealed,
    ],
)
def test_interference_is_found_and_the_first_broken_line_named(
    interfere: Callable[[list[Event]], tuple[int | None, int | None, Break]],
) -> None:
    events(2, ELSEWHERE)
    chain = events(5)
    seal_events()

    position, event_id, reason = interfere(chain)

    assert first_broken_link() == BrokenLink(HERE, position, event_id, reason)


def test_lines_cut_off_at_the_end_are_found_with_a_head_kept_outside() -> None:
    chain = events(3)
    seal_events()
    head = queries.chain_head(HERE)
    assert head is not None
    tamper("DELETE FROM audit_seal WHERE event_id = %s", chain[2].pk)
    tamper("DELETE FROM audit_event WHERE id = %s", chain[2].pk)

    assert first_broken_link() is None
    assert first_broken_link({HERE: head}) == BrokenLink(HERE, 3, None, Break.END_MISSING)


def test_a_chain_computed_anew_is_found_with_a_head_kept_outside() -> None:
    chain = events(3)
    seal_events()
    head = queries.chain_head(HERE)
    assert head is not None
    tamper("DELETE FROM audit_seal")
    tamper("UPDATE audit_event SET actor_name = 'otra persona' WHERE id = %s", chain[0].pk)
    seal_events(everything=True)

    assert first_broken_link() is None
    assert first_broken_link({HERE: head}) == BrokenLink(HERE, 3, chain[2].pk, Break.CHANGED)


def test_the_check_is_kept_and_written_again() -> None:
    chain = events(3)
    seal_events()
    first = check_chain(HERE)
    tamper("UPDATE audit_event SET verb = 'tickets.read' WHERE id = %s", chain[1].pk)

    second = check_chain(HERE)

    assert (first.length, first.is_sound) == (3, True)
    assert first.pk == second.pk
    assert (second.length, second.broken_position, second.broken_event_id) == (1, 2, chain[1].pk)
    assert second.reason == Break.CHANGED
