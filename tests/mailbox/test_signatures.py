"""Whether the electronic signature of a mail holds, and who signed."""

from datetime import timedelta

import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import NameOID
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mostrador.mailbox.choices import SignatureState
from mostrador.mailbox.rules import signatures
from mostrador.mailbox.rules.reading import read
from mostrador.mailbox.rules.signatures import Signature, signature
from mostrador.mailbox.rules.signers import Signer, signer
from tests.mailbox.certificates import CITIZEN, certificate, rsa_key, signed

CONTENT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nSolicito el certificado.\r\nAna\r\n"
KEY = rsa_key()
CERTIFICATE = certificate(KEY, CITIZEN, address="Ana@hogar.example")
ANA = Signer(
    name="ANA GARCIA PEREZ",
    number="***4567**",
    issuer="AC Usuarios de muestra, Autoridad de muestra",
    addresses=("ana@hogar.example",),
)
APART, ENCLOSING = signed(CONTENT, KEY, CERTIFICATE), signed(CONTENT, KEY, CERTIFICATE, is_apart=False)


def checked(raw: bytes) -> Signature:
    found = signature(raw, read(raw))
    assert found is not None
    return found


def state(raw: bytes) -> tuple[SignatureState, str]:
    found = checked(raw)
    return found.state, found.reason


INTACT = (SignatureState.INTACT, "")


@pytest.mark.parametrize("raw", [APART, ENCLOSING], ids=["apart", "enclosing"])
def test_a_signature_that_holds_says_who_signed_and_hides_the_number(raw: bytes) -> None:
    found = checked(raw)

    assert found.signed_at is not None
    assert found == Signature(
        SignatureState.INTACT, signer=ANA, is_senders=True, signed_at=found.signed_at, was_valid=True
    )
    assert "12345678" not in repr(found)


def test_every_way_of_signing() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())

    assert state(signed(CONTENT, curve, certificate(curve, CITIZEN))) == INTACT
    assert state(signed(CONTENT, KEY, CERTIFICATE, digest=SHA384())) == INTACT
    assert state(signed(CONTENT, KEY, CERTIFICATE, is_pss=True)) == INTACT
    assert state(signed(CONTENT, KEY, CERTIFICATE, has_attributes=False)) == INTACT


def test_line_ends_that_a_local_server_took_away_break_nothing() -> None:
    assert state(APART.replace(b"\r\n", b"\n")) == INTACT


def test_one_letter_more_breaks_it() -> None:
    assert state(APART.replace(b"Solicito", b"Solicitto")) == (SignatureState.ALTERED, "content")
    assert state(signed(CONTENT, KEY, CERTIFICATE, has_attributes=False).replace(b"Ana\r", b"Eva\r")) == (
        SignatureState.ALTERED,
        "content",
    )


def test_a_signature_with_the_key_of_somebody_else_is_broken() -> None:
    assert state(signed(CONTENT, rsa_key(), CERTIFICATE)) == (SignatureState.ALTERED, "signature")


def test_the_certificate_of_somebody_else_is_not_the_senders() -> None:
    found = checked(signed(CONTENT, KEY, CERTIFICATE, sender="eva@hogar.example"))

    assert (found.state, found.is_senders) == (SignatureState.INTACT, False)


def test_a_certificate_that_was_not_valid_when_it_was_used() -> None:
    past = timezone.now() - timedelta(days=30)
    expired = certificate(KEY, CITIZEN, valid_from=past - timedelta(days=1), valid_until=past)

    assert checked(signed(CONTENT, KEY, expired)).was_valid is False
    assert checked(signed(CONTENT, KEY, CERTIFICATE, has_attributes=False)).was_valid is True


def test_what_is_only_part_of_the_mail_is_said_to_be_so() -> None:
    head, _, body = APART.partition(b"MIME-Version: 1.0")
    inside = b"MIME-Version: 1.0" + body
    raw = head + (
        b'Content-Type: multipart/mixed; boundary="lista"\r\n\r\n--lista\r\n' + inside + b"\r\n--lista\r\n"
        b"Content-Type: text/plain\r\n\r\nPie de la lista.\r\n--lista--\r\n"
    )

    found = checked(raw)

    assert (found.state, found.covers_all) == (SignatureState.INTACT, False)


