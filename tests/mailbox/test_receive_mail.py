"""A mail server pipes a message into us; the exit code says whether to forget it, bring it again or refuse it."""

import resource
import subprocess
from pathlib import Path

import psycopg
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from mostrador.mailbox.choices import MailState, Via
from mostrador.mailbox.models import IncomingMail
from mostrador.mailbox.queries.recipients import mailboxes_of
from mostrador.mailbox.rules.recipients import named_by_environment, named_by_message, spellings
from tests import make
from tests.config.processes import command
from tests.mailbox.doors import MESSAGE, environment, files, first_line, mailbox, piped

real = pytest.mark.django_db(transaction=True)  # other processes see what is committed


@real
def test_a_piped_message_is_kept_byte_for_byte_and_will_be_read(tmp_path: Path) -> None:
    ours = mailbox()

    done = piped(MESSAGE, "--recipient", "soporte@sede.example", "--sender", "ana@correo.example",
                 environment=environment(tmp_path))  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    [kept] = IncomingMail.objects.all()
    assert (kept.mailbox, kept.via, kept.state) == (ours, Via.PIPE, MailState.RECEIVED)
    assert (kept.envelope_from, kept.envelope_to) == ("ana@correo.example", ["soporte@sede.example"])
    [file] = files(tmp_path)
    assert file.read_bytes() == MESSAGE
    assert ProcrastinateJob.objects.filter(task_name="mailbox.take_in", status="todo").count() == 1


@real
def test_a_message_that_comes_again_is_kept_once(tmp_path: Path) -> None:
    mailbox()
    variables = environment(tmp_path, RECIPIENT="soporte@sede.example")

    codes = [piped(MESSAGE, environment=variables).returncode for _ in range(2)]

    assert codes == [0, 0]
    assert IncomingMail.objects.count() == 1
    assert ProcrastinateJob.objects.filter(task_name="mailbox.take_in").count() == 1


@real
def test_rubbish_is_kept_too(tmp_path: Path) -> None:
    mailbox()

    done = piped(b"\x00\xff no mail at all", "--mailbox", "Soporte@SEDE.example", environment=environment(tmp_path))

    assert done.returncode == 0
    assert [file.read_bytes() for file in files(tmp_path)] == [b"\x00\xff no mail at all"]


@real
def test_a_stranger_s_address_is_refused_for_good(tmp_path: Path) -> None:
    mailbox()

    done = piped(MESSAGE, "--recipient", "otro@sede.example", environment=environment(tmp_path))

    assert (done.returncode, first_line(done.stderr)) == (67, "5.1.1 there is no such mailbox here")
    assert not IncomingMail.objects.exists()


@real
def test_a_mailbox_that_is_not_in_use_is_a_stranger_s(tmp_path: Path) -> None:
    mailbox(is_active=False)

    assert piped(MESSAGE, environment=environment(tmp_path)).returncode == 67


@real
def test_a_message_above_the_limit_is_refused_for_good(tmp_path: Path) -> None:
    mailbox()

    done = piped(MESSAGE + b"a" * 1024**2, environment=environment(tmp_path, MAIL_MAX_MB=1))

    assert (done.returncode, first_line(done.stderr)) == (
        69,
        "5.3.4 the message is larger than the 1 MB that are taken here",
    )
    assert files(tmp_path) == []


def test_a_wrong_command_line_is_told_and_postfix_keeps_the_message(tmp_path: Path) -> None:
    done = piped(MESSAGE, "--nonsense", environment={"MOSTRADOR_DATA": str(tmp_path)})

    assert done.returncode == 64
    assert first_line(done.stderr) == "4.3.5 mostrador receive-mail: unrecognized arguments: --nonsense"


@real
def test_no_message_at_all_is_told(tmp_path: Path) -> None:
    assert piped(b"", environment=environment(tmp_path)).returncode == 66


@real
def test_a_database_that_is_away_has_the_message_brought_again(tmp_path: Path) -> None:
    mailbox()
    away = environment(tmp_path, DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/mostrador")

    done = piped(MESSAGE, environment=away)

    assert done.returncode == 75
    assert first_line(done.stderr).startswith("4.3.0 ")
    assert files(tmp_path) == []


def test_an_installation_that_does_not_run_is_not_started_for_a_message(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)

    done = piped(MESSAGE, environment={"MOSTRADOR_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"})

    assert (done.returncode, first_line(done.stderr)) == (75, "4.3.0 Mostrador is not running here.")


@real
def test_a_storage_that_cannot_be_written_has_the_message_brought_again(tmp_path: Path) -> None:
    mailbox()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "mail").write_text("in the way")

    done = piped(MESSAGE, environment=environment(tmp_path))

    assert done.returncode == 75
    assert not IncomingMail.objects.exists()


