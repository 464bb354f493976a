"""Fetching by IMAP, from a real server."""

import os
import signal
import threading
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.utils import timezone

from mostrador.mailbox.choices import FetchProblem
from mostrador.mailbox.clients import imap
from mostrador.mailbox.clients.servers import Server
from mostrador.mailbox.errors import NotReached
from tests.mailbox import servers
from tests.mailbox.servers import Account, Dovecot


def letter(n: int = 1, size: int = 0) -> bytes:
    return f"Subject: Consulta {n}\r\n\r\nBuenos días, soy la persona {n}.\r\n{'á' * (size // 2)}\r\n".encode()


def never() -> bool:
    return False


def test_new_messages_are_fetched_whole_and_left_unread(account: Account) -> None:
    account.deliver(letter(1), letter(2))

    with imap.connect(account.imap()) as mailbox:
        state = mailbox.open("INBOX", read_only=True)
        uids = mailbox.uids_after(0)
        fetched = [mailbox.fetch(uid) for uid in uids]
        unread = mailbox._client.search("UNSEEN")

    assert (state.count, state.uid_next, uids) == (2, 3, [1, 2])
    assert [one.raw for one in fetched if one] == [letter(1), letter(2)]
    assert all(one and one.received_at and timezone.now() - one.received_at < timedelta(minutes=5) for one in fetched)
    assert unread == [1, 2]


def test_only_what_came_later_is_new(account: Account) -> None:
    account.deliver(letter(1), letter(2), letter(3))

    with imap.connect(account.imap()) as mailbox:
        mailbox.open("INBOX")

        assert [mailbox.uids_after(uid) for uid in range(5)] == [[1, 2, 3], [2, 3], [3], [], []]


def test_a_message_that_somebody_else_deleted_is_simply_not_there(account: Account) -> None:
    account.deliver(letter())

    with imap.connect(account.imap()) as mailbox:
        mailbox.open("INBOX")

        assert mailbox.fetch(7) is None


def test_any_bytes_come_through(account: Account) -> None:
    raw = b"From: \xe9\xff\x80\r\nSubject: ) {3}\r\nX: a\r\n\r\n* 1 FETCH (\r\n" + bytes(range(1, 256)).replace(
        b"\n", b"\r\n"
    )
    account.deliver(raw)

    with imap.connect(account.imap()) as mailbox:
        mailbox.open("INBOX")
        fetched = mailbox.fetch(1)

    assert fetched
    assert fetched.raw == raw


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_connections_are_encrypted(
    account: Account, dovecot: Dovecot, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))

    with imap.connect(account.imap(security=security)) as mailbox:
        assert mailbox.open("INBOX").count == 0


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_unknown_origin_is_not_trusted(account: Account, security: str) -> None:
    assert problem_with(account.imap(security=security)) == FetchProblem.CERTIFICATE


def test_each_failure_is_told_apart(account: Account) -> None:
    with servers.silent_server() as silent:
        found = [
            problem_with(account.imap(password="otra")),
            problem_with(account.imap(port=silent, timeout_seconds=0.3)),
            problem_with(account.imap(port=servers.free_port())),
            problem_with(account.imap(host="no-existe.invalid")),
            problem_with(account.imap(port=account.pop3().port)),
            problem_with(account.imap(security="tls", port=account.imap().port)),
        ]

    assert found == [
        FetchProblem.CREDENTIALS,
        FetchProblem.SILENT,
        FetchProblem.UNREACHABLE,
        FetchProblem.UNREACHABLE,
        FetchProblem.PROTOCOL,
        FetchProblem.ENCRYPTION,
    ]


def problem_with(server: Server) -> str:
    with pytest.raises(NotReached) as caught, imap.connect(server):
        pass
    return caught.value.problem


def test_a_missing_folder_is_told_apart(account: Account) -> None:
    account.deliver(letter())

    with imap.connect(account.imap()) as mailbox:
        with pytest.raises(NotReached) as opening:
            mailbox.open("Otra")
        mailbox.open("INBOX")
        with pytest.raises(NotReached) as moving:
            mailbox.move([1], "Otra")

        assert [opening.value.problem, moving.value.problem] == [FetchProblem.FOLDER, FetchProblem.FOLDER]
        assert mailbox.uids_after(0) == [1]


def test_folders_have_names_in_any_letters(account: Account) -> None:
    for name in ("Peticiones y quejas", "A&APE-o nuevo", "&ZeVnLIqe-", 'Con "comillas"'):
        account.make_folder(name)
    account.deliver(letter(), folder="A&APE-o nuevo")

    with imap.connect(account.imap()) as mailbox:
        assert sorted(mailbox.folders()) == ["Año nuevo", 'Con "comillas"', "INBOX", "Peticiones y quejas", "日本語"]
        assert mailbox.open("Año nuevo").count == 1
        assert mailbox.open('Con "comillas"').count == 0


