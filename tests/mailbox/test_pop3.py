"""Fetching by POP3, from a real server."""

from contextlib import ExitStack

import pytest

from mostrador.mailbox.choices import FetchProblem
from mostrador.mailbox.clients import pop3
from mostrador.mailbox.clients.servers import Server
from mostrador.mailbox.errors import NotGiven, NotReached
from tests.mailbox import servers
from tests.mailbox.servers import Account, Dovecot


def letter(n: int = 1, size: int = 0) -> bytes:
    return f"Subject: Consulta {n}\r\n\r\nBuenos días, soy la persona {n}.\r\n{'á' * (size // 2)}\r\n".encode()


def test_messages_are_fetched_whole(account: Account) -> None:
    account.deliver(letter(1), letter(2))

    with pop3.connect(account.pop3()) as mailbox:
        numbers = [number for number, _ in mailbox.messages()]
        fetched = [mailbox.fetch(number) for number in numbers]

    assert numbers == [1, 2]
    assert fetched == [letter(1), letter(2)]
    assert account.files == [letter(1), letter(2)]


def test_identifiers_stay_when_others_are_deleted(account: Account) -> None:
    account.deliver(letter(1), letter(2), letter(3))
    with pop3.connect(account.pop3()) as mailbox:
        before = dict(mailbox.messages())
        mailbox.delete(2)

    with pop3.connect(account.pop3()) as mailbox:
        after = dict(mailbox.messages())

    assert after == {1: before[1], 2: before[3]}
    assert account.files == [letter(1), letter(3)]


def test_nothing_is_deleted_when_the_work_fails(account: Account) -> None:
    account.deliver(letter())

    with pytest.raises(ZeroDivisionError), pop3.connect(account.pop3()) as mailbox:
        mailbox.delete(1)
        raise ZeroDivisionError

    assert account.files == [letter()]


def test_any_bytes_and_any_length_of_line_come_through(account: Account) -> None:
    every = bytes(range(1, 256)).replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n")
    raw = (
        b"Subject: \xf1\r\n\r\n.\r\n..\r\n.uno\r\n"
        + b"x" * 200_000
        + b"\r\n."
        + b"." * 70_000
        + b"\r\n"
        + every
        + b"\r\n"
    )
    account.deliver(raw)

    with pop3.connect(account.pop3()) as mailbox:
        assert mailbox.fetch(1) == raw


def test_a_dot_where_a_long_line_is_read_in_pieces_is_not_the_end(account: Account) -> None:
    messages = [b"S: x\r\n\r\n" + b"x" * length + b".\r\n.\r\nfin\r\n" for length in range(65_530, 65_540)]
    account.deliver(*messages)

    with pop3.connect(account.pop3()) as mailbox:
        assert [mailbox.fetch(number) for number, _ in mailbox.messages()] == messages


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_connections_are_encrypted(
    account: Account, dovecot: Dovecot, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))

    with pop3.connect(account.pop3(security=security)) as mailbox:
        assert mailbox.messages() == []


def test_each_failure_is_told_apart(account: Account) -> None:
    with servers.silent_server() as silent:
        found = [
            problem_with(account.pop3(password="otra")),
            problem_with(account.pop3(port=silent, timeout_seconds=0.3)),
            problem_with(account.pop3(port=servers.free_port())),
            problem_with(account.pop3(port=account.imap().port)),
            problem_with(account.pop3(security="starttls")),
            problem_with(account.pop3(security="tls")),
            problem_with(account.pop3(security="tls", port=account.pop3().port)),
        ]

    assert found == [
        FetchProblem.CREDENTIALS,
        FetchProblem.SILENT,
        FetchProblem.UNREACHABLE,
        FetchProblem.PROTOCOL,
        FetchProblem.CERTIFICATE,
        FetchProblem.CERTIFICATE,
        FetchProblem.ENCRYPTION,
    ]


def problem_with(server: Server) -> str:
    with pytest.raises(NotReached) as caught, pop3.connect(server):
        pass
    return caught.value.problem


def test_a_message_that_is_not_there_is_told_apart_from_a_failure(account: Account) -> None:
    account.deliver(letter())

    with pop3.connect(account.pop3()) as mailbox:
        with pytest.raises(NotGiven):
            mailbox.fetch(7)
        assert mailbox.fetch(1) == letter()


@pytest.mark.parametrize("cut_after_bytes", [1, 40, 100, 200, 5_000, 90_000])
def test_a_line_that_is_cut_anywhere_loses_nothing(account: Account, cut_after_bytes: int) -> None:
    account.deliver(letter(1, 50_000), letter(2, 50_000))
    taken = []

    with pytest.raises(NotReached) as caught, ExitStack() as stack:
        line = stack.enter_context(servers.line(account.pop3().port, cut_after_bytes=cut_after_bytes))
        mailbox = stack.enter_context(pop3.connect(account.pop3(port=line.port)))
        for number, _ in mailbox.messages():
            taken.append(mailbox.fetch(number))
            mailbox.delete(number)

    assert caught.value.problem == FetchProblem.CUT_OFF
    assert taken == [letter(1, 50_000), letter(2, 50_000)][: len(taken)]
    assert account.files == [letter(1, 50_000), letter(2, 50_000)]


def test_a_message_of_fifty_megabytes_is_not_held_in_memory(account: Account) -> None:
    size = 50_000_000
    account.deliver(b"Subject: grande\r\n\r\n" + (b"x" * 74 + b"\r\n") * (size // 76))

    grown, length = servers.growth_of_memory("pop3", account.pop3())

    assert length > size * 0.99
    assert grown < size / 4