@real
def test_a_full_disk_has_the_message_brought_again(tmp_path: Path) -> None:
    mailbox()

    done = subprocess.run(  # noqa: S603 - our own command
        command("receive-mail"),
        input=MESSAGE + b"a" * 200_000,
        env=environment(tmp_path) | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )

    assert done.returncode == 75
    assert not IncomingMail.objects.exists()


@real
def test_a_table_that_somebody_locks_does_not_lose_the_message(tmp_path: Path) -> None:
    mailbox()
    variables = environment(tmp_path)
    with psycopg.connect(variables["DATABASE_URL"]) as other:
        other.execute("LOCK TABLE mailbox_incomingmail IN ACCESS EXCLUSIVE MODE")
        slow = subprocess.Popen(  # noqa: S603 - as above
            command("receive-mail"), stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=variables
        )
        with pytest.raises(subprocess.TimeoutExpired):
            slow.communicate(MESSAGE, timeout=8)
        slow.kill()
        killed = slow.wait()

    assert killed == -9
    assert not IncomingMail.objects.exists()
    assert piped(MESSAGE, environment=variables).returncode == 0
    assert IncomingMail.objects.count() == 1


@real
def test_several_recipients_each_have_it(tmp_path: Path) -> None:
    first, second = mailbox(), mailbox("registro@sede.example", aliases=["tramites@sede.example"])

    done = piped(
        MESSAGE, "--recipient", "tramites+abc@sede.example", "SOPORTE@sede.example", environment=environment(tmp_path)
    )

    assert done.returncode == 0
    kept = IncomingMail.objects.order_by("mailbox_id").values_list("mailbox_id", "envelope_to")
    assert list(kept) == [(first.pk, ["SOPORTE@sede.example"]), (second.pk, ["tramites+abc@sede.example"])]


@real
def test_the_sender_of_a_notice_of_failure_is_nobody(tmp_path: Path) -> None:
    mailbox()

    piped(MESSAGE, "--sender", "MAILER-DAEMON", environment=environment(tmp_path))

    assert IncomingMail.objects.get().envelope_from == ""


# --- Which mailbox ----------------------------------------------------------------------------------------


def test_an_address_is_known_without_its_plus_part_and_in_any_case() -> None:
    assert spellings(" <Soporte+T-1@Sede.Example> ") == ["soporte+t-1@sede.example", "soporte@sede.example"]
    assert spellings("soporte@diputación.example") == ["soporte@xn--diputacin-d7a.example"]
    assert [spellings(each) for each in ("", "soporte", "@sede.example", "+x@sede.example")] == [
        [],
        [],
        [],
        ["+x@sede.example"],
    ]


def test_the_environment_names_the_recipient_before_aliases_first() -> None:
    said = {"RECIPIENT": "mostrador@localhost", "ORIGINAL_RECIPIENT": "soporte@sede.example", "USER": "mostrador"}

    assert named_by_environment(said) == ["soporte@sede.example", "mostrador@localhost"]


def test_the_message_names_the_envelope_s_recipients_before_those_that_people_wrote() -> None:
    raw = (
        b'To: Otra <otra@a.example>,\n\t"Soporte, el" <soporte@sede.example>\nDelivered-To: uno@sede.example\n'
        b"X-Original-To: dos@sede.example\nCc: tres@sede.example\n\nTo: nadie@sede.example\n"
    )

    assert named_by_message(raw) == [
        "dos@sede.example",
        "uno@sede.example",
        "otra@a.example",
        "soporte@sede.example",
        "tres@sede.example",
    ]


@pytest.mark.django_db
def test_a_mailbox_that_has_the_whole_address_comes_first() -> None:
    plain, whole = mailbox(), mailbox("soporte+altas@sede.example")

    assert mailboxes_of(["soporte+altas@sede.example", "soporte+x@sede.example", "otro@sede.example"]) == {
        "soporte+altas@sede.example": whole,
        "soporte+x@sede.example": plain,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_mailboxes_is_one_query(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    organisation = make.organisation()
    addresses = [mailbox(f"buzon{number}@sede.example", organisation=organisation).address for number in range(count)]

    with django_assert_num_queries(1):
        found = mailboxes_of(addresses)
        [each.organisation.name for each in found.values()]

    assert list(found) == addresses
