"""Several people do several things to the same tickets at once, against the real database, whatever the order."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from mostrador.accounts.models import User
from mostrador.notifications.models import OutgoingMessage
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import desk_replies, merging, splitting, tickets
from mostrador.tickets.actions.emails import tell_person
from mostrador.tickets.choices import After, AuthorKind, Channel, MessageKind, State
from mostrador.tickets.models import Merge, Message, PendingReply, ReplyDraft, Ticket
from tests import make
from tests.tickets.desk import agent_of

ACTS = (
    *("reply", "resolve", "reply_and_resolve", "note", "person", "merge", "merge_back", "undo", "split", "mail"),
    *("submit", "submit_and_resolve", "send", "take_back"),
)


class Scene:
    """Two tickets of one person, and everything that anybody said in them."""

    def __init__(self) -> None:
        organisation = make.organisation()
        person = make.person(organisation)
        self.one = make.ticket(organisation, person=person, text="uno")
        self.other = make.ticket(organisation, person=person, text="dos")
        tickets.reply_as_person(self.one, text="tres", channel=Channel.WEB)
        self.said = ["uno", "dos", "tres"]
        self.failures: list[BaseException] = []

    @property
    def all(self) -> list[Ticket]:
        return list(Ticket.objects.filter(person=self.one.person_id).order_by("pk"))

    def messages(self) -> list[Message]:
        return list(Message.objects.filter(ticket__person=self.one.person_id).order_by("pk"))

    @property
    def replies(self) -> list[PendingReply]:
        return list(PendingReply.objects.filter(ticket__person=self.one.person_id).order_by("pk"))

    def do(self, act: str, who: User, word: str) -> None:
        one, other = Ticket.objects.get(pk=self.one.pk), Ticket.objects.get(pk=self.other.pk)
        doing: dict[str, Callable[[], Any]] = {
            "reply": lambda: tickets.reply_as_desk(one, author=who, text=word, idempotency_key=word),
            "resolve": lambda: tickets.resolve(one, author=who),
            "reply_and_resolve": lambda: tickets.reply_and_resolve(other, author=who, text=word, idempotency_key=word),
            "note": lambda: tickets.write_note(one, author=who, text=word),
            "person": lambda: tickets.reply_as_person(one, text=word, channel=Channel.WEB),
            "merge": lambda: merging.merge(one, other, author=who),
            "merge_back": lambda: merging.merge(other, one, author=who),
            "undo": lambda: [
                merging.undo_merge(each, author=who) for each in Merge.objects.filter(source__person=one.person_id)
            ],
            "split": lambda: splitting.split(
                one, author=who, messages=list(one.messages.values_list("pk", flat=True)[1:]), subject=word
            ),
            "submit": lambda: desk_replies.submit(one, author=who, text=word, key=word),
            "submit_and_resolve": lambda: desk_replies.submit(
                other, author=who, text=word, key=word, after=After.RESOLVED
            ),
            "send": lambda: [desk_replies.send_if_due(each.pk, at_once=True) for each in self.replies],
            "take_back": lambda: [desk_replies.take_back(each) for each in self.replies if each.author_id == who.pk],
            "mail": lambda: [tell_person(message.pk) for message in self.messages()],
        }
        doing[act]()
        if act in {"reply", "reply_and_resolve", "note", "person"}:
            self.said.append(word)

    def run(self, number: int, who: User, acts: list[str], start: Barrier) -> None:
        try:
            start.wait(timeout=30)
            for step, act in enumerate(acts):
                with suppress(ActionRefused):
                    self.do(act, who, f"palabra-{number}-{step}")
        except BaseException as error:  # noqa: BLE001 - told to the test, which runs in another thread
            self.failures.append(error)
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
@settings(max_examples=15)
@given(plans=st.lists(st.lists(st.sampled_from(ACTS), min_size=1, max_size=4), min_size=2, max_size=3))
def test_nothing_is_lost_said_twice_or_locked_up_whatever_the_order(plans: list[list[str]]) -> None:
    scene = Scene()
    people = [agent_of(scene.one.organisation) for _plan in plans]
    start = Barrier(len(plans))
    threads = [
        Thread(target=scene.run, args=(number, who, acts, start))
        for number, (who, acts) in enumerate(zip(people, plans, strict=True))
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for reply in scene.replies * 2:
        desk_replies.send_if_due(reply.pk, at_once=True)
    for message in scene.messages() * 2:
        tell_person(message.pk)

    assert scene.failures == []
    assert not any(thread.is_alive() for thread in threads)
    messages = scene.messages()
    words = Counter(message.text for message in messages if message.kind != MessageKind.EVENT)
    sent = {reply.key: reply.message.text for reply in scene.replies if reply.message is not None}
    assert words == Counter([*scene.said, *sent.values()])
    answers = [each.text for each in messages if each.kind == "public" and each.author_kind == AuthorKind.STAFF]
    mails = OutgoingMessage.objects.filter(person=scene.one.person, kind="tickets.reply").values_list("text", flat=True)
    assert [sum(answer in mail for mail in mails) for answer in answers] == [1] * len(answers)
    assert mails.count() == len(answers)
    drafts = ReplyDraft.objects.filter(ticket__person=scene.one.person_id)
    unsent = "\n\n".join(drafts.exclude(text="").values_list("text", flat=True)).split("\n\n")
    assert len([word for word in unsent if word]) == len(scene.replies) - len(sent)
    for draft in drafts.exclude(text=""):
        assert draft.ticket.merged_into_id is None
    for ticket in scene.all:
        joined = Merge.objects.filter(source=ticket, undone_at=None)
        assert [merge.target_id for merge in joined] == ([ticket.merged_into_id] if ticket.merged_into_id else [])
        if ticket.merged_into is not None:
            assert ticket.state == State.CLOSED
            assert not ticket.messages.exclude(kind=MessageKind.EVENT).exists()
            assert ticket.merged_into.merged_into_id != ticket.pk
