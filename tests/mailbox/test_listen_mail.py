"""Mail servers bring messages by LMTP and SMTP; "250" is said when a message is safe, and not before."""

import contextlib
import os
import signal
import smtplib
import socket
import ssl
import stat
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection as own_connection

from mostrador.mailbox.choices import Via
from mostrador.mailbox.models import IncomingMail
from tests.config.processes import command, free_port
from tests.journeys.product import running_product, wait_for
from tests.mailbox.doors import MESSAGE, environment, files, listening, mailbox

pytestmark = pytest.mark.django_db(transaction=True)  # other processes see what is committed

ADDRESS = "soporte@sede.example"
STRANGER = "otro@sede.example"


@contextlib.contextmanager
def lmtp(port: int) -> Iterator[smtplib.LMTP]:
    """Talk LMTP as Postfix does, with time enough for a database that comes back."""
    with smtplib.LMTP("127.0.0.1", port, timeout=60) as client:
        yield client


def test_lmtp_takes_a_message_for_us_and_refuses_a_stranger_s_address(tmp_path: Path) -> None:
    ours = mailbox()

    with listening(environment(tmp_path)) as (port, _), lmtp(port) as client:
        refused = client.sendmail("ana@correo.example", [ADDRESS, STRANGER], MESSAGE)

    assert refused == {STRANGER: (550, b"5.1.1 There is no such mailbox here")}
    [kept] = IncomingMail.objects.all()
    assert (kept.mailbox, kept.via) == (ours, Via.LMTP)
    assert (kept.envelope_from, kept.envelope_to) == ("ana@correo.example", [ADDRESS])
    assert [file.read_bytes() for file in files(tmp_path)] == [MESSAGE]


