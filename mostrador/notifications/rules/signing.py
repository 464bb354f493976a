"""Signs messages so that others can tell that they are ours (DKIM, RFC 6376; Ed25519, RFC 8463)."""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

# Each is signed once more than it is there, so that nobody adds a second one behind the signature (8.15).
_SIGNED = (
    "from",
    "to",
    "cc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-language",
    "auto-submitted",
    "list-unsubscribe",
)
_RSA_BITS = 2048  # RFC 8301 asks for 1024 at least; longer ones do not fit into one DNS string
_SPACES = re.compile(rb"[ \t]+")
_FIELD = re.compile(rb"[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")


@dataclass(frozen=True)
class Signer:
    """With what messages of a domain are signed: a selector of its DNS, and the private key (PEM, RSA or Ed25519)."""

    domain: str
    selector: str
    key: str


def signature(content: bytes, signer: Signer, signed_at: datetime) -> bytes:
    """Return the DKIM-Signature field, line end included, that belongs before a message.

    Args:
        content: The whole message as it will travel, lines ending in CR LF.
        signer: Whose signature.
        signed_at: Aware.

    Raises:
        ValueError: The key is none that signs.
    """
    key = load_pem_private_key(signer.key.encode(), password=None)
    match key:
        case RSAPrivateKey():
            algorithm = "rsa-sha256"
        case Ed25519PrivateKey():
            algorithm = "ed25519-sha256"
        case _:
            raise ValueError("a key that DKIM does not know")
    head, _, body = content.partition(b"\r\n\r\n")
    fields = _FIELD.findall(head + b"\r\n")
    names = [field.partition(b":")[0].strip().lower().decode("ascii", "replace") for field in fields]
    listed = [name for name in _SIGNED for _once in range(names.count(name) + 1)]
    tags = (
        f"v=1; a={algorithm}; c=relaxed/relaxed; d={signer.domain};\r\n"
        f" s={signer.selector}; t={int(signed_at.timestamp())};\r\n"
        f" h={_folded(listed)};\r\n"
        f" bh={base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()};\r\n b="
    )
    bare = f"DKIM-Signature: {tags}".encode()
    # Of a field that is there twice the lowest comes first (5.4.2); what is not there counts as nothing.
    signed = [fields[at] for name in _SIGNED for at in reversed(range(len(names))) if names[at] == name]
    hashed = b"".join(_relaxed_field(field) for field in signed) + _relaxed_field(bare).removesuffix(b"\r\n")
    if isinstance(key, RSAPrivateKey):
        sealed = key.sign(hashed, PKCS1v15(), SHA256())
    else:
        sealed = key.sign(hashlib.sha256(hashed).digest())
    written = base64.b64encode(sealed).decode()
    lines = [written[at : at + 72] for at in range(0, len(written), 72)]
    return bare + "\r\n ".join(lines).encode() + b"\r\n"


def new_key(*, is_rsa: bool = True) -> str:
    """Return a fresh private key (PEM); RSA unless told otherwise, as not every server knows Ed25519."""
    key = generate_private_key(65537, _RSA_BITS) if is_rsa else Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def dns_record(key: str) -> str:
    """Return what DNS must say at `SELECTOR._domainkey.DOMAIN` (TXT) for a private key (PEM).

    Raises:
        ValueError: The key is none that signs.
    """
    private = load_pem_private_key(key.encode(), password=None)
    if isinstance(private, RSAPrivateKey):
        public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
    if isinstance(private, Ed25519PrivateKey):
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}"
    raise ValueError("a key that DKIM does not know")


def _folded(names: list[str]) -> str:
    rows = [":".join(names[at : at + 5]) for at in range(0, len(names), 5)]
    return ":\r\n  ".join(rows)


def _relaxed_field(field: bytes) -> bytes:
    """RFC 6376, 3.4.2."""
    name, _, value = field.partition(b":")
    unfolded = value.replace(b"\r\n", b"")
    return name.strip().lower() + b":" + _SPACES.sub(b" ", unfolded).strip() + b"\r\n"


def _relaxed_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    lines = [_SPACES.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)
