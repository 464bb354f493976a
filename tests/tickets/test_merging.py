"""Joining duplicates, taking that back, and dividing a ticket in two."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.metrics.actions import roll_up_what_changed
from mostrador.metrics.models import DailyRollup, Progress
from mostrador.metrics.queries import received_on
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import desk_replies, merging, splitting, tags, tasks, tickets, watching
from mostrador.tickets.actions.emails import tell_person
from mostrador.tickets.actions.tickets import new_private_link
from mostrador.tickets.choices import Channel, ContactBy, NotSent, RelationKind, State
from mostrador.tickets.models import Merge, Message, Relation, ReplyDraft, Ticket, Watcher
from mostrador.tickets.queries.drafts import files_of_desk_reply
from mostrador.tickets.queries.replies import pending_and_unsent
from tests import make
from tests.tickets.desk import MONDAY, after, agent_of, events, fresh, jobs, words
from tests.tickets.wizard import PDF

CHANGED = ("state", "resolved_at", "closed_at", "merged_into_id", "tags", "minutes_spent", "third_party", "incident_id")


def twice(organisation: Organisation, **fields: Any) -> tuple[Ticket, Ticket]:
    """Two tickets of one person: the duplicate, and the one that stays."""
    person = make.person(organisation)
    with time_machine.travel(MONDAY, tick=False):
        target = make.ticket(organisation, person=person, subject="La primera", text="No puedo firmar.")
    with time_machine.travel(after(hours=1), tick=False):
        source = make.ticket(organisation, person=person, subject="La segunda", text="Sigo sin firmar.", **fields)
    return source, target


def everything(ticket: Ticket) -> list[Any]:
    """Columns, what was said and who follows, to compare before and after."""
    return [
        {name: getattr(fresh(ticket), name) for name in CHANGED},
        words(ticket),
        sorted(Watcher.objects.filter(ticket=ticket).values_list("user_id", flat=True)),
        list(ticket.tasks.values_list("text", flat=True)),
    ]


def test_the_page_says_where_something_was_said_when_that_was_elsewhere(
    client: Client, organisation: Organisation, agent: User
) -> None:
    source, target = twice(organisation)
    merging.merge(source, target, author=agent)
    client.force_login(agent)

    page = client.get(f"/gestion/consultas/{target.reference}/").content.decode()

    assert page.count(f", dicho en la {source.reference}") == 1


def test_a_duplicate_goes_on_in_the_other_ticket(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    tags.add_tag(source, "#Firma  Electrónica", author=agent)
    watching.follow(source, user=agent)
    tasks.add_task(source, author=agent, text="Llamar")
    tasks.add_time(source, author=agent, minutes=15)

    merging.merge(source, target, author=agent)

    source, target = fresh(source), fresh(target)
    assert (source.state, source.merged_into) == (State.CLOSED, target)
    assert words(source) == []
    assert words(target) == [
        ("public", "person", "No puedo firmar."),
        ("public", "person", "Sigo sin firmar."),
    ]
    assert target.messages.get(text="Sigo sin firmar.").said_in == source
    assert events(source)[-1] == f"Se unió a la consulta {target.reference}, donde sigue la conversación."
    assert events(target)[-1] == f"Se unió aquí la consulta {source.reference}."
    assert target.tags == ["firma electrónica"]
    assert target.watchers.get().user == agent
    assert target.tasks.get().text == "Llamar"
    assert (target.minutes_spent, source.minutes_spent) == (15, 0)


def test_whoever_waited_for_us_in_the_duplicate_waits_for_us_in_the_other(
    organisation: Organisation, agent: User
) -> None:
    source, target = twice(organisation)
    tickets.reply_as_desk(target, author=agent, text="¿Qué navegador usa?")

    merging.merge(source, target, author=agent)

    target = fresh(target)
    assert target.state == State.WAITING_FOR_US
    assert target.waiting_since == source.waiting_since


def unsent_words(ticket: Ticket, author: User) -> tuple[str, str]:
    draft = ReplyDraft.objects.get(ticket=ticket, author=author)
    return draft.text, draft.note


def test_what_was_being_written_in_a_duplicate_waits_in_the_other_ticket(
    organisation: Organisation, agent: User
) -> None:
    source, target = twice(organisation)
    colleague = agent_of(organisation)
    desk_replies.keep_draft(target, author=colleague, text="Aquí", note="", stand=0)
    desk_replies.keep_draft(source, author=colleague, text="Allí", note="Ojo", stand=0)
    desk_replies.keep_files(source, author=agent, files=[SimpleUploadedFile("a.pdf", PDF)])
    reply = desk_replies.submit(source, author=agent, text="A medias", key="k")

    merging.merge(source, target, author=colleague)

    assert unsent_words(target, colleague) == ("Aquí\n\nAllí", "Ojo")
    assert unsent_words(source, colleague) == ("", "")
    assert not desk_replies.send_if_due(reply.pk, at_once=True)
    assert unsent_words(target, agent) == ("A medias", "")
    assert [file.name for file in files_of_desk_reply(target, agent)] == ["a.pdf"]
    assert [each.reason for each in pending_and_unsent(target, agent)[1]] == [str(NotSent.MERGED.label)]
    assert pending_and_unsent(source, agent)[1] == []


def test_a_page_that_stayed_open_says_where_its_words_wait(
    client: Client, organisation: Organisation, agent: User
) -> None:
    source, target = twice(organisation)
    colleague = agent_of(organisation)
    client.force_login(agent)
    desk_replies.keep_draft(target, author=agent, text="Aquí", note="", stand=0)
    desk_replies.keep_draft(source, author=agent, text="Empiezo", note="", stand=0)
    merging.merge(source, target, author=colleague)

    address = f"/gestion/consultas/{source.reference}/borrador/"
    answers = [
        client.post(address, {"text": text, "note": note, "stand": "1"})
        for text, note in [("Empiezo", ""), ("Empiezo", "Ojo"), ("Y sigo", "Ojo")]
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409]
    said = answers[0].json()
    assert said["words"].startswith(f"Esta consulta se unió a la {target.reference}.")
    assert said["link"]["address"] == f"/gestion/consultas/{target.reference}/"
    assert unsent_words(target, agent) == ("Aquí\n\nEmpiezo\n\nY sigo", "Ojo")


def test_files_without_words_go_along(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    desk_replies.keep_files(source, author=agent, files=[SimpleUploadedFile("a.pdf", PDF)])

    merging.merge(source, target, author=agent_of(organisation))

    assert [file.name for file in files_of_desk_reply(target, agent)] == ["a.pdf"]
    assert files_of_desk_reply(source, agent) == []


def test_what_somebody_wrote_who_may_not_see_the_other_ticket_stays_for_them_to_read(
    client: Client, organisation: Organisation, agent: User
) -> None:
    source, target = twice(organisation)
    outsider, waiting = agent_of(organisation), agent_of(organisation)
    insider = agent_of(organisation, Role.SUPERVISOR)
    Ticket.objects.filter(pk=target.pk).update(is_restricted=True, team=make.team(organisation))
    for author in (outsider, insider):
        desk_replies.keep_draft(source, author=author, text=f"De {author.pk}", note="", stand=0)
        desk_replies.keep_files(source, author=author, files=[SimpleUploadedFile("a.pdf", PDF)])
    reply = desk_replies.submit(source, author=waiting, text="A medias", key="k")

    merging.merge(fresh(source), fresh(target), author=insider)
    reply.refresh_from_db()

    assert unsent_words(target, insider) == (f"De {insider.pk}", "")
    assert unsent_words(source, outsider) == (f"De {outsider.pk}", "")
    assert [file.name for file in files_of_desk_reply(source, outsider)] == ["a.pdf"]
    assert (reply.ticket, reply.failed_reason) == (source, NotSent.MERGED)
    assert unsent_words(source, waiting) == ("A medias", "")
    assert {draft.author for draft in target.reply_drafts.all()} == {insider}
    client.force_login(waiting)
    page = client.get(f"/gestion/consultas/{source.reference}/").text
    assert (str(NotSent.MERGED.label) in page, "A medias" in page) == (True, True)


@pytest.mark.parametrize(
    ("before", "text", "together"),
    [
        ("Aquí\n\nAllí", "Allí y más", "Aquí\n\nAllí y más"),
        ("Aquí\n\nAllí", "Allí", "Aquí\n\nAllí"),
        ("Aquí\n\nAllí", "Aquí\n\nAllí y más", "Aquí\n\nAllí y más"),
        ("Uno\n\nDos\n\nTres", "Dos\n\nTres y cuatro", "Uno\n\nDos\n\nTres y cuatro"),
        ("Aquí\n\n", "Otra cosa", "Aquí\n\nOtra cosa"),
        ("", "Allí", "Allí"),
    ],
)
def test_words_that_went_on_elsewhere_are_not_said_twice(
    organisation: Organisation, agent: User, before: str, text: str, together: str
) -> None:
    source, target = twice(organisation)
    desk_replies.keep_draft(target, author=agent, text=before, note=before, stand=0)
    merging.merge(source, target, author=agent)

    desk_replies.keep_where_it_goes_on(source, author=agent, text=text, note=text)

    assert unsent_words(target, agent) == (together, together)


@pytest.mark.parametrize("htmx", [False, True])
def test_whoever_answers_a_ticket_joined_meanwhile_goes_on_with_it_in_the_other(
    client: Client, organisation: Organisation, agent: User, htmx: bool
) -> None:
    source, target = twice(organisation)
    colleague = agent_of(organisation)
    client.force_login(agent)
    desk_replies.keep_draft(source, author=agent, text="Empiezo", note="", stand=0)
    merging.merge(source, target, author=colleague)

    answer = client.post(
        f"/gestion/consultas/{source.reference}/responder/",
        {"key": "k", "text": "Empiezo y termino", "note": "Ojo", "uploads": SimpleUploadedFile("a.pdf", PDF)},
        headers={"HX-Request": "true"} if htmx else {},
    )

    leads_to = f"/gestion/consultas/{target.reference}/"
    assert (answer.headers["HX-Redirect"] if htmx else answer.headers["Location"]) == leads_to
    page = client.get(leads_to).content.decode()
    assert "Se unió a esta consulta mientras escribía" in page
    assert unsent_words(target, agent) == ("Empiezo y termino", "Ojo")
    assert [file.name for file in files_of_desk_reply(target, agent)] == ["a.pdf"]
    assert "Empiezo" not in [text for _kind, _author, text in words(target)]


def test_undoing_within_a_day_restores_both_exactly(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    colleague = agent_of(organisation)
    tickets.reply_as_desk(target, author=agent, text="¿Qué navegador usa?", idempotency_key="una")
    tickets.write_note(source, author=agent, text="Ya llamó.", idempotency_key="una")
    for each, tag in ((source, "firma"), (target, "firma"), (source, "otra")):
        tags.add_tag(each, tag, author=agent)
    watching.follow(source, user=colleague)
    tasks.add_task(source, author=agent, text="Llamar")
    tasks.add_time(source, author=agent, minutes=5)
    tasks.add_time(target, author=agent, minutes=30)
    before = [everything(each) for each in (source, target)]
    keys = {key: said for key, *said in Message.objects.values_list("pk", "ticket", "said_in", "idempotency_key")}

    joined = merging.merge(source, target, author=agent)
    merging.undo_merge(joined, author=colleague)

    assert [everything(each) for each in (source, target)] == before
    now = {key: said for key, *said in Message.objects.values_list("pk", "ticket", "said_in", "idempotency_key")}
    assert {key: said for key, said in now.items() if key in keys} == keys


def test_what_came_after_joining_stays_where_it_was_said(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    joined = merging.merge(source, target, author=agent)
    tickets.reply_as_desk(fresh(target), author=agent, text="Actualice Autofirma.")
    tickets.reply_as_person(source, text="Ya funciona.", channel=Channel.EMAIL)

    merging.undo_merge(joined, author=agent)

    assert words(source) == [("public", "person", "Sigo sin firmar.")]
    assert [text for _kind, _who, text in words(target)] == ["No puedo firmar.", "Actualice Autofirma.", "Ya funciona."]
    assert fresh(target).state == State.WAITING_FOR_US


def test_private_links_and_later_words_lead_to_the_other_ticket(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    token = new_private_link(source)

    merging.merge(source, target, author=agent)
    page = Client().get(f"/consultas/s/{token}/")
    answer = Client().post(f"/consultas/s/{token}/", {"text": "Otra cosa más.", "key": "k"})

    assert "La primera" in page.content.decode()
    assert answer.status_code == 302
    assert words(target)[-1] == ("public", "person", "Otra cosa más.")
    assert words(source) == []


def test_the_person_is_told_once_and_not_when_it_was_undone(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    third = make.ticket(organisation, person=target.person, subject="La tercera")
    joined = merging.merge(source, target, author=agent)
    undone = merging.merge(third, fresh(target), author=agent)
    merging.undo_merge(undone, author=agent)
    told = [job["message_id"] for job in jobs("tickets.tell_person")][-2:]

    for key in [*told, *told]:
        tell_person(key)

    [email] = OutgoingMessage.objects.filter(kind="tickets.merged")
    assert (email.to, source.reference in email.text, target.reference in email.subject) == (
        target.person.email,
        True,
        True,
    )
    assert joined.undone_at is None


@pytest.mark.parametrize(("undone", "told"), [({1}, [0]), ({0}, [1]), ({0, 1}, []), (set(), [0, 1])])
def test_what_was_joined_in_a_row_is_told_by_the_last_whichever_was_undone(
    organisation: Organisation, agent: User, undone: set[int], told: list[int]
) -> None:
    first, target = twice(organisation)
    sources = [first, make.ticket(organisation, person=target.person, subject="La tercera")]
    joined = []
    for seconds, source in zip((0, 40), sources, strict=True):
        with time_machine.travel(MONDAY + timedelta(days=1, seconds=seconds), tick=False):
            joined.append(merging.merge(source, fresh(target), author=agent))
    one, two = [job["message_id"] for job in jobs("tickets.tell_person")][-2:]

    tell_person(one)
    with time_machine.travel(MONDAY + timedelta(days=1, seconds=70), tick=False):
        for number in sorted(undone, reverse=True):
            merging.undo_merge(joined[number], author=agent)
    tell_person(two)

    emails = list(OutgoingMessage.objects.filter(kind="tickets.merged"))
    assert len(emails) == bool(told)
    for email in emails:
        assert [number for number in (0, 1) if sources[number].reference in email.text] == told


def test_a_mail_that_waits_when_tickets_are_joined_still_leaves(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    message = tickets.reply_as_desk(source, author=agent, text="Pruebe con otro navegador.")
    acknowledgement = jobs("tickets.tell_person")[1]["message_id"]

    merging.merge(fresh(source), target, author=agent)
    for key in (acknowledgement, message.pk, message.pk):
        tell_person(key)

    kinds = OutgoingMessage.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["tickets.acknowledgement", "tickets.reply"]


def test_refusals_say_what_to_do(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    other_person = make.ticket(organisation)
    resolved = make.ticket(organisation, person=target.person)
    tickets.resolve(resolved, author=agent)
    elsewhere = make.ticket(make.organisation(), person=target.person)
    spam = make.ticket(organisation, person=target.person)
    tickets.mark_spam(spam, author=agent)

    for one, other, sentence in (
        (source, source, "Es la misma"),
        (source, other_person, "otra persona"),
        (source, resolved, "ya no está abierta"),
        (source, elsewhere, "otra entidad"),
        (spam, target, "correo no deseado"),
    ):
        with pytest.raises(ActionRefused, match=sentence):
            merging.merge(one, fresh(other), author=agent)
    assert not Merge.objects.exists()


def test_two_records_with_one_address_are_one_person(organisation: Organisation, agent: User) -> None:
    source = make.ticket(organisation, person=make.person(organisation, email="ana@casa.example"))
    target = make.ticket(organisation, person=make.person(organisation, email="ana@casa.example"))

    merging.merge(source, target, author=agent)

    assert fresh(source).merged_into == target


def test_joined_tickets_never_go_in_circles(organisation: Organisation, agent: User) -> None:
    first, second = twice(organisation)
    third = make.ticket(organisation, person=first.person)
    one = merging.merge(first, second, author=agent)

    with pytest.raises(ActionRefused, match=f"se unió a la {second.reference}"):
        merging.merge(fresh(second), fresh(first), author=agent)
    with pytest.raises(ActionRefused, match=f"se unió a la {second.reference}"):
        merging.merge(fresh(first), third, author=agent)
    merging.merge(fresh(second), third, author=agent)
    with pytest.raises(ActionRefused, match=f"se unió después a la {third.reference}"):
        merging.undo_merge(one, author=agent)

    tickets.reply_as_person(first, text="¿Siguen ahí?", channel=Channel.EMAIL)
    assert words(third)[-1][2] == "¿Siguen ahí?"


def test_a_joined_ticket_refuses_work_and_a_note_on_it_goes_on(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    merging.merge(source, target, author=agent)

    for act in (
        lambda: tickets.reply_as_desk(source, author=agent, text="Hola"),
        lambda: tickets.reopen(source, author=agent),
        lambda: tickets.resolve(source, author=agent),
    ):
        with pytest.raises(ActionRefused, match=f"se unió a la {target.reference}"):
            act()
    tickets.write_note(source, author=agent, text="Es la misma persona.")
    assert words(target)[-1] == ("note", "staff", "Es la misma persona.")


def test_it_cannot_be_undone_after_a_day_or_twice(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        joined = merging.merge(source, target, author=agent)
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False), pytest.raises(ActionRefused, match="un día"):
        merging.undo_merge(joined, author=agent)
    with time_machine.travel(MONDAY + timedelta(days=1, hours=23), tick=False):
        merging.undo_merge(joined, author=agent)
        with pytest.raises(ActionRefused, match="ya se deshizo"):
            merging.undo_merge(joined, author=agent)


def test_days_counted_before_are_looked_at_again_for_what_was_joined(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    merging.merge(source, target, author=agent)
    roll_up_what_changed()
    DailyRollup.objects.update(joined=0)
    migration = import_module("mostrador.metrics.migrations.0002_joined_contacts")

    migration.look_again_at_joined_contacts(apps, None)
    first = Progress.objects.get().last_message_id
    roll_up_what_changed()

    assert first < Message.objects.filter(text__startswith="merged_away").get().pk
    assert DailyRollup.objects.get(on=MONDAY.date()).joined == 1


def test_figures_leave_joined_tickets_out(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    on = MONDAY.date()

    def counted() -> int:
        return sum(not row.is_joined for row in received_on(organisation, on))

    before = counted()
    merging.merge(source, target, author=agent)

    assert (before, counted()) == (2, 1)


# --- Dividing -----------------------------------------------------------------------------------------


def test_messages_about_something_else_get_a_ticket_of_their_own(organisation: Organisation, agent: User) -> None:
    ticket = make.ticket(organisation, text="No puedo firmar.")
    with time_machine.travel(after(days=300), tick=False):
        other = tickets.reply_as_person(ticket, text="Y el padrón no sale.", channel=Channel.WEB)
    note = tickets.write_note(ticket, author=agent, text="Lo del padrón es de otro equipo.")
    chosen = [other.pk, note.pk]

    new = splitting.split(ticket, author=agent, messages=chosen, subject="Padrón", idempotency_key="k")
    again = splitting.split(ticket, author=agent, messages=chosen, subject="Padrón", idempotency_key="k")

    assert new == again
    assert (new.state, new.opened_at, new.person) == (State.NEW, other.written_at, ticket.person)
    assert [text for _kind, _who, text in words(ticket)] == ["No puedo firmar."]
    assert [text for _kind, _who, text in words(new)] == ["Y el padrón no sale.", "Lo del padrón es de otro equipo."]
    assert set(new.messages.exclude(said_in=None).values_list("said_in", flat=True)) == {ticket.pk}
    assert events(ticket)[-1] == f"Parte de la conversación pasó a la consulta {new.reference}."
    assert events(new) == [f"Salió de la consulta {ticket.reference}.", "Se envió el acuse de recibo."]
    assert Relation.objects.get().kind == RelationKind.SPLIT
    tell_person(jobs("tickets.tell_person")[-1]["message_id"])
    assert "Y el padrón no sale." in OutgoingMessage.objects.latest("pk").text


def test_a_part_may_be_another_persons(organisation: Organisation, agent: User) -> None:
    ticket = make.ticket(organisation)
    other = tickets.reply_as_person(ticket, text="A mi madre tampoco.", channel=Channel.WEB)
    mother = make.person(organisation, email="", phone="+34600112233")

    new = splitting.split(ticket, author=agent, messages=[other.pk], subject="La madre", person=mother)

    assert (new.person, new.contact_by) == (mother, ContactBy.PHONE)


def test_something_that_the_person_said_goes_and_something_stays(organisation: Organisation, agent: User) -> None:
    ticket = make.ticket(organisation)
    first = ticket.messages.earliest("pk")
    note = tickets.write_note(ticket, author=agent, text="Nota")

    for messages, sentence in (([note.pk], "Elija al menos"), ([first.pk], "Deje al menos"), ([], "Elija al menos")):
        with pytest.raises(ActionRefused, match=sentence):
            splitting.split(ticket, author=agent, messages=messages, subject="Otra")
    assert Ticket.objects.count() == 1


def test_a_part_joined_back_comes_home(organisation: Organisation, agent: User) -> None:
    ticket = make.ticket(organisation)
    other = tickets.reply_as_person(ticket, text="Otra cosa.", channel=Channel.WEB)
    new = splitting.split(ticket, author=agent, messages=[other.pk], subject="Otra")

    joined = merging.merge(new, fresh(ticket), author=agent)
    assert [text for _kind, _who, text in words(ticket)][-1] == "Otra cosa."
    merging.undo_merge(joined, author=agent)

    other.refresh_from_db()
    assert (other.ticket, other.said_in) == (new, ticket)


def test_the_page_of_a_joined_ticket_only_leads_on_and_undoes(organisation: Organisation, agent: User) -> None:
    source, target = twice(organisation)
    client = Client()
    client.force_login(agent)
    compared = client.get(f"/gestion/consultas/{source.reference}/unir/?reference={target.reference}")
    client.post(f"/gestion/consultas/{source.reference}/unir/", {"reference": target.reference})
    page = client.get(f"/gestion/consultas/{source.reference}/").content.decode()
    undone = client.post(
        f"/gestion/consultas/{target.reference}/unir/deshacer/", {"merge": Merge.objects.get().pk}, follow=True
    )

    assert "Queda: " in compared.content.decode()
    assert f"Unida a la consulta {target.reference}" in page
    assert "Deshacer la unión" in page
    assert "Tareas" not in page
    assert "Las dos consultas están como antes de unirlas." in undone.content.decode()
    assert fresh(source).merged_into is None
