"""How contact data are compared and read."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

# Marks that are ignored when names are searched; also the database's own expression (models.Person.name_key).
ACCENTED = "áàâäãéèêëíìîïóòôöõúùûüçñ"
PLAIN = "aaaaaeeeeiiiiooooouuuucn"
_NATIONAL_PREFIX = "+34"
_LONGEST_EMAIL = 254  # letters: what fits between the angle brackets of a path (RFC 5321, 4.5.3.1.3)
_FOREIGN_LETTER = re.compile(r"[^\x00-\x7f]")


def normalise_email(text: str) -> str:
    """Return the address as it is stored and compared: without blanks, in lower case."""
    return text.strip().lower()


def is_email(address: str, *, international: bool = False) -> bool:
    """Tell whether mail can be sent to an address as it is written: in a correct form, of at most 254 letters.

    Args:
        address: Without name or angle brackets.
        international: Foreign letters before the "@" will do: only some servers take them (RFC 6531), and the others
            refuse the whole message because of one such recipient.
    """
    user, at, domain = address.rpartition("@")
    if international and address.isprintable():
        user = _FOREIGN_LETTER.sub("x", user)
    try:
        validate_email(f"{user}{at}{domain}")
    except ValidationError:
        return False
    return len(address) <= _LONGEST_EMAIL


def email_to_keep(text: str) -> str:
    """Return the address of somebody as it is stored, or "" where nothing can be sent to what is written there."""
    address = normalise_email(text)
    return address if is_email(address, international=True) else ""


def normalise_phone(text: str) -> str:
    """Return a number as it is stored and compared: "+34600112233"; nine national digits get Spain's prefix.

    Source: ITU-T E.164 (international form); Plan Nacional de Numeración Telefónica, RD 2296/2004 (nine digits).
    """
    digits = re.sub(r"[^\d+]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    digits = digits[:1] + digits[1:].replace("+", "")
    if re.fullmatch(r"[6-9]\d{8}", digits):
        return _NATIONAL_PREFIX + digits
    return digits[:20]


def readable_phone(number: str) -> str:
    """Return a stored number in groups: "600 112 233"; foreign ones as they are."""
    national = re.fullmatch(r"\+34(\d{3})(\d{3})(\d{3})", number)
    return " ".join(national.groups()) if national else number


def name_key(name: str) -> str:
    """Return a name as it is searched: in lower case, without accents."""
    return name.lower().translate(str.maketrans(ACCENTED, PLAIN))


def name_in_archive(path: str) -> str:
    """Return a name that stays inside the archive wherever it is unpacked."""
    parts = [re.sub(r'[\\:*?"<>|\x00-\x1f]', "_", part) for part in path.split("/")]
    return "/".join(part for part in parts if part not in {"", ".", ".."})
