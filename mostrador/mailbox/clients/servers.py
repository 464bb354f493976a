"""Where a mailbox is, how one gets in, and what failures mean."""

import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from tempfile import TemporaryFile

from mostrador.mailbox.choices import FetchProblem
from mostrador.mailbox.errors import NotReached

# A connection that nobody uses is asked after a minute whether it is still there, and given up two minutes later.
_ALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 6))
# Codes in the answers of IMAP (RFC 5530) and POP3 (RFC 2449, RFC 3206).
_CODES = {
    "AUTHENTICATIONFAILED": FetchProblem.CREDENTIALS,
    "AUTHORIZATIONFAILED": FetchProblem.CREDENTIALS,
    "EXPIRED": FetchProblem.CREDENTIALS,
    "AUTH": FetchProblem.CREDENTIALS,
    "PRIVACYREQUIRED": FetchProblem.ENCRYPTION,
    "UNAVAILABLE": FetchProblem.BUSY,
    "SERVERBUG": FetchProblem.BUSY,
    "INUSE": FetchProblem.BUSY,
    "IN-USE": FetchProblem.BUSY,
    "LOGIN-DELAY": FetchProblem.BUSY,
    "SYS/TEMP": FetchProblem.BUSY,
    "LIMIT": FetchProblem.BUSY,
    "OVERQUOTA": FetchProblem.BUSY,
    "THROTTLED": FetchProblem.BUSY,
    "NONEXISTENT": FetchProblem.FOLDER,
    "TRYCREATE": FetchProblem.FOLDER,
    "NOPERM": FetchProblem.FOLDER,
}
_CODE = re.compile(r"\[([A-Z][A-Z0-9/-]*)[^\]]*\]", re.IGNORECASE)
_TOO_MANY = re.compile(r"too many|simultaneous|try again later|temporar", re.IGNORECASE)


@dataclass(frozen=True)
class Server:
    """A mail server and an account on it; `security` is none, starttls or tls.

    With an `access_token` it is used instead of the password (XOAUTH2 or OAUTHBEARER).
    """

    host: str
    port: int
    security: str
    user: str
    password: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    timeout_seconds: float = 60


class LargeMessage:
    """A message that would fill the memory, in a temporary file that lasts as long as this does."""

    def __init__(self) -> None:
        self.file = TemporaryFile()  # noqa: SIM115 - see __del__
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __del__(self) -> None:
        self.file.close()

    def write(self, data: bytes) -> None:
        """Add to its end."""
        self.file.write(data)
        self._size += len(data)


Raw = bytes | LargeMessage
LARGE_BYTES = 2_000_000
_PIECE_BYTES = 256 * 1024


def read_literal(read: Callable[[int], bytes], size: int) -> Raw:
    """Read so many bytes; less come where the connection ends."""
    if size <= LARGE_BYTES:
        return read(size)
    large = LargeMessage()
    while len(large) < size and (piece := read(min(_PIECE_BYTES, size - len(large)))):
        large.write(piece)
    return large


def encryption() -> ssl.SSLContext:
    """Return how connections are encrypted: certificates and names are checked, with the authorities of the system."""
    return ssl.create_default_context()


def keep_alive(connection: socket.socket) -> None:
    """Have the system notice when the other side of a quiet connection is gone."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _ALIVE:
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def broken(error: OSError) -> NotReached:
    """Say what a failure of the connection means."""
    match error:
        case ssl.SSLCertVerificationError():
            return NotReached(FetchProblem.CERTIFICATE, error.verify_message or str(error))
        case ssl.SSLError():
            return NotReached(FetchProblem.ENCRYPTION, str(error))
        case TimeoutError():
            return NotReached(FetchProblem.SILENT, str(error))
        case ConnectionResetError() | ConnectionAbortedError() | BrokenPipeError():
            return NotReached(FetchProblem.CUT_OFF, str(error))
        case _:
            return NotReached(FetchProblem.UNREACHABLE, str(error))


def refused(answer: str, otherwise: FetchProblem) -> NotReached:
    """Say what the server's refusal means by its code or, when it gives none that says so, `otherwise`."""
    for code in _CODE.findall(answer):
        if problem := _CODES.get(code.upper()):
            return NotReached(problem, answer)
    return NotReached(FetchProblem.BUSY if _TOO_MANY.search(answer) else otherwise, answer)


def not_signed_in(answer: str, server: Server) -> NotReached:
    """Say what the refusal of an account means."""
    explained = refused(answer, FetchProblem.CREDENTIALS)
    if server.access_token and explained.problem == FetchProblem.CREDENTIALS:
        return NotReached(FetchProblem.TOKEN, answer)
    return explained


def bearer(user: str, access_token: str) -> bytes:
    """Return the words of XOAUTH2, as Google and Microsoft document them."""
    return f"user={user}\1auth=Bearer {access_token}\1\1".encode()
