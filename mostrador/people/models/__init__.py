"""Tables of the public."""

from mostrador.people.models.assistance import Assistance
from mostrador.people.models.duplicates import Merge, PossibleDuplicate
from mostrador.people.models.persons import READERS, Person, PersonQuerySet
from mostrador.people.models.representations import Representation
from mostrador.people.models.requests import DataRequest

__all__ = [
    "READERS",
    "Assistance",
    "DataRequest",
    "Merge",
    "Person",
    "PersonQuerySet",
    "PossibleDuplicate",
    "Representation",
]
