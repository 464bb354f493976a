"""How contact data are compared and read."""

import re

# Marks that are ignored when names are searched; also the database's own expression (models.Person.name_key).
ACCENTED = "áàâäãéèêëíìîïóòôöõúùûüçñ"
PLAIN = "aaaaaeeeeiiiiooooouuuucn"
_NATIONAL_PREFIX = "+34"


def normalise_email(text: str) -> str:
    """Return the address as it is stored and compared: without blanks, in lower case."""
    return text.strip().lower()


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
