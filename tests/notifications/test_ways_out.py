"""How a message leaves: from which address, with what, for whom, and what its server may do to it."""

import base64
import itertools
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import dkim
import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from mostrador.accounts.choices import Role
from mostrador.notifications import actions
from mostrador.notifications.actions.senders import begin_to_sign
from mostrador.notifications.choices import BounceReason, DeliveryState, Problem, Severity
from mostrador.notifications.models import AddressHealth, OutgoingMessage, Sender
from mostrador.notifications.rules import fit_in_email, pk_of, token_of, tokens_in
from mostrador.notifications.rules.signing import dns_record, new_key
from mostrador.organisations.models import Organisation
from tests import make
from tests.notifications.conftest import StartServer


def sender_at(organisation: Organisation, **fields: Any) -> Sender:
    known = {"address": "ayuda@sede.example", "name": "Ayuda del Ayuntamiento", "is_default": True}
    return Sender.objects.create(organisation=organisation, **known | fields)


def written(organisation: Organisation, **options: Any) -> OutgoingMessage:
    known = {"to": "ana@casa.example", "kind": "notifications.test", "language": "es", "about": "tickets.ticket:1"}
    return actions.send_email(
        organisation=organisation,
        template="notifications/email/test",
        context={"name": "Ana"},
        **known | options,
    )


def delivered(message: OutgoingMessage) -> OutgoingMessage:
    actions.deliver(message.pk)
    message.refresh_from_db()
    return message


def later(message: OutgoingMessage) -> OutgoingMessage:
    """Deliver it when it is due."""
    message.refresh_from_db()
    assert message.next_attempt_at
    with time_machine.travel(message.next_attempt_at, tick=False):
        return delivered(message)


# --- From whom, and what brings answers back ---------------------------------------------------------------


def test_it_leaves_from_the_address_that_the_organisation_uses(organisation: Organisation) -> None:
    usual = sender_at(organisation)
    other = sender_at(organisation, address="registro@sede.example", name="", is_default=False)

    assert written(organisation).sender == "Ayuda del Ayuntamiento <ayuda@sede.example>"
    assert written(organisation).sent_from == usual
    assert written(organisation, sender=other).sender == f"{organisation.name} <registro@sede.example>"


def test_answers_and_what_comes_back_name_their_message_where_the_server_delivers_a_plus(
    organisation: Organisation, mail_server: StartServer
) -> None:
    server = mail_server()
    message = written(organisation, sender=sender_at(organisation, has_plus=True))

    delivered(message)

    [mail], [(returns_to, _to)] = server.taken, server.envelopes
    token = token_of(message.pk)
    assert mail["Reply-To"] == f"Ayuda del Ayuntamiento <ayuda+r.{token}@sede.example>"
    assert returns_to == f"ayuda+b.{token}@sede.example"
    assert mail["From"] == "Ayuda del Ayuntamiento <ayuda@sede.example>"
    assert mail["Message-ID"] == message.message_id


def test_without_a_plus_the_body_still_names_it(organisation: Organisation, mail_server: StartServer) -> None:
    server = mail_server()
    message = written(organisation)

    delivered(message)

    [mail], [(returns_to, _to)] = server.taken, server.envelopes
    text, html = (part.get_content() for part in mail.iter_parts())
    assert mail["Reply-To"] is None
    assert returns_to == "soporte@localhost"
    assert text.splitlines()[-2:] == ["", f"ref:{token_of(message.pk)}"]
    assert [pk_of(token) for token in tokens_in(html)] == [message.pk]
    assert '<div aria-hidden="true" style="max-height:0;' in html
    assert "ref:" not in message.text + message.html


def test_what_is_about_nothing_bears_no_mark(organisation: Organisation, mail_server: StartServer) -> None:
    server = mail_server()

    delivered(written(organisation, about=""))

    [mail] = server.taken
    assert tokens_in(mail.as_string()) == ()


# --- What goes with it -------------------------------------------------------------------------------------


