"""The check of a mailbox: a message goes out and comes in, and the step that fails is named."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.mailbox.actions import checking
from mostrador.mailbox.actions.receiving import receive
from mostrador.mailbox.actions.taking_in import take_in
from mostrador.mailbox.choices import CheckProblem, CheckStep, FetchProblem, MailState, Outcome, Via, Way
from mostrador.mailbox.clients import imap, pop3
from mostrador.mailbox.models import IncomingMail, Mailbox, MailboxCheck
from mostrador.mailbox.models.mailboxes import sealed
from mostrador.mailbox.queries.checks import problem_words, step_rows
from mostrador.mailbox.rules.testing import HEADER, is_test
from mostrador.notifications.choices import Problem
from mostrador.notifications.clients import Letter, SmtpServer, compose
from mostrador.notifications.errors import NotDelivered
from mostrador.organisations.models import Organisation
from tests import make
from tests.mailbox.servers import PASSWORD, Account

Send = Callable[[Letter], None]


@pytest.fixture
def administrator(organisation: Organisation, client: Client) -> User:
    """Signed in."""
    user = make.user(organisation, Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture
def sent_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Send], None]:
    """Say what becomes of what is handed to the SMTP server."""

    def use(send: Send) -> None:
        monkeypatch.setattr(checking, "configured_server", lambda: SmtpServer("smtp", 25, "", "", "none", 1))
        monkeypatch.setattr(checking, "hand_over", lambda letter, server: send(letter))

    return use


def at_dovecot(organisation: Organisation, account: Account, way: Way) -> Mailbox:
    server = account.imap() if way == Way.IMAP else account.pop3()
    return make.mailbox(
        organisation,
        address="soporte@sede.example",
        way=way,
        host=server.host,
        port=server.port,
        security="none",
        user=server.user,
        password_sealed=sealed(PASSWORD),
    )


def run(check: MailboxCheck, *, most: int = 12) -> MailboxCheck:
    """Do its jobs, one after the other."""
    for _time in range(most):
        checking.run_check(check.pk)
        take_in(*IncomingMail.objects.filter(state=MailState.RECEIVED).values_list("pk", flat=True))
    return MailboxCheck.objects.get(pk=check.pk)


def states(check: MailboxCheck) -> list[str]:
    return [row.state for row in step_rows(check)]


@pytest.mark.parametrize(("way", "steps"), [(Way.IMAP, 6), (Way.POP3, 5)])
def test_the_message_goes_all_the_way(
    organisation: Organisation,
    account: Account,
    administrator: User,
    sent_by: Callable[[Send], None],
    way: Way,
    steps: int,
) -> None:
    account.deliver(make.raw_mail("Esto ya estaba."))
    box = at_dovecot(organisation, account, way)
    letters: list[Letter] = []

    def send(letter: Letter) -> None:
        letters.append(letter)
        account.deliver(compose(letter).as_bytes())

    sent_by(send)

    check = run(checking.start_check(box, by=administrator))

    assert (check.has_passed, check.problem, states(check)) == (True, "", ["done"] * steps)
    assert letters[0].to == "soporte@sede.example"
    assert is_test(letters[0].headers[HEADER], box.pk, timezone.now())
    mail = IncomingMail.objects.get()
    assert (mail.via, mail.outcome, mail.ticket) == (way, Outcome.TEST, None)


def test_a_wrong_password_is_named_with_what_to_do(
    organisation: Organisation, account: Account, administrator: User
) -> None:
    box = at_dovecot(organisation, account, Way.IMAP)
    Mailbox.objects.update(password_sealed=sealed("otra"))

    check = run(checking.start_check(box, by=administrator), most=3)

    assert (check.step, check.problem) == (CheckStep.SIGN_IN, FetchProblem.CREDENTIALS)
    assert states(check) == ["done", "failed", "later", "later", "later", "later"]
    assert problem_words(check) == str(FetchProblem.CREDENTIALS.label)


def test_a_folder_that_is_not_there_is_named(organisation: Organisation, account: Account, administrator: User) -> None:
    box = at_dovecot(organisation, account, Way.IMAP)
    Mailbox.objects.update(folders=["INBOX", "Nada"])

    check = run(checking.start_check(box, by=administrator), most=4)

    assert (check.step, check.problem) == (CheckStep.FOLDER, FetchProblem.FOLDER)


def test_a_server_that_is_not_there_is_named(organisation: Organisation, administrator: User) -> None:
    box = make.mailbox(organisation, way=Way.IMAP, host="localhost", port=1, security="none")

    check = run(checking.start_check(box, by=administrator), most=2)

    assert (check.step, check.problem) == (CheckStep.CONNECT, FetchProblem.UNREACHABLE)


def test_without_a_server_that_sends_one_is_told_to_configure_it(mailbox: Mailbox, administrator: User) -> None:
    check = run(checking.start_check(mailbox, by=administrator), most=1)

    assert (check.step, check.problem, states(check)) == (
        CheckStep.SEND,
        CheckProblem.NO_SERVER,
        ["failed", "later", "later"],
    )


def test_what_the_sending_server_says_is_shown(
    mailbox: Mailbox, administrator: User, sent_by: Callable[[Send], None], client: Client
) -> None:
    def refuse(letter: Letter) -> None:
        raise NotDelivered(Problem.REFUSED, "550 no such user", is_final=True)

    sent_by(refuse)

    check = run(checking.start_check(mailbox, by=administrator), most=1)

    page = client.get(f"/gestion/buzones/pruebas/{check.pk}/").text
    assert str(Problem.REFUSED.label) in page
    assert "550 no such user" in page
    assert "hx-get" not in page.split('id="check"')[1].split(">")[0]


@pytest.mark.parametrize("way", [Way.IMAP, Way.POP3])
def test_what_is_too_large_to_be_the_message_is_not_fetched_for_it(
    organisation: Organisation,
    account: Account,
    administrator: User,
    sent_by: Callable[[Send], None],
    monkeypatch: pytest.MonkeyPatch,
    way: Way,
) -> None:
    large = make.raw_mail("línea\n" * 20_000)
    sent_by(lambda letter: account.deliver(large, compose(letter).as_bytes()))
    client: Any = imap.Connection if way == Way.IMAP else pop3.Connection
    fetch, fetched = client.fetch, []

    def counted(self: Any, number: int) -> Any:
        fetched.append(number)
        return fetch(self, number)

    monkeypatch.setattr(client, "fetch", counted)

    check = run(checking.start_check(at_dovecot(organisation, account, way), by=administrator))

    assert (check.has_passed, fetched) == (True, [2])


def test_what_does_not_arrive_in_time_says_where_to_look(
    mailbox: Mailbox, administrator: User, sent_by: Callable[[Send], None]
) -> None:
    sent_by(lambda letter: None)
    check = run(checking.start_check(mailbox, by=administrator), most=3)
    assert states(check) == ["done", "now", "later"]

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        check = run(check, most=1)

    assert (check.step, check.problem) == (CheckStep.ARRIVE, CheckProblem.NOT_DELIVERED)


def test_a_delivered_mailbox_is_checked_too(
    mailbox: Mailbox, administrator: User, sent_by: Callable[[Send], None]
) -> None:
    def deliver(letter: Letter) -> None:
        receive(compose(letter).as_bytes(), mailbox=mailbox, via=Via.LMTP)

    sent_by(deliver)

    check = run(checking.start_check(mailbox, by=administrator), most=4)

    assert check.has_passed


def test_the_button_leads_to_live_progress_and_begins_one_check_only(
    mailbox: Mailbox, administrator: User, client: Client
) -> None:
    addresses = {client.post(f"/gestion/buzones/{mailbox.pk}/probar/")["Location"] for _time in range(2)}

    check = MailboxCheck.objects.get()
    assert addresses == {f"/gestion/buzones/pruebas/{check.pk}/"}
    page = client.get(addresses.pop()).text
    assert 'hx-trigger="every 1s"' in page
    fragment = client.get(f"/gestion/buzones/pruebas/{check.pk}/", headers={"HX-Request": "true"}).text
    assert fragment.strip().startswith('<div class="flow" id="check"')


def test_a_message_that_only_says_that_it_is_a_test_is_mail(mailbox: Mailbox) -> None:
    header: dict[str, Any] = {HEADER: f"{mailbox.pk}.1.abc"}
    forged = make.raw_mail(**header)

    assert make.taken_in(mailbox, forged).outcome == Outcome.OPENED
