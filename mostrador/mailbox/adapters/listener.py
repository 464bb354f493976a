"""`mostrador listen-mail`: servers bring messages by LMTP (RFC 2033) or SMTP (RFC 5321).

Only what is for a mailbox of ours is taken, so nothing is passed on for anybody. "250" is said when the message is on
the disk and in the database; when that is not possible now, "451", and the server brings it again.
"""

import asyncio
import logging
import signal
import socket
import ssl
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, transaction

from mostrador.mailbox.actions.receiving import receive
from mostrador.mailbox.choices import Via
from mostrador.mailbox.models import Mailbox
from mostrador.mailbox.queries.recipients import mailboxes_of

logger = logging.getLogger(__name__)

THREADS = 4
MOST_CONNECTIONS = 100
MOST_CONNECTIONS_OF_A_SERVER = 20
MOST_ERRORS = 20  # of one connection; whoever tries out addresses has to come again for each handful
MOST_RECIPIENTS = 100  # RFC 5321, 4.5.3.1.8
SECONDS_OF_SILENCE = 300  # RFC 5321, 4.5.3.2.7
SECONDS_TO_FINISH = 10
CHUNK_BYTES = 256 * 1024
MEMORY_BYTES = 1024 * 1024
TOO_LARGE = "552 5.3.4 The message is larger than what is taken here"
NOT_NOW = "451 4.3.0 It cannot be kept now, please try again later"

Result = TypeVar("Result")


class Listener:
    """What all connections share: how messages are kept, and how many may talk to us.

    Args:
        tls: With what STARTTLS is offered; None for not at all.
    """

    def __init__(self, *, tls: ssl.SSLContext | None) -> None:
        self.tls = tls
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="mail")
        self.peers: Counter[str] = Counter()
        self.keeping = 0

    def protocol(self, via: Via) -> Callable[[], asyncio.Protocol]:
        """Return what makes the conversation with one server."""
        talk = _ByLmtp if via is Via.LMTP else _Talk

        def begin() -> asyncio.Protocol:
            return talk(self) if self.peers.total() < MOST_CONNECTIONS else _Busy()

        return begin

    async def in_thread(self, do: Callable[..., Result], *arguments: Any) -> Result:
        """Do what needs the database, on a connection that works."""
        self.keeping += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, _on_a_working_connection, do, *arguments)
        finally:
            self.keeping -= 1

    # --- What aiosmtpd asks (its "handler") -------------------------------------------------------------

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer no sign-in: whoever brings mail for us needs none."""
        session.host_name = hostname
        offers = [line for line in responses if not line.startswith("250-AUTH")]
        return [*offers[:-1], "250-PIPELINING", *offers[-1:]]

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take only what is for a mailbox of ours."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if not await self.in_thread(mailboxes_of, [address]):
            return "550 5.1.1 There is no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        """Whatever goes wrong with us, the server has to bring the message again."""
        logger.error("mail could not be kept", exc_info=error)
        return NOT_NOW


class _Talk(SMTP):
    """The conversation with one server. It reads a message itself: of any line length, without holding each line."""

    line_length_limit = CHUNK_BYTES  # of what is read at once; commands have their own limit
    via = Via.SMTP

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.errors = 0
        super().__init__(
            listener,
            data_size_limit=settings.MAIL_MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname=socket.gethostname(),
            ident="Mostrador",
            timeout=SECONDS_OF_SILENCE,
            tls_context=listener.tls,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        is_new = self.transport is None
        super().connection_made(transport)
        if is_new:
            self.peer = str((transport.get_extra_info("peername") or ("here",))[0])
            self.listener.peers[self.peer] += 1

    def connection_lost(self, error: Exception | None) -> None:
        self.listener.peers[self.peer] -= 1
        self.listener.peers += Counter()  # forgets those with none
        super().connection_lost(error)

    async def push(self, status: str | bytes) -> None:
        """Answer; whoever makes too many mistakes, or too many connections, is told to go."""
        text = status if isinstance(status, str) else status.decode()
        self.errors += text.startswith("5")
        too_many = self.peer != "here" and self.listener.peers[self.peer] > MOST_CONNECTIONS_OF_A_SERVER
        if too_many or self.errors > MOST_ERRORS:
            text = "421 4.7.0 Too many connections" if too_many else "421 4.7.0 Too many errors"
        await super().push(text)
        if text.startswith("421") and self.transport is not None:
            self.transport.close()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - as above
        """Take one message and answer for it, or for each recipient."""
        if await self.check_helo_needed():
            return
        envelope = self.envelope
        if arg or envelope is None or not envelope.rcpt_tos:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        with tempfile.SpooledTemporaryFile(MEMORY_BYTES) as file:
            is_whole = await self._read_message(file)
            self.envelope = self._create_envelope()
            answer = await self._kept(file, envelope) if is_whole else TOO_LARGE
        await self.push("\r\n".join([answer] * self.answers_for(envelope)))

    def answers_for(self, envelope: Envelope) -> int:
        """Return how often the answer to a message is given."""
        return 1

    async def _kept(self, file: Any, envelope: Envelope) -> str:
        try:
            return await self.listener.in_thread(self._keep, file, envelope)
        except Exception as error:  # noqa: BLE001 - the outer loop of one message: its server has to bring it again
            return await self.listener.handle_exception(error)

    async def _read_message(self, file: Any) -> bool:
        """Write what comes to `file`, without its end and without the dots of RFC 5321, 4.5.2; False: it is too large.

        Only <CRLF>.<CRLF> is the end, or a second message could be hidden in a first. A connection that ends before
        cancels this.
        """
        size, last = 0, b"\r\n"
        while True:
            self._reset_timeout()
            try:
                piece, has_dot = await self._reader.readuntil(b".\r\n"), True
            except asyncio.LimitOverrunError as overrun:
                piece, has_dot = await self._reader.read(overrun.consumed), False
            size += len(piece)
            if size <= settings.MAIL_MAX_BYTES + len(b".\r\n"):
                file.write((last + piece).replace(b"\r\n.", b"\r\n")[len(last) :])
            last = (last + piece)[-5:]
            if has_dot and last == b"\r\n.\r\n":
                break
            last = last[-2:]
        if size > settings.MAIL_MAX_BYTES + len(b".\r\n"):
            return False
        file.truncate(file.tell() - len(b"\r\n"))
        return True

    def _keep(self, file: Any, envelope: Envelope) -> str:
        """Keep the message in every mailbox that it is for, all or none."""
        file.seek(0)
        raw = file.read()
        found = mailboxes_of(envelope.rcpt_tos)
        if len(found) < len(set(envelope.rcpt_tos)):
            return NOT_NOW  # a mailbox was closed since; the next time its address is refused
        addresses: dict[Mailbox, list[str]] = {}
        for address, mailbox in found.items():
            addresses.setdefault(mailbox, []).append(address)
        sender = (envelope.mail_from or "").strip("<>")
        with transaction.atomic():
            for mailbox, its in addresses.items():
                receive(raw, mailbox=mailbox, via=self.via, envelope_from=sender, envelope_to=its)
        return "250 2.0.0 OK, it is safe"

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - as above
        """Refuse: there is none."""
        await self.push("502 5.5.1 No sign-in here")


class _ByLmtp(_Talk, LMTP):
    """LMTP: the answer is given for each recipient."""

    via = Via.LMTP

    def answers_for(self, envelope: Envelope) -> int:
        return len(envelope.rcpt_tos)


class _Busy(asyncio.Protocol):
    """Too many are talking to us: come again later."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(b"421 4.3.2 Too many connections\r\n")  # type: ignore[attr-defined]  # a socket's transport writes
        transport.close()


