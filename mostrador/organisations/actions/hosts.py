"""Host names: under which addresses an organisation is visited."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from mostrador.audit.actions import Actor, record
from mostrador.organisations.models import HostName, Organisation
from mostrador.shared.errors import ActionRefused

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
LONGEST_HOST = 253


def plain_host(text: str) -> str:
    """Return a host name as browsers send it: small letters, other alphabets encoded, no scheme, port or path.

    Raises:
        ActionRefused: It is none.
    """
    host = re.sub(r"^[a-z]+://", "", text.strip().lower()).split("/")[0].split(":")[0].rstrip(".")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    if not host or len(host) > LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise ActionRefused(_("Escriba solo el nombre de dominio, por ejemplo soporte.ayuntamiento.es."))
    return host


@transaction.atomic
def add_host(organisation: Organisation, name: str, *, actor: Actor | None) -> HostName:
    """Let an organisation be visited at another name; its first one is the one that people are told.

    Raises:
        ActionRefused: It is no host name, or another organisation has it.
    """
    name = plain_host(name)
    is_primary = not HostName.objects.filter(organisation=organisation, is_primary=True).exists()
    host, is_new = HostName.objects.get_or_create(
        name=name, defaults={"organisation": organisation, "is_primary": is_primary}
    )
    if not is_new:
        raise ActionRefused(_("El dominio %(name)s ya está en uso. Escriba otro.") % {"name": name})
    record("organisations.host_added", host, actor=actor)
    return host


@transaction.atomic
def make_host_primary(host: HostName, *, actor: Actor | None) -> None:
    """Tell people this name from now on, in links of e-mails too; the others go on answering."""
    others = HostName.objects.select_for_update().filter(organisation=host.organisation, is_primary=True)
    others.exclude(pk=host.pk).update(is_primary=False)
    host.is_primary = True
    host.save(update_fields=["is_primary"])
    record("organisations.host_made_primary", host, actor=actor)


@transaction.atomic
def remove_host(host: HostName, *, actor: Actor | None) -> None:
    """Stop answering at a name. Links that people have to it stop working.

    Raises:
        ActionRefused: It is the one that people are told.
    """
    host = HostName.objects.select_for_update().get(pk=host.pk)
    if host.is_primary:
        raise ActionRefused(_("Este es el dominio principal. Haga principal otro antes de quitarlo."))
    record("organisations.host_removed", host, actor=actor)
    host.delete()
