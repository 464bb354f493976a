"""Whether the electronic signature of a mail holds (S/MIME, RFC 8551; CMS, RFC 5652), and who signed.

The arithmetic is checked against the certificate that comes with the mail. Who issued that certificate is not: there is
no trust list here, so anybody may have made it. PGP is told apart (`protection`) and not checked.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from asn1crypto import algos, cms, core, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from mostrador.mailbox.choices import SignatureState
from mostrador.mailbox.rules import structure, transfer
from mostrador.mailbox.rules.mail import Mail
from mostrador.mailbox.rules.protection import SIGNED_SMIME, protections
from mostrador.mailbox.rules.signers import Signer, signer
from mostrador.mailbox.rules.structure import Part

LARGEST_BYTES = 30 << 20
_LARGEST_ENVELOPE_BYTES = 1 << 20  # of a signature that stands apart: certificates and numbers
_MOST_SIGNERS, _MOST_CERTIFICATES = 3, 20
_LONGEST_KEY_BITS = 8192
_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature"}
_ENVELOPES = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_LINE_END = re.compile(rb"\r?\n")


@dataclass(frozen=True, slots=True)
class Signature:
    """What became of the signature of a mail.

    Attributes:
        reason: Why it could not be checked, or what is wrong: "too-big", "unreadable", "no-signer", "weak" (a digest
            that can be forged), "content", "signature"; "" when it holds.
        signer: Whom the certificate names, None when it cannot be read; its issuer is not verified.
        is_senders: Whether the certificate bears the address that the mail names as its sender.
        signed_at: When, in the words of whoever signed.
        was_valid: Whether the certificate was valid then (without that moment, when the mail says it was sent); None
            when unknown. Whether it had been revoked is not looked up.
        covers_all: Whether the whole mail is signed, not only a part of it.
    """

    state: SignatureState
    reason: str = ""
    signer: Signer | None = None
    is_senders: bool = False
    signed_at: datetime | None = None
    was_valid: bool | None = None
    covers_all: bool = True


class _NotChecked(Exception):  # noqa: N818 - not an error of ours
    """The signature cannot be checked; the argument is the reason."""


def signature(raw: bytes, mail: Mail) -> Signature | None:
    """Return what became of the signature of a mail, None for one that is not signed with S/MIME.

    Args:
        raw: The message byte for byte: one letter more, and the signature breaks.
        mail: The same as it was read.
    """
    if SIGNED_SMIME not in protections(mail):
        return None
    if len(raw) > LARGEST_BYTES:
        return Signature(SignatureState.UNCHECKED, "too-big")
    root = structure.read_parts(raw)
    part = next(_signed_parts(root), None)
    if part is None:
        return Signature(SignatureState.UNCHECKED, "unreadable")
    try:
        found = _checked(part, mail)
    except _NotChecked as reason:
        found = Signature(SignatureState.UNCHECKED, str(reason))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, UnsupportedAlgorithm):
        found = Signature(SignatureState.UNCHECKED, "unreadable")
    return replace(found, covers_all=part is root and not _is_added_to(part))


def _signed_parts(part: Part) -> Iterator[Part]:
    """Find what is signed, from the outside inwards; enclosed messages are not looked into."""
    is_apart = part.content_type == "multipart/signed" and _apart(part) is not None
    if is_apart or part.content_type in _ENVELOPES:
        yield part
    for child in part.children:
        yield from _signed_parts(child)


def _is_added_to(part: Part) -> bool:
    """Tell whether somebody put words beside what is signed, where readers show them too."""
    apart = _apart(part)
    shown = [child for child in part.children if child.content_type != "text/x-preamble"]
    coded = apart or part
    return len(shown) != (2 if apart else 0) or bool(transfer.decode(coded.body, coded.coding).stray.strip())


def _apart(part: Part) -> Part | None:
    return next((child for child in part.children if child.content_type in _SIGNATURES), None)


def _checked(part: Part, mail: Mail) -> Signature:
    apart = _apart(part)
    if apart is None:
        envelope = _envelope(transfer.decode(part.body, part.coding).content)
        contents = [envelope["encap_content_info"]["content"].native or b""]
    else:
        code = transfer.decode(apart.body, apart.coding).content
        if len(code) > _LARGEST_ENVELOPE_BYTES:
            raise _NotChecked("too-big")
        envelope = _envelope(code)
        contents = _as_sent(structure.first_section(part))
    signers = list(envelope["signer_infos"])
    if not signers or len(signers) > _MOST_SIGNERS:
        raise _NotChecked("no-signer")
    found = [_signature(one, _certificate(envelope, one), contents, mail) for one in signers]
    # Of several signatures the worst counts.
    worst = (SignatureState.ALTERED, SignatureState.UNCHECKED, SignatureState.INTACT)
    return min(found, key=lambda one: worst.index(one.state))


def _envelope(code: bytes) -> Any:
    info = cms.ContentInfo.load(code)
    if info["content_type"].native != "signed_data":
        raise _NotChecked("unreadable")
    return info["content"]


def _as_sent(section: memoryview | None) -> list[bytes]:
    """Return what may have been signed: as it came, and with the line ends that local servers take away."""
    if section is None:
        raise _NotChecked("unreadable")
    content = bytes(section)
    return list(dict.fromkeys([content, _LINE_END.sub(b"\r\n", content)]))


def _certificate(envelope: Any, info: Any) -> x509.Certificate:
    """Return the certificate of whoever signed, of those that came with the signature."""
    certificates = [
        one.chosen for one in list(envelope["certificates"])[:_MOST_CERTIFICATES] if one.name == "certificate"
    ]
    sid = info["sid"]
    for certificate in certificates:
        if sid.name == "issuer_and_serial_number":
            is_it = (
                certificate.serial_number == sid.chosen["serial_number"].native
                and certificate.issuer == sid.chosen["issuer"]
            )
        else:
            is_it = certificate.key_identifier == sid.native
        if is_it:
            return certificate
    raise _NotChecked("no-signer")


def _signature(info: Any, certificate: x509.Certificate, contents: list[bytes], mail: Mail) -> Signature:
    who = signer(certificate)
    attributes = _attributes(info)
    signed_at = attributes.get("signing_time")
    moment = signed_at if isinstance(signed_at, datetime) else None
    state, reason = _outcome(info, certificate, contents, attributes)
    sender = mail.senders[0].address.lower() if len(mail.senders) == 1 else ""
    return Signature(
        state,
        reason,
        signer=who,
        is_senders=bool(sender) and sender in who.addresses,
        signed_at=moment,
        was_valid=_was_valid(certificate, moment or mail.sent_at),
    )


def _was_valid(certificate: x509.Certificate, moment: datetime | None) -> bool | None:
    return certificate.not_valid_before <= moment <= certificate.not_valid_after if moment else None


def _attributes(info: Any) -> dict[str, Any]:
    """Return what is signed beside the content."""
    attributes = info["signed_attrs"]
    if isinstance(attributes, core.Void):
        return {}
    return {one["type"].native: one["values"][0].native for one in attributes if len(one["values"]) == 1}


def _outcome(
    info: Any, certificate: x509.Certificate, contents: list[bytes], attributes: dict[str, Any]
) -> tuple[SignatureState, str]:
    digest = info["digest_algorithm"]["algorithm"].native
    if digest not in _HASHES:
        return SignatureState.UNCHECKED, "weak"
    if isinstance(info["signed_attrs"], core.Void):
        is_right = any(_holds(info, certificate, content) for content in contents)
        return (SignatureState.INTACT, "") if is_right else (SignatureState.ALTERED, "content")
    if "message_digest" not in attributes or "content_type" not in attributes:
        return SignatureState.UNCHECKED, "unreadable"
    if attributes["message_digest"] not in {hashlib.new(digest, content).digest() for content in contents}:
        return SignatureState.ALTERED, "content"
    # Signed as the SET that it is, not under the tag that it bears inside (RFC 5652, 5.4).
    if not _holds(info, certificate, info["signed_attrs"].untag().dump()):
        return SignatureState.ALTERED, "signature"
    return SignatureState.INTACT, ""


def _holds(info: Any, certificate: x509.Certificate, data: bytes) -> bool:
    """Tell whether the key of the certificate signed these bytes."""
    algorithm, key = info["signature_algorithm"], load_der_public_key(certificate.public_key.dump())
    code = info["signature"].native
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(code, data)
            return True
        digest = _HASHES.get(_digest_of(algorithm) or info["digest_algorithm"]["algorithm"].native)
        if digest is None:
            raise _NotChecked("weak")
        if isinstance(key, rsa.RSAPublicKey) and key.key_size <= _LONGEST_KEY_BITS:
            pss = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
            is_pss = algorithm.signature_algo == "rsassa_pss"
            key.verify(code, data, pss if is_pss else padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(code, data, ec.ECDSA(digest))
        else:
            raise _NotChecked("unreadable")
    except InvalidSignature:
        return False
    return True


def _digest_of(algorithm: algos.SignedDigestAlgorithm) -> str:
    """Return the digest that an algorithm names, "" where it leaves that to `digest_algorithm`."""
    try:
        return str(algorithm.hash_algo)
    except ValueError:
        return ""
