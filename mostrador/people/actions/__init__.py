"""What happens to the data of the public, one module per noun."""

from mostrador.people.actions.persons import erase_person, find_or_create_person

__all__ = ["erase_person", "find_or_create_person"]
