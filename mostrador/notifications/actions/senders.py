"""Keys with which what an address sends is signed."""

from django.db import transaction

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.notifications.models import SEALED_FOR, Sender
from mostrador.notifications.rules.signing import new_key
from mostrador.shared.sealing import seal


@transaction.atomic
def begin_to_sign(sender: Sender, *, selector: str, by: User, key: str = "") -> Sender:
    """Sign what leaves from an address (DKIM) from now on.

    Args:
        sender: From which address.
        selector: Under which name of the domain's DNS the public part is found; see `rules.signing.dns_record`.
        by: Who decides.
        key: The private key (PEM, RSA or Ed25519); "" makes a fresh one.
    """
    sender = Sender.objects.select_for_update(of=("self",)).get(pk=sender.pk)
    sender.dkim_selector, sender.dkim_key_sealed = selector, seal(key or new_key(), purpose=SEALED_FOR)
    sender.save(update_fields=["dkim_selector", "dkim_key_sealed"])
    record("notifications.signing_begun", sender, actor=by, details={"selector": selector})
    return sender


@transaction.atomic
def stop_signing(sender: Sender, *, by: User) -> None:
    """Forget the key of an address: what leaves from it is not signed any more."""
    Sender.objects.filter(pk=sender.pk).update(dkim_selector="", dkim_key_sealed="")
    record("notifications.signing_stopped", sender, actor=by)