def test_files_go_with_it_under_their_names(
    organisation: Organisation, mail_server: StartServer, settings: Settings, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    server = mail_server()
    kinds = {"Año 2026 · señal.pdf": "application/pdf", "carta.eml": "message/rfc822", "raro": "x"}
    files = [
        actions.FileToSend(default_storage.save(f"f/{at}", ContentFile(f"{name}\n".encode())), name, kind, 9)
        for at, (name, kind) in enumerate(kinds.items())
    ]

    delivered(written(organisation, files=files))

    [mail] = server.taken
    assert mail.get_content_type() == "multipart/mixed"
    words, *enclosed = mail.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert [part.get_filename() for part in enclosed] == list(kinds)
    assert [part.get_payload(decode=True) for part in enclosed] == [f"{name}\n".encode() for name in kinds]
    types = [part.get_content_type() for part in enclosed]
    assert types == ["application/pdf", "application/octet-stream", "application/octet-stream"]
    assert "filename*=utf-8''A%C3%B1o%202026" in server.directory.joinpath("0001.eml").read_text().replace("\n ", "")


def test_a_file_that_is_gone_puts_the_message_off(organisation: Organisation, mail_server: StartServer) -> None:
    server = mail_server()
    message = written(organisation, files=[actions.FileToSend("f/no", "a.pdf", "application/pdf", 1)])

    delivered(message)

    assert (message.state, message.problem) == (DeliveryState.DEFERRED, Problem.FILES)
    assert server.taken == []


def test_files_fit_up_to_the_limit(settings: Settings) -> None:
    settings.EMAIL_FILES_MAX_BYTES = 10

    assert fit_in_email([4, 6])
    assert not fit_in_email([4, 7])


# --- For whom ----------------------------------------------------------------------------------------------


def test_who_is_in_copy_gets_it_and_is_named(organisation: Organisation, mail_server: StartServer) -> None:
    server = mail_server()

    delivered(written(organisation, cc=["luis@casa.example", "ANA@casa.example"]))

    [mail], [(_from, to)] = server.taken, server.envelopes
    assert mail["Cc"] == "luis@casa.example"
    assert to == ["ana@casa.example", "luis@casa.example"]


def test_who_was_refused_alone_is_known_and_the_others_get_it_once(
    organisation: Organisation, mail_server: StartServer
) -> None:
    server = mail_server(only="550:luis@casa.example")
    message = written(organisation, cc=["luis@casa.example"])

    delivered(message)

    assert (message.state, message.taken_for, message.bounced_to) == (
        DeliveryState.SENT,
        ["ana@casa.example"],
        ["luis@casa.example"],
    )
    assert (message.bounce_severity, message.bounce_reason) == (Severity.HARD, BounceReason.NO_MAILBOX)
    assert message.bounce_said == "550 5.1.1 No such person here"
    assert AddressHealth.objects.get().address == "luis@casa.example"
    assert len(server.taken) == 1


def test_when_the_person_was_refused_and_the_copy_was_not_it_came_back(
    organisation: Organisation, mail_server: StartServer
) -> None:
    mail_server(only="550:ana@casa.example")

    message = delivered(written(organisation, cc=["luis@casa.example"]))

    assert (message.state, message.taken_for) == (DeliveryState.BOUNCED, ["luis@casa.example"])


def test_who_was_put_off_alone_is_tried_again_alone(organisation: Organisation, mail_server: StartServer) -> None:
    server = mail_server(greylist="1")
    message = written(organisation, cc=["luis@casa.example"])

    delivered(message)
    first = message.state
    later(message)

    assert (first, message.state) == (DeliveryState.DEFERRED, DeliveryState.SENT)
    assert [to for _from, to in server.envelopes] == [["luis@casa.example"], ["ana@casa.example"]]
    assert {mail["Message-ID"] for mail in server.taken} == {message.message_id}
    assert message.bounced_to == []


def test_sent_again_it_goes_to_those_who_have_not_got_it(organisation: Organisation, mail_server: StartServer) -> None:
    mail_server(only="550:luis@casa.example")
    message = delivered(written(organisation, cc=["luis@casa.example"]))
    server = mail_server()

    actions.resend(message, by=make.user(organisation, Role.ADMINISTRATOR))
    delivered(message)

    assert (message.state, message.bounced_to, message.bounce_said) == (DeliveryState.SENT, [], "")
    assert [to for _from, to in server.envelopes] == [["luis@casa.example"]]


# --- What a server may do ----------------------------------------------------------------------------------

STAGES = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "END")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("code", ["421", "451"])
def test_put_off_at_any_stage_it_is_tried_again_and_arrives_once(
    organisation: Organisation, mail_server: StartServer, stage: str, code: str
) -> None:
    mail_server(at=stage, does=code)
    message = delivered(written(organisation, cc=["luis@casa.example"]))
    put_off = (message.state, message.problem, message.taken_for)
    server = mail_server()

    later(message)

    assert put_off == (DeliveryState.DEFERRED, Problem.POSTPONED, [])
    assert message.state == DeliveryState.SENT
    assert [to for _from, to in server.envelopes] == [["ana@casa.example", "luis@casa.example"]]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "END"])
