"""Real mail servers for tests: Debian's dovecot (IMAP and POP3), who gives it tokens, and lines that break.

One dovecot serves a test process; every test makes accounts of its own, which cost nothing. All passwords are the same.
"""

import ipaddress
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mostrador.config.system import end_with_parent
from mostrador.mailbox.clients.servers import Server

PASSWORD = "contraseña-de-prueba"
DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"
NEEDED = "The tests of mailboxes need dovecot: apt-get install dovecot-imapd dovecot-pop3d"

# Root may not own mailboxes there, and its helpers may not share an account; anybody else uses their own for all.
_AS_ROOT = """
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
"""
_AS_SOMEBODY = """
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
service pop3-login {{
  chroot =
}}
"""
_CONFIGURATION = """
base_dir = {directory}/run
state_dir = {directory}/state
log_path = {directory}/log
protocols = imap pop3
listen = 127.0.0.1
{accounts}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_cache_size = 0
mail_location = maildir:{directory}/mail/%u
mail_save_crlf = yes
mail_max_userip_connections = 100
mailbox_idle_check_interval = 1 secs
ssl = yes
ssl_cert = <{directory}/certificate.pem
ssl_key = <{directory}/key.pem
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {directory}/oauth2.conf
}}
userdb {{
  driver = static
  args = home={directory}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
_TOKENS = """
introspection_mode = auth
introspection_url = http://127.0.0.1:{gate}/
username_attribute = email
"""


@dataclass(frozen=True)
class Account:
    """A mailbox on the test server, and its files."""

    user: str
    directory: Path
    dovecot: "Dovecot"

    def imap(self, *, security: str = "none", **changes: object) -> Server:
        """Return how to reach it by IMAP."""
        return self._server(self.dovecot.ports["imaps" if security == "tls" else "imap"], security, changes)

    def pop3(self, *, security: str = "none", **changes: object) -> Server:
        """Return how to reach it by POP3."""
        return self._server(self.dovecot.ports["pop3s" if security == "tls" else "pop3"], security, changes)

    def _server(self, port: int, security: str, changes: dict[str, object]) -> Server:
        values: dict[str, object] = {
            "host": "127.0.0.1",
            "port": port,
            "security": security,
            "user": self.user,
            "password": PASSWORD,
            "timeout_seconds": 10,
        }
        return Server(**values | changes)  # type: ignore[arg-type]  # of the names above

    def deliver(self, *messages: bytes, folder: str = "") -> None:
        """Put messages into the folder as a mail server does: at once, and whole."""
        place = self._place(folder)
        for raw in messages:
            name = f"{time.time_ns()}.{next(_number):08}.test"
            (place / "tmp" / name).write_bytes(raw)
            self.dovecot.give_away(place / "tmp" / name)
            (place / "tmp" / name).rename(place / "new" / name)

    def make_folder(self, name: str) -> None:
        """Make a folder; the name as it is written in a Maildir."""
        self._place(name)

    def _place(self, folder: str) -> Path:
        place = self.directory / f".{folder}" if folder else self.directory
        for part in [place, *(place / name for name in ("tmp", "new", "cur"))]:
            if not part.exists():
                part.mkdir(parents=True)
                self.dovecot.give_away(part)
        return place

    def forget_uids(self) -> None:
        """Lose the server's own notes, as after restoring a backup: UIDVALIDITY changes."""
        for note in self.directory.glob("dovecot*"):
            note.unlink()

    @property
    def files(self) -> list[bytes]:
        """What the inbox holds, the oldest first; also while the server moves what is new to what it has seen."""
        while True:
            places = [*(self.directory / "new").iterdir(), *(self.directory / "cur").iterdir()]
            found = {path.name.partition(":")[0]: path for path in places}
            with suppress(FileNotFoundError):  # moved since it was listed
                return [found[name].read_bytes() for name in sorted(found)]


_number = count(1)


