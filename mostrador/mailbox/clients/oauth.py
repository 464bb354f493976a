"""Access tokens for mailboxes (OAuth 2.0, RFC 6749): Microsoft's, Google's and any other issuer's.

The addresses to ask for permission are made without connections; what is exchanged goes to the issuer's token address.
"""

import base64
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import requests

from mostrador.mailbox.choices import FetchProblem
from mostrador.mailbox.errors import NotReached

# Microsoft lets a mailbox be read in the name of a person, who permits it once, or of the application itself.
MICROSOFT_SCOPES = (
    "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/POP.AccessAsUser.All offline_access"
)
MICROSOFT_APPLICATION_SCOPES = "https://outlook.office365.com/.default"
GOOGLE_SCOPES = "https://mail.google.com/"

_TIMEOUT_SECONDS = 30
_SECONDS_BEFORE_IT_EXPIRES = 60
_SHORTEST_LIFE_SECONDS = 300  # of a token whose issuer does not say how long it holds
# Errors of RFC 6749, 5.2: the permission has ended, or the application itself is not recognised.
_PROBLEMS = {
    "invalid_grant": FetchProblem.TOKEN,
    "interaction_required": FetchProblem.TOKEN,
    "consent_required": FetchProblem.TOKEN,
    "invalid_client": FetchProblem.APPLICATION,
    "unauthorized_client": FetchProblem.APPLICATION,
    "invalid_scope": FetchProblem.APPLICATION,
    "temporarily_unavailable": FetchProblem.BUSY,
    "slow_down": FetchProblem.BUSY,
}


@dataclass(frozen=True)
class Issuer:
    """Who gives the tokens, and our application as it is registered there. `scope` may name several, with spaces."""

    token_address: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scope: str = ""
    authorization_address: str = ""


@dataclass(frozen=True)
class Token:
    """What the issuer gave; `refresh_token` is empty where it gave none, and replaces the former one otherwise."""

    access_token: str = field(repr=False)
    lasts_seconds: float
    refresh_token: str = field(default="", repr=False)


def microsoft(tenant: str, client_id: str, client_secret: str, *, as_application: bool = False) -> Issuer:
    """Return Microsoft 365 for the directory `tenant`: its domain or identifier."""
    base = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
    return Issuer(
        token_address=f"{base}/token",
        client_id=client_id,
        client_secret=client_secret,
        scope=MICROSOFT_APPLICATION_SCOPES if as_application else MICROSOFT_SCOPES,
        authorization_address=f"{base}/authorize",
    )


def google(client_id: str, client_secret: str) -> Issuer:
    """Return Google Workspace."""
    return Issuer(
        token_address="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        client_id=client_id,
        client_secret=client_secret,
        scope=GOOGLE_SCOPES,
        authorization_address="https://accounts.google.com/o/oauth2/v2/auth",
    )


def authorization_url(issuer: Issuer, *, redirect_uri: str, state: str, verifier: str, user: str = "") -> str:
    """Return where somebody with the password of the mailbox permits us to read it.

    `state` comes back with them and must be compared; `verifier` is a secret for `exchange_code` (RFC 7636).
    """
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": issuer.client_id,
        "redirect_uri": redirect_uri,
        "scope": issuer.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": user,
        "access_type": "offline",  # Google: a refresh token, too
        "prompt": "consent",  # … every time, for only the first permission brings one
    }
    separator = "&" if urlsplit(issuer.authorization_address).query else "?"
    return (
        f"{issuer.authorization_address}{separator}{urlencode({name: value for name, value in asked.items() if value})}"
    )


def exchange_code(issuer: Issuer, *, code: str, redirect_uri: str, verifier: str) -> Token:
    """Return the first token for the code that came back from `authorization_url`.

    Raises:
        NotReached: The issuer refuses or cannot be reached.
    """
    return _ask(issuer, grant_type="authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=verifier)


def refresh(issuer: Issuer, refresh_token: str) -> Token:
    """Return a new token for a permission given earlier; where it brings a new refresh token, that must be kept.

    Raises:
        NotReached: The permission has ended (TOKEN), or the issuer cannot be reached.
    """
    return _ask(issuer, grant_type="refresh_token", refresh_token=refresh_token, scope=issuer.scope)


def as_application(issuer: Issuer) -> Token:
    """Return a token for the application itself, whose rights an administrator has granted (client credentials).

    Raises:
        NotReached: The issuer refuses or cannot be reached.
    """
    return _ask(issuer, grant_type="client_credentials", scope=issuer.scope)


class Tokens:
    """The access tokens of this process, each used until a minute before it expires."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[Issuer, str], tuple[Token, float]] = {}

    def valid(self, issuer: Issuer, refresh_token: str = "") -> Token:
        """Return a token that still holds; without a refresh token it is the application's own.

        Raises:
            NotReached: The issuer refuses or cannot be reached.
        """
        key = (issuer, refresh_token)
        with self._lock:
            token, until = self._kept.get(key, (None, 0.0))
        if token is not None and self._clock() < until:
            return token
        asked_at = self._clock()
        token = refresh(issuer, refresh_token) if refresh_token else as_application(issuer)
        until = asked_at + token.lasts_seconds - _SECONDS_BEFORE_IT_EXPIRES
        with self._lock:
            self._kept.pop(key, None)
            self._kept[(issuer, token.refresh_token or refresh_token)] = (token, until)
        return token

    def forget(self, issuer: Issuer, refresh_token: str = "") -> None:
        """Do not use the present token again: a mail server has refused it."""
        with self._lock:
            self._kept.pop((issuer, refresh_token), None)


def _ask(issuer: Issuer, **form: str) -> Token:
    """Ask for a token. The secret goes into the form, as Microsoft and Google document, or else into the header.

    RFC 6749, 2.3.1 leaves the form to the issuer; the header all must know.
    """
    form = {name: value for name, value in form.items() if value} | {"client_id": issuer.client_id}
    answer = _post(issuer, form | {"client_secret": issuer.client_secret} if issuer.client_secret else form)
    if answer.status_code == 401 and issuer.client_secret:
        answer = _post(issuer, form, auth=(quote_plus(issuer.client_id), quote_plus(issuer.client_secret)))
    return _token(answer)


def _post(issuer: Issuer, form: dict[str, str], *, auth: tuple[str, str] | None = None) -> requests.Response:
    try:
        return requests.post(
            issuer.token_address,
            data=form,
            auth=auth,
            headers={"Accept": "application/json"},
            timeout=_TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except requests.Timeout as error:
        raise NotReached(FetchProblem.SILENT, str(error)) from error
    except (requests.RequestException, ValueError) as error:
        raise NotReached(FetchProblem.ISSUER, str(error)) from error


def _token(answer: requests.Response) -> Token:
    said = _json(answer)
    if answer.status_code == 200 and isinstance(said.get("access_token"), str):
        return Token(
            access_token=said["access_token"],
            lasts_seconds=_seconds(said.get("expires_in")),
            refresh_token=str(said.get("refresh_token") or ""),
        )
    error = str(said.get("error", ""))
    busy = FetchProblem.BUSY if answer.status_code in {429, 503} else FetchProblem.ISSUER
    words = str(said.get("error_description") or "").split("\r\n")[0]
    raise NotReached(_PROBLEMS.get(error, busy), f"{answer.status_code} {error} {words}".strip())


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _seconds(said: object) -> float:
    try:
        return float(str(said))  # some write the number as text
    except ValueError:
        return _SHORTEST_LIFE_SECONDS
