"""The board of whoever supervises, and the review of quality."""

import random
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import quality, tickets
from mostrador.tickets.choices import Criterion
from mostrador.tickets.models import QualityReview, QualitySample, Ticket
from mostrador.tickets.queries import board
from mostrador.tickets.queries.quality import by_agent
from mostrador.tickets.rules.quality import draw, share
from tests import make
from tests.tickets.desk import after, fresh, team_of

pytestmark = pytest.mark.django_db
LOT = random.Random(1)  # noqa: S311 - a lot that falls the same way each time
BOARD = "/gestion/supervision/"
QUALITY = f"{BOARD}calidad/"


@pytest.fixture
def supervisor(organisation: Organisation) -> User:
    return make.user(organisation, Role.SUPERVISOR, teams=(team_of(organisation),))


@pytest.fixture
def watching(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client


def opened(organisation: Organisation, *, hours: float = 0, to: User | None = None) -> Ticket:
    with time_machine.travel(after(hours=hours), tick=False):
        ticket = make.ticket(organisation)
        if to:
            tickets.assign(ticket, author=to, to=to)
        return fresh(ticket)


def test_the_numbers_say_how_the_desk_stands(organisation: Organisation, agent: User, supervisor: User) -> None:
    late = opened(organisation, to=agent)
    opened(organisation, hours=24.5, to=agent)
    answered = opened(organisation, hours=25)
    with time_machine.travel(after(hours=26), tick=False):
        tickets.reply_as_desk(answered, author=agent, text="Pruebe otra vez.")
        tickets.resolve(opened(organisation, hours=25), author=agent)
        opened(organisation, hours=25.5)
    assert late.due_at is not None

    with time_machine.travel(late.due_at + timedelta(minutes=5), tick=False):
        now = board.numbers(access_of(supervisor, organisation))

    assert (now.waiting, now.late, now.unassigned, now.others) == (3, 1, 1, 1)
    assert (now.opened_today, now.resolved_today) == (4, 1)


def test_who_has_most_late_ones_comes_first_and_nobody_above_all(
    organisation: Organisation, agent: User, supervisor: User
) -> None:
    busy = make.user(organisation, Role.AGENT, teams=(team_of(organisation),))
    first, second = opened(organisation, to=busy), opened(organisation, hours=1, to=busy)
    nobodys = opened(organisation, hours=2)

    with time_machine.travel(after(days=9), tick=False):
        nobody, *theirs = board.loads(access_of(supervisor, organisation), organisation)

    assert [card.reference for card in nobody.cards] == [nobodys.reference]
    assert (theirs[0].name, theirs[0].open, theirs[0].waiting, theirs[0].late) == (busy.name, 2, 2, 2)
    assert [card.reference for card in theirs[0].cards] == [first.reference, second.reference]
    assert theirs[0].cards[0].term_kind == "bad"
    assert {load.name for load in theirs} == {busy.name, agent.name, supervisor.name}


@pytest.mark.parametrize("rows", [1, 3])
def test_more_tickets_ask_no_more_queries(
    organisation: Organisation,
    agent: User,
    supervisor: User,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for hours in range(rows):
        opened(organisation, hours=hours, to=agent)
        opened(organisation, hours=hours)
    access = access_of(supervisor, organisation)
    board.loads(access, organisation)  # calendars are read once

    with django_assert_num_queries(7):
        board.numbers(access)
        board.loads(access, organisation)


def test_a_ticket_is_handed_over_from_the_board(watching: Client, organisation: Organisation, agent: User) -> None:
    ticket = make.ticket(organisation)

    given = watching.post(f"{BOARD}pasar/", {"ticket": ticket.pk, "agent": agent.pk}, headers={"HX-Request": "true"})
    has_it = fresh(ticket).assigned_to
    taken = watching.post(f"{BOARD}pasar/", {"ticket": ticket.pk, "agent": ""})

    assert has_it == agent
    assert "toast" in given["HX-Trigger"]
    assert 'id="board"' in given.content.decode()
    assert (taken.status_code, fresh(ticket).assigned_to) == (302, None)


def test_nothing_chosen_and_strangers_tickets_change_nothing(watching: Client, agent: User) -> None:
    stranger = make.ticket(make.organisation())

    answers = [
        watching.post(f"{BOARD}pasar/", fields, follow=True).content.decode()
        for fields in ({"agent": agent.pk}, {"ticket": stranger.pk, "agent": agent.pk}, {"ticket": "x"})
    ]

    assert all("Elija una consulta del tablero" in page for page in answers)
    assert fresh(stranger).assigned_to is None


def test_whoever_cannot_handle_it_does_not_get_it(watching: Client, organisation: Organisation) -> None:
    ticket, director = make.ticket(organisation), make.user(organisation, Role.DIRECTOR)

    page = watching.post(f"{BOARD}pasar/", {"ticket": ticket.pk, "agent": director.pk}, follow=True).content.decode()

    assert "no atiende consultas de este equipo" in page
    assert fresh(ticket).assigned_to is None


def test_an_empty_board_says_so(watching: Client) -> None:
    assert "Nada que espere respuesta" in watching.get(BOARD).content.decode()


# --- Quality ------------------------------------------------------------------------------------------


def answered(organisation: Organisation, agent: User, *, text: str = "Pruebe otra vez.") -> Ticket:
    ticket = make.ticket(organisation)
    tickets.reply_and_resolve(ticket, author=agent, text=text)
    return fresh(ticket)


def drawn(organisation: Organisation, author: User, *, size: int = 10) -> QualitySample:
    today = timezone.localdate()
    return quality.draw_sample(organisation, since=today, until=today, size=size, author=author, lot=LOT)


def test_each_agent_is_drawn_in_turn() -> None:
    pairs = draw({1: range(100, 200), 2: [201], 3: range(300, 310)}, 7, LOT)

    agents = [agent for _ticket, agent in pairs]
    assert len({ticket for ticket, _agent in pairs}) == 7
    assert [agents.count(agent) for agent in (1, 2, 3)] == [3, 1, 3]


def test_what_cannot_be_reviewed_is_not_drawn(organisation: Organisation, agent: User, supervisor: User) -> None:
    wanted = answered(organisation, agent)
    answered(organisation, supervisor)  # the drawer's own
    restricted, merged = answered(organisation, agent), answered(organisation, agent)
    Ticket.objects.filter(pk=restricted.pk).update(is_restricted=True)
    Ticket.objects.filter(pk=merged.pk).update(merged_into=wanted)
    tickets.resolve(make.ticket(organisation), author=agent)  # nobody answered
    answered(make.organisation(), agent)

    sample = drawn(organisation, supervisor)

    assert list(sample.reviews.values_list("ticket", "agent")) == [(wanted.pk, agent.pk)]
    with pytest.raises(ActionRefused, match="No hay consultas"):
        drawn(organisation, supervisor)  # it was drawn already


def test_a_review_is_written_read_and_counted(
    watching: Client, organisation: Organisation, agent: User, supervisor: User
) -> None:
    answered(organisation, agent)
    sample = drawn(organisation, supervisor)
    review = sample.reviews.get()
    page = watching.get(f"{BOARD}revision/{review.pk}/").content.decode()

    fields = {Criterion.SOLVES: "2", Criterion.CLEAR: "1", Criterion.KIND: "", "comment": "Cite la fuente."}
    sent = watching.post(f"{BOARD}revision/{review.pk}/", fields)
    listed = watching.get(f"{QUALITY}{sample.pk}/").content.decode()
    watching.force_login(agent)
    read = watching.get("/gestion/mis-revisiones/").content.decode()

    assert "Pruebe otra vez." in page
    assert sent.status_code == 302
    [result] = by_agent(sample)
    assert (result.reviewed, result.drawn, result.share) == (1, 1, 0.75)
    assert "75" in listed
    assert "Cite la fuente." in read


@pytest.mark.parametrize(("fields", "said"), [({}, "Valore al menos"), ({Criterion.SOLVES: "9"}, "solves")])
def test_a_bad_review_comes_back_with_what_was_typed(
    watching: Client, organisation: Organisation, agent: User, supervisor: User, fields: dict[str, str], said: str
) -> None:
    answered(organisation, agent)
    review = drawn(organisation, supervisor).reviews.get()

    page = watching.post(f"{BOARD}revision/{review.pk}/", fields | {"comment": "Lo escrito"})

    assert page.status_code == 422
    assert said in page.content.decode()
    assert "Lo escrito" in page.content.decode()
    assert not QualityReview.objects.done().exists()


def test_nobody_reviews_their_own_answer(organisation: Organisation, agent: User, supervisor: User) -> None:
    answered(organisation, agent)
    review = drawn(organisation, supervisor).reviews.get()

    with pytest.raises(ActionRefused, match="propias"):
        quality.write_review(review, reviewer=agent, scores={Criterion.SOLVES: 2}, comment="")


def test_a_sample_is_drawn_from_the_page(watching: Client, organisation: Organisation, agent: User) -> None:
    answered(organisation, agent)
    today = timezone.localdate()

    good = watching.post(QUALITY, {"since": today, "until": today, "size": 5})
    turned = watching.post(QUALITY, {"since": today, "until": today - timedelta(days=1), "size": 5})
    none = watching.get(QUALITY).content.decode()

    assert good.status_code == 302
    assert "va después del último" in turned.content.decode()
    assert "0 de 1" in none


def test_without_scores_there_is_no_share() -> None:
    assert (share([]), share([{}]), share([{"solves": 2}, {"solves": 1}])) == (None, None, 0.75)