def _on_a_working_connection(do: Callable[..., Result], *arguments: Any) -> Result:
    close_old_connections()
    return do(*arguments)


# --- The process -------------------------------------------------------------------------------------------


def listen() -> int:
    """Take mail at every address of MAIL_LISTEN until SIGTERM or Ctrl-C."""
    if not settings.MAIL_LISTEN:
        raise ImproperlyConfigured("MAIL_LISTEN says where to listen, for example lmtp://127.0.0.1:8024")
    asyncio.run(_listen(settings.MAIL_LISTEN))
    return 0


async def _listen(addresses: list[str]) -> None:
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's, which writes addresses at INFO
    listener = Listener(tls=_tls())
    servers = [await _open(listener, address) for address in addresses]
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    for server in servers:
        server.close()
    for _ in range(SECONDS_TO_FINISH * 20):
        if not listener.keeping:
            break
        await asyncio.sleep(0.05)
    listener.pool.shutdown(wait=False, cancel_futures=True)


async def _open(listener: Listener, address: str) -> asyncio.Server:
    """Open one port or socket.

    Raises:
        ImproperlyConfigured: It is no address to listen at, or is taken.
    """
    parts = urlsplit(address)
    ways = {"lmtp": Via.LMTP, "smtp": Via.SMTP}
    loop = asyncio.get_running_loop()
    try:
        begin = listener.protocol(ways[parts.scheme])
        if parts.path not in {"", "/"}:
            with suppress(FileNotFoundError):
                Path(parts.path).unlink()
            server = await loop.create_unix_server(begin, parts.path)
            Path(parts.path).chmod(0o666)  # mail servers run as themselves; the directory says who gets there
            return server
        return await loop.create_server(begin, parts.hostname, parts.port or {"lmtp": 24, "smtp": 25}[parts.scheme])
    except (KeyError, ValueError, OSError) as error:
        reason = "it begins neither with lmtp:// nor with smtp://" if isinstance(error, KeyError) else str(error)
        raise ImproperlyConfigured(f"MAIL_LISTEN: {address} cannot be listened at: {reason}") from error


def _tls() -> ssl.SSLContext | None:
    if not settings.MAIL_LISTEN_CERTIFICATE:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.MAIL_LISTEN_CERTIFICATE, settings.MAIL_LISTEN_KEY or None)
    except (OSError, ssl.SSLError) as error:
        raise ImproperlyConfigured(f"MAIL_LISTEN_CERTIFICATE cannot be used: {error}") from error
    return context
