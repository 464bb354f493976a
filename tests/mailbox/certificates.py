"""A certification authority of our own, and mail signed with what it issues."""

from base64 import encodebytes
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
ISSUER = x509.Name(
    [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Autoridad de muestra"),
        x509.NameAttribute(NameOID.COMMON_NAME, "AC Usuarios de muestra"),
    ]
)
CITIZEN = {
    NameOID.COMMON_NAME: "GARCIA PEREZ ANA - 12345678Z",
    NameOID.SERIAL_NUMBER: "IDCES-12345678Z",
    NameOID.GIVEN_NAME: "ANA",
    NameOID.SURNAME: "GARCIA PEREZ",
}


@cache
def authority() -> rsa.RSAPrivateKey:
    return rsa_key()


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(
    key: Key,
    subject: dict[x509.ObjectIdentifier, str],
    *,
    address: str = "",
    valid_from: datetime = FROM,
    valid_until: datetime = UNTIL,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(kind, value) for kind, value in subject.items()]))
        .issuer_name(ISSUER)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
    )
    if address:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
    return builder.sign(authority(), SHA256())


def signed(
    content: bytes,
    key: Key,
    named: x509.Certificate,
    *,
    sender: str = "ana@hogar.example",
    is_apart: bool = True,
    digest: HashAlgorithm | None = None,
    is_pss: bool = False,
    has_attributes: bool = True,
) -> bytes:
    """Return a whole message, signed with a signature that stands apart or that encloses it."""
    options = [PKCS7Options.DetachedSignature] if is_apart else []
    options += [] if has_attributes else [PKCS7Options.NoAttributes]
    pss = padding.PSS(padding.MGF1(SHA256()), padding.PSS.DIGEST_LENGTH) if is_pss else None
    builder = PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(named, key, digest or SHA256(), rsa_padding=pss)  # type: ignore[arg-type]  # any digest
    head = f"From: {sender}\r\nSubject: Firmado\r\nDate: Fri, 27 Nov 2026 08:00:00 +0100\r\n".encode()
    if is_apart:
        return head + builder.sign(Encoding.SMIME, [*options, PKCS7Options.Binary])
    head += b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + encodebytes(builder.sign(Encoding.DER, [*options, PKCS7Options.Binary]))
