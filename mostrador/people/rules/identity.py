"""Identity numbers: what they are, whether their control letter is right, and how they are shown."""

import re

from mostrador.people.choices import IdentityKind

_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_CONTROL_LETTERS = "JABCDEFGHI"
# Their control is always a letter; of the others listed here, always a digit (Orden EHA/451/2008).
_LETTER_ONLY, _DIGIT_ONLY = "PQRSNW", "ABEH"
_DNI = re.compile(r"\d{8}[A-Z]")
_NIE = re.compile(r"[XYZ]\d{7}[A-Z]")
_PERSONS_NIF = re.compile(r"[KLM]\d{7}[A-Z]")
_BODYS_NIF = re.compile(r"[ABCDEFGHJNPQRSUVW]\d{7}[0-9A-J]")
_FOREIGN = re.compile(r"[A-Z0-9]{4,20}")


def normalise_identity(text: str) -> str:
    """Return a number as it is stored and compared: capitals and digits, a DNI with its zeros in front."""
    plain = re.sub(r"[\s.\-/]", "", text).upper()
    if re.fullmatch(r"\d{1,7}[A-Z]", plain):
        return plain.zfill(9)
    return plain


def kind_of_identity(number: str) -> IdentityKind | None:
    """Return what a normalised number must be by its form, or None: a passport, or nothing Spanish."""
    if _DNI.fullmatch(number):
        return IdentityKind.DNI
    if _NIE.fullmatch(number):
        return IdentityKind.NIE
    if _PERSONS_NIF.fullmatch(number) or _BODYS_NIF.fullmatch(number):
        return IdentityKind.NIF
    return None


def is_valid_identity(kind: str, number: str) -> bool:
    """Tell whether a normalised number can be one of this kind: its form, and the control letter where it has one.

    Source: RD 1553/2005, art. 11 and RD 557/2011, art. 206 (letter of DNI and NIE: the remainder by 23);
    Orden EHA/451/2008 (NIF of organisations).
    """
    if kind in {IdentityKind.PASSPORT, IdentityKind.OTHER}:
        return _FOREIGN.fullmatch(number) is not None
    if kind_of_identity(number) != kind:
        return False
    if kind == IdentityKind.NIF and number[0] not in "KLM":
        return _bodys_control_is_right(number)
    digits = number[1:8] if number[0] in "KLM" else number[:8].translate(str.maketrans("XYZ", "012"))
    return _LETTERS[int(digits) % 23] == number[-1]


def looks_like_identity(text: str) -> bool:
    """Tell whether what was typed into a search box is a Spanish identity number, so that it is looked up as one."""
    number = normalise_identity(text)
    kind = kind_of_identity(number)
    return kind is not None and is_valid_identity(kind, number)


def masked(number: str) -> str:
    """Return a number of which four characters are seen: "***4567**", as the data-protection authority recommends.

    Of a DNI the digits in the fourth to seventh place, of a NIE or NIF those after its first letter in the same places,
    of anything else the last four. "" for none.

    Source: LO 3/2018, disposición adicional séptima, and the authorities' guidance on it of March 2019.
    """
    if _DNI.fullmatch(number):
        return f"***{number[3:7]}**"
    if _NIE.fullmatch(number) or _PERSONS_NIF.fullmatch(number) or _BODYS_NIF.fullmatch(number):
        return f"****{number[4:8]}*"
    return "*" * (len(number) - 4) + number[-4:] if len(number) > 4 else "*" * len(number)


def _bodys_control_is_right(number: str) -> bool:
    first, digits, control = number[0], [int(digit) for digit in number[1:8]], number[8]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[::2])
    expected = -(doubled + sum(digits[1::2])) % 10
    as_letter, as_digit = _CONTROL_LETTERS[expected], str(expected)
    if first in _LETTER_ONLY:
        return control == as_letter
    if first in _DIGIT_ONLY:
        return control == as_digit
    return control in {as_letter, as_digit}
