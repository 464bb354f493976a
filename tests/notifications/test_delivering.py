"""From the outbox to the SMTP server, which is a process of its own here."""

import itertools
import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from mostrador.notifications import actions
from mostrador.notifications.choices import DeliveryState, Problem
from mostrador.notifications.models import AddressHealth, OutgoingMessage
from mostrador.notifications.rules import PAUSES
from mostrador.organisations.models import Organisation
from tests import make
from tests.notifications.conftest import StartServer

REPOSITORY = Path(__file__).resolve().parents[2]


def outcome(message: OutgoingMessage) -> tuple[str, int, str]:
    message.refresh_from_db()
    return message.state, message.attempts, message.problem


def deliver_when_due(message: OutgoingMessage) -> None:
    """Run the job at the moment of the next attempt."""
    message.refresh_from_db()
    assert message.next_attempt_at
    with time_machine.travel(message.next_attempt_at, tick=False):
        actions.deliver(message.pk)


def test_a_message_arrives_with_its_parts_its_headers_and_its_letters(
    organisation: Organisation, mail_server: StartServer
) -> None:
    server = mail_server()
    organisation.name, organisation.email = "Udal Ñandú, L'Àlber", "soporte@sede.example"
    message = actions.send_email(
        organisation=organisation,
        to="ana@españa.example",
        kind="notifications.test",
        template="notifications/email/test",
        context={"name": "Íñigo Añón · Çelik €"},
        language="es",
        in_reply_to="<b@x.example>",
        references="<a@x.example>",
        list_unsubscribe="https://sede.example/baja",
    )

    actions.deliver(message.pk)

    [mail] = server.taken
    assert outcome(message) == (DeliveryState.SENT, 1, "")
    assert message.sent_at is not None
    assert message.next_attempt_at is None
    assert mail["From"] == '"Udal Ñandú, L\'Àlber" <soporte@sede.example>'
    assert mail["To"] == "ana@xn--espaa-rta.example"
    assert mail["Subject"] == "Prueba del correo de soporte"
    assert mail["Message-ID"] == message.message_id
    assert (mail["In-Reply-To"], mail["References"]) == ("<b@x.example>", "<a@x.example> <b@x.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://sede.example/baja>"
    assert mail["Content-Language"] == "es"
    assert mail["Date"].datetime == message.created_at.replace(microsecond=0)
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in (text, html)] == ["utf-8", "utf-8"]
    assert "Hola, Íñigo Añón · Çelik €:" in text.get_content()
    assert "Hola, Íñigo Añón · Çelik €:" in html.get_content()


def test_a_second_job_for_the_same_message_sends_nothing(organisation: Organisation, mail_server: StartServer) -> None:
    server = mail_server()
    message = make.email(organisation)

    actions.deliver(message.pk)
    actions.deliver(message.pk)

    assert len(server.taken) == 1
    assert outcome(message) == (DeliveryState.SENT, 1, "")


def test_a_message_that_is_gone_is_no_mistake(organisation: Organisation, mail_server: StartServer) -> None:
    mail_server()

    actions.deliver(12345)


def test_a_refused_message_is_a_dead_letter_at_once(organisation: Organisation, mail_server: StartServer) -> None:
    mail_server(recipient="550")
    message = make.email(organisation)
    ProcrastinateJob.objects.all()._raw_delete("default")

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.DEAD, 1, Problem.REFUSED)
    assert message.last_error == "550 5.1.1 No such person here"
    assert not ProcrastinateJob.objects.filter(scheduled_at__isnull=False).exists()


@pytest.mark.parametrize("to", ["a..b@casa.example", "a.@casa.example", "ana@casa..example", f"ana@{'ñ' * 64}.example"])
def test_a_message_to_what_is_no_address_is_a_dead_letter_at_once(
    organisation: Organisation, mail_server: StartServer, to: str
) -> None:
    server = mail_server()
    message = make.email(organisation, to=to)

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.DEAD, 1, Problem.REFUSED)
    assert server.taken == []


def test_an_address_with_foreign_letters_goes_to_a_server_that_takes_them(
    organisation: Organisation, mail_server: StartServer
) -> None:
    server = mail_server(letters="all")
    message = make.email(organisation, to="pérez@españa.example")

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.SENT, 1, "")
    assert server.envelopes[0][1] == ["pérez@xn--espaa-rta.example"]
    assert server.taken[0]["To"] == "pérez@xn--espaa-rta.example"


def test_a_server_that_does_not_take_them_does_not_get_the_message(
    organisation: Organisation, mail_server: StartServer
) -> None:
    server = mail_server()
    message = make.email(organisation, to="pérez@casa.example")

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.DEAD, 1, Problem.REFUSED)
    assert message.last_error == "no SMTPUTF8 (RFC 6531)"
    assert server.taken == []


