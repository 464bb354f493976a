"""Checks DKIM signatures (RFC 6376): asks DNS for the keys, and a process of its own for the arithmetic.

One such process serves each of ours, from the first signed mail on. When it dies or hangs it is ended, the message is
called unchecked, and the next one gets a new process.
"""

import atexit
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, NamedTuple, cast

import dns.exception
import dns.name
import dns.resolver

logger = logging.getLogger(__name__)

# The public key under a name; None where there is none. It raises TimeoutError when DNS does not say.
Resolver = Callable[[str], str | None]

MOST_SIGNATURES = 5
DNS_SECONDS = 3.0
CHECK_SECONDS = 5.0
LARGEST_BYTES = 10 << 20  # canonical forms of a message take several times its size
_MOST_SILENCES = 2  # then nobody is asked any more: a mail may cost seconds, not a minute
_LONGEST_HEADER_BYTES = 200_000
_MESSAGES_OF_A_CHILD = 2_000
_SIGNATURE = re.compile(rb"^dkim-signature[ \t]*:((?:.|\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(rb"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?){0,30}")


class Signature(NamedTuple):
    """What became of one signature: who signed, the result as in RFC 8601 (2.7.1), and why."""

    domain: str
    result: str
    reason: str = ""


def check(raw: bytes, resolver: Resolver | None = None) -> list[Signature]:
    """Return what became of the signatures of a message, the topmost first; nothing for one without signatures.

    Args:
        raw: The message, byte for byte.
        resolver: Who knows the keys, instead of DNS.
    """
    head = raw[:_LONGEST_HEADER_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    signers = [_signer(found) for found in _SIGNATURE.findall(head)[:MOST_SIGNATURES]]
    if not signers:
        return []
    if len(raw) > LARGEST_BYTES:
        return [Signature(domain, "neutral", "too-big") for domain, _ in signers]
    keys, silent = _keys({name for _, name in signers if name}, resolver or text_record)
    found = _CHILD.ask(raw, keys)
    if found is None:
        return [Signature(domain, "temperror", "not-checked") for domain, _ in signers]
    return [_with_key(signature, name, keys, silent) for signature, (_, name) in zip(found, signers, strict=False)]


def text_record(name: str) -> str | None:
    """Return the text record under a name in DNS, None where there is none.

    Raises:
        TimeoutError: Nobody answered in time, or with sense.
    """
    try:
        answer = _dns().resolve(f"{name}.", "TXT", lifetime=DNS_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.LabelTooLong, dns.name.NameTooLong):
        return None
    except (dns.exception.DNSException, OSError) as error:
        raise TimeoutError from error
    return next((b"".join(record.strings).decode("utf-8", "surrogateescape") for record in answer), None)


@lru_cache(maxsize=1)
def _dns() -> dns.resolver.Resolver:
    """Return who asks the servers that the system names, and remembers for as long as they say."""
    resolver = dns.resolver.Resolver()
    resolver.cache = dns.resolver.LRUCache()
    return resolver


def _signer(header: bytes) -> tuple[str, str]:
    """Return the domain of a signature and the name of its key, "" where they make no name."""
    tags = {name.lower(): b"".join(value.split()) for name, value in _TAG.findall(header)}
    domain = tags.get(b"d", b"").decode("ascii", "replace").lower()
    name = f"{tags.get(b's', b'').decode('ascii', 'replace').lower()}._domainkey.{domain}"
    return domain, name if _NAME.fullmatch(name) and len(name) < 254 and domain else ""


def _keys(names: set[str], resolver: Resolver) -> tuple[dict[str, str], set[str]]:
    """Return the keys by their names, and the names about which DNS is silent."""
    keys: dict[str, str] = {}
    silent: set[str] = set()
    for name in sorted(names):
        if len(silent) >= _MOST_SILENCES:
            silent.add(name)
            continue
        try:
            if found := resolver(name):
                keys[name] = found
        except TimeoutError:
            silent.add(name)
    return keys, silent


def _with_key(signature: Signature, name: str, keys: dict[str, str], silent: set[str]) -> Signature:
    """Tell a signature without a key from one that is wrong."""
    if signature.result != "fail" or name in keys:
        return signature
    if name in silent:
        return signature._replace(result="temperror", reason="dns-silent")
    return signature._replace(result="permerror", reason="no-key")


class _Child:
    """The process that checks, started when it is first needed, and again when it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._asked = 0

    def ask(self, raw: bytes, keys: dict[str, str]) -> list[Signature] | None:
        """Return what became of each signature, None when the process died or took too long."""
        head = json.dumps({"size_bytes": len(raw), "most": MOST_SIGNATURES, "keys": keys}).encode() + b"\n"
        with self._lock:
            process = self._running()
            answer = _answer(process, head + raw)
            if answer is None:
                logger.warning("dkim_child_ended")
                self.end()
                return None
            self._asked += 1
            if self._asked >= _MESSAGES_OF_A_CHILD:
                self.end()
        return [Signature(*found) for found in json.loads(answer)]

    def _running(self) -> subprocess.Popen[bytes]:
        """Return the process; a copy of us, as servers make them of their workers, starts its own."""
        process = self._process
        if process is None or process.poll() is not None or self._owner != os.getpid():
            self.end()
            script = Path(__file__).with_name("dkim_child.py")
            process = subprocess.Popen(  # noqa: S603 - our own script, by our own interpreter
                [sys.executable, "-I", str(script)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
            )
            self._process, self._owner, self._asked = process, os.getpid(), 0
        return process

    def end(self) -> None:
        """End the process, if it is ours."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # of what could no longer be written
                    pipe.close()
        process.wait()


def _answer(process: subprocess.Popen[bytes], question: bytes) -> bytes | None:
    """Write a question and read the line that answers it; None when neither works in time."""
    questions, answers = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
    timer = threading.Timer(CHECK_SECONDS, process.kill)
    timer.start()
    try:
        questions.write(question)
        questions.flush()
        answer = answers.readline()
        return answer if answer.endswith(b"\n") else None
    except OSError:
        return None
    finally:
        timer.cancel()


_CHILD = _Child()
atexit.register(_CHILD.end)
