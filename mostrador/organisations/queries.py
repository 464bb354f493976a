"""What is asked about organisations."""

from mostrador.organisations.models import HostName, Organisation


def organisation_for_host(host: str) -> Organisation | None:
    """Return the organisation that answers under a host name (lower case, without port)."""
    found = HostName.objects.select_related("organisation").filter(name=host).first()
    return found.organisation if found else None
