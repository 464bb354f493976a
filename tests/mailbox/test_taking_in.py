"""Each mail becomes exactly one message of a ticket, in its thread or in a new one; nothing is lost, nothing leaks."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.accounts.choices import Role
from mostrador.audit.models import Event
from mostrador.mailbox.actions import arrivals, conversations, taking_in
from mostrador.mailbox.actions.arrivals import Arrival
from mostrador.mailbox.actions.receiving import receive
from mostrador.mailbox.choices import FilterAction, MailKind, MailState, Outcome, Via
from mostrador.mailbox.models import FilterRule, IncomingMail, Mailbox, MailImport
from mostrador.mailbox.rules.mail import Mail
from mostrador.mailbox.rules.reading import read
from mostrador.notifications.choices import DeliveryState
from mostrador.notifications.models import AddressHealth, OutgoingMessage
from mostrador.notifications.rules import hidden_mark, plus_address, token_of
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import by_mail, emails
from mostrador.tickets.actions.third_parties import ask_third_party
from mostrador.tickets.actions.tickets import close, reply_as_desk, resolve
from mostrador.tickets.choices import AuthorKind, Channel, MessageKind, State
from mostrador.tickets.models import Clock, ClockEvent, Message, Relation, Ticket, TicketWords
from tests import make

pytestmark = pytest.mark.django_db

ANA = "Ana Prueba <ana@casa.example>"


@pytest.fixture
def answered(organisation: Organisation, mailbox: Mailbox) -> tuple[Ticket, OutgoingMessage]:
    """A ticket that came by mail from Ana and was answered, with the e-mail that told her."""
    first = make.taken_in(mailbox, make.raw_mail(sender=ANA))
    assert first.ticket is not None
    reply = reply_as_desk(first.ticket, author=make.user(organisation), text="Instale Autofirma.")
    emails.tell_person(reply.pk)
    return Ticket.objects.get(pk=first.ticket.pk), OutgoingMessage.objects.get(kind="tickets.reply")


def said(ticket: Ticket) -> list[tuple[str, str, str]]:
    """Who said what in a ticket."""
    rows = ticket.messages.exclude(kind=MessageKind.EVENT).order_by("pk")
    return [(row.kind, row.author_kind, row.text) for row in rows]


def contents(message: Message) -> dict[str, bytes]:
    """The files of a message."""
    found = {}
    for attachment in message.attachments.order_by("pk"):
        with attachment.file.open("rb") as file:
            found[attachment.name] = file.read()
    return found


def test_a_citizens_mail_becomes_a_ticket(organisation: Organisation, mailbox: Mailbox) -> None:
    raw = make.raw_mail("Bon dia, no puc signar la sol·licitud. Gràcies.", files={"error.txt": b"codi 7"})

    kept = make.taken_in(mailbox, raw)

    ticket = Ticket.objects.get()
    assert (kept.state, kept.outcome, kept.ticket) == (MailState.DONE, Outcome.OPENED, ticket)
    assert (ticket.channel, ticket.subject, ticket.language) == (Channel.EMAIL, "No puedo firmar", "ca")
    assert (ticket.person.name, ticket.person.email) == ("Ana Prueba", "ana@casa.example")
    assert ticket.sender == mailbox.sender
    assert said(ticket) == [("public", "person", "Bon dia, no puc signar la sol·licitud. Gràcies.")]
    assert kept.said is not None
    assert contents(kept.said) == {"error.txt": b"codi 7"}
    with default_storage.open(kept.file) as original:
        assert original.read() == raw


def test_it_is_acknowledged_once(mailbox: Mailbox) -> None:
    make.taken_in(mailbox, make.raw_mail())

    event = Message.objects.get(kind=MessageKind.EVENT)
    emails.tell_person(event.pk)
    assert OutgoingMessage.objects.get().to == "ana@casa.example"


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}, {"List_Id": "<lista.casa.example>"}],
)
def test_what_programs_write_opens_no_ticket_and_gets_no_answer(mailbox: Mailbox, headers: dict[str, Any]) -> None:
    kept = make.taken_in(mailbox, make.raw_mail(**headers))

    assert (kept.outcome, kept.ticket) == (Outcome.ASIDE, None)
    assert not OutgoingMessage.objects.exists()
    assert not Ticket.objects.exists()


def test_what_was_kept_aside_becomes_a_ticket_when_somebody_says_so(
    organisation: Organisation, mailbox: Mailbox
) -> None:
    kept = make.taken_in(mailbox, make.raw_mail("Esto sí lo escribo yo.", Precedence="bulk"))

    ticket = taking_in.make_ticket(kept, by=make.user(organisation, role=Role.ADMINISTRATOR))

    assert said(ticket) == [("public", "person", "Esto sí lo escribo yo.")]
    kept.refresh_from_db()
    assert (kept.outcome, kept.rule, kept.ticket) == (Outcome.OPENED, "person-said", ticket)


@pytest.mark.parametrize("how", ["in-reply-to", "references", "plus-address", "envelope", "hidden mark", "subject"])
def test_an_answer_comes_into_its_thread(mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage], how: str) -> None:
    ticket, sent = answered
    plus = plus_address("soporte@sede.example", token_of(sent.pk))
    ways: dict[str, dict[str, Any]] = {
        "in-reply-to": {"In_Reply_To": sent.message_id, "subject": "otro asunto"},
        "references": {"References": f"<x@casa.example> {sent.message_id} <y@casa.example>"},
        "plus-address": {"to": plus},
        "envelope": {},
        "hidden mark": {
            "text": f"Ya funciona.\n\nEl 27/11/2026, Soporte escribió:\n> {hidden_mark(token_of(sent.pk))}"
        },
        "subject": {"subject": f"Re: consulta {ticket.reference}"},
    }
    envelope = {"envelope_to": [plus]} if how == "envelope" else {}

    kept = make.taken_in(mailbox, make.raw_mail(**{"text": "Ya funciona.", "sender": ANA} | ways[how]), **envelope)

    assert (kept.outcome, kept.ticket) == (Outcome.ADDED, ticket)
    assert said(ticket)[-1] == ("public", "person", "Ya funciona.")
    assert Ticket.objects.count() == 1


def test_what_we_send_answers_the_mail_that_came(mailbox: Mailbox) -> None:
    kept = make.taken_in(mailbox, make.raw_mail(Message_ID="<pregunta@casa.example>"))

    emails.tell_person(Message.objects.get(kind=MessageKind.EVENT).pk)

    assert kept.ticket is not None
    assert OutgoingMessage.objects.get().in_reply_to == "<pregunta@casa.example>"


def test_a_forger_puts_nobody_in_copy(mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage]) -> None:
    ticket, sent = answered
    spied = make.raw_mail("Pónganme en copia.", sender=ANA, subject=ticket.reference, Cc="espia@otra.example")
    honest = make.raw_mail("Con mi gestor.", sender=ANA, In_Reply_To=sent.message_id, Cc="gestor@despacho.example")

    make.taken_in(mailbox, spied)
    make.taken_in(mailbox, honest)

    assert list(ticket.participants.values_list("address", flat=True)) == ["gestor@despacho.example"]


def test_what_has_had_its_time_does_not_come_back(mailbox: Mailbox) -> None:
    raw = make.raw_mail(Precedence="bulk")
    kept = make.taken_in(mailbox, raw)
    name = kept.file
    default_storage.delete(name)
    IncomingMail.objects.update(file="")

    again = receive(raw, mailbox=mailbox, via=Via.IMAP)

    assert (again.pk, again.file) == (kept.pk, "")
    assert not default_storage.exists(name)


def test_other_files_under_the_same_message_id_are_not_lost(mailbox: Mailbox) -> None:
    for number in (1, 2):
        make.taken_in(
            mailbox, make.raw_mail("Escaneado.", Message_ID="<scan@casa.example>", files={"a.txt": b"%d" % number})
        )

    assert Ticket.objects.count() == 2


def test_what_fails_last_takes_no_clock_from_the_others(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    first = receive(make.raw_mail("Uno.", sender=ANA, Message_ID="<a@casa.example>"), mailbox=mailbox, via=Via.IMAP)
    answer = receive(make.raw_mail("Dos.", sender=ANA, In_Reply_To="<a@casa.example>"), mailbox=mailbox, via=Via.IMAP)
    real = conversations._became

    def full_disk(arrival: Arrival, said: Message) -> None:
        if arrival.text == "Dos.":
            raise OSError("no space left")
        real(arrival, said)

    monkeypatch.setattr(conversations, "_became", full_disk)
    taking_in.take_in(first.pk, answer.pk)

    ticket = Ticket.objects.get()
    clocks = Clock.objects.filter(ticket=ticket).values_list("pk", flat=True)
    assert set(ClockEvent.objects.values_list("clock", flat=True)) == set(clocks)
    assert [row.state for row in IncomingMail.objects.order_by("pk")] == ["done", "received"]


def test_the_quoted_conversation_is_kept_apart(mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage]) -> None:
    _ticket, sent = answered
    text = (
        "Muchas gracias, resuelto.\n\n"
        "El vie, 27 nov 2026 a las 9:00, Soporte <soporte@sede.example> escribió:\n> Instale Autofirma.\n"
    )

    kept = make.taken_in(
        mailbox, make.raw_mail(text, sender=ANA, subject="Re: No puedo firmar", In_Reply_To=sent.message_id)
    )

    assert kept.said is not None
    assert kept.said.text == "Muchas gracias, resuelto."
    assert "> Instale Autofirma." in kept.rest


def test_the_same_message_is_taken_in_once(mailbox: Mailbox) -> None:
    raw = make.raw_mail(Message_ID="<uno@casa.example>")
    make.taken_in(mailbox, raw)

    again = make.taken_in(mailbox, raw)
    other_path = make.taken_in(mailbox, b"Delivered-To: otra@sede.example\r\n" + raw)

    assert IncomingMail.objects.count() == 2
    assert again.outcome == Outcome.OPENED
    assert other_path.outcome == Outcome.DUPLICATE
    assert Ticket.objects.count() == 1


def test_another_message_under_the_same_message_id_is_not_lost(mailbox: Mailbox) -> None:
    make.taken_in(mailbox, make.raw_mail("Primera.", Message_ID="<fijo@casa.example>"))

    kept = make.taken_in(mailbox, make.raw_mail("Segunda.", Message_ID="<fijo@casa.example>"))

    assert kept.outcome == Outcome.OPENED
    assert Ticket.objects.count() == 2


def test_reading_twice_changes_nothing(mailbox: Mailbox) -> None:
    kept = make.taken_in(mailbox, make.raw_mail())

    taking_in.take_in(kept.pk)

    assert Message.objects.filter(kind=MessageKind.PUBLIC).count() == 1


def test_a_stranger_who_knows_the_reference_gets_a_ticket_of_their_own(
    mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage]
) -> None:
    ticket, sent = answered
    before = said(ticket)

    kept = make.taken_in(
        mailbox,
        make.raw_mail(
            "¿Qué le dijeron?", sender="Eva <eva@otra.example>", subject=ticket.reference, In_Reply_To=sent.message_id
        ),
    )

    assert kept.outcome == Outcome.LINKED
    assert kept.ticket is not None
    assert kept.ticket != ticket
    assert kept.ticket.person.email == "eva@otra.example"
    assert said(ticket) == before
    assert Relation.objects.get().other == ticket
    for message in OutgoingMessage.objects.filter(to="eva@otra.example"):
        assert ticket.reference not in message.text


def test_the_same_person_from_another_address_stays_in_the_thread_with_a_secret_link_only(
    mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage]
) -> None:
    ticket, sent = answered
    elsewhere = "Prueba, Ana <ana@trabajo.example>"

    by_link = make.taken_in(mailbox, make.raw_mail("Desde el trabajo.", sender=elsewhere, In_Reply_To=sent.message_id))
    by_reference = make.taken_in(mailbox, make.raw_mail("Otra vez.", sender=elsewhere, subject=ticket.reference))

    assert (by_link.outcome, by_link.ticket) == (Outcome.ADDED, ticket)
    assert by_reference.outcome == Outcome.LINKED
    ticket.refresh_from_db()
    assert ticket.person.email == "ana@casa.example"


def test_a_forged_sender_needs_a_secret_link(mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage]) -> None:
    ticket, _sent = answered
    mailbox.trusted_servers = ["mx.sede.example"]
    mailbox.save()
    forged = "mx.sede.example; dmarc=fail header.from=casa.example"
    raw = make.raw_mail("Cambien mi teléfono.", sender=ANA, subject=ticket.reference)

    kept = make.taken_in(mailbox, f"Authentication-Results: {forged}\r\n".encode() + raw)

    assert kept.authenticity["verdict"] == "forged"
    assert kept.outcome == Outcome.LINKED


@pytest.mark.parametrize(("with_person", "kind"), [(True, "public"), (False, "note")])
def test_somebody_in_copy_answers_in_the_thread(
    mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage], with_person: bool, kind: str
) -> None:
    ticket, sent = answered
    by_mail.put_in_copy(ticket, {"gestor@despacho.example": "Gestor de Prueba"})

    make.taken_in(
        mailbox,
        make.raw_mail(
            "Lo miro yo.",
            sender="Gestor de Prueba <gestor@despacho.example>",
            In_Reply_To=sent.message_id,
            Cc="ana@casa.example" if with_person else "otra@casa.example",
        ),
    )

    assert said(ticket)[-1] == (kind, "third", "Lo miro yo.")
    ticket.refresh_from_db()
    assert ticket.state == State.WAITING_FOR_US


def test_whoever_is_named_in_the_mail_is_in_copy_but_we_are_not(organisation: Organisation, mailbox: Mailbox) -> None:
    make.mailbox(organisation, address="otro@sede.example")
    raw = make.raw_mail(
        to="soporte@sede.example, Otro <otro@sede.example>", Cc="Gestor <Gestor@Despacho.example>, ana@casa.example"
    )

    kept = make.taken_in(mailbox, raw)

    assert kept.ticket is not None
    assert list(kept.ticket.participants.values_list("address", "name")) == [("gestor@despacho.example", "Gestor")]


def test_a_third_party_answers_by_mail(
    organisation: Organisation, mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage]
) -> None:
    ticket, _sent = answered
    ask_third_party(
        ticket, author=make.user(organisation), name="Red de Prueba", email="red@proveedor.example", text="¿Está caída?"
    )
    asked = OutgoingMessage.objects.get(to="red@proveedor.example")

    kept = make.taken_in(
        mailbox, make.raw_mail("Sí, desde las 8.", sender="red@proveedor.example", In_Reply_To=asked.message_id)
    )

    assert (kept.outcome, kept.ticket) == (Outcome.ADDED, ticket)
    assert said(ticket)[-1] == ("note", "third", "Sí, desde las 8.")


def test_an_answer_reopens_what_is_resolved_and_opens_another_when_it_is_closed(
    mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage]
) -> None:
    ticket, sent = answered
    resolve(ticket, author=None)

    reopened = make.taken_in(mailbox, make.raw_mail("Sigue fallando.", sender=ANA, In_Reply_To=sent.message_id))
    ticket.refresh_from_db()
    state = ticket.state
    resolve(ticket, author=None)
    close(ticket)
    later = make.taken_in(mailbox, make.raw_mail("Ha vuelto.", sender=ANA, In_Reply_To=sent.message_id))

    assert (reopened.outcome, state) == (Outcome.ADDED, State.WAITING_FOR_US)
    assert later.outcome == Outcome.LINKED
    assert later.ticket is not None
    assert later.ticket.person == ticket.person


def test_a_colleague_passes_a_citizens_mail_on(organisation: Organisation, mailbox: Mailbox) -> None:
    colleague = make.user(organisation)
    mailbox.trusted_servers = ["mx.sede.example"]
    mailbox.save()
    domain = colleague.email.partition("@")[2]
    text = (
        "¿Podéis atenderlo?\n\n---------- Forwarded message ---------\nDe: Luis Ejemplo <luis@casa.example>\n"
        "Date: jue, 26 nov 2026 a las 10:00\nSubject: No me deja pagar\nTo: <registro@sede.example>\n\n"
        "No me deja pagar la tasa.\n"
    )
    raw = make.raw_mail(text, sender=colleague.email, subject="Fwd: No me deja pagar")
    proof = f"Authentication-Results: mx.sede.example; dmarc=pass header.from={domain}\r\n".encode()

    trusted = make.taken_in(mailbox, proof + raw)
    unproven = make.taken_in(mailbox, make.raw_mail(text, sender=colleague.email, subject="Fwd: No me deja pagar"))

    assert trusted.ticket is not None
    assert unproven.ticket is not None
    assert (trusted.ticket.person.email, trusted.ticket.subject) == ("luis@casa.example", "No me deja pagar")
    assert [kind for kind, _author, _text in said(trusted.ticket)] == ["public", "note"]
    assert unproven.ticket.person.email == colleague.email.lower()


def test_what_a_program_answers_is_kept_with_its_ticket_and_changes_nothing(
    mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage]
) -> None:
    ticket, sent = answered
    before = OutgoingMessage.objects.count()

    kept = make.taken_in(
        mailbox,
        make.raw_mail("Estoy de vacaciones.", sender=ANA, In_Reply_To=sent.message_id, Auto_Submitted="auto-replied"),
    )

    assert (kept.kind, kept.outcome, kept.ticket) == (MailKind.AUTO_REPLY, Outcome.NOTED, ticket)
    assert said(ticket)[-1][:2] == ("note", AuthorKind.THIRD)
    ticket.refresh_from_db()
    assert ticket.state == State.WAITING_FOR_PERSON
    assert OutgoingMessage.objects.count() == before


def test_what_cannot_be_read_is_tried_again_and_then_shown_to_a_person(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise ValueError("nobody foresaw this")

    kept = receive(b"\x00 whatever", mailbox=mailbox, via=Via.PIPE)
    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "read", broken)
        for _attempt in range(len(taking_in.PAUSES) + 1):
            IncomingMail.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
            taking_in.take_in_what_is_due()

    kept.refresh_from_db()
    ticket = Ticket.objects.get()
    assert (kept.state, kept.outcome, kept.ticket) == (MailState.FAILED, Outcome.UNREADABLE, ticket)
    assert ticket.subject == "No se pudo leer un mensaje"
    assert list(contents(ticket.messages.get(kind=MessageKind.PUBLIC)).values()) == [b"\x00 whatever"]
    assert not OutgoingMessage.objects.exists()


def test_an_answer_waits_for_what_came_before_it(mailbox: Mailbox) -> None:
    first = receive(make.raw_mail("Uno.", sender=ANA, Message_ID="<a@casa.example>"), mailbox=mailbox, via=Via.IMAP)
    second = receive(make.raw_mail("Dos.", sender=ANA, In_Reply_To="<a@casa.example>"), mailbox=mailbox, via=Via.IMAP)

    taking_in.take_in(second.pk)
    second.refresh_from_db()
    was_waiting = second.state == MailState.RECEIVED
    taking_in.take_in(first.pk)
    taking_in.take_in(second.pk)

    second.refresh_from_db()
    assert was_waiting
    assert (second.outcome, Ticket.objects.count()) == (Outcome.ADDED, 1)


@pytest.mark.parametrize(("mails", "statements"), [(1, 27), (3, 47)])
def test_how_many_statements_new_tickets_take(
    mailbox: Mailbox, mails: int, statements: int, django_assert_num_queries: Any
) -> None:
    make.taken_in(mailbox, make.raw_mail())
    kept = [
        receive(make.raw_mail(sender=f"Luis <luis{number}@casa.example>"), mailbox=mailbox, via=Via.PIPE).pk
        for number in range(mails)
    ]

    with django_assert_num_queries(statements):
        taking_in.take_in(*kept)


def test_what_fails_takes_nothing_from_the_others(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def moody(raw: bytes) -> Mail:
        mail = read(raw)
        if "mal" in mail.subject:
            raise ValueError("nobody foresaw this")
        return mail

    monkeypatch.setattr(arrivals, "read", moody)
    keys = [
        receive(make.raw_mail(sender=f"L <l{subject}@casa.example>", subject=subject), mailbox=mailbox, via=Via.PIPE).pk
        for subject in ("bien", "mal", "mejor")
    ]

    taking_in.take_in(*keys)

    assert list(Ticket.objects.order_by("pk").values_list("subject", flat=True)) == ["bien", "mejor"]
    assert [row.state for row in IncomingMail.objects.order_by("pk")] == ["done", "received", "done"]
    assert Event.objects.filter(verb="tickets.opened").count() == 2
    assert TicketWords.objects.count() == Clock.objects.values("ticket").distinct().count() == 2
    asked = ProcrastinateJob.objects.filter(task_name="tickets.tell_person").values_list("args", flat=True)
    events = Message.objects.filter(kind=MessageKind.EVENT).values_list("pk", flat=True)
    assert sorted(each["message_id"] for each in asked) == sorted(events)


def bounce_of(sent: OutgoingMessage, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """What a server writes back about a message of ours (RFC 3464)."""
    head = (
        "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.casa.example>\r\nTo: soporte@sede.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
    )
    status_part = (
        f"Reporting-MTA: dns; mx.casa.example\r\n\r\nFinal-Recipient: rfc822; {sent.to}\r\nAction: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; 550 {status} unknown user\r\n"
    )
    parts = [
        ("text/plain", "It could not be delivered.\r\n"),
        ("message/delivery-status", status_part),
        ("message/rfc822", f"Message-ID: {sent.message_id}\r\nSubject: {sent.subject}\r\n\r\nHola\r\n"),
    ]
    body = "".join(f"--x\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in parts)
    return (head + body + "--x--\r\n").encode()


def test_a_bounce_marks_the_message_and_brings_the_ticket_back(
    mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage]
) -> None:
    ticket, sent = answered
    OutgoingMessage.objects.filter(pk=sent.pk).update(state=DeliveryState.SENT, sent_at=timezone.now())

    kept = make.taken_in(mailbox, bounce_of(sent))

    assert (kept.kind, kept.outcome, kept.about, kept.ticket) == (MailKind.BOUNCE, Outcome.BOUNCE, sent, ticket)
    sent.refresh_from_db()
    assert (sent.state, sent.bounce_severity, sent.bounce_reason) == ("bounced", "hard", "no_mailbox")
    ticket.refresh_from_db()
    assert ticket.state == State.WAITING_FOR_US
    events = ticket.messages.filter(kind=MessageKind.EVENT).values_list("text", flat=True)
    assert any("La dirección no existe" in event for event in events)
    assert Ticket.objects.count() == 1


def test_a_bounce_of_what_we_never_sent_is_kept_aside(
    mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage]
) -> None:
    ticket, sent = answered
    sent.message_id = "<nunca@sede.example>"

    kept = make.taken_in(mailbox, bounce_of(sent))

    assert (kept.outcome, kept.ticket) == (Outcome.ASIDE, None)
    ticket.refresh_from_db()
    assert ticket.state == State.WAITING_FOR_PERSON


def test_mail_from_an_address_that_returned_ours_shows_that_it_works_again(
    organisation: Organisation, mailbox: Mailbox
) -> None:
    AddressHealth.objects.create(
        organisation=organisation, address="ana@casa.example", hard_bounces=2, blocked_at=timezone.now()
    )

    make.taken_in(mailbox, make.raw_mail(sender=ANA))

    assert AddressHealth.objects.get().blocked_at is None


@pytest.mark.parametrize(
    ("action", "outcome"), [(FilterAction.DROP, Outcome.DROPPED), (FilterAction.SPAM, Outcome.SPAM)]
)
def test_a_filter_keeps_mail_from_becoming_a_ticket(mailbox: Mailbox, action: FilterAction, outcome: Outcome) -> None:
    rule = FilterRule.objects.create(mailbox=mailbox, sender="@casa.example", action=action)

    kept = make.taken_in(mailbox, make.raw_mail(sender=ANA))

    assert (kept.outcome, kept.rule, kept.ticket) == (outcome, f"filter-{rule.pk}", None)
    rule.refresh_from_db()
    assert rule.matched == 1


def test_filters_say_whose_it_is(organisation: Organisation, mailbox: Mailbox) -> None:
    team = make.team(organisation)
    FilterRule.objects.create(mailbox=mailbox, subject="firmar", action=FilterAction.TEAM, team=team)
    FilterRule.objects.create(mailbox=mailbox, words="certificado", action=FilterAction.TAG, tag="certificados")

    kept = make.taken_in(mailbox, make.raw_mail("No sale mi certificado."))

    assert kept.ticket is not None
    assert (kept.ticket.team, kept.ticket.tags) == (team, ["certificados"])


def test_what_passes_for_the_office_is_pointed_at(mailbox: Mailbox) -> None:
    kept = make.taken_in(mailbox, make.raw_mail(sender='"soporte@sede.example" <aviso@otra.example>'))

    assert [warning["code"] for warning in kept.warnings] == ["sender_address"]


def test_an_imported_mailbox_becomes_closed_threads_and_nobody_is_written_to(
    organisation: Organisation, mailbox: Mailbox
) -> None:
    by = make.user(organisation, role=Role.ADMINISTRATOR)
    brought = MailImport.objects.create(mailbox=mailbox, folder="INBOX", started_by=by, started_at=timezone.now())
    first = make.raw_mail("Uno.", sender=ANA, Message_ID="<a@casa.example>", Date="Mon, 02 Mar 2026 09:00:00 +0100")
    answer = make.raw_mail(
        "Dos.",
        sender="Soporte <otro@sede.example>",
        In_Reply_To="<a@casa.example>",
        Date="Tue, 03 Mar 2026 09:00:00 +0100",
    )

    kept = make.taken_in(mailbox, first, imported_by=brought)
    make.taken_in(mailbox, answer, imported_by=brought)

    ticket = Ticket.objects.get()
    assert kept.ticket == ticket
    assert (ticket.state, ticket.opened_at.date().isoformat()) == (State.CLOSED, "2026-03-02")
    assert ticket.closed_at is not None
    assert ticket.closed_at.date().isoformat() == "2026-03-03"
    assert said(ticket) == [("public", "person", "Uno."), ("public", "third", "Dos.")]
    assert not Clock.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name__startswith="tickets.").exists()


def test_what_we_sent_ourselves_and_comes_back_is_kept_aside(
    mailbox: Mailbox, answered: tuple[Ticket, OutgoingMessage]
) -> None:
    ticket, sent = answered
    before = said(ticket)
    raw = make.raw_mail(sender="soporte@sede.example", Message_ID=sent.message_id, Auto_Submitted="auto-generated")

    kept = make.taken_in(mailbox, raw)

    assert (kept.outcome, kept.ticket) == (Outcome.ASIDE, None)
    assert said(ticket) == before