class Dovecot:
    """A server with ports and a directory of its own."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.directory.chmod(0o711)
        self.ports = {name: free_port() for name in ("imap", "imaps", "pop3", "pop3s", "gate")}
        self.certificate = self.directory / "certificate.pem"
        self._process: subprocess.Popen[bytes] | None = None
        self._accounts = count(1)

    def start(self) -> None:
        """Start it and wait until it listens."""
        make_certificate(self.certificate, self.directory / "key.pem")
        (self.directory / "mail").mkdir()
        self.give_away(self.directory / "mail")
        (self.directory / "oauth2.conf").write_text(_TOKENS.format(**self.ports))
        configuration = self.directory / "dovecot.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                directory=self.directory, password=PASSWORD, accounts=self._whose_processes(), **self.ports
            )
        )
        self._process = subprocess.Popen(  # noqa: S603 - the system's own
            [DOVECOT, "-F", "-c", configuration],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: end_with_parent(signal.SIGTERM),
        )
        wait_for_port(self.ports["pop3s"], self._process)

    def _whose_processes(self) -> str:
        if os.geteuid() == 0:
            return _AS_ROOT
        import grp
        import pwd

        user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
        return _AS_SOMEBODY.format(user=user, group=group)

    def stop(self) -> None:
        """Stop it and everything it started, and remove its files."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def give_away(self, path: Path) -> None:
        """Let the server's account have the file."""
        if os.geteuid() == 0:
            shutil.chown(path, "nobody", "nogroup")

    def account(self) -> Account:
        """Make a mailbox."""
        user = f"buzon{next(self._accounts)}@entidad.example"
        account = Account(user=user, directory=self.directory / "mail" / user, dovecot=self)
        account.deliver()
        return account

    def process_of(self, account: Account) -> int:
        """Return the process that serves the account by IMAP now."""
        [pid] = re.findall(rf"Login: user=<{account.user}>.*mpid=(\d+)", self.log)
        return int(pid)

    @property
    def log(self) -> str:
        """What the server noted."""
        return (self.directory / "log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Run a server while open."""
    if not Path(DOVECOT).exists():
        pytest.fail(NEEDED, pytrace=False)
    server = Dovecot()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@dataclass(frozen=True)
class TokenIssuer:
    """Gives tokens, and tells dovecot whose they are."""

    address: str

    @property
    def token_address(self) -> str:
        return f"{self.address}/oauth2/token"

    @property
    def authorization_address(self) -> str:
        return f"{self.address}/oauth2/authorize"

    def permit(self, authorization_url: str, user: str) -> str:
        """Do what a person does in the browser; return the code that comes back."""
        answer = requests.post(authorization_url, data={"sub": user}, timeout=10, allow_redirects=False)
        [code] = parse_qs(urlsplit(answer.headers["Location"]).query)["code"]
        return code

    def end_permissions(self, user: str) -> None:
        """Take back everything the person has permitted."""
        requests.post(f"{self.address}/users/{user}/revoke-tokens", timeout=10).raise_for_status()


class _Gate(BaseHTTPRequestHandler):
    """Tells dovecot whose a token is: nobody's, when the provider does not know it (a 400 would be a fault)."""

    issuer = ""

    def do_GET(self) -> None:
        answer = requests.get(
            f"{self.issuer}/userinfo", headers={"Authorization": self.headers["Authorization"]}, timeout=10
        )
        body = answer.content if answer.ok else b'{"email": "-"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def token_issuer(dovecot: Dovecot) -> Iterator[TokenIssuer]:
    """Run an issuer of tokens, which dovecot asks, while open."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    gate = ThreadingHTTPServer(("127.0.0.1", dovecot.ports["gate"]), type("Gate", (_Gate,), {"issuer": address}))
    threading.Thread(target=gate.serve_forever, args=(0.05,), daemon=True).start()
    command = [str(Path(sys.executable).with_name("oidc-provider-mock")), "-p", str(port)]
    process = subprocess.Popen(  # noqa: S603 - the provider of the tests
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: end_with_parent(signal.SIGTERM),
    )
    try:
        wait_for_port(port, process)
        yield TokenIssuer(address)
    finally:
        gate.shutdown()
        gate.server_close()
        process.terminate()
        process.wait(timeout=10)


class Line:
    """A line to a server that can be cut: it ends, without a word, when so many bytes have come from the server."""

    def __init__(self, port: int, *, cut_after_bytes: int | None = None) -> None:
        self.cut_after_bytes = cut_after_bytes
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._open |= {near, far}
                threading.Thread(target=self._carry, args=(near, far, None), daemon=True).start()
                threading.Thread(target=self._carry, args=(far, near, self.cut_after_bytes), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, left: int | None) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data if left is None else data[:left])
                if left is not None:
                    left -= len(data)
                    if left <= 0:
                        break
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Cut every connection now."""
        for end in list(self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Cut everything and take no more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for end in self._open:
            end.close()


@contextmanager
def line(port: int, *, cut_after_bytes: int | None = None) -> Iterator[Line]:
    """Have a line to the port while open."""
    made = Line(port, cut_after_bytes=cut_after_bytes)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def silent_server() -> Iterator[int]:
    """Return the port of a server that lets one in and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


_FETCH = """
from mostrador.mailbox.clients import {protocol}
from mostrador.mailbox.clients.servers import Server
from tests.mailbox.servers import high_water

with {protocol}.connect(Server({host!r}, {port}, "none", {user!r}, {password!r})) as mailbox:
    before = high_water()
    if {protocol!r} == "imap":
        mailbox.open("INBOX")
        fetched = mailbox.fetch(1).raw
    else:
        fetched = mailbox.fetch(1)
    print(high_water() - before, len(fetched))
"""


def high_water() -> int:
    """Return how many bytes of memory this process has had at most (not those of whoever started it)."""
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) * 1024


def growth_of_memory(protocol: str, server: Server) -> tuple[int, int]:
    """Fetch the first message in a process of its own; return by how many bytes it grew, and the message's length."""
    program = _FETCH.format(
        protocol=protocol, host=server.host, port=server.port, user=server.user, password=server.password
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    grown, length = map(int, done.stdout.split())
    return grown, length


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process listens there."""
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    pytest.fail(f"{process.args!r} did not start", pytrace=False)


def make_certificate(certificate: Path, key: Path) -> None:
    """Make a certificate for 127.0.0.1 that nobody trusts but who is told to."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.fromtimestamp(time.time(), UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
