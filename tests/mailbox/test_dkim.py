"""DKIM signatures, checked by a process of its own."""

import base64
import os
import signal
import time
from collections.abc import Iterator

import dkim
import dns.exception
import dns.resolver
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mostrador.mailbox.clients import dkim as client
from mostrador.mailbox.clients.dkim import Signature, check, text_record

MESSAGE = (
    b"From: Ana <ana@hogar.example>\r\nTo: soporte@valdelmar.example\r\nSubject: Hola\r\n"
    b"Date: Fri, 27 Nov 2026 08:00:00 +0100\r\n\r\nBuenos d\xc3\xadas.\r\n"
)
NAME = "x._domainkey.hogar.example"


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def keys(key: RSAPrivateKey) -> dict[str, str]:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {NAME: f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"}


@pytest.fixture(autouse=True)
def _no_process_left() -> Iterator[None]:
    yield
    client._CHILD.end()


def signed(key: RSAPrivateKey, message: bytes = MESSAGE, domain: bytes = b"hogar.example", **how: object) -> bytes:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return bytes(dkim.sign(message, b"x", domain, pem, **how)) + message


def test_a_signature_that_holds(key: RSAPrivateKey, keys: dict[str, str]) -> None:
    assert check(signed(key), keys.get) == [Signature("hogar.example", "pass")]


def test_every_signature_is_looked_at(key: RSAPrivateKey, keys: dict[str, str]) -> None:
    raw = signed(key, signed(key), domain=b"lista.example")

    assert check(raw, keys.get) == [
        Signature("lista.example", "permerror", "no-key"),
        Signature("hogar.example", "pass"),
    ]


def test_a_message_that_was_changed(key: RSAPrivateKey, keys: dict[str, str]) -> None:
    raw = signed(key)

    in_body, in_header = check(raw + b"Pague ya.\r\n", keys.get), check(raw.replace(b"Hola", b"Urgente"), keys.get)

    assert [found.result for found in in_body] == ["permerror"]
    assert [found.result for found in in_header] == ["fail"]


def test_a_message_with_a_second_sender_above(key: RSAPrivateKey, keys: dict[str, str]) -> None:
    found = check(b"From: alcaldia@valdelmar.example\r\n" + signed(key), keys.get)

    assert [signature.result for signature in found] == ["fail"]


def test_a_signature_of_part_of_the_body_vouches_for_nothing(key: RSAPrivateKey, keys: dict[str, str]) -> None:
    raw = signed(key, length=True) + b"Pague ya.\r\n"

    assert check(raw, keys.get) == [Signature("hogar.example", "policy", "part-of-body")]


def test_dns_that_does_not_answer(key: RSAPrivateKey) -> None:
    def silent(name: str) -> str | None:
        raise TimeoutError

    assert check(signed(key), silent) == [Signature("hogar.example", "temperror", "dns-silent")]


@pytest.mark.parametrize(
    "header",
    [
        b"DKIM-Signature: \r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=hogar.example; s=x; h=from; bh=?; b=?\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha1024; d=\xff\xfe; s=../../x; h=:::; bh=AAAA; b=AAAA\r\n",
        b"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed; d=hogar.example; s=x; h=from; bh=AAAA; b=AAAA\r\n",
    ],
)
def test_broken_signatures_are_called_so(header: bytes, keys: dict[str, str]) -> None:
    assert [found.result for found in check(header + MESSAGE, keys.get)] == ["permerror"]


def test_a_message_without_signatures_needs_no_process(keys: dict[str, str]) -> None:
    assert check(MESSAGE + b"\r\nDKIM-Signature: v=1; d=hogar.example", keys.get) == []
    assert client._CHILD._process is None


def test_a_huge_message_is_not_checked(key: RSAPrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LARGEST_BYTES", 100)

    assert check(signed(key), dict[str, str]().get) == [Signature("hogar.example", "neutral", "too-big")]


def test_one_process_serves_until_it_dies_or_has_served_enough(
    key: RSAPrivateKey, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = signed(key)
    check(raw, keys.get)
    first = client._CHILD._process
    check(raw, keys.get)
    assert first is not None
    assert client._CHILD._process is first

    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert check(raw, keys.get) == [Signature("hogar.example", "pass")]

    monkeypatch.setattr(client, "_MESSAGES_OF_A_CHILD", 1)
    assert check(raw, keys.get) == [Signature("hogar.example", "pass")]
    assert client._CHILD._process is None


def test_a_process_that_hangs_is_ended_and_the_next_message_gets_another(
    key: RSAPrivateKey, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = signed(key)
    check(raw, keys.get)
    process = client._CHILD._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)

    with monkeypatch.context() as patch:
        patch.setattr(client, "CHECK_SECONDS", 0.2)
        started = time.monotonic()
        hung = check(raw, keys.get)

    assert hung == [Signature("hogar.example", "temperror", "not-checked")]
    assert time.monotonic() - started < 3
    assert check(raw, keys.get) == [Signature("hogar.example", "pass")]


def test_what_dns_says(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(resolver: dns.resolver.Resolver, name: str, kind: str, lifetime: float) -> object:
        raise {"no.example.": dns.resolver.NXDOMAIN, "slow.example.": dns.exception.Timeout}[name]

    monkeypatch.setattr(dns.resolver.Resolver, "resolve", resolve)

    assert text_record("no.example") is None
    with pytest.raises(TimeoutError):
        text_record("slow.example")
