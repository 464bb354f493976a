"""What apps above put beside the messages of a conversation at the desk: from where one was written, and so on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.module_loading import import_string

_WEIGHTS = ("bad", "warning", "info", "good")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something short to know of a message, in words.

    Attributes:
        text: A sentence.
        kind: "good", "info", "warning" or "bad"; the last two stand before the words of the message.
    """

    text: str
    kind: str = "info"

    @property
    def is_prominent(self) -> bool:
        """Whether it has to be seen before the message is read."""
        return self.kind in {"warning", "bad"}


def by_weight(facts: Iterable[Fact | None]) -> tuple[Fact, ...]:
    """Return facts, what matters most first; None is left out."""
    return tuple(sorted((fact for fact in facts if fact), key=lambda fact: _WEIGHTS.index(fact.kind)))


@dataclass(frozen=True, slots=True)
class Link:
    """Where more of a message is.

    Attributes:
        text: What is there.
        href: Its address.
        is_over: Whether it opens over the page of the ticket.
    """

    text: str
    href: str
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """What one app puts beside one message.

    Attributes:
        address: From where its author wrote, shown after the name.
        facts: What to know of it.
        folded: Text that belongs to it and is seen when asked for, "" for none; `folded_as` says what it is.
        message_folded_as: What the message itself is when it is seen only when asked for; "" leaves it open.
        links: Where more of it is.
    """

    address: str = ""
    facts: tuple[Fact, ...] = ()
    folded: str = ""
    folded_as: str = ""
    message_folded_as: str = ""
    links: tuple[Link, ...] = ()


class Function(Protocol):
    """`(ticket, keys of messages) -> what stands beside each`; at most one query, however many they are."""

    def __call__(self, ticket: Any, keys: Sequence[int]) -> Mapping[int, Beside]:
        """Return it by key; those with nothing beside them are left out."""


_functions: dict[str, str] = {}


def register_beside(name: str, function: str) -> None:
    """Tell that an app adds to messages that came by e-mail; called in `AppConfig.ready()` of apps above this one.

    Args:
        name: The app: "mailbox".
        function: Dotted name of a `Function`, because a lower app does not import a higher one.
    """
    _functions[name] = function


def beside(ticket: Any, keys: Sequence[int]) -> dict[int, list[Beside]]:
    """Return what apps above put beside messages, by key. One query for each app."""
    found: dict[int, list[Beside]] = {}
    for name in sorted(_functions):
        function: Function = import_string(_functions[name])
        for key, one in function(ticket, keys).items():
            found.setdefault(key, []).append(one)
    return found
