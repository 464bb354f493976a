"""Mailboxes on IMAP servers (RFC 3501, RFC 9051)."""

import imaplib
import select
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import ProtocolError

from mostrador.mailbox.choices import FetchProblem
from mostrador.mailbox.clients.servers import (
    Raw,
    Server,
    bearer,
    broken,
    encryption,
    keep_alive,
    not_signed_in,
    read_literal,
    refused,
)
from mostrador.mailbox.errors import NotGiven, NotReached

# The answer to a search is one line; that of a mailbox with half a million messages is longer than Python allows.
imaplib._MAXLINE = 20_000_000  # type: ignore[attr-defined]  # known to the library alone

# A server may end a connection that idles for 30 minutes (RFC 2177); firewalls on the way are less patient.
_IDLE_SECONDS = 9 * 60
_LOOK_AT_STOP_SECONDS = 0.5
_CUT_OFF = ("EOF", "socket error", "unterminated line")


@dataclass(frozen=True)
class FolderState:
    """A folder as it was opened. UIDs of one `uid_validity` say nothing about those of another (RFC 3501, 2.3.1.1)."""

    uid_validity: int
    uid_next: int | None
    count: int


@dataclass(frozen=True)
class Fetched:
    """One message, byte for byte, a large one in a file; and when its server received it (UTC), where that is known."""

    raw: Raw
    received_at: datetime | None


@contextmanager
def connect(server: Server) -> Iterator["Connection"]:
    """Sign in, and sign out at the end.

    Raises:
        NotReached: With the reason, here or from anything that is done with the connection.
    """
    with _explaining(FetchProblem.PROTOCOL):
        client = _client(server)
    try:
        with _explaining(FetchProblem.PROTOCOL):
            keep_alive(client.socket())
            if server.security == "starttls":
                _start_encryption(client)
            _sign_in(client, server)
        yield Connection(client)
        with suppress(OSError, imaplib.IMAP4.error):  # all is done: how the server says goodbye changes nothing
            client.logout()
    finally:
        with suppress(OSError):
            client.shutdown()


