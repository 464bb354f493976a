"""What decides about persons: contact data, identity numbers, duplicates, consents, and who keeps personal data."""

from mostrador.people.rules.contacts import (
    ACCENTED,
    PLAIN,
    email_to_keep,
    is_email,
    name_in_archive,
    name_key,
    normalise_email,
    normalise_phone,
    readable_phone,
)
from mostrador.people.rules.keepers import (
    Entry,
    Hold,
    Keeper,
    Moved,
    PersonalData,
    keepers,
    register_personal_data,
)

__all__ = [
    "ACCENTED",
    "PLAIN",
    "Entry",
    "Hold",
    "Keeper",
    "Moved",
    "PersonalData",
    "email_to_keep",
    "is_email",
    "keepers",
    "name_in_archive",
    "name_key",
    "normalise_email",
    "normalise_phone",
    "readable_phone",
    "register_personal_data",
]
