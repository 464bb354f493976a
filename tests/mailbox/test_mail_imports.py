"""Bringing in what was in a mailbox before it was ours."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.mailbox.actions import importing
from mostrador.mailbox.actions.beginning import begin
from mostrador.mailbox.actions.fetching import look_into
from mostrador.mailbox.actions.mailboxes import stop_mailbox
from mostrador.mailbox.choices import FetchProblem, ImportState, Via, Way
from mostrador.mailbox.clients import imap
from mostrador.mailbox.errors import NotReached
from mostrador.mailbox.models import IncomingMail, Mailbox, MailImport
from mostrador.mailbox.models.mailboxes import sealed
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from tests import make
from tests.mailbox.servers import PASSWORD, Account


@pytest.fixture
def administrator(organisation: Organisation, client: Client) -> User:
    """Signed in."""
    user = make.user(organisation, Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture
def box(organisation: Organisation, account: Account) -> Mailbox:
    """A mailbox with three messages that came before it was ours."""
    account.deliver(*(make.raw_mail(f"Mensaje {number}", subject=f"Asunto {number}") for number in range(3)))
    server = account.imap()
    return make.mailbox(
        organisation,
        address="soporte@sede.example",
        way=Way.IMAP,
        host=server.host,
        port=server.port,
        security="none",
        user=server.user,
        password_sealed=sealed(PASSWORD),
    )


def started(box: Mailbox, by: User, **fields: Any) -> MailImport:
    known: dict[str, Any] = {"folder": "INBOX", "since": None, "as_history": True}
    return importing.start_import(box, by=by, **known | fields)


def run(asked: MailImport) -> MailImport:
    importing.import_portion(asked.pk)
    return MailImport.objects.get(pk=asked.pk)


def test_everything_in_a_folder_comes_in_as_an_import(
    box: Mailbox, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PORTION", 2)
    asked = started(box, administrator)

    half = run(asked)
    assert (half.state, half.done, half.total) == (ImportState.RUNNING, 2, 3)
    assert ProcrastinateJob.objects.filter(task_name="mailbox.import_portion").count() == 2

    done = run(asked)
    assert (done.state, done.done, done.total, done.failed) == (ImportState.DONE, 3, 3, 0)
    assert set(IncomingMail.objects.values_list("via", "imported_by")) == {(Via.IMPORT, asked.pk)}
    assert run(asked).done == 3


def test_only_what_came_since_a_day_comes_in(box: Mailbox, administrator: User) -> None:
    later = run(started(box, administrator, since=timezone.localdate() + timedelta(days=2)))

    assert (later.state, later.total) == (ImportState.DONE, 0)
    assert run(started(box, administrator, since=date(2020, 1, 1))).done == 3


def test_what_the_fetcher_has_not_passed_yet_is_left_to_it(box: Mailbox, account: Account, administrator: User) -> None:
    begin(box.pk, activate=True)
    account.deliver(make.raw_mail("Nuevo", subject="Nuevo"))

    done = run(started(box, administrator))
    look = look_into(box)

    assert (done.state, done.done, look.taken) == (ImportState.DONE, 3, 1)
    assert IncomingMail.objects.filter(via=Via.IMPORT).count() == 3
    box.positions.update(uid_validity=0)
    waiting = run(started(box, administrator))
    assert (waiting.state, waiting.problem) == (ImportState.WAITING, FetchProblem.BUSY)


def test_a_stopped_import_goes_on_where_it_was(
    box: Mailbox, administrator: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PORTION", 1)
    asked = started(box, administrator)
    run(asked)

    client.post(f"/gestion/buzones/importaciones/{asked.pk}/detener/")
    stopped = run(asked)
    assert (stopped.state, stopped.done) == (ImportState.STOPPED, 1)
    assert "Seguir donde se quedó" in client.get(f"/gestion/buzones/importaciones/{asked.pk}/").text

    client.post(f"/gestion/buzones/importaciones/{asked.pk}/seguir/")
    run(asked)
    assert run(asked).state == ImportState.DONE
    assert IncomingMail.objects.count() == 3


def test_after_a_crash_it_is_woken_up_and_nothing_comes_in_twice(
    box: Mailbox, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = started(box, administrator)
    fetch = imap.Connection.fetch

    def dies(self: imap.Connection, uid: int) -> Any:
        if uid == 2:
            raise KeyboardInterrupt
        return fetch(self, uid)

    with monkeypatch.context() as crash:
        crash.setattr(imap.Connection, "fetch", dies)
        with pytest.raises(KeyboardInterrupt):
            importing.import_portion(asked.pk)
    ProcrastinateJob.objects.all().delete()
    assert importing.wake_imports() == 0

    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert importing.wake_imports() == 1

    assert ProcrastinateJob.objects.filter(task_name="mailbox.import_portion").count() == 1
    assert (run(asked).done, IncomingMail.objects.count()) == (3, 3)


@pytest.mark.parametrize(
    ("problem", "state"),
    [(FetchProblem.CUT_OFF, ImportState.RUNNING), (FetchProblem.CREDENTIALS, ImportState.FAILED)],
)
def test_what_passes_is_tried_again_and_what_does_not_is_told(
    box: Mailbox,
    administrator: User,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    problem: FetchProblem,
    state: ImportState,
) -> None:
    asked = started(box, administrator)
    MailImport.objects.update(state=ImportState.RUNNING)

    def fails(*_: object) -> None:
        raise NotReached(problem, "x")

    monkeypatch.setattr(importing, "server_of", fails)

    failed = run(asked)

    assert (failed.state, failed.problem) == (state, problem)
    assert str(problem.label) in client.get(f"/gestion/buzones/importaciones/{asked.pk}/").text


def test_one_import_at_a_time(box: Mailbox, administrator: User) -> None:
    started(box, administrator)

    with pytest.raises(ActionRefused, match="Ya hay una importación"):
        started(box, administrator)


def test_the_page_offers_the_folders_of_the_server(
    box: Mailbox, account: Account, administrator: User, client: Client
) -> None:
    account.make_folder("Quejas")
    address = f"/gestion/buzones/{box.pk}/importar/"

    page = client.post(address, {"folders": "1"}).text
    assert '<option value="Quejas">Quejas</option>' in page

    answer = client.post(address, {"folder": "INBOX", "since": "", "as_history": "0"})
    asked = MailImport.objects.get()
    assert answer["Location"] == f"/gestion/buzones/importaciones/{asked.pk}/"
    assert not asked.as_history
    assert 'hx-trigger="every 2s"' in client.get(answer["Location"]).text


def test_a_new_mailbox_leaves_alone_what_was_there(box: Mailbox, account: Account) -> None:
    Mailbox.objects.update(is_active=False)

    begin(box.pk, activate=True)

    box.refresh_from_db()
    [position] = box.positions.all()
    assert (box.is_active, position.last_uid) == (True, 3)


def test_a_mailbox_that_was_stopped_meanwhile_stays_so(box: Mailbox, administrator: User) -> None:
    asked_at = box.changed_at
    stop_mailbox(box, actor=administrator)

    begin(box.pk, activate=True, asked_at=asked_at)

    box.refresh_from_db()
    assert (box.is_active, box.positions.count()) == (False, 1)


def test_a_mailbox_that_cannot_begin_says_why_and_rests(box: Mailbox) -> None:
    Mailbox.objects.update(is_active=False, password_sealed=sealed("otra"))

    begin(box.pk, activate=True)

    box.refresh_from_db()
    assert (box.is_active, box.problem) == (False, FetchProblem.CREDENTIALS)
