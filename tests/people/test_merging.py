"""Two records of one person: found, compared, joined, and parted again for a day."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.people.actions import erase_person, find_or_create_person
from mostrador.people.actions.merging import find_duplicates, merge, settle_merges, tell_apart, undo_merge
from mostrador.people.actions.representations import note_representation
from mostrador.people.choices import TitleKind
from mostrador.people.models import Merge, Person, PossibleDuplicate, Representation
from mostrador.people.queries.persons import alike, records_of, surviving
from mostrador.people.rules import keepers
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.models import Ticket
from tests import make


@pytest.fixture
def agent(organisation: Organisation) -> User:
    return make.user(organisation)


@pytest.fixture
def kept(organisation: Organisation) -> Person:
    return make.person(organisation, name="Ana Ruiz", email="ana@casa.example", phone="+34600112233")


@pytest.fixture
def gone(organisation: Organisation) -> Person:
    return find_or_create_person(
        organisation, name="Ana Ruiz Gómez", email="ana@trabajo.example", identity="12345678Z", language="gl"
    )


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_joining_moves_everything_and_takes_the_chosen_values(
    organisation: Organisation, kept: Person, gone: Person, agent: User
) -> None:
    ticket = make.ticket(organisation, person=gone)
    spoken_for = make.ticket(organisation, representative=gone)
    make.email(organisation, to=gone.email)
    OutgoingMessage.objects.update(person=gone)
    mother = make.person(organisation)
    note_representation(mother, gone, title=TitleKind.LEGAL, by=agent)

    merge(kept, gone, by=agent, from_gone=["name", "identity", "language"])

    person = fresh(kept)
    assert (person.name, person.email, person.language) == ("Ana Ruiz Gómez", "ana@casa.example", "gl")
    assert person.identity_number == "12345678Z"
    assert Ticket.objects.get(pk=ticket.pk).person == kept
    assert Ticket.objects.get(pk=spoken_for.pk).representative == kept
    assert OutgoingMessage.objects.get().person == kept
    assert Representation.objects.get().representative == kept
    assert surviving(fresh(gone)) == kept
    event = Event.objects.get(verb="people.merged")
    assert (event.subject_label, event.details["gone"]) == ("", gone.pk)
    assert event.details["moved"]["tickets"] == {"tickets": 1, "spoken_for": 1}


def test_every_table_that_points_at_persons_is_moved(organisation: Organisation) -> None:
    """An app with a foreign key to Person tells how its rows are moved, or they would stay with an empty record."""
    moving = {keeper.name for keeper in keepers() if keeper.move}
    pointing = {
        model._meta.app_label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Person
    }

    assert pointing - moving == set()


def test_undoing_gives_each_back_what_it_had(
    organisation: Organisation, kept: Person, gone: Person, agent: User
) -> None:
    theirs = make.ticket(organisation, person=gone)
    ours = make.ticket(organisation, person=kept)
    joined = merge(kept, gone, by=agent, from_gone=["name", "identity"])
    since = make.ticket(organisation, person=kept)

    undo_merge(joined, by=agent)

    assert (fresh(kept).name, fresh(kept).identity_number) == ("Ana Ruiz", "")
    assert (fresh(gone).name, fresh(gone).identity_number) == ("Ana Ruiz Gómez", "12345678Z")
    assert fresh(gone).merged_into is None
    owners = {ticket.pk: ticket.person for ticket in Ticket.objects.all()}
    assert owners == {theirs.pk: gone, ours.pk: kept, since.pk: kept}
    joined.refresh_from_db()
    assert (joined.before, joined.chosen, joined.undone_by) == ({}, {}, agent)


def test_what_was_corrected_since_stays_when_it_is_undone(kept: Person, gone: Person, agent: User) -> None:
    joined = merge(kept, gone, by=agent, from_gone=["name"])
    Person.objects.filter(pk=kept.pk).update(name="Ana R. Gómez")

    undo_merge(joined, by=agent)

    assert fresh(kept).name == "Ana R. Gómez"


def test_after_a_day_it_is_for_good_and_the_other_record_is_empty(kept: Person, gone: Person, agent: User) -> None:
    joined = merge(kept, gone, by=agent)
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        assert settle_merges() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        with pytest.raises(ActionRefused, match="más de un día"):
            undo_merge(joined, by=agent)
        assert (settle_merges(), settle_merges()) == (1, 0)

    person = fresh(gone)
    assert (person.name, person.email, person.identity_sealed, person.merged_into) == ("", "", "", kept)
    joined.refresh_from_db()
    assert (joined.before, joined.chosen) == ({}, {})


def test_what_cannot_be_joined(organisation: Organisation, kept: Person, gone: Person, agent: User) -> None:
    with pytest.raises(ActionRefused, match="la misma ficha"):
        merge(kept, kept, by=agent)
    with pytest.raises(ActionRefused, match="entidades distintas"):
        merge(kept, make.person(make.organisation()), by=agent)
    merge(kept, gone, by=agent)
    with pytest.raises(ActionRefused, match="ya se unió"):
        merge(kept, gone, by=agent)
    with pytest.raises(ActionRefused, match="ya se unió"):
        merge(gone, make.person(organisation), by=agent)
    erase_person(kept, by=agent)
    with pytest.raises(ActionRefused, match="se suprimieron"):
        merge(kept, make.person(organisation), by=agent)


def test_a_chain_is_followed_undone_from_its_end_and_erased_whole(
    organisation: Organisation, kept: Person, gone: Person, agent: User
) -> None:
    third = make.person(organisation, name="Ana R.")
    first = merge(gone, third, by=agent)
    second = merge(kept, gone, by=agent)

    assert surviving(fresh(third)) == kept
    assert {person.pk for person in records_of(kept)} == {kept.pk, gone.pk, third.pk}
    with pytest.raises(ActionRefused, match="Deshaga primero"):
        undo_merge(first, by=agent)
    erase_person(kept, by=agent)
    assert {person.name for person in Person.objects.filter(pk__in=[kept.pk, gone.pk, third.pk])} == {""}
    with pytest.raises(ActionRefused, match="se suprimieron"):
        undo_merge(second, by=agent)


def test_a_person_joined_with_who_represents_them_represents_nobody(kept: Person, gone: Person, agent: User) -> None:
    note_representation(kept, gone, title=TitleKind.LEGAL, by=agent)

    joined = merge(kept, gone, by=agent)
    undo_merge(joined, by=agent)

    row = Representation.objects.get()
    assert (row.person, row.representative) == (kept, gone)


def test_somebody_joined_is_not_found_and_writes_as_who_they_are_now(
    organisation: Organisation, kept: Person, gone: Person, agent: User
) -> None:
    merge(kept, gone, by=agent, from_gone=["email"])

    assert find_or_create_person(organisation, email="ana@trabajo.example") == kept


def test_the_nightly_job_finds_pairs_once_and_forgets_what_was_told_apart(
    organisation: Organisation, kept: Person, agent: User
) -> None:
    same_phone = make.person(organisation, name="A. Ruiz", phone=kept.phone)
    same_name = make.person(organisation, name="ANA RUÍZ")
    make.person(organisation, name="Ana")
    make.person(make.organisation(), name="Ana Ruiz", phone=kept.phone)

    assert (find_duplicates(), find_duplicates()) == (2, 0)

    reasons = {pair.second_id: pair.reason for pair in PossibleDuplicate.objects.all()}
    assert reasons == {same_phone.pk: "phone", same_name.pk: "name"}
    assert {other for other, _reason in alike(kept)} == {same_phone, same_name}
    tell_apart(PossibleDuplicate.objects.get(second=same_name), by=agent)
    assert {other for other, _reason in alike(kept)} == {same_phone}
    assert find_duplicates() == 0


@pytest.mark.parametrize("pairs", [1, 3])
def test_the_list_of_pairs_asks_the_same_for_one_and_for_three(
    organisation: Organisation,
    client: Client,
    agent: User,
    pairs: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(pairs):
        make.person(organisation, phone=f"+3460011223{number}")
        make.person(organisation, phone=f"+3460011223{number}")
    find_duplicates()
    client.force_login(agent)
    client.get("/gestion/personas/duplicadas/")

    with django_assert_num_queries(6):
        page = client.get("/gestion/personas/duplicadas/").content.decode()

    assert page.count("el mismo teléfono") == pairs


def test_side_by_side_then_joined_then_undone_on_the_pages(
    client: Client, agent: User, kept: Person, gone: Person
) -> None:
    client.force_login(agent)
    address = f"/gestion/personas/{kept.pk}/unir/{gone.pk}/"

    compared = client.get(address).content.decode()
    answer = client.post(address, {"name": "gone", "email": "kept", "identity": "gone", "language": "kept"})
    moved = client.get(f"/gestion/personas/{gone.pk}/")
    shown = client.get(answer["Location"]).content.decode()
    client.post(f"/gestion/personas/uniones/{Merge.objects.get().pk}/deshacer/")

    assert "Ana Ruiz Gómez" in compared
    assert "***4567**" in compared
    assert "12345678Z" not in compared
    assert answer["Location"] == moved["Location"] == f"/gestion/personas/{kept.pk}/"
    assert "Deshacer la unión" in shown
    assert fresh(gone).merged_into is None


@pytest.mark.django_db(transaction=True)
def test_two_who_join_the_same_records_the_other_way_round_join_them_once() -> None:
    organisation = make.organisation()
    agent = make.user(organisation)
    one, other = make.person(organisation), make.person(organisation)
    for _ in range(4):
        make.ticket(organisation, person=one)
        make.ticket(organisation, person=other)
    together, outcomes = threading.Barrier(2), []

    def join(kept: Person, gone: Person) -> None:
        together.wait()
        try:
            merge(kept, gone, by=agent)
            outcomes.append("joined")
        except ActionRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=join, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["joined", "refused"]
    stayed = Person.objects.get(merged_into__isnull=True)
    assert Ticket.objects.filter(person=stayed).count() == 8
