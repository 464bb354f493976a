"""For which mailboxes a message is."""

from collections.abc import Iterable

from mostrador.mailbox.models import Mailbox
from mostrador.mailbox.rules.recipients import spellings


def mailboxes_of(addresses: Iterable[str]) -> dict[str, Mailbox]:
    """Return the mailbox in use of each address that has one, by the address as it was given.

    An address with a plus part is its mailbox's, unless a mailbox has it whole. All mailboxes are loaded, with their
    organisations: an installation has tens of them.
    """
    wanted = {address: spellings(address) for address in addresses}
    ours: dict[str, Mailbox] = {}
    for mailbox in Mailbox.objects.filter(is_active=True).select_related("organisation").order_by("-pk"):
        ours |= {spelling: mailbox for each in mailbox.addresses for spelling in spellings(each)[:1]}
    known = {address: next((ours[each] for each in names if each in ours), None) for address, names in wanted.items()}
    return {address: mailbox for address, mailbox in known.items() if mailbox is not None}