def test_lmtp_answers_for_each_recipient(tmp_path: Path) -> None:
    mailbox(), mailbox("registro@sede.example")

    with listening(environment(tmp_path)) as (port, _), lmtp(port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("")
        client.rcpt("registro+abc@sede.example")
        client.rcpt(ADDRESS)
        client.docmd("DATA")
        client.send(MESSAGE + b".\r\n")
        answers = [client.getreply() for _ in range(2)]

    assert [code for code, _ in answers] == [250, 250]
    kept = IncomingMail.objects.order_by("mailbox_id").values_list("envelope_from", "envelope_to")
    assert list(kept) == [("", [ADDRESS]), ("", ["registro+abc@sede.example"])]


def test_smtp_passes_nothing_on_and_says_what_it_can(tmp_path: Path) -> None:
    mailbox()

    with listening(environment(tmp_path), "smtp") as (port, _), smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo()
        offers = dict(client.esmtp_features)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("ana@correo.example", ["alguien@lejos.example"], MESSAGE)
        client.sendmail("ana@correo.example", [ADDRESS], MESSAGE, mail_options=["BODY=8BITMIME", "SMTPUTF8"])

    assert offers == {"size": str(60 * 1024**2), "8bitmime": "", "smtputf8": "", "pipelining": "", "help": ""}
    assert [kept.via for kept in IncomingMail.objects.all()] == [Via.SMTP]


@pytest.mark.parametrize(
    "sent",
    [
        b".first\r\n..\r\n...two\r\nend.\r\n\r\n.\r\r\nnot the end\n.\nnor this\r\n",
        b"one line of many letters: " + b"x" * 600_000 + b".\r\n" + b"y." * 300_000 + b"\r\n",
        b"",
        b"\r\n",
        b"\x00\x80\xff\r\n",
        b"".join(b"%d.\r\n.%d\r\n" % (number, number) for number in range(40_000)),
    ],
    ids=["dots", "long lines", "nothing", "a line", "bytes", "many dots"],
)
def test_every_byte_of_a_message_arrives(tmp_path: Path, sent: bytes) -> None:
    mailbox()
    wire = (b"\r\n" + sent).replace(b"\r\n.", b"\r\n..")[2:]

    with listening(environment(tmp_path)) as (port, _), lmtp(port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("ana@correo.example")
        client.rcpt(ADDRESS)
        client.docmd("DATA")
        client.sock.sendall(wire + b".\r\n")  # type: ignore[union-attr]  # connected
        code, _ = client.getreply()

    assert code == 250
    assert [file.read_bytes() for file in files(tmp_path)] == [sent]


def test_a_connection_that_ends_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    mailbox()

    with listening(environment(tmp_path)) as (port, _):
        client = smtplib.LMTP("127.0.0.1", port, timeout=60)
        client.ehlo_or_helo_if_needed()
        client.mail("ana@correo.example")
        client.rcpt(ADDRESS)
        client.docmd("DATA")
        client.send(MESSAGE)
        client.close()
        with lmtp(port) as other:
            other.sendmail("", [ADDRESS], b"Subject: otro\r\n\r\n")

    assert [file.read_bytes() for file in files(tmp_path)] == [b"Subject: otro\r\n\r\n"]
    assert IncomingMail.objects.count() == 1


def test_50_megabytes_arrive_in_little_memory(tmp_path: Path) -> None:
    mailbox()
    large = MESSAGE + (b"x" * 76 + b"\r\n") * (50 * 1024**2 // 78)

    with listening(environment(tmp_path)) as (port, process), lmtp(port) as client:
        client.sendmail("ana@correo.example", [ADDRESS], large)
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")

    [peak] = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
    assert IncomingMail.objects.get().size_bytes == len(large)
    assert peak < 150 * 1024


def test_a_message_above_the_limit_is_refused_for_good(tmp_path: Path) -> None:
    mailbox()

    with listening(environment(tmp_path, MAIL_MAX_MB=1)) as (port, _), lmtp(port) as client:
        client.ehlo_or_helo_if_needed()
        announced = client.docmd("MAIL", f"FROM:<a@b.example> SIZE={1024**2 + 1}")
        client.mail("ana@correo.example")
        client.rcpt(ADDRESS)
        client.docmd("DATA")
        client.send(b"x" * 70 * 1024**2 + b"\r\n.\r\n")
        sent = client.getreply()
        client.sendmail("ana@correo.example", [ADDRESS], MESSAGE)

    assert (announced[0], sent[0]) == (552, 552)
    assert [file.read_bytes() for file in files(tmp_path)] == [MESSAGE]


def test_a_database_that_is_away_has_the_message_brought_again(tmp_path: Path) -> None:
    mailbox()
    variables = environment(tmp_path)
    name = variables["DATABASE_URL"].partition("@/")[2].partition("?")[0]

    with listening(variables) as (port, _), lmtp(port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("ana@correo.example")
        accepted = client.rcpt(ADDRESS)
        with no_connections(variables["DATABASE_URL"], name):
            client.docmd("DATA")
            client.send(MESSAGE + b".\r\n")
            kept = client.getreply()
            client.mail("ana@correo.example")
            refused = client.rcpt(ADDRESS)
        client.rset()
        client.sendmail("ana@correo.example", [ADDRESS], MESSAGE)

    assert (accepted[0], kept[0], refused[0]) == (250, 451, 451)
    assert IncomingMail.objects.count() == 1


def test_a_storage_that_cannot_be_written_has_the_message_brought_again(tmp_path: Path) -> None:
    mailbox()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "mail").write_text("in the way")

    with (
        listening(environment(tmp_path)) as (port, _),
        lmtp(port) as client,
        pytest.raises(smtplib.SMTPResponseException) as refusal,
    ):
        client.sendmail("ana@correo.example", [ADDRESS], MESSAGE)

    assert refusal.value.smtp_code == 451
    assert not IncomingMail.objects.exists()


def test_what_was_said_to_be_safe_survives_a_kill(tmp_path: Path) -> None:
    mailbox()

    with (
        contextlib.suppress(smtplib.SMTPServerDisconnected),
        listening(environment(tmp_path)) as (port, process),
        lmtp(port) as client,
    ):
        client.sendmail("ana@correo.example", [ADDRESS], MESSAGE)
        process.kill()
        process.wait()

    assert IncomingMail.objects.count() == 1
    assert [file.read_bytes() for file in files(tmp_path)] == [MESSAGE]


def test_a_kill_before_that_is_a_failure_that_the_server_sees(tmp_path: Path) -> None:
    mailbox()
    variables = environment(tmp_path)

    with (
        contextlib.suppress(smtplib.SMTPServerDisconnected),
        listening(variables) as (port, process),
        lmtp(port) as client,
        locked(variables),
    ):
        client.ehlo_or_helo_if_needed()
        client.mail("ana@correo.example")
        client.rcpt(ADDRESS)
        client.docmd("DATA")
        client.send(MESSAGE + b".\r\n")
        time.sleep(0.5)
        process.kill()
        process.wait()
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            client.getreply()

    assert not IncomingMail.objects.exists()
    with listening(variables) as (port, _), lmtp(port) as client:
        client.sendmail("ana@correo.example", [ADDRESS], MESSAGE)
    assert IncomingMail.objects.count() == 1


def test_starttls_is_offered_with_a_certificate(tmp_path: Path) -> None:
    mailbox()
    variables = environment(tmp_path / "data", MAIL_LISTEN_CERTIFICATE=certificate(tmp_path / "mail.pem"))
    trusting = ssl.create_default_context(cafile=tmp_path / "mail.pem")

    with (
        listening(variables, "smtp") as (port, _),
        smtplib.SMTP("localhost", port, timeout=60) as client,
    ):
        client.starttls(context=trusting)
        client.ehlo()
        offers = set(client.esmtp_features)
        client.sendmail("ana@correo.example", [ADDRESS], MESSAGE)

    assert offers.isdisjoint({"starttls", "auth"})
    assert IncomingMail.objects.count() == 1


def test_whoever_tries_out_addresses_is_sent_away(tmp_path: Path) -> None:
    mailbox()

    with listening(environment(tmp_path)) as (port, _), lmtp(port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("ana@correo.example")
        codes = [client.rcpt(f"persona{number}@sede.example")[0] for number in range(21)]
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()

    assert codes == [550] * 20 + [421]


def test_one_server_may_not_take_all_connections(tmp_path: Path) -> None:
    with listening(environment(tmp_path)) as (port, _), contextlib.ExitStack() as stack:
        greetings = []
        for _ in range(21):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            greetings.append(one.makefile().readline()[:3])

    assert greetings == ["220"] * 20 + ["421"]


def test_a_socket_of_the_file_system_will_do(tmp_path: Path) -> None:
    mailbox()
    path = tmp_path / "mail.sock"
    process = subprocess.Popen(command("listen-mail"), env=environment(tmp_path, MAIL_LISTEN=f"lmtp://{path}"))  # noqa: S603 - our own command
    try:
        until = time.monotonic() + 60
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(0.2)
        with smtplib.LMTP(str(path)) as client:
            client.sendmail("ana@correo.example", [ADDRESS], MESSAGE)
        mode = stat.filemode(path.stat().st_mode)
    finally:
        process.terminate()
        code = process.wait(30)

    assert IncomingMail.objects.count() == 1
    assert (mode, code) == ("srw-rw-rw-", 0)


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("http://127.0.0.1:1", "it begins neither with lmtp:// nor with smtp://"),
        ("lmtp://192.0.2.1:8024", "cannot assign requested address"),
        ("lmtp://127.0.0.1:none", "Port could not be cast"),
        ("", "MAIL_LISTEN says where to listen"),
    ],
)
def test_an_address_that_cannot_be_listened_at_is_one_sentence(tmp_path: Path, where: str, reason: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        command("listen-mail"), env=environment(tmp_path, MAIL_LISTEN=where), capture_output=True, text=True
    )

    assert done.returncode == 1
    assert done.stderr.startswith("mostrador: MAIL_LISTEN")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_whole_product_listens_when_it_is_told_to() -> None:
    port = free_port()

    with running_product(MAIL_LISTEN=f"lmtp://127.0.0.1:{port}") as product:
        wait_for(lambda: answers(port), pause=0.2)
        with lmtp(port) as client:
            client.ehlo_or_helo_if_needed()
            client.mail("ana@correo.example")
            refused = client.rcpt("nadie@lejos.example")
        os.kill(product.child("listen-mail"), signal.SIGKILL)
        wait_for(lambda: answers(port), pause=0.2)

    assert refused == (550, b"5.1.1 There is no such mailbox here")
    assert not answers(port)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as one:
        return one.makefile().readline().startswith("220")
    return False


@contextlib.contextmanager
def locked(variables: dict[str, str]) -> Iterator[None]:
    """Let nobody write what came in meanwhile."""
    with psycopg.connect(variables["DATABASE_URL"]) as other:
        other.execute("LOCK TABLE mailbox_incomingmail IN ACCESS EXCLUSIVE MODE")
        yield


@contextlib.contextmanager
def no_connections(url: str, name: str) -> Iterator[None]:
    """Have the database take nobody meanwhile, and end who is there."""
    server = url.replace(f"@/{name}?", "@/postgres?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            own_connection.close()
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def certificate(path: Path) -> Path:
    """Write a certificate for localhost and its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)  # noqa: TID251 - certificates know nothing of Django
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path
