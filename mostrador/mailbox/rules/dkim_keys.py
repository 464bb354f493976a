"""Keys that sign our mail (DKIM, RFC 6376), and the record that tells the world about them."""

import base64
from typing import cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

# RFC 8301, 3.2: at least 1024 bits, 2048 advised; a bigger one fits no single answer of every name server.
BITS = 2048


def new_key() -> str:
    """Return a private key (PEM, PKCS #8)."""
    key = generate_private_key(public_exponent=65537, key_size=BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def record_name(selector: str, address: str) -> str:
    """Return where the record is published: "selector._domainkey.domain"."""
    domain = address.rpartition("@")[2].lower()
    return f"{selector}._domainkey.{domain.encode('idna').decode()}"


def record_value(pem: str) -> str:
    """Return what the TXT record says (RFC 6376, 3.6.1)."""
    key = cast(RSAPrivateKey, load_pem_private_key(pem.encode(), password=None))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
