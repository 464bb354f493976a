"""The same act on many tickets: done, refused one by one, undone."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.service_status.models import Incident
from mostrador.shared.errors import ActionRefused
from mostrador.tickets import jobs as background
from mostrador.tickets.actions import bulk, merging, tickets
from mostrador.tickets.actions.emails import tell_person
from mostrador.tickets.choices import BulkKind, State, TicketKind
from mostrador.tickets.models import BulkAct, Merge, Ticket
from mostrador.tickets.queries.bulk import progress
from tests import make
from tests.tickets.desk import after, agent_of, events, fresh, jobs, team_of, words

MANY = "/gestion/consultas/varias/"
Asking = Callable[..., BulkAct]


@pytest.fixture
def three(organisation: Organisation) -> list[Ticket]:
    return [make.ticket(organisation, subject=str(number)) for number in range(3)]


@pytest.fixture
def ask(organisation: Organisation, agent: User) -> Asking:
    """Ask for an act and do it, as a worker or a page would."""

    def asking(kind: BulkKind, chosen: list[Ticket], **values: Any) -> BulkAct:
        act = bulk.ask(
            organisation,
            access=access_of(agent, organisation),
            kind=kind,
            values=values,
            words="Cambiar",
            ticket_ids=[ticket.pk for ticket in chosen],
            idempotency_key=f"{kind}{timezone.now()}",
        )
        bulk.run(act.pk)
        return BulkAct.objects.get(pk=act.pk)

    return asking


def undo(act: BulkAct, user: User) -> BulkAct:
    bulk.undo(bulk.ask_to_undo(act, access=access_of(user, act.organisation)).pk, by=user)
    return BulkAct.objects.get(pk=act.pk)


def column(name: str) -> list[Any]:
    return list(Ticket.objects.order_by("pk").values_list(name, flat=True))


KINDS = [
    (BulkKind.ASSIGN, "assigned_to"),
    (BulkKind.TRANSFER, "team"),
    (BulkKind.STATE, "state"),
    (BulkKind.ADD_TAG, "tags"),
    (BulkKind.PRIORITY, "priority"),
    (BulkKind.TOPIC, "topic"),
    (BulkKind.INCIDENT, "incident"),
    (BulkKind.SPAM, "state"),
]


def values_for(kind: BulkKind, organisation: Organisation, agent: User) -> tuple[dict[str, Any], Any]:
    """What the act needs, and what the column has afterwards."""
    if kind == BulkKind.ASSIGN:
        return {"to": agent.pk}, agent.pk
    if kind == BulkKind.TRANSFER:
        team = make.team(organisation)
        return {"team": team.pk}, team.pk
    if kind == BulkKind.STATE:
        return {"state": "waiting_for_third_party", "third_party": "FNMT"}, "waiting_for_third_party"
    if kind == BulkKind.ADD_TAG:
        return {"tag": "renta"}, ["renta"]
    if kind == BulkKind.PRIORITY:
        return {"priority": 1}, 1
    if kind == BulkKind.TOPIC:
        topic = make.topic(organisation)
        return {"topic": topic.pk}, topic.pk
    if kind == BulkKind.INCIDENT:
        began = timezone.now()
        incident = Incident.objects.create(organisation=organisation, title="Caída", began_at=began, opened_by=agent)
        return {"incident": incident.pk}, incident.pk
    return {}, "spam"


@pytest.mark.parametrize(("kind", "name"), KINDS)
def test_each_act_changes_all_and_undoing_brings_back_what_was(
    organisation: Organisation, agent: User, three: list[Ticket], ask: Asking, kind: BulkKind, name: str
) -> None:
    values, afterwards = values_for(kind, organisation, agent)
    before = {each: column(each) for each in (name, "due_at", "waiting_since", "closed_at", "third_party")}

    with time_machine.travel(timezone.now(), tick=False):  # clocks that stand still for a while are due later
        act = ask(kind, three, **values)
        changed = column(name)
        undone = undo(act, agent)

    assert changed == [afterwards] * 3
    assert {each: column(each) for each in before} == before
    assert progress(undone, access_of(agent, organisation)).undone == 3
    assert events(three[0])[-1] == "Se deshizo lo hecho a varias consultas: Cambiar."


def test_a_tag_is_taken_away_where_it_is(
    organisation: Organisation, agent: User, three: list[Ticket], ask: Asking
) -> None:
    Ticket.objects.filter(pk=three[0].pk).update(tags=["a", "renta", "b"])

    act = ask(BulkKind.REMOVE_TAG, three, tag="renta")
    now = progress(act, access_of(agent, organisation))

    assert (now.done, now.refused, {one.reason for one in now.not_done}) == (1, 2, {"No tenía esa etiqueta."})
    assert fresh(three[0]).tags == ["a", "b"]
    undo(act, agent)
    assert fresh(three[0]).tags == ["a", "renta", "b"]


def test_one_that_is_refused_does_not_stop_the_others(
    organisation: Organisation, agent: User, three: list[Ticket], ask: Asking
) -> None:
    tickets.resolve(three[1], author=agent)

    now = progress(ask(BulkKind.ASSIGN, three, to=agent.pk), access_of(agent, organisation))

    assert (now.total, now.done, now.refused) == (3, 2, 1)
    assert [(one.reference, one.reason) for one in now.not_done] == [
        (three[1].reference, "Esta consulta ya está resuelta. Reábrala para seguir con ella.")
    ]


def test_what_somebody_has_changed_since_stays_as_it_is(
    organisation: Organisation, agent: User, three: list[Ticket], ask: Asking
) -> None:
    act = ask(BulkKind.ASSIGN, three, to=agent.pk)
    colleague = agent_of(organisation)
    tickets.assign(three[2], author=colleague, to=colleague)

    now = progress(undo(act, agent), access_of(agent, organisation))

    assert column("assigned_to") == [None, None, colleague.pk]
    assert (now.undone, now.kept) == (2, 1)
    assert now.not_done[0].reason == "Alguien la ha cambiado después. Se queda como está."


# --- Merging --------------------------------------------------------------------------------------------


@pytest.fixture
def same_person(organisation: Organisation) -> list[Ticket]:
    """Three tickets of one person, the oldest first."""
    person = make.person(organisation, email="ana@casa.example")
    found = []
    for hours in range(3):
        with time_machine.travel(after(hours=hours), tick=False):
            found.append(make.ticket(organisation, person=person, subject=f"Sin firma {hours}"))
    return found


def test_several_are_joined_to_one_and_taken_apart_again(
    organisation: Organisation, agent: User, same_person: list[Ticket], ask: Asking
) -> None:
    oldest = same_person[0]
    before = {each: column(each) for each in ("state", "due_at", "waiting_since", "closed_at", "merged_into")}
    said = [words(ticket) for ticket in same_person]

    with time_machine.travel(after(hours=3), tick=False):
        act = ask(BulkKind.MERGE, same_person, into=oldest.pk)
        joined, spoken = column("merged_into"), len(words(oldest))
        now = progress(act, access_of(agent, organisation))
        undone = progress(undo(act, agent), access_of(agent, organisation))

    assert joined == [None, oldest.pk, oldest.pk]
    assert spoken == 3
    assert (now.total, now.done, now.may_undo) == (2, 2, True)
    assert (undone.undone, undone.kept) == (2, 0)
    assert {each: column(each) for each in before} == before
    assert [words(ticket) for ticket in same_person] == said


@pytest.mark.parametrize("joins_again", [False, True])
def test_a_join_that_a_colleague_took_apart_stays_as_it_is(
    organisation: Organisation, agent: User, same_person: list[Ticket], ask: Asking, joins_again: bool
) -> None:
    oldest, touched, other = same_person
    colleague = agent_of(organisation)
    with time_machine.travel(after(hours=3), tick=False):
        act = ask(BulkKind.MERGE, same_person, into=oldest.pk)
        merging.undo_merge(Merge.objects.get(source=touched), author=colleague)
        if joins_again:
            merging.merge(fresh(touched), fresh(oldest), author=colleague)

        undone = progress(undo(act, agent), access_of(agent, organisation))

    assert (undone.undone, undone.kept) == (1, 1)
    assert {one.reason for one in undone.not_done} == {"Alguien la ha cambiado después. Se queda como está."}
    assert fresh(touched).merged_into == (oldest if joins_again else None)
    assert fresh(other).merged_into is None


def test_the_person_is_told_once_of_all_that_were_joined(same_person: list[Ticket], ask: Asking) -> None:
    oldest, *others = same_person

    ask(BulkKind.MERGE, same_person, into=oldest.pk)
    for job in jobs("tickets.tell_person"):
        tell_person(job["message_id"])

    [email] = OutgoingMessage.objects.filter(kind="tickets.merged")
    assert all(other.reference in email.text for other in others)


def test_what_is_not_the_same_matter_stays_and_it_is_said_why(
    organisation: Organisation, agent: User, same_person: list[Ticket], ask: Asking
) -> None:
    oldest, restricted, duty = same_person
    Ticket.objects.filter(pk=restricted.pk).update(is_restricted=True, team=team_of(organisation))
    Ticket.objects.filter(pk=duty.pk).update(kind=TicketKind.COMPLAINT, legal_due_at=timezone.now())
    strangers = make.ticket(organisation, person=make.person(organisation, email="luis@casa.example"))
    unseen = make.ticket(make.organisation())

    act = ask(BulkKind.MERGE, [oldest, restricted, duty, strangers, unseen], into=oldest.pk)
    now = progress(act, access_of(agent, organisation))

    reasons = {one.reference: one.reason for one in now.not_done}
    assert column("merged_into") == [None] * 5
    assert reasons.keys() == {restricted.reference, duty.reference, strangers.reference}
    assert reasons[restricted.reference].startswith("Esta consulta es reservada")
    assert "otra persona" in reasons[strangers.reference]
    assert "plazo legal propio" in reasons[duty.reference]


def test_nothing_is_joined_to_what_one_may_not_change(
    organisation: Organisation, agent: User, three: list[Ticket], ask: Asking
) -> None:
    unseen = make.ticket(make.organisation())

    now = progress(ask(BulkKind.MERGE, three, into=unseen.pk), access_of(agent, organisation))

    assert {one.reason for one in now.not_done} == {"Ya no puede ver esta consulta."}


def test_the_page_offers_the_oldest_open_one_and_asks_for_two(
    client: Client, agent: User, same_person: list[Ticket]
) -> None:
    oldest, middle, newest = same_person
    tickets.resolve(oldest, author=agent)
    client.force_login(agent)
    keys = [ticket.pk for ticket in same_person]

    page = client.post(MANY, {"t": keys, "kind": "merge"}).content.decode()
    alone = client.post(f"{MANY}hacer/", {"tickets": str(middle.pk), "kind": "merge", "into": middle.pk, "key": "k"})
    sent = {"tickets": ",".join(map(str, keys)), "kind": "merge", "into": newest.pk, "key": "k"}
    client.post(f"{MANY}hacer/", sent)

    assert page.count('name="into"') == 2
    assert f'value="{middle.pk}" ' in page[: page.index(" checked")].rpartition("<input")[2] + " "
    assert "Puede deshacerlo durante un día" in page
    assert (alone.status_code, "al menos dos consultas" in alone.content.decode()) == (422, True)
    assert [fresh(ticket).merged_into for ticket in same_person] == [newest, newest, None]
    assert BulkAct.objects.get().words == f"Unir a la {newest.reference}"


def test_an_answer_goes_to_each_once_and_cannot_be_undone(agent: User, three: list[Ticket], ask: Asking) -> None:
    act = ask(BulkKind.RESOLVE, three, text="Ya funciona.")
    bulk.run(act.pk)

    assert column("state") == ["resolved"] * 3
    assert words(three[0])[-1] == ("public", "staff", "Ya funciona.")
    assert len(words(three[0])) == 2
    assert act.values["text"] == ""
    with pytest.raises(ActionRefused, match="no se pueden deshacer"):
        undo(act, agent)


def test_many_go_to_the_background_and_are_done_once(
    organisation: Organisation, agent: User, ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    many = [make.ticket(organisation) for _ in range(4)]
    act = bulk.ask(
        organisation,
        access=access_of(agent, organisation),
        kind=BulkKind.ASSIGN,
        values={"to": agent.pk},
        words="Asignar",
        ticket_ids=[ticket.pk for ticket in many],
        idempotency_key="una",
    )
    [job] = jobs("tickets.run_bulk")

    waiting = progress(act, access_of(agent, organisation))
    background.run_bulk(**job)
    background.run_bulk(**job)
    act = bulk.ask_to_undo(BulkAct.objects.get(pk=act.pk), access=access_of(agent, organisation))
    assert column("assigned_to") == [agent.pk] * 4
    [undoing] = jobs("tickets.undo_bulk")
    background.undo_bulk(**undoing)

    assert (waiting.is_running, waiting.handled, waiting.total) == (True, 0, 4)
    assert column("assigned_to") == [None] * 4


def test_pressing_twice_does_it_once_and_rows_of_others_are_left_out(organisation: Organisation, agent: User) -> None:
    mine, theirs = make.ticket(organisation), make.ticket(make.organisation())
    options: dict[str, Any] = {
        "access": access_of(agent, organisation),
        "kind": BulkKind.SPAM,
        "values": {},
        "words": "Marcar",
        "ticket_ids": [theirs.pk, mine.pk, mine.pk],
        "idempotency_key": "una",
    }

    first, second = bulk.ask(organisation, **options), bulk.ask(organisation, **options)

    assert first == second
    assert list(first.items.values_list("ticket", flat=True)) == [mine.pk]
    with pytest.raises(ActionRefused, match="Elija antes"):
        bulk.ask(organisation, **options | {"ticket_ids": [theirs.pk], "idempotency_key": "otra"})


def test_only_who_did_it_or_supervises_undoes_it(
    organisation: Organisation, agent: User, three: list[Ticket], ask: Asking
) -> None:
    act = ask(BulkKind.SPAM, three)

    with pytest.raises(ActionRefused, match="quien supervisa"):
        undo(act, agent_of(organisation))
    undo(act, agent_of(organisation, Role.SUPERVISOR))

    assert column("state") == [State.NEW] * 3


# --- Pages ----------------------------------------------------------------------------------------------


def test_without_scripts_one_chooses_says_and_sees(
    client: Client, organisation: Organisation, agent: User, three: list[Ticket]
) -> None:
    client.force_login(agent)
    back = "/gestion/consultas/?lista=todas"
    page = client.get(back).content.decode()

    asked = client.post(MANY, {"t": [three[0].pk, three[2].pk], "kind": "add_tag", "back": back})
    again = client.post(
        f"{MANY}hacer/",
        {"tickets": f"{three[0].pk},{three[2].pk}", "kind": "add_tag", "tag": " ", "key": "k", "back": back},
    )
    done = client.post(
        f"{MANY}hacer/",
        {"tickets": f"{three[0].pk},{three[2].pk}", "kind": "add_tag", "tag": "#renta 2026", "key": "k", "back": back},
    )
    told = client.get(done["Location"]).content.decode()
    act = BulkAct.objects.get()
    client.post(f"{MANY}{act.pk}/deshacer/", {"back": back})

    assert page.count('name="t"') == 3
    assert "Poner una etiqueta: 2 consultas" in asked.content.decode()
    assert (again.status_code, "Escriba la etiqueta." in again.content.decode()) == (422, True)
    assert done["Location"].startswith(f"{MANY}{act.pk}/?back=%2Fgestion")
    assert "Hecho con 2 consultas." in told
    assert f'href="{back}"' in told
    assert act.words == "Poner la etiqueta renta 2026"
    assert BulkAct.objects.get().undone_at is not None


def test_the_whole_list_is_taken_with_its_own_filter(
    client: Client, organisation: Organisation, agent: User, three: list[Ticket]
) -> None:
    tickets.assign(three[1], author=agent, to=agent)
    client.force_login(agent)

    page = client.post(MANY, {"all": "1", "view": "lista=mias", "kind": "spam"}).content.decode()

    assert f'name="tickets" value="{three[1].pk}"' in page


def test_htmx_gets_the_form_and_then_how_it_went(
    client: Client, organisation: Organisation, agent: User, three: list[Ticket]
) -> None:
    client.force_login(agent)
    htmx = {"HX-Request": "true"}
    sent = {"tickets": str(three[0].pk), "kind": "spam", "key": "k"}

    form = client.post(MANY, {"t": three[0].pk, "kind": "spam"}, headers=htmx)
    done = client.post(f"{MANY}hacer/", sent, headers=htmx)
    nothing = client.post(MANY, {"kind": "spam"}, headers=htmx)

    assert form.content.decode().lstrip().startswith("<form")
    assert done.content.decode().lstrip().startswith('<div class="flow" id="bulk-progress">')
    assert "bulk-done" in done["HX-Trigger"]
    assert (nothing.status_code, "Elija antes" in nothing["HX-Trigger"]) == (204, True)


@pytest.mark.parametrize("kind", BulkKind)
def test_every_act_has_its_form(
    client: Client, organisation: Organisation, agent: User, three: list[Ticket], kind: BulkKind
) -> None:
    client.force_login(agent)

    assert client.post(MANY, {"t": three[0].pk, "kind": kind}).status_code == 200


def test_nothing_chosen_goes_back_and_says_so(client: Client, agent: User) -> None:
    client.force_login(agent)

    for sent in (
        {},
        {"kind": "spam"},
        {"kind": "x", "t": "1"},
        {"kind": "spam", "t": "²", "back": "https://otra.example"},
    ):
        assert client.post(MANY, sent)["Location"] == "/gestion/consultas/"
        assert client.post(f"{MANY}hacer/", sent)["Location"] == "/gestion/consultas/"


def test_how_it_went_costs_the_same_for_one_refusal_and_for_three(
    client: Client,
    organisation: Organisation,
    agent: User,
    three: list[Ticket],
    ask: Asking,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for ticket in three:
        tickets.resolve(ticket, author=agent)
    client.force_login(agent)
    acts = [ask(BulkKind.SPAM, three[:1]), ask(BulkKind.SPAM, three)]

    for act, how_many in zip(acts, (1, 3), strict=True):
        with django_assert_num_queries(8):
            page = client.get(f"{MANY}{act.pk}/").content.decode()
        assert page.count("Esta consulta ya está resuelta.") == how_many


def test_what_was_asked_long_ago_is_forgotten(three: list[Ticket], ask: Asking) -> None:
    act = ask(BulkKind.SPAM, three)
    BulkAct.objects.filter(pk=act.pk).update(asked_at=timezone.now() - bulk.KEPT_FOR * 1.1)

    assert bulk.forget_old_acts() > 0
    assert not BulkAct.objects.exists()


def test_an_agent_reads_but_does_not_change_what_they_do_not_handle(
    organisation: Organisation, three: list[Ticket]
) -> None:
    director = make.user(organisation, Role.DIRECTOR)
    act = bulk.ask(
        organisation,
        access=access_of(director, organisation),
        kind=BulkKind.SPAM,
        values={},
        words="Marcar",
        ticket_ids=[three[0].pk],
        idempotency_key="k",
    )
    bulk.run(act.pk)

    assert act.items.get().reason == "Puede leer esta consulta, pero no cambiarla."
    assert team_of(organisation).pk == fresh(three[0]).team_id