def test_a_message_put_off_by_greylisting_is_accepted_later(
    organisation: Organisation, mail_server: StartServer
) -> None:
    server = mail_server(greylist="2")
    message = make.email(organisation)

    actions.deliver(message.pk)
    first = outcome(message)
    actions.deliver(message.pk)  # too early: not tried
    deliver_when_due(message)
    second = outcome(message)
    deliver_when_due(message)

    assert first == (DeliveryState.DEFERRED, 1, Problem.POSTPONED)
    assert second == (DeliveryState.DEFERRED, 2, Problem.POSTPONED)
    assert outcome(message) == (DeliveryState.SENT, 3, "")
    assert len(server.taken) == 1


def test_each_retry_waits_longer_and_has_its_job(organisation: Organisation, mail_server: StartServer) -> None:
    mail_server(recipient="450")
    message = make.email(organisation)
    with time_machine.travel(timezone.now(), tick=False):
        moments = [timezone.now()]
        actions.deliver(message.pk)
    for _attempt in PAUSES:
        message.refresh_from_db()
        assert message.next_attempt_at
        moments.append(message.next_attempt_at)
        deliver_when_due(message)

    pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert tuple(pauses) == PAUSES
    assert outcome(message) == (DeliveryState.DEAD, len(PAUSES) + 1, Problem.POSTPONED)
    scheduled = ProcrastinateJob.objects.filter(task_name="notifications.deliver", scheduled_at__isnull=False)
    assert [job.scheduled_at for job in scheduled.order_by("pk")] == moments[1:]


def test_a_server_that_does_not_answer_is_left_after_the_time_limit(
    organisation: Organisation, mail_server: StartServer, settings: Settings
) -> None:
    mail_server(hang="MAIL")
    settings.SMTP_TIMEOUT_SECONDS = 1
    message = make.email(organisation)

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.DEFERRED, 1, Problem.SILENT)


def test_a_server_that_hangs_up_is_tried_again(organisation: Organisation, mail_server: StartServer) -> None:
    mail_server(die="DATA")
    message = make.email(organisation)

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.DEFERRED, 1, Problem.UNREACHABLE)


def test_a_server_that_is_not_there_is_tried_again(organisation: Organisation, settings: Settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.SMTP_HOST, settings.SMTP_PORT = free.getsockname()
    settings.SMTP_SECURITY = "none"
    message = make.email(organisation)

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.DEFERRED, 1, Problem.UNREACHABLE)
    assert "refused" in message.last_error


def test_the_right_password_opens(organisation: Organisation, mail_server: StartServer, settings: Settings) -> None:
    server = mail_server(password="secreta")
    settings.SMTP_USER, settings.SMTP_PASSWORD = "soporte", "secreta"
    message = make.email(organisation)

    actions.deliver(message.pk)

    assert len(server.taken) == 1


@pytest.mark.parametrize("user", ["soporte", ""])
def test_a_wrong_or_missing_password_kills_no_message(
    organisation: Organisation, mail_server: StartServer, settings: Settings, user: str
) -> None:
    mail_server(password="secreta")
    settings.SMTP_USER, settings.SMTP_PASSWORD = user, "equivocada"
    message = make.email(organisation)

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.DEFERRED, 1, Problem.CREDENTIALS)


def test_with_starttls_the_message_travels_encrypted(
    organisation: Organisation,
    mail_server: StartServer,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certificate, key = certificate_for_localhost(tmp_path)
    server = mail_server(certificate=str(certificate), key=str(key))
    settings.SMTP_SECURITY = "starttls"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    message = make.email(organisation)

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.SENT, 1, "")
    assert len(server.taken) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    organisation: Organisation, mail_server: StartServer, settings: Settings, tmp_path: Path
) -> None:
    certificate, key = certificate_for_localhost(tmp_path)
    server = mail_server(certificate=str(certificate), key=str(key))
    settings.SMTP_SECURITY = "starttls"
    message = make.email(organisation)

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.DEFERRED, 1, Problem.ENCRYPTION)
    assert server.taken == []


