"""Whether a mail was signed or encrypted, and with what: what its structure says, not who nor whether it holds."""

from mostrador.mailbox.rules.mail import Mail

SIGNED_SMIME, ENCRYPTED_SMIME = "signed-smime", "encrypted-smime"
SIGNED_PGP, ENCRYPTED_PGP = "signed-pgp", "encrypted-pgp"

_OF_TYPE = {
    "application/pkcs7-signature": SIGNED_SMIME,
    "application/x-pkcs7-signature": SIGNED_SMIME,
    "application/pgp-signature": SIGNED_PGP,
    "application/pgp-encrypted": ENCRYPTED_PGP,
}
_ENVELOPES = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2
_MARKS = {"-----BEGIN PGP SIGNED MESSAGE-----": SIGNED_PGP, "-----BEGIN PGP MESSAGE-----": ENCRYPTED_PGP}


def protections(mail: Mail) -> frozenset[str]:
    """Return what protects a mail; empty for nearly all."""
    found = {_OF_TYPE[file.content_type] for file in mail.files if file.content_type in _OF_TYPE}
    for file in mail.files:
        if file.content_type in _ENVELOPES:
            found.add(SIGNED_SMIME if _SIGNED_DATA in file.content[:60] else ENCRYPTED_SMIME)
    if "-----BEGIN PGP" in mail.text:
        found |= {kind for mark, kind in _MARKS.items() if mark in mail.text}
    return frozenset(found)