@pytest.mark.parametrize("missing", [set[str](), {"MOVE"}, {"MOVE", "UIDPLUS"}])
def test_one_message_is_moved_and_no_other(
    account: Account, missing: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    account.make_folder("Recogidos")
    account.deliver(letter(1), letter(2), letter(3))
    can = imap.Connection._can
    monkeypatch.setattr(imap.Connection, "_can", lambda self, name: name not in missing and can(self, name))

    with imap.connect(account.imap()) as mailbox:
        mailbox.open("INBOX")
        mailbox.move([2], "Recogidos")
        left = mailbox.uids_after(0)
        mailbox.open("Recogidos")
        moved = mailbox.fetch(1)

    assert left == [1, 3]
    assert moved
    assert moved.raw == letter(2)


@pytest.mark.parametrize("can_delete_one", [True, False])
def test_what_somebody_else_marked_as_deleted_stays(
    account: Account, can_delete_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.deliver(letter(1), letter(2))
    monkeypatch.setattr(imap.Connection, "_can", lambda self, name: can_delete_one)

    with imap.connect(account.imap()) as mailbox:
        mailbox.open("INBOX")
        mailbox._client.delete_messages([1])
        mailbox.delete([2])

        assert mailbox.uids_after(0) == ([1] if can_delete_one else [1, 2])
        assert 2 not in mailbox._client.search("UNDELETED")


def test_a_message_can_be_put_there(account: Account) -> None:
    with imap.connect(account.imap()) as mailbox:
        mailbox.append("INBOX", letter(), flags=("\\Seen",))

    assert account.files == [letter()]


def test_waiting_ends_when_mail_arrives(account: Account) -> None:
    with imap.connect(account.imap()) as mailbox:
        mailbox.open("INBOX")
        assert mailbox.can_idle
        threading.Timer(0.3, account.deliver, [letter()]).start()
        begin = time.monotonic()

        assert mailbox.wait(never, seconds=20)
        assert time.monotonic() - begin < 5
        assert mailbox.uids_after(0) == [1]
        assert not mailbox.wait(never, seconds=0.1)


def test_waiting_ends_when_asked_to_stop(account: Account) -> None:
    stop = threading.Event()
    with imap.connect(account.imap()) as mailbox:
        mailbox.open("INBOX")
        threading.Timer(0.3, stop.set).start()
        begin = time.monotonic()

        assert not mailbox.wait(stop.is_set)
        assert time.monotonic() - begin < 5


def test_mail_that_arrives_just_before_waiting_is_noticed(account: Account) -> None:
    """Dovecot tells of it before it agrees to wait."""
    with imap.connect(account.imap()) as mailbox:
        for n in range(5):
            mailbox.open("INBOX")
            account.deliver(letter(n))
            mailbox.wait(never, seconds=20)
            assert len(mailbox.uids_after(0)) == n + 1


def test_a_line_that_is_cut_while_waiting_is_noticed(account: Account) -> None:
    with servers.line(account.imap().port) as line:  # noqa: SIM117 - the line lasts longer
        with pytest.raises(NotReached) as caught, imap.connect(account.imap(port=line.port)) as mailbox:
            mailbox.open("INBOX")
            threading.Timer(0.3, line.cut).start()
            begin = time.monotonic()
            mailbox.wait(never, seconds=20)

    assert caught.value.problem == FetchProblem.CUT_OFF
    assert time.monotonic() - begin < 5


def test_a_line_that_is_dead_shows_when_waiting_ends(account: Account, dovecot: Dovecot) -> None:
    with pytest.raises(NotReached) as caught, imap.connect(account.imap(timeout_seconds=0.5)) as mailbox:
        mailbox.open("INBOX")
        os.kill(dovecot.process_of(account), signal.SIGSTOP)
        try:
            mailbox.wait(never, seconds=0.1)
        finally:
            os.kill(dovecot.process_of(account), signal.SIGCONT)

    assert caught.value.problem == FetchProblem.SILENT


def test_a_change_of_uid_validity_is_seen(account: Account) -> None:
    account.deliver(letter(1), letter(2))
    with imap.connect(account.imap()) as mailbox:
        before = mailbox.open("INBOX")
    account.forget_uids()
    time.sleep(1.1)  # dovecot makes the number of the time in seconds

    with imap.connect(account.imap()) as mailbox:
        after = mailbox.open("INBOX")

    assert before.uid_validity != after.uid_validity
    assert after.count == 2


@pytest.mark.parametrize("cut_after_bytes", [1, 300, 700, 1_000, 1_400, 2_000, 5_000, 20_000, 90_000])
def test_a_line_that_is_cut_anywhere_loses_nothing(account: Account, cut_after_bytes: int) -> None:
    account.deliver(letter(1, 50_000), letter(2, 50_000))
    taken = []

    with pytest.raises(NotReached) as caught, ExitStack() as stack:
        line = stack.enter_context(servers.line(account.imap().port, cut_after_bytes=cut_after_bytes))
        mailbox = stack.enter_context(imap.connect(account.imap(port=line.port)))
        mailbox.open("INBOX")
        for uid in mailbox.uids_after(0):
            taken.append(mailbox.fetch(uid))

    assert caught.value.problem == FetchProblem.CUT_OFF
    assert [one.raw for one in taken if one] == [letter(1, 50_000), letter(2, 50_000)][: len(taken)]
    assert account.files == [letter(1, 50_000), letter(2, 50_000)]


def test_a_mailbox_of_ten_thousand_is_looked_through_at_once(account: Account) -> None:
    account.deliver(*(letter(n) for n in range(10_000)))
    with imap.connect(account.imap()) as mailbox:
        assert mailbox.open("INBOX").count == 10_000  # the server notes them all
        begin = time.monotonic()

        assert len(mailbox.uids_after(0)) == 10_000
        assert mailbox.uids_after(9_998) == [9_999, 10_000]
        assert time.monotonic() - begin < 5


def test_a_message_of_fifty_megabytes_is_not_held_in_memory(account: Account) -> None:
    size = 50_000_000
    account.deliver(b"Subject: grande\r\n\r\n" + (b"x" * 74 + b"\r\n") * (size // 76))

    grown, length = servers.growth_of_memory("imap", account.imap())

    assert length > size * 0.99
    assert grown < size / 4