def test_words_that_somebody_put_beside_what_is_signed_are_not_covered() -> None:
    boundary = APART.split(b'boundary="')[1].split(b'"')[0]
    closing = b"--" + boundary + b"--"
    extra = b"--" + boundary + b"\r\nContent-Type: text/plain\r\n\r\nPague ya.\r\n"

    one_more, in_code = APART.replace(closing, extra + closing), APART.replace(closing, b"Pague ya!\r\n" + closing)

    assert "Pague ya." in read(one_more).text
    assert (checked(one_more).state, checked(one_more).covers_all) == (SignatureState.INTACT, False)
    assert "Pague ya" in read(in_code).text
    assert not checked(in_code).covers_all


def test_what_cannot_be_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    unchecked = SignatureState.UNCHECKED
    code = APART.index(b"MII")
    assert state(APART[:code] + b"AAAA" + APART[code + 4 :]) == (unchecked, "unreadable")
    assert state(ENCLOSING[:600] + b"\r\n") == (unchecked, "unreadable")

    monkeypatch.setattr(signatures, "_HASHES", {})
    assert state(APART) == (unchecked, "weak")

    monkeypatch.setattr(signatures, "LARGEST_BYTES", 100)
    assert state(APART) == (unchecked, "too-big")


@pytest.mark.parametrize(
    "raw",
    [
        b"From: ana@hogar.example\r\n\r\nHola",
        b"From: a@b.example\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHola\r\n",
        b"Content-Type: multipart/signed; boundary=x\r\n\r\n--x\r\n\r\nHola\r\n--x\r\n"
        b"Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n--x--\r\n",
    ],
)
def test_what_has_no_such_signature(raw: bytes) -> None:
    assert signature(raw, read(raw)) is None


@given(st.integers(0, len(ENCLOSING) - 1), st.binary(max_size=4))
def test_whatever_is_damaged_is_never_an_error(place: int, bytes_: bytes) -> None:
    for raw in (APART, ENCLOSING):
        damaged = raw[:place] + bytes_ + raw[place + 2 :]

        found = signature(damaged, read(damaged))

        assert found is None or found.state in SignatureState


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (CITIZEN, ("ANA GARCIA PEREZ", "", "***4567**", "")),
        ({NameOID.COMMON_NAME: "NOMBRE GARCIA PEREZ ANA - NIF 12345678Z"}, ("GARCIA PEREZ ANA", "", "***4567**", "")),
        (
            {NameOID.COMMON_NAME: "GARCÍA PÉREZ, ANA (FIRMA)", NameOID.SERIAL_NUMBER: "12345678Z"},
            ("GARCÍA PÉREZ, ANA", "", "***4567**", ""),
        ),
        (
            {
                NameOID.COMMON_NAME: "12345678Z ANA GARCIA (R: P2807900B)",
                NameOID.SERIAL_NUMBER: "IDCES-12345678Z",
                NameOID.ORGANIZATION_NAME: "AYUNTAMIENTO DE VALDELMAR",
                NameOID.ORGANIZATION_IDENTIFIER: "VATES-P2807900B",
            },
            ("ANA GARCIA", "AYUNTAMIENTO DE VALDELMAR", "***4567**", "P2807900B"),
        ),
        (
            {
                NameOID.COMMON_NAME: "GARCIA PEREZ ANA - DNI 12345678Z",
                NameOID.SERIAL_NUMBER: "IDCES-12345678Z",
                NameOID.GIVEN_NAME: "ANA",
                NameOID.SURNAME: "GARCIA PEREZ - DNI 12345678Z",
                NameOID.ORGANIZATION_NAME: "DIPUTACION DE VALDELMAR",
            },
            ("ANA GARCIA PEREZ", "DIPUTACION DE VALDELMAR", "***4567**", ""),
        ),
        ({NameOID.COMMON_NAME: "Jane Doe", NameOID.SERIAL_NUMBER: "PNOUK-1234567890"}, ("Jane Doe", "", "", "")),
        ({NameOID.COMMON_NAME: "X1234567L SMITH JOHN"}, ("SMITH JOHN", "", "****4567*", "")),
        ({NameOID.COUNTRY_NAME: "ES"}, ("", "", "", "")),
    ],
)  # fmt: skip
def test_whom_a_certificate_names(subject: dict[ObjectIdentifier, str], expected: tuple[str, str, str, str]) -> None:
    found = signer(asn1.Certificate.load(certificate(KEY, subject).public_bytes(Encoding.DER)))

    assert (found.name, found.organisation, found.number, found.organisation_number) == expected
