"""Asking for permission to read a mailbox at its provider, and keeping it."""

from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.mailbox.actions.fetching import issuer_of
from mostrador.mailbox.actions.mailboxes import keep_permission
from mostrador.mailbox.choices import FetchProblem
from mostrador.mailbox.clients.oauth import authorization_url, exchange_code
from mostrador.mailbox.errors import NotReached
from mostrador.mailbox.models import Mailbox
from mostrador.shared.errors import ActionRefused


def address_to_ask(box: Mailbox, *, callback: str, state: str, verifier: str) -> str:
    """Return where somebody with the mailbox's password permits us to read it."""
    return authorization_url(issuer_of(box), redirect_uri=callback, state=state, verifier=verifier, user=box.user)


def take_permission(box: Mailbox, *, code: str, callback: str, verifier: str, actor: User) -> None:
    """Exchange the code that came back for the permission, and keep it.

    Raises:
        ActionRefused: The provider does not give it.
    """
    try:
        token = exchange_code(issuer_of(box), code=code, redirect_uri=callback, verifier=verifier)
    except NotReached as failure:
        words = str(FetchProblem(failure.problem).label)
        raise ActionRefused(f"{words} ({failure.answer})" if failure.answer else words) from failure
    if not token.refresh_token:
        raise ActionRefused(
            _("El proveedor dio un permiso que no dura. Retire el que le dio antes a esta aplicación y vuelva a darlo.")
        )
    keep_permission(box, token.refresh_token, actor=actor)