def test_a_server_without_encryption_gets_nothing_when_encryption_is_asked_for(
    organisation: Organisation, mail_server: StartServer, settings: Settings
) -> None:
    server = mail_server()
    settings.SMTP_SECURITY = "starttls"
    message = make.email(organisation)

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.DEFERRED, 1, Problem.ENCRYPTION)
    assert server.taken == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_sending_loses_nothing_and_repeats_the_same_message_id(
    mail_server: StartServer, settings: Settings
) -> None:
    organisation = make.organisation(host="testserver")
    silent = mail_server(hang="DATA")
    settings.SMTP_TIMEOUT_SECONDS = 60
    message = make.email(organisation)
    worker = start_worker(message.pk, settings)
    silent.wait_for(1)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    ProcrastinateJob.objects.all()._raw_delete("default")  # the job went with its worker
    healthy = mail_server()

    assert actions.requeue_forgotten() == 0  # nobody knows yet that the worker is gone
    with time_machine.travel(timezone.now() + timedelta(minutes=15), tick=False):
        assert actions.requeue_forgotten() == 1
        assert actions.requeue_forgotten() == 0
        actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.SENT, 2, "")
    assert [mail["Message-ID"] for mail in (*silent.taken, *healthy.taken)] == [message.message_id] * 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same_message_at_once(mail_server: StartServer, settings: Settings) -> None:
    organisation = make.organisation(host="testserver")
    slow = mail_server(hang="DATA")
    settings.SMTP_TIMEOUT_SECONDS = 60
    message = make.email(organisation)
    first = start_worker(message.pk, settings)
    try:
        slow.wait_for(1)
        with time_machine.travel(timezone.now() + timedelta(minutes=15), tick=False):
            actions.deliver(message.pk)  # due again by the clock, and still in the hands of the first
    finally:
        first.kill()
        first.wait()

    assert len(slow.taken) == 1
    assert outcome(message)[:2] == (DeliveryState.QUEUED, 1)


def test_a_message_during_which_workers_die_is_given_up_on(
    organisation: Organisation, mail_server: StartServer
) -> None:
    server = mail_server()
    message = make.email(organisation)
    OutgoingMessage.objects.update(attempts=len(PAUSES) + 1)

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.DEAD, len(PAUSES) + 2, Problem.INTERRUPTED)
    assert server.taken == []


def test_when_the_mail_server_was_taken_away_messages_are_kept(
    organisation: Organisation, mail_server: StartServer, settings: Settings
) -> None:
    mail_server()
    message = make.email(organisation)
    settings.SMTP_HOST = ""

    actions.deliver(message.pk)

    assert outcome(message) == (DeliveryState.KEPT, 1, "")


def test_old_settled_copies_are_forgotten_and_waiting_ones_are_not(
    organisation: Organisation, mail_server: StartServer, settings: Settings
) -> None:
    mail_server()
    settings.OUTBOX_RETENTION_DAYS = 30
    sent, waiting, fresh = make.email(organisation), make.email(organisation), make.email(organisation)
    actions.deliver(sent.pk)
    actions.deliver(fresh.pk)
    OutgoingMessage.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - timedelta(days=31))

    assert actions.forget_old_messages() == 1

    assert set(OutgoingMessage.objects.all()) == {waiting, fresh}


def test_addresses_from_which_nothing_came_back_for_long_are_forgotten(
    organisation: Organisation, settings: Settings
) -> None:
    settings.OUTBOX_RETENTION_DAYS = 30
    now = timezone.now()
    long_ago = now - timedelta(days=31)
    known: list[tuple[str, dict[str, Any]]] = [
        ("ana@casa.example", {"last_bounce_at": long_ago}),
        ("lately@casa.example", {"last_bounce_at": now}),
        ("closed@casa.example", {"last_bounce_at": long_ago, "blocked_at": long_ago}),
        ("complained@casa.example", {"last_bounce_at": long_ago, "complained_at": long_ago}),
    ]
    for address, fields in known:
        AddressHealth.objects.create(organisation=organisation, address=address, **fields)

    assert actions.forget_old_messages() == 0

    assert set(AddressHealth.objects.values_list("address", flat=True)) == {address for address, _fields in known[1:]}


def start_worker(message_id: int, settings: Settings) -> subprocess.Popen[bytes]:
    """Deliver one message in a process of its own, with this test's database and mail server."""
    database = connection.settings_dict
    url = "postgresql://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}".format_map(database)
    code = f"import django; django.setup()\nfrom mostrador.notifications import actions\nactions.deliver({message_id})"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "mostrador.config.settings",
        "DATABASE_URL": url,
        "SMTP_HOST": settings.SMTP_HOST,
        "SMTP_PORT": str(settings.SMTP_PORT),
        "SMTP_SECURITY": "none",
        "SMTP_TIMEOUT_SECONDS": str(settings.SMTP_TIMEOUT_SECONDS),
    }
    return subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY, env=environment)  # noqa: S603 - our own code


def certificate_for_localhost(directory: Path) -> tuple[Path, Path]:
    """Make a self-signed certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = directory / "certificate.pem", directory / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths
