"""Conditions: what the database finds is what they say, and what has gone is named instead of failing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.feedback.models import Survey
from mostrador.organisations.models import Organisation, Topic
from mostrador.service_status.models import Incident
from mostrador.tickets.choices import Channel, Impact, MessageKind, Priority, State, TicketKind, Urgency
from mostrador.tickets.models import Mention, Ticket, Watcher
from mostrador.tickets.queries.condition_fields import described_fields
from mostrador.tickets.queries.conditions import Lost, understood, where
from mostrador.tickets.rules.conditions import (
    OPERATORS,
    WITH_DURATION,
    WITHOUT_VALUE,
    Condition,
    Filter,
    Kind,
    day_of,
    length_of_time,
    listed,
    moment_of,
)
from tests import make
from tests.tickets.desk import agent_of, team_of

pytestmark = pytest.mark.django_db

DESCRIBED = described_fields()
NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
WORDS = ("", "Firma", "certificado", "CERTIFICADO digital", "100 %_", "ñandú")
TAGS = ("urgente", "firma", "sede")
DURATIONS = ("30m", "4h", "1d", "7d", "400d")
MOMENTS = ("2026-03-01", "2026-03-04", "2026-03-04T10:30:00+00:00", "-1d", "+4h", "-30m")
DAYS = ("2026-03-01", "2026-03-04", "2026-03-10", "today", "+7d", "-1d")
DEADLINES = (None, *(NOW.date() + timedelta(days=days) for days in (-4, -3, -1, 0, 1, 6, 7, 8)))


class Desk:
    """Many tickets of one organisation whose columns are filled at random."""

    def __init__(self, organisation: Organisation, seed: int = 1) -> None:
        self.chance = Random(seed)  # noqa: S311 - made-up tickets
        self.organisation = organisation
        self.agents = [agent_of(organisation), agent_of(organisation)]
        self.teams = [team_of(organisation), make.team(organisation)]
        parent = make.topic(organisation)
        self.topics = [parent, make.topic(organisation, parent=parent), make.topic(organisation)]
        self.procedures = [make.procedure(organisation, sia_code="1", name="Uno")]
        self.incidents = [
            Incident.objects.create(organisation=organisation, title="Caída", began_at=NOW, opened_by=self.agents[0])
        ]
        self.people = [make.person(organisation, name=name) for name in ("Lucía Fernández", "Ana", "")]
        base = make.ticket(organisation)
        Ticket.objects.all().exclude(pk=base.pk).delete()
        for _each in range(40):
            self._fill(make.ticket(organisation, person=self.chance.choice(self.people)))
        base.messages.all().delete()
        base.delete()
        self.tickets = list(Ticket.objects.select_related("person", "representative", "topic"))

    def _fill(self, ticket: Ticket) -> None:
        pick = self.chance.choice
        opened = NOW + timedelta(days=pick((-400, -8, -7, -1, 0)), minutes=pick((-31, -30, 0, 1)))
        state = pick(State.values)
        Ticket.objects.filter(pk=ticket.pk).update(
            state=state,
            kind=pick(TicketKind.values),
            channel=pick(Channel.values),
            language=pick(("es", "ca", "eu")),
            priority=pick(Priority.values),
            impact=pick(Impact.values),
            urgency=pick(Urgency.values),
            team=pick([*self.teams, None]),
            assigned_to=pick([*self.agents, None]),
            topic=pick([*self.topics, None]),
            procedure=pick([*self.procedures, None]),
            incident=pick([*self.incidents, None]),
            representative=pick([*self.people, None]),
            subject=pick(WORDS),
            component=pick(WORDS),
            third_party=pick(WORDS),
            error_code=pick(WORDS),
            tags=self.chance.sample(TAGS, pick((0, 1, 2))),
            is_restricted=pick((True, False)),
            parent_id=pick((None, ticket.pk - 1)) if Ticket.objects.filter(pk=ticket.pk - 1).exists() else None,
            person_deadline_on=pick(DEADLINES),
            due_at=pick((None, NOW - timedelta(hours=1), NOW + timedelta(hours=4), NOW + timedelta(days=1))),
            legal_due_at=pick((None, NOW + timedelta(days=30))),
            waiting_since=pick((None, NOW - timedelta(hours=4), NOW - timedelta(minutes=30))),
            last_activity_at=opened,
            opened_at=opened,
            resolved_at=NOW if state in {State.RESOLVED, State.CLOSED} else None,
            closed_at=pick((None, NOW - timedelta(days=7))),
            first_reply_at=pick((None, opened + timedelta(hours=1))),
            reopenings=pick((0, 1, 3)),
            transfers=pick((0, 1)),
            public_replies=pick((0, 2)),
            minutes_spent=pick((0, 5, 90)),
        )

        for agent in self.chance.sample(self.agents, pick((0, 1, 2))):
            Watcher.objects.create(ticket=ticket, user=agent, since=NOW)
        for agent in self.chance.sample(self.agents, pick((0, 1, 2))):
            message = ticket.messages.get(kind=MessageKind.PUBLIC)
            Mention.objects.create(message=message, user=agent, mentioned_at=NOW)
        if (score := pick((None, 0, 1, 3, 5))) is not None:
            answered = NOW if score else None
            Survey.objects.create(
                organisation=self.organisation,
                ticket=ticket,
                token_hash=f"{ticket.pk}",
                sent_at=NOW,
                expires_at=NOW,
                score=score or None,
                answered_at=answered,
            )

    def values_of(self, name: str) -> list[Any]:
        rows: dict[str, list[Any]] = {
            "team": [*self.teams, "my_teams"],
            "assigned_to": [*self.agents, "me"],
            "watched_by": [*self.agents, "me"],
            "mentions": [*self.agents, "me"],
            "topic": self.topics,
            "procedure": self.procedures,
            "incident": self.incidents,
            "organisation": [self.organisation],
        }
        if name in rows:
            return [each if isinstance(each, str) else each.pk for each in rows[name]] + [987_654_321]
        return [value for value, _words in DESCRIBED[name].options]


def conditions(desk: Desk) -> st.SearchStrategy[Condition]:
    def of(name: str) -> st.SearchStrategy[Condition]:
        kind = DESCRIBED[name].kind
        return st.sampled_from(OPERATORS[kind]).flatmap(
            lambda operator: st.builds(
                Condition, st.just(name), st.just(operator), value_for(desk, name, kind, operator)
            )
        )

    return st.sampled_from(sorted(DESCRIBED)).flatmap(of)


def value_for(desk: Desk, name: str, kind: Kind, operator: str) -> st.SearchStrategy[Any]:
    if operator in WITHOUT_VALUE:
        return st.none()
    if operator in WITH_DURATION:
        return st.sampled_from(DURATIONS)
    simple: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.TEXT: st.sampled_from([word for word in (*WORDS, "lucia", "Ana", "ERT") if word]),
        Kind.TAGS: st.lists(st.sampled_from(TAGS), min_size=1, max_size=2, unique=True),
        Kind.NUMBER: st.integers(0, 91),
        Kind.SCORE: st.integers(1, 5),
        Kind.MOMENT: st.sampled_from(MOMENTS),
        Kind.DAY: st.sampled_from(DAYS),
        Kind.YES_NO: st.booleans(),
    }
    if operator == "between":
        return st.tuples(simple[kind], simple[kind]).map(list)
    if kind in simple:
        return simple[kind]
    one = st.sampled_from(desk.values_of(name))
    return one if operator in {"is", "is_not"} else st.lists(one, min_size=1, max_size=3, unique=True)


# --- A second reading of conditions, in Python ----------------------------------------------------------------


def holds(condition: Condition, ticket: Ticket, user: User, teams: frozenset[int]) -> bool:
    name, operator, kind = condition.field, condition.operator, DESCRIBED[condition.field].kind
    value = said_by(ticket, name)
    if operator == "is_empty":
        return value in (None, "", [])
    if operator == "is_not_empty":
        return value not in (None, "", [])
    return bool(READERS[kind](name, operator, condition.value, value, ticket, user, teams))


def said_by(ticket: Ticket, name: str) -> Any:
    special: dict[str, Callable[[], Any]] = {
        "person": lambda: ticket.person.name,
        "representative": lambda: ticket.representative.name if ticket.representative else "",
        "is_merged": lambda: ticket.merged_into_id is not None,
        "is_part": lambda: ticket.parent_id is not None,
        "watched_by": lambda: list(ticket.watchers.values_list("user", flat=True)),
        "mentions": lambda: list(Mention.objects.filter(message__ticket=ticket).values_list("user", flat=True)),
        "satisfaction": lambda: Survey.objects.filter(ticket=ticket).values_list("score", flat=True).first(),
    }
    if name in special:
        return special[name]()
    return getattr(ticket, f"{name}_id" if DESCRIBED[name].rows else name)


def _same(name: str, operator: str, wanted: Any, value: Any, ticket: Ticket, user: User, teams: frozenset[int]) -> bool:
    several: set[str] = set()
    for each in listed(wanted):
        several |= {str(user.pk)} if each == "me" else set(map(str, teams)) if each == "my_teams" else {str(each)}
    found = bool(set(map(str, listed(value))) & several)
    if name == "topic" and ticket.topic:
        found = found or str(ticket.topic.parent_id) in several
    return found == (operator in {"is", "in"})


def _text(name: str, operator: str, wanted: Any, value: Any, *_rest: Any) -> Any:
    plain = folded if name in {"person", "representative"} else str.lower
    said, asked = plain(value or ""), plain(wanted)
    found = said == asked if operator in {"is", "is_not"} else asked in said
    if name == "representative" and value == "" and _rest[0].representative is None:
        found = False
    return found == (operator in {"is", "contains"})


def folded(text: str) -> str:
    return text.lower().translate(str.maketrans("áéíóú", "aeiou"))


def _tags(name: str, operator: str, wanted: Any, value: Any, *_rest: Any) -> Any:
    if operator == "contains":
        return set(wanted) <= set(value)
    return bool(set(wanted) & set(value)) == (operator == "in")


def _number(name: str, operator: str, wanted: Any, value: Any, *_rest: Any) -> Any:
    if value is None:
        return operator == "is_not"
    ways: dict[str, Callable[[], bool]] = {
        "is": lambda: value == wanted,
        "is_not": lambda: value != wanted,
        "at_least": lambda: value >= wanted,
        "at_most": lambda: value <= wanted,
        "between": lambda: wanted[0] <= value <= wanted[1],
    }
    return ways[operator]()


def _moment(name: str, operator: str, wanted: Any, value: Any, *_rest: Any) -> Any:
    if value is None:
        return False
    zone = timezone.get_current_timezone()
    if length := length_of_time(wanted):
        ways = {
            "older_than": value < NOW - length,
            "newer_than": value >= NOW - length,
            "due_within": value < NOW + length,
        }
        return ways[operator]
    first, last = wanted if operator == "between" else (wanted, wanted)
    begin, end = moment_of(first, NOW, zone), moment_of(last, NOW, zone, end=True)
    assert begin is not None
    assert end is not None
    if operator == "before":
        return value < begin
    if operator == "after":
        return value >= end if len(wanted) == 10 else value > end
    return begin <= value < end


def _day(name: str, operator: str, wanted: Any, value: Any, *_rest: Any) -> Any:
    if value is None:
        return False
    zone = timezone.get_current_timezone()
    today = NOW.astimezone(zone).date()
    if length := length_of_time(wanted):
        ways = {
            "older_than": value < today - length,
            "newer_than": value >= today - length,
            "due_within": value <= today + length,
        }
        return ways[operator]
    first, last = (day_of(each, NOW, zone) for each in (wanted if operator == "between" else (wanted, wanted)))
    assert isinstance(first, date)
    assert isinstance(last, date)
    return {"before": value < first, "after": value > first, "between": first <= value <= last}[operator]


def _yes_no(name: str, operator: str, wanted: Any, value: Any, *_rest: Any) -> bool:
    return bool(bool(value) == wanted)


READERS: dict[Kind, Callable[..., Any]] = {
    Kind.CHOICE: _same,
    Kind.ROW: _same,
    Kind.ROW_ALWAYS: _same,
    Kind.TEXT: _text,
    Kind.TAGS: _tags,
    Kind.NUMBER: _number,
    Kind.SCORE: _number,
    Kind.MOMENT: _moment,
    Kind.DAY: _day,
    Kind.YES_NO: _yes_no,
}


@pytest.fixture
def desk(organisation: Organisation) -> Desk:
    return Desk(organisation)


def test_the_database_finds_what_the_conditions_say(desk: Desk) -> None:
    user = desk.agents[0]
    access = access_of(user, desk.organisation)
    some = st.lists(conditions(desk), max_size=3)

    @settings(max_examples=120)
    @given(some, some)
    def check(all_of: list[Condition], any_of: list[Condition]) -> None:
        found = set(
            Ticket.objects.filter(where(all_of, access=access, now=NOW, any_of=any_of)).values_list("pk", flat=True)
        )

        expected = {
            ticket.pk
            for ticket in desk.tickets
            if all(holds(each, ticket, user, access.team_ids) for each in all_of)
            and (not any_of or any(holds(each, ticket, user, access.team_ids) for each in any_of))
        }
        assert found == expected

    check()


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_each_comparison_agrees_with_its_opposite(desk: Desk, name: str) -> None:
    """Whatever is_not says, is says of the others: nothing falls between the two because it is empty."""
    kind = DESCRIBED[name].kind
    opposites = [("in", "not_in"), ("contains", "not_contains"), ("is_empty", "is_not_empty")]
    everything = {ticket.pk for ticket in desk.tickets}
    access = access_of(desk.agents[0], desk.organisation)

    for one, other in opposites:
        if {one, other} <= set(OPERATORS[kind]):
            value = None if one in WITHOUT_VALUE else (desk.values_of(name)[:1] or ["firma"]) if one == "in" else "cert"
            found = [
                set(
                    Ticket.objects.filter(
                        where([Condition(name, operator, value)], access=access, now=NOW)
                    ).values_list("pk", flat=True)
                )
                for operator in (one, other)
            ]
            assert found[0] | found[1] == everything
            assert not found[0] & found[1]


# --- Fields of an organisation's own ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "value", "answers"),
    [
        ("is", "rojo", ["rojo", ["rojo", "azul"]]),
        ("is_not", "rojo", ["Rojo vivo", 7, "2026-03-01", True, "", None, "nothing"]),
        ("in", ["7", "true"], [7, True]),
        ("contains", "ROJO", ["rojo", "Rojo vivo", ["rojo", "azul"]]),
        ("at_least", 7, [7]),
        ("at_most", 6, []),
        ("between", [1, 9], [7]),
        ("before", "2026-03-02", ["2026-03-01", ""]),
        ("older_than", "1d", ["2026-03-01", ""]),
        ("is_empty", None, ["", None, "nothing"]),
        ("is_not_empty", None, ["rojo", "Rojo vivo", 7, "2026-03-01", True, ["rojo", "azul"]]),
    ],
)
def test_own_fields_compare_by_what_they_hold(
    organisation: Organisation, operator: str, value: Any, answers: list[Any]
) -> None:
    kept = ["rojo", "Rojo vivo", 7, "2026-03-01", True, ["rojo", "azul"], "", None, "nothing"]
    tickets = [make.ticket(organisation) for _ in kept]
    for ticket, answer in zip(tickets, kept, strict=True):
        Ticket.objects.filter(pk=ticket.pk).update(custom={} if answer == "nothing" else {"color": answer})

    asked = where([Condition("custom.color", operator, value)], access=None, now=NOW)
    found = set(Ticket.objects.filter(asked).values_list("pk", flat=True))

    by_answer = [answer for ticket, answer in zip(tickets, kept, strict=True) if ticket.pk in found]
    assert sorted(map(repr, by_answer)) == sorted(map(repr, answers))


@pytest.mark.parametrize("name", ["custom.a__gt", "custom.contains", "custom.", "custom.A B", "custom.isnull", "nada"])
def test_a_name_that_is_none_is_refused(organisation: Organisation, name: str) -> None:
    with pytest.raises(KeyError):
        where([Condition(name, "is", "1")], access=None, now=NOW)


@pytest.mark.parametrize(
    "condition",
    [
        Condition("state", "contains", "x"),
        Condition("opened_at", "before", "ayer"),
        Condition("opened_at", "older_than", "mucho"),
        Condition("opened_at", "between", ["2026-03-01"]),
        Condition("reopenings", "at_least", "varias"),
        Condition("reopenings", "at_least", None),
        Condition("person_deadline_on", "after", 5),
        Condition("team", "is", [1, 2]),
        Condition("team", "parecido", 1),
        Condition("", "", None),
    ],
)
def test_a_condition_that_means_nothing_is_refused_and_never_breaks_a_view(
    organisation: Organisation, condition: Condition
) -> None:
    with pytest.raises(KeyError):
        where([condition], access=None, now=NOW)

    asked, lost = understood(Filter((condition,)), organisation)

    assert asked == Filter()
    assert len(lost) == 1


@pytest.mark.parametrize("name", ["watched_by", "mentions", "satisfaction"])
def test_what_stands_beside_tickets_is_found_by_an_index(desk: Desk, name: str) -> None:
    condition = Condition(name, "in", ["me"]) if name != "satisfaction" else Condition(name, "at_most", 2)
    access = access_of(desk.agents[0], desk.organisation)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Ticket.objects.filter(where([condition], access=access, now=NOW)).explain()
        transaction.set_rollback(True)

    assert "Seq Scan" not in plan.replace("Parallel ", "")


def test_me_and_my_teams_are_nobody_where_nobody_looks(desk: Desk) -> None:
    for condition in (
        Condition("assigned_to", "is", "me"),
        Condition("watched_by", "in", ["me"]),
        Condition("team", "in", ["my_teams"]),
    ):
        assert not Ticket.objects.filter(where([condition], access=None, now=NOW)).exists()


def test_what_has_gone_is_named(desk: Desk) -> None:
    topic = desk.topics[2]
    Ticket.objects.filter(topic=topic).update(topic=None)
    asked = Filter(
        (
            Condition("topic", "in", [topic.pk, desk.topics[0].pk], {"field": "Tema", str(topic.pk): "Firma"}),
            Condition("humor", "is", "bueno", {"field": "Humor"}),
        ),
        (Condition("team", "is", 999_999),),
    )
    Topic.objects.filter(pk=topic.pk).delete()

    kept, lost = understood(asked, desk.organisation)

    assert kept == Filter(asked.all_of[:1], asked.any_of)
    assert lost == [Lost("Humor"), Lost("Tema", "Firma"), Lost("Equipo", "#999999")]


def test_a_filter_is_read_as_it_is_written() -> None:
    asked = Filter((Condition("team", "in", [1], {"1": "Uno"}),), (Condition("state", "is", "new"),))

    assert Filter.read(asked.written()) == asked
    assert Filter.read(asked.written()).all_of[0].words == {"1": "Uno"}
    assert Filter.read({"all": "x", "any": [1, {"field": "state"}]}) == Filter((), (Condition("state", ""),))


def test_every_field_has_a_path_and_comparisons() -> None:
    assert all(field.path and OPERATORS[field.kind] for field in DESCRIBED.values())
    assert {"satisfaction", "watched_by", "mentions"} <= DESCRIBED.keys()
