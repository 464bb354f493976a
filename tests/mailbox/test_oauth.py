"""Access tokens for mailboxes: an issuer as a process on this machine, and servers that take its tokens."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from imapclient import IMAPClient

from mostrador.mailbox.choices import FetchProblem
from mostrador.mailbox.clients import imap, oauth, pop3
from mostrador.mailbox.errors import NotReached
from tests.mailbox import servers
from tests.mailbox.servers import Account, TokenIssuer

BACK = "http://localhost/vuelta"
VERIFIER = "v" * 50


@pytest.fixture
def issuer(token_issuer: TokenIssuer) -> oauth.Issuer:
    return oauth.Issuer(
        token_address=token_issuer.token_address,
        client_id="mostrador",
        client_secret="secreto",
        scope="openid email",
        authorization_address=token_issuer.authorization_address,
    )


def permitted(issuer: oauth.Issuer, token_issuer: TokenIssuer, user: str) -> oauth.Token:
    address = oauth.authorization_url(issuer, redirect_uri=BACK, state="estado", verifier=VERIFIER, user=user)
    code = token_issuer.permit(address, user)
    return oauth.exchange_code(issuer, code=code, redirect_uri=BACK, verifier=VERIFIER)


def test_a_permission_opens_the_mailbox(account: Account, issuer: oauth.Issuer, token_issuer: TokenIssuer) -> None:
    token = permitted(issuer, token_issuer, account.user)
    opens_with(account, token)
    token = oauth.refresh(issuer, token.refresh_token)
    opens_with(account, token)


def opens_with(account: Account, token: oauth.Token) -> None:
    with imap.connect(account.imap(password="", access_token=token.access_token)) as mailbox:
        assert mailbox.open("INBOX").count == 0
    with pop3.connect(account.pop3(password="", access_token=token.access_token)) as by_pop:
        assert by_pop.messages() == []


def test_a_bearer_token_opens_it_where_the_server_knows_only_that(
    account: Account, issuer: oauth.Issuer, token_issuer: TokenIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = permitted(issuer, token_issuer, account.user)
    offered = IMAPClient.capabilities
    monkeypatch.setattr(
        IMAPClient, "capabilities", lambda self: tuple(c for c in offered(self) if c != b"AUTH=XOAUTH2")
    )

    with imap.connect(account.imap(access_token=token.access_token)) as mailbox:
        assert mailbox.open("INBOX").count == 0


def test_a_bad_token_is_told_apart_from_a_bad_password(account: Account, token_issuer: TokenIssuer) -> None:
    with pytest.raises(NotReached) as by_imap, imap.connect(account.imap(access_token="falso")):
        pass
    with pytest.raises(NotReached) as by_pop, pop3.connect(account.pop3(access_token="falso")):
        pass

    assert [by_imap.value.problem, by_pop.value.problem] == [FetchProblem.TOKEN, FetchProblem.TOKEN]


def test_somebody_elses_token_does_not_open_it(
    account: Account, issuer: oauth.Issuer, token_issuer: TokenIssuer
) -> None:
    token = permitted(issuer, token_issuer, "otra@entidad.example")

    with pytest.raises(NotReached) as caught, imap.connect(account.imap(access_token=token.access_token)):
        pass

    assert caught.value.problem == FetchProblem.TOKEN


def test_a_permission_that_was_taken_back_is_asked_for_again(
    account: Account, issuer: oauth.Issuer, token_issuer: TokenIssuer
) -> None:
    token = permitted(issuer, token_issuer, account.user)
    token_issuer.end_permissions(account.user)

    with pytest.raises(NotReached) as caught:
        oauth.refresh(issuer, token.refresh_token)

    assert caught.value.problem == FetchProblem.TOKEN


def test_the_address_asks_for_a_lasting_permission() -> None:
    issuer = oauth.microsoft("diputacion.example", "aplicacion", "secreto")

    address = urlsplit(
        oauth.authorization_url(issuer, redirect_uri=BACK, state="e", verifier=VERIFIER, user="a@b.example")
    )

    assert f"{address.scheme}://{address.netloc}{address.path}" == (
        "https://login.microsoftonline.com/diputacion.example/oauth2/v2.0/authorize"
    )
    assert {name: value for name, [value] in parse_qs(address.query).items()} == {
        "response_type": "code",
        "client_id": "aplicacion",
        "redirect_uri": BACK,
        "scope": oauth.MICROSOFT_SCOPES,
        "state": "e",
        "code_challenge": "CrlVwe1WSHWuTQYh3iczmx3aS-faRx6C92k9_hNxl4A",
        "code_challenge_method": "S256",
        "login_hint": "a@b.example",
        "access_type": "offline",
        "prompt": "consent",
    }
    assert "secreto" not in address.query
    assert oauth.google("x", "y").token_address == "https://oauth2.googleapis.com/token"


def test_secrets_are_not_written_out(account: Account) -> None:
    shown = f"{oauth.google('aplicacion', 'secreto-1')} {account.imap(password='secreto-2', access_token='secreto-3')}"

    assert "aplicacion" in shown
    assert "secreto" not in shown


class Office(BaseHTTPRequestHandler):
    """Stands in for an issuer that answers what a test wants, and keeps what it was asked."""

    answers: list[tuple[int, object]]
    asked: list[dict[str, str]]

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append({name: value for name, [value] in parse_qs(form).items()})
        status, answer = self.answers.pop(0)
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def office(*answers: tuple[int, object]) -> Iterator[tuple[oauth.Issuer, list[dict[str, str]]]]:
    asked: list[dict[str, str]] = []
    handler = type("ThisOffice", (Office,), {"answers": list(answers), "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    issuer = oauth.Issuer(f"http://127.0.0.1:{server.server_port}/token", "aplicacion", "secreto", "permiso")
    try:
        yield issuer, asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_application_gets_a_token_of_its_own() -> None:
    with office((200, {"access_token": "uno", "expires_in": "3599"})) as (issuer, asked):
        token = oauth.Tokens().valid(issuer)

    assert token == oauth.Token("uno", 3599)
    assert asked == [
        {
            "grant_type": "client_credentials",
            "scope": "permiso",
            "client_id": "aplicacion",
            "client_secret": "secreto",
        }
    ]


def test_a_token_is_used_until_a_minute_before_it_expires() -> None:
    now = [1000.0]
    tokens = oauth.Tokens(clock=lambda: now[0])
    with office(*((200, {"access_token": name, "expires_in": 3600}) for name in ("uno", "dos", "tres"))) as (issuer, _):
        first = tokens.valid(issuer).access_token
        now[0] += 3539
        same = tokens.valid(issuer).access_token
        now[0] += 1
        second = tokens.valid(issuer)
        tokens.forget(issuer)
        third = tokens.valid(issuer).access_token

    assert [first, same, second.access_token, third] == ["uno", "uno", "dos", "tres"]


def test_a_new_refresh_token_takes_the_place_of_the_former() -> None:
    tokens = oauth.Tokens()
    answer = {"access_token": "uno", "expires_in": 3600, "refresh_token": "nuevo"}
    with office((200, answer)) as (issuer, asked):
        token = tokens.valid(issuer, "viejo")

        assert token.refresh_token == "nuevo"
        assert tokens.valid(issuer, "nuevo") == token
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "answer", "problem"),
    [
        (400, {"error": "invalid_grant", "error_description": "AADSTS70008\r\nTrace ID: 1"}, FetchProblem.TOKEN),
        (429, b"", FetchProblem.BUSY),
        (503, {"error": "temporarily_unavailable"}, FetchProblem.BUSY),
        (500, b"<html>", FetchProblem.ISSUER),
        (401, {"error": "invalid_client"}, FetchProblem.APPLICATION),
        (302, b"", FetchProblem.ISSUER),
        (200, [], FetchProblem.ISSUER),
        (200, {"access_token": None}, FetchProblem.ISSUER),
    ],
)
def test_each_refusal_is_told_apart(status: int, answer: object, problem: str) -> None:
    with office((status, answer), (status, answer)) as (issuer, _), pytest.raises(NotReached) as caught:
        oauth.refresh(issuer, "permiso")

    assert caught.value.problem == problem
    assert "Trace" not in caught.value.answer


@pytest.mark.parametrize(
    "address",
    ["", "no es una dirección", f"http://127.0.0.1:{servers.free_port()}/"],
    ids=["no address", "no web address", "nobody there"],
)
def test_an_issuer_that_is_not_there_is_told_apart(address: str) -> None:
    with office() as (issuer, _), pytest.raises(NotReached) as caught:
        oauth.refresh(replace(issuer, token_address=address), "permiso")

    assert caught.value.problem == FetchProblem.ISSUER
