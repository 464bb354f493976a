"""Fetching mailboxes from a real server: everything once, nothing lost, put away there only when it is safe here."""

import dataclasses
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from mostrador.mailbox.actions import fetching, receiving
from mostrador.mailbox.choices import Afterwards, FetchProblem, SignIn, Via, Way
from mostrador.mailbox.clients import imap, oauth, pop3
from mostrador.mailbox.errors import NotGiven, NotReached
from mostrador.mailbox.management.fetcher import Fetcher, next_pause
from mostrador.mailbox.models import Folder, IncomingMail, Mailbox, PopMessage
from mostrador.mailbox.models.mailboxes import sealed
from mostrador.organisations.models import Organisation
from tests import make
from tests.config.processes import clean
from tests.mailbox import servers
from tests.mailbox.servers import PASSWORD, Account, TokenIssuer
from tests.mailbox.test_oauth import office
from tests.shared.test_live_server import database_url

pytestmark = pytest.mark.django_db


def letter(n: int = 1) -> bytes:
    return make.raw_mail(f"Soy la persona {n}.", subject=f"Consulta {n}", Message_ID=f"<{n}@casa.example>")


def watched(organisation: Organisation, account: Account, **fields: Any) -> Mailbox:
    """A mailbox of the organisation that is fetched from the account."""
    way = fields.get("way", Way.IMAP)
    server = account.pop3() if way == Way.POP3 else account.imap()
    known = {
        "address": account.user,
        "way": way,
        "host": server.host,
        "port": server.port,
        "security": server.security,
        "user": account.user,
        "password_sealed": sealed(PASSWORD),
    }
    return make.mailbox(organisation, **known | fields)


def kept(mailbox: Mailbox) -> list[bytes]:
    """What we have of a mailbox, in the order in which it came."""
    found = []
    for mail in IncomingMail.objects.filter(mailbox=mailbox).order_by("pk"):
        with default_storage.open(mail.file) as file:
            found.append(file.read())
    return found


def test_what_is_new_is_kept_byte_for_byte_and_once(organisation: Organisation, account: Account) -> None:
    mailbox = watched(organisation, account)
    account.deliver(letter(1), letter(2))

    first = fetching.look_into(mailbox)
    account.deliver(letter(3))
    second = fetching.look_into(mailbox)
    third = fetching.look_into(mailbox)

    assert [first.taken, second.taken, third.taken] == [2, 1, 0]
    assert kept(mailbox) == [letter(1), letter(2), letter(3)]
    assert account.files == [letter(1), letter(2), letter(3)]
    assert {mail.via for mail in IncomingMail.objects.all()} == {Via.IMAP}


def test_it_is_noted_how_it_went(organisation: Organisation, account: Account) -> None:
    mailbox = watched(organisation, account, password_sealed=sealed("otra"))
    account.deliver(letter())
    for _ in range(2):
        with pytest.raises(NotReached):
            fetching.look_into(mailbox)
    mailbox.refresh_from_db()
    failing = mailbox.problem, mailbox.last_fetch_at, "Authentication failed" in mailbox.last_error
    since = mailbox.failing_since

    mailbox.password_sealed = sealed(PASSWORD)
    fetching.look_into(mailbox)

    assert failing == (FetchProblem.CREDENTIALS, None, True)
    assert since
    assert since < timezone.now()
    mailbox.refresh_from_db()
    assert (mailbox.problem, mailbox.last_error, mailbox.failing_since) == ("", "", None)
    assert mailbox.last_fetch_at
    assert mailbox.last_mail_at


def test_several_folders_are_read_and_a_missing_one_keeps_none_back(
    organisation: Organisation, account: Account
) -> None:
    account.make_folder("Sede")
    mailbox = watched(organisation, account, folders=["Perdida", "INBOX", "Sede"])
    account.deliver(letter(1))
    account.deliver(letter(2), folder="Sede")

    look = fetching.look_into(mailbox)

    assert look.taken == 2
    assert kept(mailbox) == [letter(1), letter(2)]
    mailbox.refresh_from_db()
    assert mailbox.problem == FetchProblem.FOLDER
    assert mailbox.failing_since


def test_what_is_safe_is_deleted_there(organisation: Organisation, account: Account) -> None:
    mailbox = watched(organisation, account, afterwards=Afterwards.DELETE)
    account.deliver(*(letter(n) for n in range(120)))

    fetching.look_into(mailbox)

    assert account.files == []
    assert kept(mailbox) == [letter(n) for n in range(120)]


