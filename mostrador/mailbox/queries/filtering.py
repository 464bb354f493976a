"""What decides about a mailbox's mail before a ticket is opened: its rules, and what is the office's own."""

from mostrador.mailbox.models import FilterRule, Mailbox
from mostrador.mailbox.rules.look_alikes import Office
from mostrador.organisations.queries import hosts_of


def filters_of(mailbox: Mailbox) -> list[FilterRule]:
    """Return the rules of a mailbox that are in use, in their order. One query."""
    rules = FilterRule.objects.filter(mailbox=mailbox, is_active=True).order_by("position", "pk")
    return list(rules.select_related("team__organisation", "topic__team__organisation"))


def office_of(mailbox: Mailbox) -> Office:
    """Return what is the own of the organisation that a mailbox belongs to. One query."""
    organisation = mailbox.organisation
    addresses = [*mailbox.addresses, *filter(None, [organisation.email.lower()])]
    hosts = hosts_of(organisation).values_list("name", flat=True)
    domains = {address.rpartition("@")[2] for address in addresses} | {host for host in hosts if "." in host}
    return Office(domains=domains, addresses=addresses, names=[organisation.name])