class Connection:
    """A connection that is signed in. One folder at a time is open; UIDs are that folder's."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client

    @property
    def can_idle(self) -> bool:
        """Tell whether the server says by itself that something arrived."""
        return self._can("IDLE")

    def folders(self) -> list[str]:
        """Return the names of the folders that can hold messages."""
        with _explaining(FetchProblem.PROTOCOL):
            listed = self._client.list_folders()
        unusable = {b"\\noselect", b"\\nonexistent"}
        return [str(name) for flags, _delimiter, name in listed if not unusable & {flag.lower() for flag in flags}]

    def open(self, folder: str, *, read_only: bool = False) -> FolderState:
        """Open a folder; `read_only` has the server promise that nothing changes in it.

        Raises:
            NotReached: It does not exist or may not be opened (FOLDER), or the connection failed.
        """
        with _explaining(FetchProblem.FOLDER):
            answer = self._client.select_folder(folder, readonly=read_only)
        if b"UIDVALIDITY" not in answer:
            raise NotReached(FetchProblem.PROTOCOL, "UIDVALIDITY?")
        next_one = answer.get(b"UIDNEXT")
        return FolderState(
            uid_validity=int(answer[b"UIDVALIDITY"]),
            uid_next=None if next_one is None else int(next_one),
            count=int(answer[b"EXISTS"]),
        )

    def uids_after(self, uid: int) -> list[int]:
        """Return the UIDs above this one, in order, read or not."""
        with _explaining(FetchProblem.PROTOCOL):
            found = self._client.search(["UID", f"{uid + 1}:*"])
        # "5:*" means "from 5 to the last one, or the other way round": the last one is there even when it is below 5.
        return sorted(one for one in found if one > uid)

    def uids_since(self, day: date) -> set[int]:
        """Return the UIDs of what the server received on that day or later, by its own clock."""
        with _explaining(FetchProblem.PROTOCOL):
            return set(self._client.search(["SINCE", day]))

    def fetch(self, uid: int) -> Fetched | None:
        """Return a message without marking it as read, or None when it is no longer there.

        Raises:
            NotGiven: The server will not hand over this message.
            NotReached: The connection failed.
        """
        return self.fetch_several([uid]).get(uid)

    def fetch_several(self, uids: Sequence[int]) -> dict[int, Fetched]:
        """Return messages without marking them as read; those that are no longer there are left out.

        Raises:
            NotGiven: The server will not hand over one of them.
            NotReached: The connection failed.
        """
        with _explaining(FetchProblem.PROTOCOL):
            try:
                answer = self._client.fetch(uids, ["BODY.PEEK[]", "INTERNALDATE"])
            except (ProtocolError, ValueError):  # a date that is none
                answer = self._client.fetch(uids, ["BODY.PEEK[]"])
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                explained = _explained(error, FetchProblem.PROTOCOL)
                if explained.problem == FetchProblem.PROTOCOL:
                    raise NotGiven(str(error)) from error
                raise explained from error
        return {uid: _fetched(said) for uid, said in answer.items()}

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return how many bytes each message has; those that are no longer there are left out."""
        with _explaining(FetchProblem.PROTOCOL):
            answer = self._client.fetch(uids, ["RFC822.SIZE"])
        return {uid: int(said.get(b"RFC822.SIZE", 0)) for uid, said in answer.items()}

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Put messages of the open folder into another one; those that are no longer there are left out.

        Raises:
            NotReached: The other folder does not exist (FOLDER), or the connection failed; the messages are still here.
        """
        with _explaining(FetchProblem.FOLDER):
            if self._can("MOVE"):
                self._client.move(uids, folder)
                return
            self._client.copy(uids, folder)
        self.delete(uids)

    def delete(self, uids: Sequence[int]) -> None:
        """Delete these messages and no other.

        A server that cannot remove them alone (no UIDPLUS) is asked to remove what is marked only when nothing else is;
        otherwise the marks stay and the person's own mail program removes them.
        """
        with _explaining(FetchProblem.FOLDER):
            self._client.delete_messages(uids, silent=True)
            if self._can("UIDPLUS"):
                self._client.uid_expunge(uids)
            elif set(self._client.search(["DELETED"])) <= set(uids):
                self._client.expunge()

    def make_folder(self, name: str) -> None:
        """Make a folder."""
        with _explaining(FetchProblem.FOLDER):
            self._client.create_folder(name)

    def append(self, folder: str, raw: bytes, *, flags: tuple[str, ...] = ()) -> None:
        """Put a message into a folder."""
        with _explaining(FetchProblem.FOLDER):
            self._client.append(folder, raw, flags)

    def wait(self, stopped: Callable[[], bool], *, seconds: float | None = None) -> bool:
        """Wait until the server says something about the open folder, `stopped` is true or the time is over (IDLE).

        Without `seconds` that is as long as servers and firewalls let a line be idle.

        The caller looks for new messages then, whatever the answer, and waits again: what arrives while nobody waits is
        found that way, and a connection that is dead shows.

        Returns:
            Whether the server said something.

        Raises:
            NotReached: The connection is gone.
        """
        with _explaining(FetchProblem.PROTOCOL):
            tag, said = self._begin_idling()
            said = said or self._has_said_more()
            end = time.monotonic() + (_IDLE_SECONDS if seconds is None else seconds)
            while not said and not stopped() and time.monotonic() < end:
                said = self._hears(_LOOK_AT_STOP_SECONDS)
            self._imap.send(b"DONE\r\n")
            _, rest = self._client._consume_until_tagged_response(tag, "IDLE")
        return said or bool(rest)

    # As IMAPClient does it, but for two things: its own idle() gives up when the server says something before it
    # agrees, and its idle_check() does not see what came in the same packet.

    def _begin_idling(self) -> tuple[bytes, bool]:
        tag = self._imap._command("IDLE")
        said = False
        while self._imap._get_response() is not None:
            if self._imap.tagged_commands[tag]:
                raise imaplib.IMAP4.error(str(self._imap.tagged_commands.pop(tag)))
            said = True
        return tag, said

    def _has_said_more(self) -> bool:
        """Tell whether the server said something in the same breath, which is read but not yet looked at."""
        connection = self._client.socket()
        connection.setblocking(False)
        try:
            self._imap._get_response()
        except (OSError, imaplib.IMAP4.abort):
            return False  # nothing; where the connection is gone, the next one who reads is told so
        finally:
            self._client._set_read_timeout()
        return True

    def _hears(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._client.socket(), select.POLLIN)
        if not poll.poll(seconds * 1000):
            return False
        self._imap._get_response()
        return True

    @property
    def _imap(self) -> Any:
        return self._client._imap

    def _can(self, capability: str) -> bool:
        with _explaining(FetchProblem.PROTOCOL):
            return bool(self._client.has_capability(capability))


def _client(server: Server) -> IMAPClient:
    tls = server.security == "tls"
    client = IMAPClient(
        server.host,
        server.port,
        ssl=tls,
        ssl_context=encryption() if tls else None,
        timeout=server.timeout_seconds,
    )
    client.normalise_times = False  # aware moments
    # What imaplib reads as one piece, it hands on without looking at it.
    client._imap.read = partial(read_literal, client._imap.read)
    client._imap.debug = 0  # IMAPClient writes every message out for its log, which takes four times its size
    return client


def _start_encryption(client: IMAPClient) -> None:
    if not client.has_capability("STARTTLS"):
        raise NotReached(FetchProblem.ENCRYPTION, "STARTTLS?")
    client.starttls(encryption())


def _sign_in(client: IMAPClient, server: Server) -> None:
    offered = client.capabilities()
    try:
        if server.access_token:
            _sign_in_with_token(client, server, offered)
        elif b"AUTH=PLAIN" in offered:  # LOGIN knows only ASCII
            words = f"\0{server.user}\0{server.password}".encode()
            client.sasl_login("PLAIN", lambda _challenge: words)
        elif b"LOGINDISABLED" in offered:
            raise NotReached(FetchProblem.ENCRYPTION, "LOGINDISABLED")
        else:
            client.login(server.user, server.password)
    except (imaplib.IMAP4.error, UnicodeEncodeError) as error:  # IMAPClient makes a lost connection a refusal, too
        if _is_cut_off(error):
            raise NotReached(FetchProblem.CUT_OFF, str(error)) from error
        raise not_signed_in(str(error), server) from error


def _sign_in_with_token(client: IMAPClient, server: Server, offered: tuple[bytes, ...]) -> None:
    if b"AUTH=XOAUTH2" in offered:
        words = bearer(server.user, server.access_token)
        method = "XOAUTH2"
    elif b"AUTH=OAUTHBEARER" in offered:  # RFC 7628
        user = server.user.replace("=", "=3D").replace(",", "=2C")
        words = f"n,a={user},\1auth=Bearer {server.access_token}\1\1".encode()
        method = "OAUTHBEARER"
    else:
        raise NotReached(FetchProblem.METHOD, b" ".join(offered).decode("ascii", "replace"))
    # A second question tells why the token is refused, and wants an empty answer.
    answers = iter([words])
    client.sasl_login(method, lambda _challenge: next(answers, b""))


def _fetched(said: dict[bytes, Any]) -> Fetched:
    raw = said.get(b"BODY[]")
    if not isinstance(raw, Raw):
        raise NotGiven(f"BODY[]: {raw!r}")
    received_at = said.get(b"INTERNALDATE")
    return Fetched(raw=raw, received_at=received_at and received_at.astimezone(UTC))


@contextmanager
def _explaining(otherwise: FetchProblem) -> Iterator[None]:
    """Say what failures inside mean; a refusal without a known code means `otherwise`."""
    try:
        yield
    except (imaplib.IMAP4.abort, ProtocolError) as error:
        raise _explained(error, FetchProblem.PROTOCOL) from error
    except imaplib.IMAP4.error as error:
        raise _explained(error, otherwise) from error
    except OSError as error:
        raise broken(error) from error
    except ValueError as error:
        raise NotReached(FetchProblem.PROTOCOL, str(error)) from error


def _explained(error: imaplib.IMAP4.error, otherwise: FetchProblem) -> NotReached:
    return refused(str(error), FetchProblem.CUT_OFF if _is_cut_off(error) else otherwise)


def _is_cut_off(error: Exception) -> bool:
    return any(words in str(error) for words in _CUT_OFF)
