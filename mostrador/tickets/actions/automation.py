"""Where the rules of automation hear of what is done to tickets."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from mostrador.accounts.models import User
from mostrador.shared.background import run_later
from mostrador.shared.together import found_once
from mostrador.tickets.choices import Happening
from mostrador.tickets.models import Rule, Ticket

# The rules whose deeds are being done: what these lead to is known to come from them.
_chain: ContextVar[tuple[int, ...]] = ContextVar("chain", default=())


def happened(what: str, ticket: Ticket, *, actor: User | None) -> None:
    """Let the rules see that something was done: those that wait for it are applied in the background.

    Args:
        what: The act, as the audit record names it without its app: "opened", "person_replied", "resolved"…
        ticket: As it was kept.
        actor: Who did it; None is the person or the system.
    """
    if what not in Happening.values or not _waits(what, ticket):
        return
    chain = ",".join(str(rule_id) for rule_id in _chain.get())
    run_later("tickets.apply_rules", ticket_id=ticket.pk, what=what, chain=chain, actor=actor.pk if actor else 0)


@contextmanager
def caused_by(chain: tuple[int, ...]) -> Iterator[None]:
    """Say that what is done meanwhile is the doing of these rules, the first one first."""
    token = _chain.set(chain)
    try:
        yield
    finally:
        _chain.reset(token)


def _waits(what: str, ticket: Ticket) -> bool:
    rules = Rule.objects.for_tickets_of(ticket.organisation).filter(happening=what)
    return found_once(("rules of automation", what, ticket.organisation_id), rules.exists)
