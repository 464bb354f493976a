"""References that a person can read over the phone.

Eight random characters of an alphabet without look-alikes (no 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V) and one check character,
in groups of three: `7K3-M9C-A64`. With a prime alphabet and distinct weights the check finds every single wrong
character and every swap of two characters.
"""

import secrets

ALPHABET = "34679ACDEFGHJKMNPQRTWXY"  # 23 characters: a prime, which the check needs
LENGTH = 8


def new_reference() -> str:
    """Return a fresh random reference such as `7K3-M9C-A64`; 23⁸ ≈ 78 000 million exist."""
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def normalise_reference(text: str) -> str | None:
    """Return the reference as it is stored, or None when it cannot be one.

    Accepts lower case, blanks and any or no separators.
    """
    plain = "".join(character for character in text.upper() if character.isalnum())
    if len(plain) != LENGTH + 1 or any(character not in ALPHABET for character in plain):
        return None
    reference = _grouped(plain[:LENGTH])
    return reference if reference.replace("-", "") == plain else None


def _grouped(body: str) -> str:
    return f"{body[:3]}-{body[3:6]}-{body[6:]}{_check_character(body)}"


def _check_character(body: str) -> str:
    # Weights 2, 3, … are distinct and never 0 modulo 23, so one wrong character or one swap changes the sum.
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(body, start=2))
    return ALPHABET[total % len(ALPHABET)]