def test_refused_at_any_stage_it_is_dead(organisation: Organisation, mail_server: StartServer, stage: str) -> None:
    server = mail_server(at=stage, does="554")

    message = delivered(written(organisation, cc=["luis@casa.example"]))

    assert (message.state, message.problem, message.taken_for) == (DeliveryState.DEAD, Problem.REFUSED, [])
    assert server.taken == []
    assert not AddressHealth.objects.exists()  # nothing was said of the address


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO"])
def test_a_server_that_serves_nobody_kills_no_message(
    organisation: Organisation, mail_server: StartServer, stage: str
) -> None:
    mail_server(at=stage, does="554")

    message = delivered(written(organisation))

    assert (message.state, message.problem) == (DeliveryState.DEFERRED, Problem.POSTPONED)


@pytest.mark.parametrize(("stage", "does"), list(itertools.product(STAGES, ["hang", "die"])))
def test_a_server_that_falls_silent_or_hangs_up_at_any_stage_is_tried_again(
    organisation: Organisation, mail_server: StartServer, settings: Settings, stage: str, does: str
) -> None:
    mail_server(at=stage, does=does)
    settings.SMTP_TIMEOUT_SECONDS = 1

    message = delivered(written(organisation, cc=["luis@casa.example"]))

    problem = Problem.SILENT if does == "hang" else Problem.UNREACHABLE
    assert (message.state, message.problem, message.taken_for) == (DeliveryState.DEFERRED, problem, [])


# --- Signed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_rsa", [True, False])
def test_it_is_signed_so_that_others_can_tell(
    organisation: Organisation, mail_server: StartServer, *, is_rsa: bool
) -> None:
    server = mail_server()
    sender, key = sender_at(organisation), new_key(is_rsa=is_rsa)
    begin_to_sign(sender, selector="m2026", by=make.user(organisation, Role.ADMINISTRATOR), key=key)
    sender.refresh_from_db()

    delivered(written(organisation, sender=sender, cc=["luis@casa.example"]))

    raw = (server.directory / "0001.eml").read_bytes()
    names = []

    def dns(name: bytes, timeout: int = 5) -> str:
        names.append(name)
        return dns_record(key)

    assert dkim.verify(raw, dnsfunc=dns)
    assert names == [b"m2026._domainkey.sede.example."]
    assert not dkim.verify(raw.replace(b"Hola", b"Adios"), dnsfunc=dns)
    for added in (b"Cc: otra@casa.example\r\n", b"Subject: Otra cosa\r\n", b"Reply-To: yo@malo.example\r\n"):
        assert not dkim.verify(added + raw, dnsfunc=dns)
    assert message_from_bytes(raw, policy=default)["Subject"] == "Prueba del correo de soporte"
    assert key not in sender.dkim_key_sealed
    assert base64.b64encode(key.encode()).decode() not in sender.dkim_key_sealed


def test_a_key_that_cannot_sign_costs_the_signature_not_the_message(
    organisation: Organisation, mail_server: StartServer
) -> None:
    server = mail_server()
    sender = sender_at(organisation)
    begin_to_sign(sender, selector="x", by=make.user(organisation, Role.ADMINISTRATOR), key="no key at all")
    sender.refresh_from_db()

    message = delivered(written(organisation, sender=sender))

    assert message.state == DeliveryState.SENT
    assert server.taken[0]["DKIM-Signature"] is None


# --- So many a minute --------------------------------------------------------------------------------------


def test_what_is_over_the_limit_waits_its_turn_and_that_is_no_attempt(
    organisation: Organisation, mail_server: StartServer
) -> None:
    server = mail_server()
    sender = sender_at(organisation, per_minute=2)
    messages = [written(organisation, sender=sender) for _each in range(4)]
    ProcrastinateJob.objects.all()._raw_delete("default")
    start = timezone.now()

    with time_machine.travel(start, tick=False):
        for message in messages:
            delivered(message)
    waiting = [(message.state, message.attempts) for message in messages]
    jobs = ProcrastinateJob.objects.filter(task_name="notifications.deliver").order_by("scheduled_at")
    moments = [job.scheduled_at for job in jobs]
    for message in messages[1:]:
        later(message)

    assert waiting == [(DeliveryState.SENT, 1), *[(DeliveryState.QUEUED, 0)] * 3]
    assert moments == [start + timedelta(seconds=33) * number for number in (1, 2, 3)]
    assert [(message.state, message.attempts) for message in messages] == [(DeliveryState.SENT, 1)] * 4
    assert len(server.taken) == 4


def test_another_attempt_takes_another_turn(organisation: Organisation, mail_server: StartServer) -> None:
    mail_server(at="MAIL", does="451")
    sender = sender_at(organisation, per_minute=1)
    message = delivered(written(organisation, sender=sender))

    later(message)  # due after a minute; the turn comes six seconds later
    waited = (message.state, message.attempts)
    later(message)

    assert waited == (DeliveryState.DEFERRED, 1)
    assert message.attempts == 2