def test_what_is_safe_is_moved_to_a_folder_that_is_made(organisation: Organisation, account: Account) -> None:
    mailbox = watched(organisation, account, afterwards=Afterwards.MOVE, done_folder="Recogidos por la sede")
    account.deliver(letter(1), letter(2))

    fetching.look_into(mailbox)

    assert account.files == []
    with imap.connect(account.imap()) as session:
        assert session.open("Recogidos por la sede").count == 2


def test_what_is_not_safe_stays_there(
    organisation: Organisation, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = watched(organisation, account, afterwards=Afterwards.DELETE)
    account.deliver(letter(1), letter(2))

    def refuse(messages: Iterable[bytes], **named: Any) -> None:
        receive_several(messages, **named)
        raise OSError("No space left on device")

    receive_several = receiving.receive_several
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(fetching, "receive_several", refuse)
        fetching.look_into(mailbox)

    assert (account.files, kept(mailbox)) == ([letter(1), letter(2)], [])
    fetching.look_into(mailbox)
    assert (account.files, kept(mailbox)) == ([], [letter(1), letter(2)])


def test_only_what_was_fetched_since_is_deleted_when_that_is_chosen_later(
    organisation: Organisation, account: Account
) -> None:
    mailbox = watched(organisation, account)
    account.deliver(letter(1))
    fetching.look_into(mailbox)
    mailbox.afterwards = Afterwards.DELETE
    mailbox.save()
    account.deliver(letter(2))

    fetching.look_into(mailbox)

    assert account.files == [letter(1)]


def test_new_numbers_have_all_gone_through_again_and_nothing_is_taken_twice(
    organisation: Organisation, account: Account
) -> None:
    mailbox = watched(organisation, account)
    account.deliver(letter(1), letter(2))
    fetching.look_into(mailbox)
    before = Folder.objects.get().uid_validity
    account.forget_uids()
    time.sleep(1.1)  # dovecot makes the number of the time in seconds
    account.deliver(letter(3))

    fetching.look_into(mailbox)

    assert Folder.objects.get().uid_validity != before
    assert kept(mailbox) == [letter(1), letter(2), letter(3)]
    assert account.files == [letter(1), letter(2), letter(3)]


@pytest.mark.parametrize("way", [Way.IMAP, Way.POP3])
def test_what_was_there_before_us_can_be_left_alone(organisation: Organisation, account: Account, way: Way) -> None:
    mailbox = watched(organisation, account, way=way, afterwards=Afterwards.DELETE)
    account.deliver(letter(1), letter(2))
    time.sleep(1)  # the server's clock counts seconds
    fetching.begin_with_what_comes_now(mailbox)
    account.deliver(letter(3))

    fetching.look_into(mailbox)

    assert kept(mailbox) == [letter(3)]
    assert account.files == [letter(1), letter(2)]
    if way == Way.IMAP:
        account.forget_uids()
        time.sleep(1.1)
        account.deliver(letter(4))
        fetching.look_into(mailbox)
        assert kept(mailbox) == [letter(3), letter(4)]
        assert account.files == [letter(1), letter(2)]


@pytest.mark.parametrize(
    ("way", "cut_after_bytes"),
    [
        *((Way.IMAP, size) for size in (900, 1_600, 2_000, 2_600, 3_000)),
        *((Way.POP3, size) for size in (500, 1_000, 1_900)),
    ],
)
def test_a_line_that_is_cut_loses_nothing(
    organisation: Organisation, account: Account, way: Way, cut_after_bytes: int
) -> None:
    mailbox = watched(organisation, account, way=way, afterwards=Afterwards.DELETE)
    letters = [letter(n) for n in range(8)]
    account.deliver(*letters)
    direct = mailbox.port

    with servers.line(direct, cut_after_bytes=cut_after_bytes) as line, pytest.raises(NotReached) as caught:
        mailbox.port = line.port
        fetching.look_into(mailbox)
    safe = kept(mailbox)
    left = account.files
    mailbox.port = direct
    fetching.look_into(mailbox)

    assert caught.value.problem == FetchProblem.CUT_OFF
    assert set(safe) | set(left) == set(letters)
    assert kept(mailbox) == letters
    assert account.files == []


def test_a_message_that_the_server_withholds_keeps_no_other_back(
    organisation: Organisation, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = watched(organisation, account, afterwards=Afterwards.DELETE)
    account.deliver(letter(1), letter(2), letter(3))
    fetch = imap.Connection.fetch_several

    def withhold(self: imap.Connection, uids: list[int]) -> Any:
        if 2 in uids:
            raise NotGiven("UID FETCH failed")
        return fetch(self, uids)

    with monkeypatch.context() as patch:
        patch.setattr(imap.Connection, "fetch_several", withhold)
        fetching.look_into(mailbox)
    mailbox.refresh_from_db()
    noted = mailbox.problem
    left = account.files

    fetching.look_into(mailbox)

    assert (noted, left) == (FetchProblem.WITHHELD, [letter(2)])
    assert kept(mailbox) == [letter(1), letter(3), letter(2)]
    mailbox.refresh_from_db()
    assert (mailbox.problem, account.files) == ("", [])


@pytest.mark.parametrize("afterwards", [Afterwards.LEAVE, Afterwards.DELETE])
def test_pop3_knows_what_it_has(organisation: Organisation, account: Account, afterwards: Afterwards) -> None:
    mailbox = watched(organisation, account, way=Way.POP3, afterwards=afterwards)
    account.deliver(letter(1), letter(2))

    looks = [fetching.look_into(mailbox).taken for _ in range(2)]
    account.deliver(letter(3))
    looks.append(fetching.look_into(mailbox).taken)
    looks.append(fetching.look_into(mailbox).taken)

    stays = afterwards == Afterwards.LEAVE
    assert looks == [2, 0, 1, 0]
    assert kept(mailbox) == [letter(1), letter(2), letter(3)]
    assert account.files == ([letter(1), letter(2), letter(3)] if stays else [])
    assert PopMessage.objects.count() == (3 if stays else 0)


def test_pop3_keeps_both_of_two_messages_with_one_name(
    organisation: Organisation, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = watched(organisation, account, way=Way.POP3, afterwards=Afterwards.DELETE)
    account.deliver(letter(1), letter(2), letter(3))
    monkeypatch.setattr(pop3.Connection, "messages", lambda _: [(1, "a"), (2, "a"), (3, "b")])
    fetch = pop3.Connection.fetch

    def withholds(self: pop3.Connection, number: int) -> Any:
        if number == 2:
            raise NotGiven("not now")
        return fetch(self, number)

    with monkeypatch.context() as partly:
        partly.setattr(pop3.Connection, "fetch", withholds)
        fetching.look_into(mailbox)
    left = account.files
    monkeypatch.setattr(pop3.Connection, "messages", lambda _: [(1, "a"), (2, "a")])
    fetching.look_into(mailbox)

    assert left == [letter(1), letter(2)]
    assert kept(mailbox) == [letter(1), letter(3), letter(2)]
    assert account.files == []


def test_a_pop3_server_that_shows_nothing_for_once_does_not_make_old_mail_new(
    organisation: Organisation, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = watched(organisation, account, way=Way.POP3)
    account.deliver(letter(1))
    fetching.begin_with_what_comes_now(mailbox)

    with monkeypatch.context() as empty:
        empty.setattr(pop3.Connection, "messages", lambda _: [])
        fetching.look_into(mailbox)
    fetching.look_into(mailbox)

    assert kept(mailbox) == []


def test_a_server_that_does_not_say_its_next_number_leaves_alone_what_was_there(
    organisation: Organisation, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = watched(organisation, account)
    account.deliver(letter(1))
    time.sleep(1)  # the server's clock counts seconds
    fetching.begin_with_what_comes_now(mailbox)
    Folder.objects.update(uid_validity=1)
    opened = imap.Connection.open
    monkeypatch.setattr(
        imap.Connection, "open", lambda *said, **how: dataclasses.replace(opened(*said, **how), uid_next=None)
    )

    fetching.look_into(mailbox)

    assert kept(mailbox) == []


def test_a_permission_opens_the_mailbox_until_it_is_taken_back(
    organisation: Organisation, account: Account, token_issuer: TokenIssuer
) -> None:
    issuer = oauth.Issuer(
        token_issuer.token_address, "mostrador", "secreto", "openid email", token_issuer.authorization_address
    )
    back, verifier = "http://localhost/vuelta", "v" * 50
    address = oauth.authorization_url(issuer, redirect_uri=back, state="e", verifier=verifier)
    code = token_issuer.permit(address, account.user)
    token = oauth.exchange_code(issuer, code=code, redirect_uri=back, verifier=verifier)
    mailbox = watched(
        organisation,
        account,
        sign_in=SignIn.OAUTH2,
        password_sealed="",
        oauth_client="mostrador",
        oauth_secret_sealed=sealed("secreto"),
        oauth_refresh_sealed=sealed(token.refresh_token),
        oauth_token_url=issuer.token_address,
        oauth_scope=issuer.scope,
    )
    account.deliver(letter(1))
    fetching.look_into(mailbox)
    token_issuer.end_permissions(account.user)
    with pytest.raises(NotReached) as by_server:
        fetching.look_into(mailbox)
    with pytest.raises(NotReached) as by_issuer:
        fetching.look_into(mailbox)

    assert kept(mailbox) == [letter(1)]
    assert [by_server.value.problem, by_issuer.value.problem] == [FetchProblem.TOKEN, FetchProblem.TOKEN]


def test_a_new_refresh_token_is_kept(organisation: Organisation, account: Account) -> None:
    answer = {"access_token": "uno", "expires_in": 3600, "refresh_token": "nuevo"}
    with office((200, answer)) as (issuer, asked):
        fields = {"oauth_token_url": issuer.token_address, "oauth_refresh_sealed": sealed("viejo")}
        mailbox = watched(organisation, account, sign_in=SignIn.OAUTH2, **fields)

        servers_seen = [fetching.server_of(mailbox), fetching.server_of(Mailbox.objects.get())]

    assert [server.access_token for server in servers_seen] == ["uno", "uno"]
    assert [form["refresh_token"] for form in asked] == ["viejo"]
    assert Mailbox.objects.get().oauth_refresh_token == "nuevo"


def test_a_refresh_token_that_another_process_was_given_is_used(organisation: Organisation, account: Account) -> None:
    with office((200, {"access_token": "uno", "expires_in": 3600})) as (issuer, asked):
        fields = {"oauth_token_url": issuer.token_address, "oauth_refresh_sealed": sealed("viejo")}
        mailbox = watched(organisation, account, sign_in=SignIn.OAUTH2, **fields)
        Mailbox.objects.update(oauth_refresh_sealed=sealed("nuevo"))

        fetching.server_of(mailbox)

    assert [form["refresh_token"] for form in asked] == ["nuevo"]


def test_microsoft_and_google_are_asked_where_they_document_it(organisation: Organisation, account: Account) -> None:
    mailbox = watched(organisation, account, sign_in=SignIn.MICROSOFT, oauth_tenant="t.example", oauth_client="a")
    as_application = fetching.issuer_of(mailbox)
    mailbox.oauth_refresh_sealed = sealed("permiso")
    as_person = fetching.issuer_of(mailbox)
    mailbox.sign_in = SignIn.GOOGLE

    assert as_application.token_address == "https://login.microsoftonline.com/t.example/oauth2/v2.0/token"
    assert as_application.scope == oauth.MICROSOFT_APPLICATION_SCOPES
    assert as_person.scope == oauth.MICROSOFT_SCOPES
    assert fetching.issuer_of(mailbox).scope == oauth.GOOGLE_SCOPES


def test_once_says_what_was_fetched_and_what_failed(organisation: Organisation, account: Account) -> None:
    watched(organisation, account)
    watched(organisation, account, address="roto@entidad.example", port=servers.free_port())
    make.mailbox(organisation, address="entregado@entidad.example")
    account.deliver(letter())
    out, err = StringIO(), StringIO()

    with pytest.raises(CommandError, match="1 could not be fetched entirely"):
        call_command("fetch_mail", once=True, stdout=out, stderr=err)
    call_command("fetch_mail", once=True, mailbox=account.user.upper(), stdout=out)
    with pytest.raises(CommandError, match=r"nadie@entidad\.example"):
        call_command("fetch_mail", once=True, mailbox="nadie@entidad.example")

    assert out.getvalue() == f"{account.user}: 1 fetched\n{account.user}: 0 fetched\n"
    assert err.getvalue().startswith("roto@entidad.example: unreachable: ")


def test_pauses_grow_and_are_longer_when_the_server_refuses_us() -> None:
    pauses, refused = [0.0], [0.0]
    for _ in range(9):
        pauses.append(next_pause(pauses[-1], FetchProblem.UNREACHABLE))
        refused.append(next_pause(refused[-1], FetchProblem.CREDENTIALS))

    assert pauses == [0, 5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert refused == [0, 300, 600, 1200, 2400, 3600, 3600, 3600, 3600, 3600]


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    """Looks after all mailboxes in this process."""
    fetcher = Fetcher()
    thread = threading.Thread(target=fetcher.run)
    thread.start()
    yield fetcher
    fetcher.stop()
    thread.join(15)
    assert not thread.is_alive()


def until(condition: Callable[[], bool], *, seconds: float = 60) -> float:
    """Wait until something is so; return how long it took."""
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() - begin < seconds
        time.sleep(0.05)
    return time.monotonic() - begin


@pytest.mark.django_db(transaction=True)
def test_mailboxes_are_looked_after_as_they_come_and_change(
    organisation: Organisation, account: Account, fetcher: Fetcher
) -> None:
    account.deliver(letter(1))
    mailbox = watched(organisation, account)
    until(lambda: len(kept(mailbox)) == 1)
    time.sleep(0.5)  # it waits for news by now
    account.deliver(letter(2))

    assert until(lambda: len(kept(mailbox)) == 2) < 10

    account.make_folder("Sede")
    account.deliver(letter(3), folder="Sede")
    Mailbox.objects.filter(pk=mailbox.pk).update(folders=["INBOX", "Sede"], changed_at=timezone.now())
    until(lambda: len(kept(mailbox)) == 3)
    Mailbox.objects.filter(pk=mailbox.pk).update(is_active=False, changed_at=timezone.now())
    until(lambda: not any(thread.name == f"mailbox-{mailbox.pk}" for thread in threading.enumerate()))


@pytest.mark.django_db(transaction=True)
def test_a_mailbox_is_looked_into_by_one_process_at_a_time(organisation: Organisation, account: Account) -> None:
    mailbox = watched(organisation, account)
    account.deliver(letter())
    key = f"look into mailbox {mailbox.pk}"
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [key])

    meanwhile = fetching.look_into(mailbox)
    other.close()

    assert (meanwhile.is_elsewhere, meanwhile.taken) == (True, 0)
    assert fetching.look_into(mailbox).taken == 1


def environment() -> dict[str, str]:
    """Of a process that works with this test's database and files."""
    return clean(
        {
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "MOSTRADOR_DATA": settings.MEDIA_ROOT.parent,
            "MOSTRADOR_ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "mostrador.config.settings",
        }
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", [Way.IMAP, Way.POP3])
def test_fifty_megabytes_take_little_memory(organisation: Organisation, account: Account, way: Way) -> None:
    mailbox = watched(organisation, account, way=way)
    raw = b"Subject: grande\r\n\r\n" + (b"." + b"x" * 73 + b"\r\n") * 690_000
    account.deliver(raw)
    code = (
        "import django; django.setup()\n"
        "from django.core.management import call_command; call_command('fetch_mail', once=True)\n"
        "from tests.mailbox.servers import high_water; print(high_water())"
    )

    words = [sys.executable, "-c", code]
    done = subprocess.run(words, env=environment(), check=True, capture_output=True, text=True)  # noqa: S603 - our own

    mail = IncomingMail.objects.get(mailbox=mailbox)
    assert (mail.sha256, mail.size_bytes) == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert kept(mailbox) == [raw]
    assert int(done.stdout.split()[-1]) < 150 * 1024**2


@pytest.mark.django_db(transaction=True)
def test_the_command_ends_when_it_is_asked_to(organisation: Organisation, account: Account) -> None:
    mailbox = watched(organisation, account)
    command = [sys.executable, "-m", "mostrador", "fetch-mail"]
    process = subprocess.Popen(command, env=environment())  # noqa: S603 - our own command
    try:
        account.deliver(letter())
        until(lambda: len(kept(mailbox)) == 1)
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)

        assert process.wait(15) == 0
        assert time.monotonic() - begin < 10
    finally:
        process.kill()
        process.wait()


@pytest.mark.django_db(transaction=True)
def test_a_mailbox_of_ten_thousand_is_fetched(organisation: Organisation, account: Account) -> None:
    mailbox = watched(organisation, account)
    letters = [f"Subject: Consulta {n}\r\n\r\nSoy la persona {n}.\r\n".encode() for n in range(10_000)]
    account.deliver(*letters)

    look = fetching.look_into(mailbox)

    assert look.taken == 10_000
    digests = IncomingMail.objects.values_list("sha256", flat=True)
    assert sorted(digests) == sorted(hashlib.sha256(raw).hexdigest() for raw in letters)
