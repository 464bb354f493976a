"""Whom a certificate names, as qualified certificates of Spain write it.

Sources: ETSI EN 319 412-1 (5.1: "IDCES-…" and "VATES-…"); profiles of electronic certificates of the Secretaría de
Estado de Función Pública, version 2; certification practices of FNMT-RCM (citizens and representatives) and of the
Dirección General de la Policía (DNIe).
"""

import re
from dataclasses import dataclass

from asn1crypto import x509

from mostrador.mailbox.rules import charsets
from mostrador.people.rules.identity import is_valid_identity, kind_of_identity, masked, normalise_identity

LONGEST_NAME = 200
# What kind of number it is, of which country: of persons and of legal persons.
_PREFIX = re.compile(r"^[A-Z]{3}[A-Z]{2}-|^(?:NIF|DNI|NIE|CIF)\b[\s:.-]*", re.IGNORECASE)
_NUMBER = r"(?:\d{8}[A-Z]|[XYZKLM]\d{7}[A-Z]|[A-HJNP-SUVW]\d{7}[0-9A-J])"
_WITH_NUMBER = re.compile(
    rf"\(R:\s*{_NUMBER}\)|(?:\s-\s*)?\b(?:(?:NIF|DNI|NIE|CIF)\b[\s:.-]*)?(?:[A-Z]{{3}}ES-)?\b{_NUMBER}\b(?:\s+-\s)?"
    r"|\((?:FIRMA|AUTENTICACI[ÓO]N|SIGNATURE|AUTHENTICATION)\)",
    re.IGNORECASE,
)
_OLD_LABEL = re.compile(r"^NOMBRE\s+(?=.*\bNIF\b)", re.IGNORECASE)
_FIRST_NUMBER = re.compile(rf"(?<!R: )(?<!R:)\b{_NUMBER}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signer:
    """Whom a certificate names. Whoever makes a certificate of their own can write anything here.

    Attributes:
        name: Of the person, or of the seal; never with its number.
        organisation: For which the person signs, "" for citizens.
        number: Identity number with most of its characters hidden, "" for none: "***4567**".
        organisation_number: NIF of the organisation, "" for none; no personal datum.
        issuer: Who says so.
        addresses: Mail addresses in the certificate, in lower case.
    """

    name: str = ""
    organisation: str = ""
    number: str = ""
    organisation_number: str = ""
    issuer: str = ""
    addresses: tuple[str, ...] = ()


def signer(certificate: x509.Certificate) -> Signer:
    """Return whom a certificate names.

    Raises:
        ValueError: It cannot be read.
    """
    subject = _names(certificate.subject)
    common = subject.get("common_name", "")
    return Signer(
        name=_name(subject),
        organisation=_without_number(subject.get("organization_name", "")),
        number=_number(subject.get("serial_number", ""), common),
        organisation_number=_of_organisation(subject.get("organization_identifier", "")),
        issuer=_issuer(_names(certificate.issuer)),
        addresses=_addresses(certificate, subject),
    )


def _names(written: x509.Name) -> dict[str, str]:
    """Return the first value of each kind."""
    found: dict[str, str] = {}
    for name in written.chosen:
        for one in name:
            found.setdefault(one["type"].native, charsets.clean(str(one["value"].native))[:LONGEST_NAME].strip())
    return found


def _name(subject: dict[str, str]) -> str:
    given, surname = subject.get("given_name", ""), subject.get("surname", "")
    if given and surname:
        return _without_number(f"{given} {surname}")
    return _without_number(subject.get("common_name", "") or surname or given)


def _without_number(name: str) -> str:
    return " ".join(_WITH_NUMBER.sub(" ", _OLD_LABEL.sub("", name)).split()).strip(" -,")


def _number(serial: str, common: str) -> str:
    """Return the number of the person: of the serial number, else the one in the name; masked."""
    plain = normalise_identity(_PREFIX.sub("", serial))
    if not _is_number(plain):
        found = _FIRST_NUMBER.search(common)
        plain = normalise_identity(found[0]) if found else ""
    return masked(plain) if _is_number(plain) else ""


def _of_organisation(identifier: str) -> str:
    plain = normalise_identity(_PREFIX.sub("", identifier))
    return plain if _is_number(plain) else ""


def _is_number(plain: str) -> bool:
    kind = kind_of_identity(plain)
    return kind is not None and is_valid_identity(kind, plain)


def _issuer(names: dict[str, str]) -> str:
    parts = [names.get("common_name", ""), names.get("organization_name", "")]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _addresses(certificate: x509.Certificate, subject: dict[str, str]) -> tuple[str, ...]:
    others = certificate.subject_alt_name_value
    found = [subject.get("email_address", "")]
    found += [str(one.native) for one in others or () if one.name == "rfc822_name"]
    return tuple(dict.fromkeys(address.strip().lower() for address in found if "@" in address))
