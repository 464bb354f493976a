"""A real Postfix with a directory of its own, that hands mail on to us: by pipe and by LMTP."""

import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.config.processes import free_port

IS_INSTALLED = shutil.which("postfix") is not None and os.geteuid() == 0

MAIN = """
compatibility_level = 3.6
queue_directory = {place}/queue
data_directory = {place}/lib
mail_owner = postfix
maillog_file = {place}/log
maillog_file_prefixes = {place}
myhostname = mx.sede.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit_mynetworks, reject
disable_dns_lookups = yes
# What is for nobody of ours, notices of failure say, stays in the queue.
default_transport = retry:
virtual_mailbox_domains = pipe.example, lmtp.example
virtual_mailbox_maps = static:all
transport_maps = inline:{{ pipe.example=mostrador:, lmtp.example=lmtp:inet:127.0.0.1:{lmtp_port} }}
mostrador_destination_recipient_limit = 1
lmtp_tls_security_level = may
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
message_size_limit = 0
mailbox_size_limit = 0
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
retry     unix - - n - - error
error     unix - - n - - error
lmtp      unix - - n - - lmtp
anvil     unix - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """One that runs."""

    place: Path
    port: int

    def send(self, to: str, message: bytes, *, sender: str = "ana@correo.example") -> None:
        """Give it a message to deliver."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            client.sendmail(sender, [to], message)

    def log(self) -> str:
        """What it has written until now."""
        file = self.place / "log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def waits_for(self, words: str, *, seconds: float = 60) -> bool:
        """Tell whether it says so soon."""
        until = time.monotonic() + seconds
        while words not in self.log() and time.monotonic() < until:
            time.sleep(0.2)
        return words in self.log()


@contextmanager
def running(*, pipe: str, lmtp_port: int) -> Iterator[Postfix]:
    """Have Postfix running meanwhile.

    Args:
        pipe: The lines of master.cf by which it pipes mail into us.
        lmtp_port: Where we listen.
    """
    place = Path(tempfile.mkdtemp(prefix="mostrador-postfix-"))
    place.chmod(0o755)
    (place / "queue").mkdir()
    (place / "lib").mkdir()
    (place / "etc").mkdir()
    owner = pwd.getpwnam("postfix")
    os.chown(place / "lib", owner.pw_uid, owner.pw_gid)
    port = free_port()
    values = {"place": place, "port": port, "lmtp_port": lmtp_port}
    (place / "etc" / "main.cf").write_text(MAIN.format(**values), encoding="utf-8")
    (place / "etc" / "master.cf").write_text(MASTER.format(**values).lstrip() + pipe, encoding="utf-8")
    try:
        done = _postfix(place, "start")
        assert done.returncode == 0, done.stdout
        yield Postfix(place, port)
    finally:
        _postfix(place, "stop")
        shutil.rmtree(place, ignore_errors=True)


def _postfix(place: Path, word: str) -> subprocess.CompletedProcess[str]:
    command = [shutil.which("postfix") or "postfix", "-c", str(place / "etc"), word]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)  # noqa: S603 - own words
