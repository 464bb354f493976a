"""Mailboxes on POP3 servers (RFC 1939)."""

import base64
import poplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO

from mostrador.mailbox.choices import FetchProblem
from mostrador.mailbox.clients.servers import (
    LARGE_BYTES,
    LargeMessage,
    Raw,
    Server,
    bearer,
    broken,
    encryption,
    keep_alive,
    not_signed_in,
    refused,
)
from mostrador.mailbox.errors import NotGiven, NotReached

_LONGEST_ANSWER_BYTES = 1_000_000


@contextmanager
def connect(server: Server) -> Iterator["Connection"]:
    """Sign in, and sign out at the end: only then the server deletes what it was told to (RFC 1939, 6).

    Raises:
        NotReached: With the reason, here or from anything that is done with the connection.
    """
    with _explaining(FetchProblem.PROTOCOL):
        pop = _Pop3OverTls(server) if server.security == "tls" else _Pop3(server)
    try:
        with _explaining(FetchProblem.PROTOCOL):
            keep_alive(pop.sock)
            if server.security == "starttls":
                _start_encryption(pop)
            _sign_in(pop, server)
        yield Connection(pop)
        with _explaining(FetchProblem.PROTOCOL):
            pop.quit()
    finally:
        with suppress(OSError):
            pop.close()


class Connection:
    """A connection that is signed in. Numbers of messages hold while it lasts, identifiers (UIDL) for ever."""

    def __init__(self, pop: "_Pop3") -> None:
        self._pop = pop

    def messages(self) -> list[tuple[int, str]]:
        """Return the number and the identifier of each message, the oldest first.

        Raises:
            NotReached: The server knows no identifiers (METHOD), or the connection failed.
        """
        with _explaining(FetchProblem.METHOD):
            _, lines, _ = self._pop.uidl()
            pairs = [line.decode("ascii", "backslashreplace").split(maxsplit=1) for line in lines]
            return [(int(number), identifier.strip()) for number, identifier in pairs]

    def sizes(self) -> dict[int, int]:
        """Return how many bytes each message has, by number."""
        with _explaining(FetchProblem.PROTOCOL):
            _, lines, _ = self._pop.list()
            return {int(number): int(size) for number, size, *_ in (line.split() for line in lines)}

    def fetch(self, number: int) -> Raw:
        """Return a message, byte for byte; a large one in a file.

        Raises:
            NotGiven: The server will not hand over this message.
            NotReached: The connection failed.
        """
        with _explaining(FetchProblem.PROTOCOL):
            try:
                self._pop.ask_for(number)
            except poplib.error_proto as error:
                if _is_cut_off(error):
                    raise
                raise NotGiven(_words(error)) from error
            return self._pop.whole()

    def delete(self, number: int) -> None:
        """Have the server delete a message when this connection ends well."""
        with _explaining(FetchProblem.PROTOCOL):
            self._pop.dele(number)


class _Pop3(poplib.POP3):
    """Python's client, except that a message is read as it is and into one piece: lines may have any length."""

    def __init__(self, server: Server) -> None:
        try:
            super().__init__(server.host, server.port, timeout=server.timeout_seconds)
        except BaseException:  # a stop too: it goes on below
            if hasattr(self, "file"):  # connected, but not welcome
                self.close()
            raise

    def _getline(self) -> tuple[bytes, int]:
        """Return a line of an answer without its end, and how long it was: half a line is none."""
        line = self.file.readline(_LONGEST_ANSWER_BYTES)
        if not line.endswith(b"\n"):
            raise poplib.error_proto("-ERR EOF")
        return line.rstrip(b"\r\n"), len(line)

    def _say(self, command: str) -> bytes:
        answer: bytes = self._shortcmd(command)  # type: ignore[attr-defined]  # not in the stubs
        return answer

    def ask_for(self, number: int) -> None:
        self._say(f"RETR {number}")

    def whole(self) -> Raw:
        """Return the message that was asked for; the dots that the protocol doubles are single again."""
        taken: BytesIO | LargeMessage = BytesIO()
        begins_line = True
        while (piece := self.file.readline(65_536)) not in {b".\r\n", b".\n"} or not begins_line:
            if not piece:
                raise poplib.error_proto("-ERR EOF")
            taken.write(piece[1:] if begins_line and piece.startswith(b".") else piece)
            begins_line = piece.endswith(b"\n")
            if isinstance(taken, BytesIO) and taken.tell() > LARGE_BYTES:
                large = LargeMessage()
                large.write(taken.getvalue())
                taken = large
        return taken.getvalue() if isinstance(taken, BytesIO) else taken

    def sign_in_with_token(self, words: bytes) -> None:
        self._say("AUTH XOAUTH2")
        answer = self._say(base64.b64encode(words).decode())
        if not answer.startswith(b"+OK"):  # a question that tells why the token is refused, and wants an empty answer
            self._say("")


class _Pop3OverTls(_Pop3):
    def _create_socket(self, timeout: float) -> object:
        plain = super()._create_socket(timeout)  # type: ignore[misc]  # poplib.POP3_SSL does the same
        return encryption().wrap_socket(plain, server_hostname=self.host)


def _start_encryption(pop: _Pop3) -> None:
    if "STLS" not in _capabilities(pop):
        raise NotReached(FetchProblem.ENCRYPTION, "STLS?")
    pop.stls(encryption())


def _sign_in(pop: _Pop3, server: Server) -> None:
    if server.access_token and "XOAUTH2" not in _capabilities(pop).get("SASL", []):
        raise NotReached(FetchProblem.METHOD, "XOAUTH2?")
    try:
        if server.access_token:
            pop.sign_in_with_token(bearer(server.user, server.access_token))
        else:
            pop.user(server.user)
            pop.pass_(server.password)
    except poplib.error_proto as error:
        if _is_cut_off(error):
            raise
        raise not_signed_in(_words(error), server) from error


def _capabilities(pop: _Pop3) -> dict[str, list[str]]:
    try:
        return pop.capa()
    except poplib.error_proto as error:
        if _is_cut_off(error):
            raise
        return {}  # a server older than RFC 2449


@contextmanager
def _explaining(otherwise: FetchProblem) -> Iterator[None]:
    """Say what failures inside mean; a refusal without a known code means `otherwise`."""
    try:
        yield
    except poplib.error_proto as error:
        if _is_cut_off(error):
            raise NotReached(FetchProblem.CUT_OFF, _words(error)) from error
        raise refused(_words(error), otherwise) from error
    except OSError as error:
        raise broken(error) from error
    except ValueError as error:
        raise NotReached(FetchProblem.PROTOCOL, str(error)) from error


def _is_cut_off(error: poplib.error_proto) -> bool:
    return _words(error) == "-ERR EOF"


def _words(error: poplib.error_proto) -> str:
    [said] = error.args
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
